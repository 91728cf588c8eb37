#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modlist-lint's rules for lists: a case that each rule reports, and one that it does not.
# shellcheck disable=SC2016 # texts for others

load ../lib/lint

# a -> b -> d, a -> c -> d (softdep), e -> d, f alone, g built in
diamond() {
	module kernel/a.ko depends=b,c
	module kernel/b.ko depends=d
	module kernel/c.ko 'softdep=pre: d'
	module kernel/d.ko
	module kernel/e-e.ko depends=d
	module kernel/sub/f.ko alias=crypto-f alias=eff 'alias=pci:v00001AF4*'
	builtin_module g.ko alias=gee
}

# -- names --------------------------------------------------------------------------

@test 'no findings: no output, status 0' {
	diamond
	list '# a comment' '' a e_e '  f' 'nothing?' 'f*' '!b*x?'
	lints 1 "boot.list:5:3: info: f: already pulled in by boot.list:7 (f*) in $kver [redundant]
boot.list:8:1: warning: !b*x?: excludes nothing in $kver [unmatched-exclusion]" --fail-on=info
	list '# a comment' '' a '  crypto-f' 'nothing?' '!e_*'
	clean
}

@test 'unknown-name: similar names, matching aliases, neither' {
	diamond
	module snd-hda.ko
	module snd-hdb.ko
	list snd_hdx eff2 xyzzy e-ee zip 'a f' kernel/sub/f
	module zip_generic.ko alias=crypto-zip
	lints 1 "boot.list:1:1: error: snd_hdx: absent from $kver; did you mean snd_hda or snd_hdb? [unknown-name]
boot.list:2:1: error: eff2: absent from $kver [unknown-name]
boot.list:3:1: error: xyzzy: absent from $kver [unknown-name]
boot.list:4:1: error: e-ee: absent from $kver; did you mean e_e? [unknown-name]
boot.list:5:1: error: zip: absent from $kver; matching aliases: crypto-zip (zip_generic) [unknown-name]
boot.list:6:1: error: a f: absent from $kver; put one name on each line [unknown-name]
boot.list:7:1: error: kernel/sub/f: absent from $kver; did you mean f? [unknown-name]"
	list kernel/sub 'a x=1' 'k*/**/x/f'
	lints 1 "boot.list:1:1: error: kernel/sub: absent from $kver; for that directory, write kernel/sub/ [unknown-name]
boot.list:2:1: error: a x=1: absent from $kver; give only the name; options belong in modprobe.d [unknown-name]
boot.list:3:1: error: k*/**/x/f: matches nothing in $kver; * does not match a slash; write f for all directories [no-match]"
	list '; a comment' a crypto-zip 'xyzzy?'
	clean
}

@test 'built-in: by name, by alias; not for an optional name' {
	diamond
	list g gee 'g*' 'g?'
	lints 0 "boot.list:1:1: info: g: built into $kver [built-in]
boot.list:2:1: info: gee: built in as g in $kver [built-in]
boot.list:3:1: info: g*: built in as g in $kver [built-in]
boot.list:4:1: warning: g?: already in boot.list:1, as g [duplicate]"
	list 'g?' a
	clean
}

@test 'kernels: one finding names all kernels that it applies to' {
	diamond
	another 6.2.0-test
	module a.ko depends=d
	module d.ko
	module new.ko
	builtin_module b.ko
	list a b e-e new f zz
	lint_kernels 6.1.0-test 6.2.0-test
	assert_failure 1
	assert_output "boot.list:2:1: info: b: built into 6.2.0-test [built-in]
boot.list:2:1: info: b: already pulled in by boot.list:1 (a) in 6.1.0-test [redundant]
boot.list:3:1: error: e-e: absent from 6.2.0-test, a module in 6.1.0-test; was it renamed? [unknown-name]
boot.list:4:1: error: new: absent from 6.1.0-test, a module in 6.2.0-test; was it renamed? [unknown-name]
boot.list:5:1: error: f: absent from 6.2.0-test, a module in 6.1.0-test; was it renamed? [unknown-name]
boot.list:6:1: error: zz: absent from 6.1.0-test and 6.2.0-test [unknown-name]"
	run --separate-stderr "$MODBOX" modlist-lint --all-kernels "$src" boot.list
	assert_failure 1
	assert_line --index 2 --partial 'e-e: absent from 6.2.0-test, a module in 6.1.0-test'
	# A list for both kernels needs a name that is a module in one and built into the other.
	list d
	lint_kernels 6.1.0-test 6.2.0-test
	assert_success
	assert_output ''
}

@test 'kernels: absent from one, built into the other' {
	module a.ko
	another 6.2.0-test
	builtin_module x.ko
	list x
	lint_kernels 6.1.0-test 6.2.0-test
	assert_failure 1
	assert_output 'boot.list:1:1: error: x: absent from 6.1.0-test, built into 6.2.0-test; was it renamed? [unknown-name]'
}

@test 'duplicate: - and _, paths, ! and ?, across lists' {
	diamond
	list e-e e_e kernel/sub/f.ko f 'a?' a '!d' '!d' 'z*?' 'z*?'
	sed -i '/!d/d' boot.list
	lints 0 "boot.list:2:1: warning: e_e: already in boot.list:1, as e-e [duplicate]
boot.list:3:1: info: kernel/sub/f.ko: a path; write f [path]
boot.list:4:1: warning: f: already in boot.list:3, as kernel/sub/f.ko [duplicate]
boot.list:5:1: warning: a?: already in boot.list:6, as a [duplicate]
boot.list:8:1: warning: z*?: already in boot.list:7 [duplicate]"
	list a
	printf 'e-e\na\n' >other.list
	lints 0 'other.list:2:1: warning: a: already in boot.list:1 [duplicate]' -- other.list
	list a f
	clean
}

@test 'redundant: names the lines that pull it in' {
	diamond
	list a b c d e-e 'kernel/sub/' f
	lints 0 "boot.list:2:1: info: b: already pulled in by boot.list:1 (a) in $kver [redundant]
boot.list:3:1: info: c: already pulled in by boot.list:1 (a) in $kver [redundant]
boot.list:4:1: info: d: already pulled in by boot.list:1 (a) in $kver [redundant]
boot.list:7:1: info: f: already pulled in by boot.list:6 (kernel/sub/) in $kver [redundant]"
	list a e-e f
	clean
	# Without the softdep, another line pulls it in.
	list c d e-e
	lints 0 "boot.list:2:1: info: d: already pulled in by boot.list:1 (c) in $kver [redundant]"
	lints 0 "boot.list:2:1: info: d: already pulled in by boot.list:3 (e-e) in $kver [redundant]" --no-softdep
}

@test 'redundant: of lines that pull in each other, one stays' {
	module a.ko 'softdep=pre: b'
	module b.ko 'softdep=post: c'
	module c.ko 'softdep=pre: a'
	list b c a
	lints 0 "boot.list:2:1: info: c: already pulled in by boot.list:1 (b) in $kver [redundant]
boot.list:3:1: info: a: already pulled in by boot.list:1 (b) in $kver [redundant]"
}

@test 'redundant: only if it is redundant for every kernel' {
	module a.ko depends=b
	module b.ko
	another 6.2.0-test
	module a.ko
	module b.ko
	list a b
	lint_kernels 6.1.0-test 6.2.0-test
	assert_success
	assert_output ''
}

@test 'several-modules: an alias of several modules' {
	module x.ko alias=crypto-aes
	module y.ko alias=crypto-aes
	list crypto-aes
	lints 0 "boot.list:1:1: info: crypto-aes: an alias of x, y in $kver [several-modules]"
	list crypto-aes '!y'
	clean
	list 'x*' 'y*'
	clean
}

@test 'no-match: a pattern or directory' {
	diamond
	list 'zz*' kernel/drivers/ 'yy*?'
	lints 1 "boot.list:1:1: error: zz*: matches nothing in $kver [no-match]
boot.list:2:1: error: kernel/drivers/: matches nothing in $kver [no-match]"
	list 'e*' kernel/sub/ 'zz*?'
	clean
}

@test 'needed-exclusion: of a dependency, of a requested module' {
	diamond
	list a e-e '!d'
	unindex
	lint
	assert_failure 1
	assert_output "boot.list:3:1: error: !d: e_e (boot.list:2) and 1 more need d in $kver [needed-exclusion]"
	# A row of modules.dep has indirect dependencies too.
	index --weakdep
	lint
	assert_failure 1
	assert_output "boot.list:3:1: error: !d: a (boot.list:1) and 2 more need d in $kver [needed-exclusion]"
}

@test 'needed-exclusion: of a requested module; not of one that a pattern selects' {
	diamond
	list f '!f' e-e
	lints 1 "boot.list:2:1: error: !f: it excludes all modules of f (boot.list:1) in $kver [needed-exclusion]"
	list 'e*' 'kernel/sub/' '!f'
	clean
	# A softdep does not count as a need.
	list c '!d'
	clean
}

@test 'unmatched-exclusion: no match, a built-in' {
	diamond
	list a '!pcspker' '!g' '!f'
	lints 0 "boot.list:2:1: warning: !pcspker: excludes nothing in $kver [unmatched-exclusion]
boot.list:3:1: warning: !g: built into $kver [unmatched-exclusion]"
	list a '!f'
	clean
}

@test 'concrete-crypto: the alias survives renames' {
	module aesni-intel.ko alias=crypto-aes alias=aes
	module sha256_generic.ko alias=crypto-sha224 alias=crypto-sha256-generic alias=crypto-sha256
	module xts.ko alias=crypto-xts
	list aesni_intel sha256-generic xts
	lints 0 "boot.list:1:1: info: aesni_intel: an implementation of crypto-aes, the alias that survives renames, in $kver [concrete-crypto]
boot.list:2:1: info: sha256-generic: an implementation of crypto-sha256, the alias that survives renames, in $kver [concrete-crypto]"
	list crypto-aes crypto-sha256 xts
	clean
}

@test 'path: a path or a suffix, also with ! and ?' {
	diamond
	list kernel/a.ko e-e.ko.xz '!kernel/sub/f.ko' 'zz.ko.zst?'
	lints 0 'boot.list:1:1: info: kernel/a.ko: a path; write a [path]
boot.list:2:1: info: e-e.ko.xz: a file name; write e-e [path]
boot.list:3:2: info: !kernel/sub/f.ko: a path; write f [path]
boot.list:4:1: info: zz.ko.zst?: a file name; write zz [path]'
	list a e-e '!f' 'zz?' 'pci:v00001AF4d00001000sv*'
	sed -i '/^!f/d' boot.list
	clean
}

# -- bytes --------------------------------------------------------------------------

@test 'trailing-blank, crlf' {
	diamond
	printf 'a \n# c\t\ne-e\r\nf\t \r\n' >boot.list
	lints 0 'boot.list:1:2: info: spaces or tabs at the end of the line [trailing-blank]
boot.list:2:4: info: spaces or tabs at the end of the line [trailing-blank]
boot.list:3:4: warning: 2 of 4 lines end with CRLF [crlf]
boot.list:4:2: info: spaces or tabs at the end of the line [trailing-blank]'
	printf '  a\n\n# c' >boot.list
	clean
}

@test 'control-character, not-utf8: in names and comments; columns are characters' {
	diamond
	printf '# \303\251\303\251 \033[31m\na\n# \377\376\n\tf\n# \302\233\n' >boot.list
	lints 0 'boot.list:1:6: warning: control character \x1b [control-character]
boot.list:3:3: warning: byte \xff is not UTF-8 [not-utf8]
boot.list:5:3: warning: control character \x9b [control-character]'
	printf '# Grü\303\237e\ta\na\n' >boot.list
	clean
}

@test 'inline-comment' {
	diamond
	list 'a # the first' '!f#x'
	lints 1 "boot.list:1:3: error: a comment needs a line of its own [inline-comment]
boot.list:2:3: error: a comment needs a line of its own [inline-comment]"
	list '# the first' a '  # x'
	clean
}

@test 'long-line: over 4096 bytes' {
	diamond
	{ echo a; printf '#%04096d\n' 0; } >boot.list
	lints 1 'boot.list:2:1: error: the line has 4097 bytes; the maximum is 4096 [long-line]'
	{ echo a; printf '#%04095d\n' 0; } >boot.list
	clean
}

@test 'empty-list: an empty file, comments only, exclusions only' {
	diamond
	for text in '' '\n\n' '# nothing\n' '\357\273\277'; do
		# shellcheck disable=SC2059
		printf "$text" >boot.list
		lints 1 'boot.list:1:1: error: the list names no module [empty-list]'
	done
	list '!a'
	lints 1 'boot.list:1:1: error: the list only excludes modules [empty-list]'
	echo e-e >other.list
	lints 0 '' -- other.list
	list a
	clean
}

@test 'bad-ignore: unknown rules' {
	diamond
	list '# modlist-lint: ignore no-such, duplicate' a '# modlist-lint: ignore' '# modlist-lint' f
	lints 0 'boot.list:1:24: warning: unknown rule no-such [bad-ignore]
boot.list:3:1: warning: it names no rule [bad-ignore]'
	list '# modlist-lint: ignore unknown-name' zz f
	clean
}

# -- dependencies -------------------------------------------------------------------

@test 'missing-softdep: of a listed module, of one that it pulls in' {
	module a.ko depends=b
	module b.ko 'softdep=pre: gone post: crypto-gone' weakdep=feeble
	module c.ko 'softdep=pre: a'
	list a c
	lints 0 "boot.list:1:1: info: a: gone (softdep pre of b), crypto-gone (softdep post of b), feeble (weakdep of b), absent from $kver [missing-softdep]
boot.list:1:1: info: a: already pulled in by boot.list:2 (c) in $kver [redundant]"
	list c
	lints 0 '' --no-softdep --no-weakdep
	lints 0 '' --hard-only
	module gone.ko
	module crypto-gone.ko
	module feeble.ko
	clean
}

@test 'missing-dependency' {
	module a.ko depends=b
	module b.ko depends=gone
	list a
	unindex
	lint
	assert_failure 1
	assert_output "boot.list:1:1: error: a: gone (dependency of b), absent from $kver [missing-dependency]"
	module gone.ko
	clean
}

@test 'missing-firmware: of listed modules, if SOURCE has firmware' {
	module a.ko depends=b firmware=a/1.bin firmware=a/2.bin firmware=a/3.bin firmware=a/4.bin firmware=a/5.bin
	module b.ko firmware=b.bin
	list a
	clean
	mkdir -p "$src/usr/lib/firmware/a"
	echo x >"$src/usr/lib/firmware/a/2.bin"
	lints 0 "boot.list:1:1: info: a: SOURCE lacks a/1.bin, a/3.bin, a/4.bin and 1 more, for $kver [missing-firmware]"
	lints 0 '' --ignore=missing-firmware
	for file in a/1.bin a/3.bin a/4.bin a/5.bin; do
		echo x >"$src/usr/lib/firmware/$file"
	done
	clean
}

# -- hiding findings ----------------------------------------------------------------

@test '--ignore, and ignore comments on the line before' {
	diamond
	list zz a a
	lints 0 '' --ignore=unknown-name --ignore duplicate
	list '# modlist-lint: ignore unknown-name built-in' zz yy
	lints 1 "boot.list:3:1: error: yy: absent from $kver [unknown-name]"
	list '#modlist-lint: ignore unknown-name,duplicate' '# why' zz zz
	lints 1 "boot.list:4:1: warning: zz: already in boot.list:3 [duplicate]
boot.list:4:1: error: zz: absent from $kver [unknown-name]"
	list '# modlist-lint: ignore unknown-name' '' zz
	lints 1 "boot.list:3:1: error: zz: absent from $kver [unknown-name]"
	refuses_lint 2 "unknown rule 'no-such'; --rules lists them all (see modlist-lint --help)" --ignore=no-such
}

@test '--fail-on: the lowest severity for status 1' {
	diamond
	list a b
	lint
	assert_success
	lint --fail-on=warning
	assert_success
	lint --fail-on=info
	assert_failure 1
	list a a
	lint --fail-on=error
	assert_success
	lint --fail-on=warning
	assert_failure 1
	refuses_lint 2 "invalid --fail-on 'never'; use error, warning or info (see modlist-lint --help)" --fail-on=never
}

# tests/kernels/proof-applets.bats has the other cases, on a real kernel.
@test 'will-not-load: the modules of a line, if --prove is given' {
	diamond
	list a
	mkkernel -r "$kver" -v "$kver SMP" image
	lint --prove --kernel-image=image
	assert_failure 1
	[[ $output = *"boot.list:1:1: error: a: kernel/"*" refused: "*", in $kver [will-not-load]"* ]]
	lint --prove --kernel-image=image --ignore=will-not-load
	assert_success
	refute_output --partial will-not-load
}

@test '--rules lists all rules, --explain describes one' {
	run --separate-stderr "$MODBOX" modlist-lint --rules
	assert_success
	all=$output
	rules=$(awk '{ print $1 }' <<<"$output")
	[ "$(wc -l <<<"$rules")" -ge 30 ]
	assert_equal "$(sort <<<"$rules")" "$rules"
	for rule in $rules; do
		run --separate-stderr "$MODBOX" modlist-lint --explain="$rule"
		assert_success
		assert_equal "$stderr" ''
		[[ ${lines[0]} = "$rule ("* ]]
		[ ${#lines[@]} -ge 2 ]
		# --rules marks the rules that --fix fixes.
		assert_equal "$([[ ${lines[0]} != *', fixed by --fix): '* ]] || echo "$rule")" "$(grep -o "^$rule .*(--fix)$" <<<"$all" | cut -d ' ' -f 1)"
		# Each rule has a test, here, in the tests of modprobe.d, or with a real kernel.
		grep -q "\[$rule\]" "$MODBOX_SRC"/tests/{cli/modlist-lint*,kernels/proof-applets}.bats || fail "no test of $rule"
		grep -q "^\.It Cm $rule\$" "$MODBOX_SRC/man/modlist-lint.1" || fail "$rule is not in the man page"
	done
	run --separate-stderr "$MODBOX" modlist-lint --explain=no-such
	assert_failure 2
	assert_equal "$stderr" "modlist-lint: unknown rule 'no-such'; --rules lists them all (see modlist-lint --help)"
}

# -- invalid input ------------------------------------------------------------------

@test 'missing lists, and files that are not lists' {
	diamond
	refuses_lint 4 'cannot read list boot.list: No such file or directory'
	mkdir boot.list
	refuses_lint 4 'cannot read list boot.list: Is a directory'
	rmdir boot.list
	printf 'a\nb\0c\n' >boot.list
	refuses_lint 2 'boot.list:2: contains a NUL byte: not a list of modules'
}

@test 'usage' {
	list a
	run --separate-stderr "$MODBOX" modlist-lint "$src"
	assert_failure 2
	assert_equal "$stderr" 'modlist-lint: SOURCE and a LIST are needed (see modlist-lint --help)'
	refuses_lint 2 "unknown format 'xml' (see modlist-lint --help)" -o xml
	refuses_lint 2 '--all-kernels and --kernel-version exclude each other (see modlist-lint --help)' --all-kernels
	refuses_lint 2 '--diff and --format exclude each other (see modlist-lint --help)' --diff --format=json
	refuses_lint 2 'boot.list is given twice (see modlist-lint --help)' -- boot.list
	refuses_lint 2 '--fix cannot write standard input; use --diff (see modlist-lint --help)' --fix -- -
	run --separate-stderr "$MODBOX" modlist-lint --all-kernels nowhere boot.list
	assert_failure 3
	assert_equal "$stderr" 'modlist-lint: cannot open SOURCE nowhere: No such file or directory'
	mkdir bare
	run --separate-stderr "$MODBOX" modlist-lint --all-kernels bare boot.list
	assert_failure 3
	assert_equal "$stderr" 'modlist-lint: bare/usr/lib/modules has no kernel; give the directory of kernels with --module-dir'
}

@test 'vermagic: a module built for another version than the directory is named after' {
	module a.ko depends=b "vermagic=$kver SMP mod_unload "
	module b.ko.xz depends=c 'vermagic=5.10.0-old SMP'
	module c.ko "vermagic=$kver-x"
	module d.ko "vermagic=$kver"
	module e.ko
	list a d e c
	lints 0 "boot.list:1:1: warning: a: built for 5.10.0-old (b), but lies in $kver [vermagic]
boot.list:4:1: info: c: already pulled in by boot.list:1 (a) in $kver [redundant]
boot.list:4:1: warning: c: built for $kver-x (c), but lies in $kver [vermagic]"
	lints 0 '' --ignore=vermagic --ignore=redundant
}

@test 'debug-info: the bytes of debug sections' {
	module a.ko depends=b
	module b.ko
	module c.ko
	module d.ko
	head -c 5000 /dev/zero >debug
	for section in .debug_info .rela.debug_info .debug_line .data.debug; do
		for name in b d; do
			objcopy -I elf64-little --add-section $section=debug "$tree/kernel/$name.ko"
		done
	done
	xz --check=crc32 "$tree/kernel/d.ko"
	list a c d
	lints 0 "boot.list:1:1: info: a: 15 KiB of debug sections (b), in $kver [debug-info]
boot.list:3:1: info: d: 15 KiB of debug sections (d), in $kver [debug-info]"
}

@test 'stale-index: a module that the indexes do not have, or that is newer' {
	module a.ko
	module b.ko
	list a
	index
	lint
	assert_output ''
	ln "$tree/kernel/a.ko" link # its status changes, nothing else
	lint
	assert_output ''
	module misc/new.ko
	lint
	assert_success
	assert_equal "$stderr" ''
	assert_output "boot.list:1:1: warning: misc/new.ko is not in modules.dep; run depmod for $kver [stale-index]"
	lint --ignore=stale-index
	assert_output ''
	rm -r "$tree/misc"
	module a.ko depends=b
	touch -d tomorrow "$tree/kernel/a.ko"
	lint
	assert_equal "$stderr" ''
	assert_output --partial "kernel/a.ko"
	assert_output --partial "; run depmod for $kver [stale-index]"
	unindex
	lint
	assert_output ''
}

@test 'leftover-kernel: a directory without modules.dep and kernel/, which --all-kernels passes over' {
	module a.ko
	old=$src/usr/lib/modules/4.18.0-old
	mkdir -p "$old/extra" "$src/usr/lib/modules/5.0-empty" "$src/usr/lib/modules/keys"
	cp "$tree/kernel/a.ko" "$old/extra/b.ko"
	: >"$old/modules.builtin"
	list a
	finding='boot.list:1:1: warning: a leftover, without modules.dep and kernel/: 4.18.0-old and 5.0-empty [leftover-kernel]'
	lints 0 "$finding"
	run --separate-stderr "$MODBOX" modlist-lint --all-kernels "$src" boot.list
	assert_success
	assert_equal "$stderr" ''
	assert_output "$finding"
	# It is not a leftover if it has either; then it is checked.
	: >"$old/modules.dep"
	run --separate-stderr "$MODBOX" modlist-lint --all-kernels "$src" boot.list
	assert_line "boot.list:1:1: error: a: absent from 4.18.0-old, a module in $kver; was it renamed? [unknown-name]"
	assert_line 'boot.list:1:1: warning: a leftover, without modules.dep and kernel/: 5.0-empty [leftover-kernel]'
	# If all lack both, that is how SOURCE is.
	rm -r "$old"
	mv "$tree/kernel" "$tree/modules"
	unindex
	lint
	assert_output ''
}

@test '--all-kernels keeps the modules of one kernel at a time in memory' {
	[ "$MODBOX_BUILD" = static ] || return 0 # the others need terabytes of addresses
	mapfile -t aliases < <(seq -f 'alias=aliasing%.0f' 60000)
	for kver in 6.{1..8}.0; do
		add_tree
		module a.ko "${aliases[@]}"
	done
	list aliasing7 aliasing70000
	cat >run <<-'EOF'
		ulimit -v "$1"
		exec "$MODBOX" modlist-lint "${@:2}" boot.list
	EOF
	run --separate-stderr bash run 40000 --all-kernels "$src"
	assert_equal "$stderr" ''
	assert_output --partial 'aliasing70000: absent from 6.1.0'
	modprobe_d 'options aliasing8 x=1' 'options aliasing80000 x=1'
	run --separate-stderr bash run 40000 --all-kernels "$src"
	assert_equal "$stderr" ''
	assert_output --partial 'options aliasing80000: absent from 6.1.0'
	refute_output --partial 'aliasing8:'
}

@test 'standard input, and a module directory elsewhere; by its own name' {
	new_tree opt/kernels
	module a.ko
	ln -s "$MODBOX" modlist-lint
	run --separate-stderr ./modlist-lint -M opt/kernels -k "$kver" "$src" - <<<zz
	assert_failure 1
	assert_output "standard input:1:1: error: zz: absent from $kver [unknown-name]"
}

@test 'a damaged module is an error of its own' {
	module a.ko
	echo junk >"$tree/kernel/a.ko"
	list a
	run --separate-stderr "$MODBOX" modlist-lint -k "$kver" "$src" boot.list
	assert_failure 4
	assert_output ''
	assert_equal "${#stderr_lines[@]}" 1
}

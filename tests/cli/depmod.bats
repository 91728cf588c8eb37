#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modbox depmod: its options, and its indexes compared with those of kmod's depmod.
# shellcheck disable=SC2034,SC2119,SC2120 # common.bash uses them; arguments need not be

load ../lib/common

setup() {
	begin
	new_tree lib/modules
	builtin_module fs/x.ko 'alias=fs-x' 'alias=pci:v*[0-9]'
	builtin_module fs/a-b.ko alias=some-thing
}

# depmod ARGUMENT...: run modbox depmod on SOURCE
depmod() {
	run --separate-stderr "$MODBOX" depmod -b "$src" "$@" "$kver"
}

# by_kmod DEPMOD ARGUMENT...: write this depmod's indexes of SOURCE to kmod/
by_kmod() {
	local conf=$src/etc/depmod.d
	[ -d "$conf" ] || { conf=empty; mkdir -p empty; }
	rm -rf kmod copied
	cp -a "$src" copied
	"$1/depmod" -b copied -C "$conf" "${@:2}" "$kver" 2>kmod.err || return
	mkdir kmod
	mv copied/lib/modules/"$kver"/modules.{dep,alias,symbols,softdep,devname}* kmod
	mv copied/lib/modules/"$kver"/modules.builtin*.bin kmod
	[ ! -e "copied/lib/modules/$kver/modules.weakdep" ] || mv "copied/lib/modules/$kver/modules.weakdep" kmod
}

# as_kmod30 ARGUMENT...: modbox depmod --compat=30 writes the same bytes as kmod 30, and prints nothing
as_kmod30() {
	by_kmod "$ORACLE"
	rm -rf out
	depmod --compat=30 -o out "$@"
	assert_success
	assert_equal "$output$stderr" ''
	diff -r kmod "out/lib/modules/$kver"
}

# as_kmod ARGUMENT...: the same for both kmods; the indexes of 34, the default, stay in out
as_kmod() {
	as_kmod30 "$@"
	by_kmod "$KMOD34"
	rm -rf out
	depmod -o out "$@"
	assert_success
	assert_equal "$output$stderr" ''
	diff -r kmod "out/lib/modules/$kver"
}

some_modules() {
	module a.ko depends=b,c-d alias=pci:v00001234d* alias=pci:v00001234d0000ABCD alias=x-y
	module b.ko depends=c-d softdep='pre: a post: c' alias=devname:net/tun alias=char-major-10-200
	module c-d.ko alias=devname:loop alias=block-major-7-1 alias='with blank'
	module drivers/e.ko.xz depends=a weakdep='c-d b'
	module updates/f.ko depends=e alias=x-y
}

# List every module in modules.order, including those that module() does not add.
list_all() {
	(cd "$tree" && find . -name '*.ko*' -printf '%P\n' | sed 's/\.ko.*/.ko/' | sort -u) >all
	cp all "$tree/modules.order"
}

# -- compared with kmod's depmod ----------------------------------------------------

@test "an empty tree" {
	as_kmod
}

@test "indexes of a small tree" {
	some_modules
	as_kmod
}

@test "modules of both classes and byte orders, in every compression" {
	module -b 32 -e le a.ko depends=b
	module -b 32 -e be b.ko depends=c
	module -b 64 -e be c.ko.xz depends=d
	module -b 64 -e le d.ko.zst alias=d-d
	as_kmod
	# Debian's kmod 34 reads no .gz.
	gzip "$tree/kernel/b.ko"
	as_kmod30
}

@test "modules.weakdep and -m, as in kmod 34" {
	some_modules
	as_kmod
	grep -x 'weakdep e c-d b' "out/lib/modules/$kver/modules.weakdep"
	mkdir -p "$src/opt"
	mv "$src/lib/modules" "$src/opt/kernels"
	"$KMOD34/depmod" -b "$src" -m /opt/kernels -o ref -C empty "$kver"
	rm -r out
	depmod -m /opt/kernels -o out
	assert_success
	diff -r ref out
	depmod -m opt/kernels -o out2
	diff -r out out2
}

# root_of INDEX: the offset of a trie's root node, in hexadecimal and without flags
root_of() {
	od -An -tx1 -j8 -N4 "$1" | tr -d ' ' | cut -c 2-
}

@test "--compat: 30 writes no modules.weakdep, and the root node last; 34 is the default" {
	some_modules
	as_kmod30
	assert_file_not_exists "out/lib/modules/$kver/modules.weakdep"
	assert [ "$(root_of "out/lib/modules/$kver/modules.dep.bin")" != 000000c ]
	as_kmod
	assert_equal "$(root_of "out/lib/modules/$kver/modules.dep.bin")" 000000c
	depmod --compat=34 -o chosen
	diff -r out chosen
	depmod --compat=33
	assert_failure 2
	assert_equal "$stderr" 'depmod: --compat takes 30 or 34 (see depmod --help)'
}

@test "a line twice in modules.order: the first counts, with --compat=30 the last" {
	some_modules
	echo kernel/a.ko >>"$tree/modules.order"
	as_kmod
	mv out out34
	as_kmod30
	run diff out/lib/modules/"$kver"/modules.dep out34/lib/modules/"$kver"/modules.dep
	assert_failure 1
}

@test "modules in updates/ are preferred" {
	some_modules
	module updates/b.ko depends=c-d
	list_all
	as_kmod
	grep '^updates/b.ko:' "out/lib/modules/$kver/modules.dep"
}

@test "depmod.d: search, override, exclude" {
	some_modules
	module updates/b.ko
	module extra/b.ko
	module extra/a.ko depends=c-d
	module hidden/g.ko
	list_all
	depmod_d 'search extra built-in updates' 'exclude hidden' 'make_map_files no'
	as_kmod
	grep "^extra/b.ko:" "out/lib/modules/$kver/modules.dep"
	depmod_d 'override b 6.[0-9]* updates' 'override a 5.* kernel'
	as_kmod
	grep "^updates/b.ko:" "out/lib/modules/$kver/modules.dep"
	grep "^extra/a.ko:" "out/lib/modules/$kver/modules.dep"
	# The root's depmod.d is not read.
	mkdir conf
	echo 'search built-in extra updates' >conf/x.conf
	rm -rf "${src:?}/etc"
	for config in conf conf/x.conf; do
		rm -rf out
		depmod -C $config -o out
		assert_success
		grep "^kernel/b.ko:" "out/lib/modules/$kver/modules.dep"
		grep "^hidden/g.ko:" "out/lib/modules/$kver/modules.dep"
	done
	depmod -C /nowhere
	assert_failure 4
}

@test "depmod.d: with several built-in in search lines, the first counts" {
	module a.ko
	module updates/a.ko
	module extra/a.ko
	list_all
	depmod_d 'search updates built-in' 'search extra built-in'
	as_kmod
	grep '^updates/a.ko:' "out/lib/modules/$kver/modules.dep"
	rm "$tree/updates/a.ko"
	list_all
	as_kmod
	grep '^kernel/a.ko:' "out/lib/modules/$kver/modules.dep"
}

@test "two modules of one name without a depmod.d rule: sorted by path, with a warning" {
	module kernel/a/same.ko alias=one
	module kernel/b/same.ko alias=two
	depmod
	assert_success
	assert_equal "$stderr" "depmod: warning: $tree/kernel/a/same.ko is indexed and kernel/b/same.ko is not: they have the same name, and no depmod.d rule orders them"
	assert_equal "$(cat "$tree/modules.dep")" kernel/a/same.ko:
}

@test "modules missing from modules.order come last, in the order of kmod's hash table" {
	some_modules
	module extra/z.ko
	module extra/y.ko depends=z
	module extra/long-name-of-a-module.ko depends=y
	module kernel/m.b.ko depends=z # never found in modules.order
	echo kernel/m.b.ko >>"$tree/modules.order"
	sed -i /^kernel.c-d/d "$tree/modules.order"
	as_kmod
	assert_equal "$(head -n 2 "out/lib/modules/$kver/modules.dep" | sed 's/:.*//')" $'kernel/a.ko\nkernel/b.ko'
}

@test "spaces in the names of files and directories" {
	some_modules
	module 'my mod.ko' depends=a alias=spacy weakdep=b 'softdep=pre: b'
	module 'kernel/a dir/sub.ko' alias=x-y
	module user.ko 'depends=my mod,sub'
	as_kmod
	assert_file_contains "out/lib/modules/$kver/modules.dep" '^kernel/my mod.ko: kernel/a.ko'
}

@test "modules.order without its last newline is ignored, as by kmod, with a warning" {
	some_modules
	truncate -s -1 "$tree/modules.order"
	for compat in 30:"$ORACLE" 34:"$KMOD34"; do
		by_kmod "${compat#*:}"
		rm -rf out
		depmod "--compat=${compat%%:*}" -o out
		assert_success
		assert_equal "$stderr" "depmod: warning: $tree/modules.order: ignored, as by depmod: the last line has no newline"
		diff -r kmod "out/lib/modules/$kver"
	done
}

@test "a dependency cycle: status 1, a message with its modules, and the old indexes" {
	some_modules
	depmod
	before=$(fingerprint "$tree")
	module r1.ko depends=r2
	module r2.ko depends=r3
	module r3.ko depends=r1,a
	module user.ko depends=r2
	module self.ko depends=self
	before=$(fingerprint "$tree")
	depmod
	assert_failure 1
	assert_regex "$stderr" 'depmod: Cycle detected: (r1 -> r2 -> r3 -> r1|r2 -> r3 -> r1 -> r2|r3 -> r1 -> r2 -> r3)'
	assert_regex "$stderr" 'depmod: Cycle detected: self -> self'
	assert_regex "$stderr" 'depmod: Found 4 modules in dependency cycles!'
	assert_equal "${#stderr_lines[@]}" 3
	assert_equal "$(fingerprint "$tree")" "$before"
}

@test "a damaged module is skipped: a warning, and status 1" {
	some_modules
	as_kmod
	module broken.ko
	truncate -s -20 "$tree/kernel/broken.ko"
	echo hello >"$tree/kernel/text.ko"
	depmod -o out
	assert_failure 1
	assert_equal "${#stderr_lines[@]}" 2
	assert_regex "$stderr" "depmod: warning: $tree/kernel/broken.ko: skipped: truncated"
	assert_regex "$stderr" "depmod: warning: $tree/kernel/text.ko: skipped: not a kernel module"
	diff -r kmod "out/lib/modules/$kver"
}

@test "an unreadable module: status 4, and nothing is written" {
	some_modules
	module locked.ko
	chmod 0 "$tree/kernel/locked.ko"
	before=$(fingerprint "$tree")
	run --separate-stderr unprivileged "$MODBOX" depmod -b "$src" "$kver"
	assert_failure 4
	assert_regex "$stderr" "^depmod: .*/kernel/locked.ko: permission denied\$"
	assert_equal "$(fingerprint "$tree")" "$before"
}

@test "strange aliases: unbalanced brackets, bytes beyond ASCII, a devname without a number" {
	module a.ko 'alias=x[0-9' 'alias=y[0-9]' 'alias=z]' "alias=caf$(printf '\303\251')" alias=devname:dev
	depmod
	assert_success
	assert_equal "${#stderr_lines[@]}" 4
	assert_regex "$stderr" 'unmatched bracket in x\[0-9 \(a\)'
	assert_regex "$stderr" 'unmatched bracket in z\] \(a\)'
	assert_regex "$stderr" 'modules.alias.bin: left out a key that is too long or not ASCII: caf'
	assert_regex "$stderr" "module 'a' has devname \(dev\) but lacks major and minor information"
	grep -qx 'alias y\[0-9\] a' "$tree/modules.alias"
}

@test "a name beyond ASCII: modprobe cannot find it, so status 1" {
	module a.ko
	module é.ko
	depmod
	assert_failure 1
	assert_regex "$stderr" '^depmod: warning: modules.dep.bin: left out a key that is too long or not ASCII: é \(kernel/é.ko:\)'
	assert_equal "$(<"$tree/modules.dep")" $'kernel/a.ko:\nkernel/é.ko:'
}

@test "missing modules.builtin or modules.order: a warning each, and empty files like kmod's" {
	some_modules
	rm "$tree"/modules.{order,builtin,builtin.modinfo}
	by_kmod "$ORACLE"
	depmod
	assert_success
	assert_equal "${#stderr_lines[@]}" 3
	for index in builtin.bin builtin.alias.bin symbols; do
		cmp "kmod/modules.$index" "$tree/modules.$index"
	done
}

# -- options -------------------------------------------------------------------------

@test "-n: the text indexes on standard output, and no file" {
	some_modules
	before=$(fingerprint "$tree")
	for option in -n --show --dry-run; do
		depmod $option
		assert_success
		assert_line 'kernel/a.ko: kernel/b.ko kernel/c-d.ko'
		assert_line 'alias pci:v00001234d* a'
		assert_line 'alias symbol:a_symbol a'
		assert_line 'b net/tun c10:200'
	done
	assert_equal "$(fingerprint "$tree")" "$before"
	run sh -c '"$@" 2>&1 >/dev/full' sh "$MODBOX" depmod -n -b "$src" "$kver"
	assert_failure 4
}

@test "-A: does nothing unless a module is newer" {
	some_modules
	depmod -A
	assert_file_exists "$tree/modules.dep"
	echo mine >"$tree/modules.dep"
	depmod -A
	assert_success
	assert_equal "$(cat "$tree/modules.dep")" mine
	touch -d '+10 seconds' "$tree/kernel/b.ko"
	depmod --quick
	assert_success
	assert_equal "$(grep -c . "$tree/modules.dep")" 5
	echo mine >"$tree/modules.dep"
	depmod -a
	assert_equal "$(grep -c . "$tree/modules.dep")" 5
}

@test "an index that would be too large is refused before it is made" {
	long=$(printf 'x%.0s' {1..200})
	mapfile -t aliases < <(yes alias=a | head -n 100000)
	mkmodule a.ko name=a "${aliases[@]}"
	for i in {1..15}; do
		cp a.ko "$tree/kernel/$long$i.ko"
	done
	depmod
	assert_failure 4
	assert_equal "$stderr" 'depmod: modules.alias: larger than an index can be (256 MiB)'
	assert_file_not_exists "$tree/modules.alias"
	rm "$tree"/kernel/*
	# A row lists all modules before it, with their paths.
	deep=kernel$(printf "/$long%.0s" {1..18})
	mkdir -p "$tree/$deep"
	for i in {1..400}; do
		mkmodule "$tree/$deep/$i.ko" "name=m$i" "depends=m$((i - 1))"
	done
	depmod -n
	assert_failure 4
	assert_equal "$stderr" 'depmod: modules.dep: larger than an index can be (256 MiB)'
}

@test "a link that leads nowhere or out of the root is skipped with a warning" {
	module a.ko
	ln -s gone.ko "$tree/kernel/b.ko"
	mkdir outside
	ln -s "$PWD/outside" "$tree/extra"
	ln -s ../../../../../outside/c.ko "$tree/kernel/c.ko"
	ln -s c.ko d.ko
	ln -s loop "$tree/loop"
	# Excluded names are not looked at.
	ln -s /nowhere "$tree/build"
	ln -s /nowhere "$tree/source"
	depmod
	assert_success
	assert_equal "$(sort <<<"$stderr")" \
"depmod: warning: $tree/extra is a link to $PWD/outside, which leads out of the root; skipped
depmod: warning: $tree/kernel/b.ko is a link to gone.ko, which leads nowhere; skipped
depmod: warning: $tree/kernel/c.ko is a link to ../../../../../outside/c.ko, which leads out of the root; skipped
depmod: warning: $tree/loop is a link to loop, which leads nowhere; skipped"
	assert_equal "$(<"$tree/modules.dep")" 'kernel/a.ko:'
	modcopy -m a
	assert_equal "$stderr" ''
}

@test "depends= of a module that nothing supplies" {
	module a.ko depends=b,gone-1,x,built
	module b.ko
	module renamed.ko
	mkmodule "$tree/kernel/renamed.ko" name=x
	builtin_module built.ko
	depmod
	assert_success
	assert_equal "$stderr" "depmod: warning: $tree/kernel/a.ko needs gone_1, which lib/modules/$kver does not have"
	# Only some modules: the others need not be there.
	rm "$tree"/modules.dep*
	run --separate-stderr "$MODBOX" depmod -b "$src" "$kver" "$tree/kernel/a.ko"
	assert_equal "$stderr" ''
	index
	modcopy -K -m a
	refute_regex "$stderr" 'depmod|lib/modules/.* does not have'
}

# writes_of LOG: the number of times that the run wrote to standard output and error
writes_of() {
	grep -c '^writev\?([12],' "$1"
}

@test "-e and -v write many lines at a time, in order" {
	needs=$(printf ',gone%s' {1..400})
	module a.ko "depends=b$needs"
	module b.ko "depends=c$needs"
	module c.ko
	: >map
	export ASAN_OPTIONS=detect_leaks=0
	traced=(strace -qq -o trace -e 'trace=write,writev' "$MODBOX" depmod -n -e -v -F map -b "$src" "$kver")
	"${traced[@]}" >both 2>&1
	[ "$(writes_of trace)" -lt 200 ]
	"${traced[@]}" >out 2>err
	[ "$(writes_of trace)" -lt 200 ]
	assert_equal "$(grep -c 'needs unknown symbol gone' err)" 800
	diff <(sort both) <(sort out err)
	# All of a's lines, then all of b's.
	grep -o '/[abc].ko needs' both | uniq >order
	assert_equal "$(<order)" $'/a.ko needs\n/b.ko needs'
}

@test "-e with -E and -F: unresolved symbols" {
	module a.ko depends=b,gone
	module b.ko
	depmod -e
	assert_success
	assert_equal "$stderr" "depmod: warning: -e needs -E or -F
depmod: warning: $tree/kernel/a.ko needs gone, which lib/modules/$kver does not have"
	echo '0x12345678	other	vmlinux	EXPORT_SYMBOL' >symvers
	depmod -e -E symvers
	assert_success
	assert_equal "$stderr" "depmod: warning: $tree/kernel/a.ko needs unknown symbol gone_symbol"
	echo '0x12345678	gone_symbol	vmlinux	EXPORT_SYMBOL' >symvers
	depmod -e -E symvers
	assert_equal "$stderr" "depmod: warning: $tree/kernel/a.ko disagrees about version of symbol gone_symbol"
	depmod -E symvers
	refute_regex "$stderr" 'symbol'
	echo 'ffffffff81000000 r __ksymtab__gone_symbol' >map
	depmod -e -F map
	assert_equal "$stderr" "depmod: warning: $tree/kernel/a.ko needs unknown symbol gone_symbol"
	echo 'ffffffff81000000 r _gone_symbol' >>map
	echo 'ffffffff81000000 r ___ksymtab_gone_symbol' >>map
	depmod -e -F map -P _
	assert_equal "$stderr" ''
	echo bad >map
	depmod -e -F map
	assert_regex "$stderr" 'map:1: invalid line: bad'
	depmod -e -F /nowhere
	assert_failure 4
}

@test "-w: duplicates" {
	module a.ko alias=x alias=x
	depmod -w
	assert_success
	assert_equal "$stderr" 'depmod: warning: duplicate module alias: x a'
	depmod
	assert_equal "$stderr" ''
}

@test "-v: each dependency, with its symbol" {
	some_modules
	depmod -v
	assert_success
	assert_line "$tree/kernel/a.ko needs \"b_symbol\": $tree/kernel/b.ko"
}

@test "named modules only" {
	some_modules
	run --separate-stderr "$MODBOX" depmod -b "$src" -n "$kver" "$tree/kernel/a.ko" "$tree/kernel/b.ko"
	assert_success
	assert_line 'kernel/a.ko: kernel/b.ko'
	refute_line -p c-d.ko:
	run --separate-stderr "$MODBOX" depmod -b "$src" -n "$kver" kernel/a.ko
	assert_failure 2
	run --separate-stderr "$MODBOX" depmod -b "$src" -n "$kver" /etc/a.ko
	assert_failure 2
}

@test "named modules: any path to the base directory works, also through links" {
	some_modules
	for base in src ./src/ "$src/."; do
		run --separate-stderr "$MODBOX" depmod -b "$base" -n "$kver" "$tree/kernel/c-d.ko"
		assert_success
		assert_line 'kernel/c-d.ko:'
	done
	ln -s "$tree/kernel" "$src/there"
	run --separate-stderr "$MODBOX" depmod -b src -n "$kver" "$src/there/c-d.ko" "$tree/kernel/c-d.ko"
	assert_success
	assert_equal "$stderr" ''
	assert_line 'kernel/c-d.ko:'
}

@test "named modules that do not exist: the old indexes stay" {
	some_modules
	depmod
	before=$(fingerprint "$tree")
	run --separate-stderr "$MODBOX" depmod -b "$src" "$kver" "$tree/kernel/b.ko" "$tree/kernel/none.ko"
	assert_failure 1
	assert_regex "$stderr" "kernel/none.ko: No such file"
	long=$(printf 'a%.0s' {1..9000})
	for path in "$tree/kernel/$long.ko" "$tree/$long/x.ko" "$tree/kernel/a.ko/b.ko"; do
		run --separate-stderr "$MODBOX" depmod -b "$src" "$kver" "$path"
		assert [ "$status" = 1 -o "$status" = 2 ]
	done
	assert_equal "$(fingerprint "$tree")" "$before"
}

@test "depmod.d: external directories, inside the root" {
	some_modules
	mkdir -p "$src/opt"
	module b.ko
	mv "$tree/kernel/b.ko" "$src/opt"
	module b.ko depends=c-d
	module x.ko depends=b
	mv "$tree/kernel/x.ko" "$src/opt/x.ko"
	list_all
	# kmod takes them from the host: its rows have the path as given.
	mkdir conf
	for search in 'search external built-in' 'search built-in external' ''; do
		printf '%s\n' 'external 6.* /opt' 'external 5.* /other' "$search" >conf/x.conf
		depmod -n -C conf
		assert_success
		assert_equal "$stderr" ''
		mine=$output
		sed -i "s|/opt|$src/opt|" conf/x.conf
		"$KMOD34/depmod" -n -b "$src" -C conf "$kver" | sed "s|$src/opt|/opt|g" >kmod
		diff kmod <(echo "$mine")
	done
	[[ $mine = */opt/x.ko:\ * ]]
}

@test "depmod.d: an excluded file, and invalid lines" {
	some_modules
	module x.ko
	list_all
	depmod_d 'exclude x.ko nothing'
	as_kmod
	run grep x.ko: "out/lib/modules/$kver/modules.dep"
	assert_failure
	depmod_d 'bogus' 'override a'
	depmod
	assert_success
	assert_equal "${#stderr_lines[@]}" 2
	assert_regex "$stderr" "test.conf:2: ignoring the line that begins with 'bogus'"
}

@test "a name ends at its first dot, as in kmod" {
	module a.b.ko alias=x
	module .hidden.ko
	sed -i /hidden/d "$tree/modules.order"
	depmod -o mine
	rm "$tree/kernel/.hidden.ko"
	as_kmod
	diff -r out mine --exclude modules.weakdep
	grep -x 'alias x a' "mine/lib/modules/$kver/modules.alias"
}

@test "invalid options and operands" {
	run --separate-stderr "$MODBOX" depmod -b "$src" notaversion
	assert_failure 2
	assert_regex "$stderr" "invalid kernel version 'notaversion'"
	run --separate-stderr "$MODBOX" depmod -b "$src" 6.1/../..
	assert_failure 2
	run --separate-stderr "$MODBOX" depmod -b "$src" 9.9.9
	assert_failure 3
	run --separate-stderr "$MODBOX" depmod -b /nowhere "$kver"
	assert_failure 3
	depmod -P ab
	assert_failure 2
	depmod --no-such-option
	assert_failure 2
}

@test "modules in usr/lib/modules: the message suggests -m" {
	mkdir -p root/usr
	cp -a "$src/lib" root/usr
	run --separate-stderr "$MODBOX" depmod -b root "$kver"
	assert_failure 3
	assert_equal "$stderr" "depmod: cannot open the module directory $PWD/root/lib/modules/$kver: No such file or directory; use --moduledir=usr/lib/modules"
	run --separate-stderr "$MODBOX" depmod -b root -m usr/lib/modules "$kver"
	assert_success
}

@test "a failed write leaves the old indexes" {
	some_modules
	depmod
	module g.ko
	before=$(fingerprint "$tree")
	echo old >file
	depmod -o file
	assert_failure 4
	assert_equal "$(fingerprint "$tree")" "$before"
}

# root_is_src [--proc] COMMAND...: run a program with SOURCE as its root
root_is_src() {
	local prepare=:
	[ "$1" != --proc ] || { prepare='mount -t proc proc proc'; shift; }
	# shellcheck disable=SC2016 # sh expands it
	run --separate-stderr own_mounts sh -ec 'cd "$1"; eval "$2"; shift 2; exec chroot . "$@"' \
		sh "$src" "$prepare" "$@"
}

# bats test_tags=static,root
@test "of the root that it runs in, with /proc and without" {
	needs_root
	module kernel/a.ko depends=b
	module kernel/b.ko
	index --weakdep
	mkdir "$src/proc" expected
	cp "$tree"/modules.{dep,alias,symbols}.bin expected
	cp "$MODBOX" "$src/modbox"
	for proc in '' --proc; do
		for arguments in "$kver" "-a $kver" "-b / $kver" "-b . $kver" "-b // $kver" \
			"-b /. $kver" "-A $kver"; do
			rm -f "$tree"/modules.{dep,alias,symbols}*
			# shellcheck disable=SC2086 # words
			root_is_src $proc /modbox depmod $arguments
			assert_equal "$arguments: $stderr" "$arguments: "
			assert_success
			for file in expected/*; do
				cmp "$file" "$tree/${file##*/}" || fail "$arguments: ${file##*/}"
			done
		done
		root_is_src $proc /modbox depmod -n "$kver"
		assert_success
		assert_line 'kernel/a.ko: kernel/b.ko'
	done
}

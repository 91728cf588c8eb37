#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Links out of SOURCE and DEST, of every kind and at every level, for every command that writes.
# Nothing outside may be read or written.  Files are compared for every build; the static binary
# also runs under strace, where LeakSanitizer would not work.
# shellcheck disable=SC2154 # hostile.bash sets $src, $dst, ...

load hostile

top=usr/lib/modules/$kver
up=../../../../../../../../../../../../..

# Paths to replace by links.  Paths that do not hide each other are replaced together.
places=(
	usr usr/lib usr/lib/modules "$top" "$top/kernel" "$top/kernel/fs"
	"$top/kernel/fs/a.ko $top/kernel/net/e.ko.xz"
	"$top/modules.order opt/drivers"
	"$top/modules.builtin $top/modules.builtin.modinfo"
	"$top/modules.dep $top/modules.dep.bin $top/modules.alias $top/modules.alias.bin
	 $top/modules.symbols $top/modules.symbols.bin $top/modules.softdep $top/modules.weakdep
	 $top/modules.devname $top/modules.builtin.bin $top/modules.builtin.alias.bin"
	etc
	'etc/modprobe.d etc/depmod.d etc/modules-load.d usr/lib/firmware'
	'etc/modprobe.d/test.conf etc/depmod.d/test.conf etc/modprobe.d/modbox.conf
	 etc/modprobe.d/zz-modbox.conf
	 etc/modules-load.d/modbox.conf usr/lib/firmware/one.bin usr/lib/firmware/sub'
)
kinds=(absolute relative loop through dangling magic own)

# target KIND ROOT PATH: the text of the link at PATH
target() {
	case $1 in
	absolute) echo "$outside/$3" ;;
	relative) echo "$up$outside/$3" ;;
	loop) echo "${3##*/}" ;;
	through) echo "/file/$up$outside/$3" ;; # a file used as a directory
	dangling) echo "$outside/nothing/there" ;;
	magic) echo "/proc/self/root$outside/$3" ;;
	own) echo "$2/../outside/$3" ;; # through its own root, then out
	esac
}

# make_links KIND ROOT PATH...
make_links() {
	local kind=$1 root=$2 path
	shift 2
	for path; do
		mkdir -p "$root/${path%/*}"
		rm -rf "${root:?}/$path"
		ln -s "$(target "$kind" "$root" "$path")" "$root/$path"
	done
}

# assert_no_escapes COMMAND...: check the command's trace
assert_no_escapes() {
	awk -f "$MODBOX_SRC/tests/hostile/escapes.awk" -v modbox="$MODBOX" -v TMPDIR="$TMPDIR" \
		-v roots="$src:$over:$dst:$PWD/out:$TMPDIR${roots_too:-}" -v forbidden="$outside" \
		-v named="$src:$over:$dst:$PWD/out:$PWD/out/list:$PWD/out/order:$PWD/out/cpio:$PWD/out/manifest:$ORACLE/depmod${named_too:-}" \
		trace.* >escapes
	[ ! -s escapes ] || fail "$what: $*: $(head -n 5 escapes)"
}

# stays COMMAND...: it exits with one of $statuses, and stays inside
stays() {
	local code=0 traced=()
	[ "$MODBOX_BUILD" != static ] ||
		traced=(strace -ff --seccomp-bpf -y -qq -s 4096 -e trace=%file -o trace)
	rm -f trace.*
	"${refused[@]}" "${traced[@]}" timeout 60 "$@" >out/stdout 2>out/stderr || code=$?
	runs=$((runs + 1)) command=$((command + 1))
	[[ " $statuses " = *" $code "* ]] || fail "$what: status $code: $* $(<out/stderr)"
	[ "$code" != 0 ] || succeeded[command]=$((${succeeded[command]:-0} + 1))
	[ ${#traced[@]} = 0 ] || assert_no_escapes "$@"
	[ -z "$(ls -A "$TMPDIR")" ] || fail "$what: $*: TMPDIR has $(ls -A "$TMPDIR")"
	assert_outside_unseen "$dst" out
}

everything=(--firmware --with-config --load=a -m e -m d)

modcopy_stays() {
	stays "$MODBOX" rpi-modcopy -k "$kver" "${everything[@]}" "$@"
}

# linked ROOT PATHS KIND FUNCTION: restore ROOT from pristine/, make the links, run FUNCTION
linked() {
	rm -rf "$1" "$dst" out
	mkdir out
	cp -a pristine "$1"
	# shellcheck disable=SC2086 # words
	[ -z "$2" ] || make_links "$3" "$1" $2
	command=0
	$4
}

# each_link ROOT FUNCTION KIND...: run FUNCTION for each place and, of the kinds of links, for every
# fifth in turn, at least one, or for all.  Each of its commands must succeed without links, and with at
# least one link.  On the slower builds, each place gets only one kind; a command may then fail for each
# of those few links.
each_link() {
	local root=$1 function=$2 place kind runs=0 command succeeded=() what='no link' statuses=0 i
	local n kinds links=0 step
	step=$(amount 5 1)
	cp -a "$root" pristine
	linked "$root" '' '' "$function"
	succeeded=() statuses='0 1 3 4'
	for n in "${!places[@]}"; do
		place=${places[n]} kinds=("${@:3}")
		if [ "$MODBOX_BUILD" != static ] || [ "$step" -gt ${#kinds[@]} ]; then step=${#kinds[@]}; fi
		for ((i = n % step; i < ${#kinds[@]}; i += step)); do
			kind=${kinds[i]}
			what="$place: $kind" links=$((links + 1))
			linked "$root" "$place" "$kind" "$function"
		done
	done
	echo "# $runs runs, ${succeeded[*]} succeeded" >&3
	[ "$runs" = $((command * (1 + links))) ]
	[ "$MODBOX_BUILD" = static ] || return 0
	for ((i = 1; i <= command; i++)); do
		[ "${succeeded[i]:-0}" -gt 0 ] || fail "command $i of $function never succeeds"
	done
}

# judged LINE...: the verdict of escapes.awk on these calls of modbox, with the root /in
judged() {
	printf '%s\n' 'execve("/modbox", [], 0x1 /* 2 vars */) = 0' "$@" >judged
	awk -f "$MODBOX_SRC/tests/hostile/escapes.awk" -v modbox=/modbox -v TMPDIR=/tmp/t \
		-v roots=/in:/tmp/t -v forbidden=/out -v named=/in:/file judged
}

# bats test_tags=static
@test "escapes.awk finds every call that leads out, and no other" {
	local line
	for line in 'open("/etc/passwd", O_RDONLY) = 3</etc/passwd>' \
		'open("/in/usr/x", O_RDONLY) = -1 ENOENT (No such file or directory)' \
		'openat(3</in>, "usr/lib", O_RDONLY|O_NOFOLLOW) = 4</in/usr/lib>' \
		'openat(3</in>, "usr", O_RDONLY) = 4</in/usr>' \
		'openat(3</in>, "usr", O_RDONLY|O_NOFOLLOW) = 4</inside/usr>' \
		'openat(3</in>, "..", O_RDONLY|O_NOFOLLOW) = -1 EACCES (Permission denied)' \
		'openat2(3</in>, "usr", {flags=O_RDONLY, resolve=RESOLVE_NO_MAGICLINKS}, 24) = 4</in/usr>' \
		'openat2(3</in>, "u", {flags=O_RDONLY, resolve=RESOLVE_IN_ROOT}, 24) = 4</out/u>' \
		'openat(AT_FDCWD</in>, "usr", O_RDONLY|O_NOFOLLOW) = 3</in/usr>' \
		'newfstatat(3</in>, "usr", {st_mode=S_IFREG}, 0) = 0' \
		'unlinkat(5</out/dir>, "usr", 0) = 0' \
		'linkat(5</in/a>, "x", 6</in/b>, "y", AT_SYMLINK_FOLLOW) = 0' \
		'renameat(5</in/a>, "x", 6</in/b>, "../y") = 0' \
		'fchmodat(5</in/a>, "x", 0644) = 0' \
		'rename("/file", "/etc/file") = 0' 'symlink("x", "/in/x") = 0' 'chmod("/in/x", 0) = 0' \
		'utimensat(5</out/x>, NULL, NULL, 0) = 0'; do
		run judged "$line"
		[ -n "$output" ] || fail "not seen: $line"
	done
	run judged 'open("/in", O_RDONLY) = 3</in>' 'readlink("/in", 0x1, 1) = -1 EINVAL' \
		'openat2(3</in>, "/usr/../x", {flags=O_RDONLY, resolve=RESOLVE_IN_ROOT}, 24) = 4</in/x>' \
		'openat(3</in>, "usr", O_RDONLY|O_NOFOLLOW) = 4</in/usr>' \
		'linkat(5</in/#1>(deleted), "", 6</in/b>, "y", AT_EMPTY_PATH) = 0' \
		'symlinkat("/etc/passwd", 6</in/b>, "y") = 0' 'open("/file", O_RDONLY) = 3</in/file>' \
		'execve("/sbin/depmod", [], 0x1 /* 2 vars */) = 0' 'open("/etc/ld.so.cache", O_RDONLY) = 3</etc/ld.so.cache>'
	assert_output ''
}

# -- SOURCE -------------------------------------------------------------------------

from_source() {
	mkdir -p "$dst"
	modcopy_stays -m ext "$src" "$dst"
	modcopy_stays -m ext --decompress --cpio="$PWD/out/cpio" --manifest="$PWD/out/manifest" "$src"
	printf 'a\na\ne\n' >out/list
	stays "$MODBOX" modlist-lint --fix -k "$kver" "$src" "$PWD/out/list"
	printf '%s\n' kernel/fs/a.ko kernel/fs/b.ko kernel/net/d.ko >out/order
	stays "$MODBOX" modorder-filter -i --source="$src" --closure -k "$kver" -m a "$PWD/out/order"
}

from_source_by_depmod() {
	mkdir -p "$dst"
	modcopy_stays --depmod="$ORACLE/depmod" "$src" "$dst"
}

@test "SOURCE" {
	each_link "$src" from_source "${kinds[@]}"
}

from_overlay() {
	mkdir -p "$dst"
	modcopy_stays -m ext --overlay="$over" "$src" "$dst"
}

@test "an overlay" {
	cp -a "$src" "$over"
	rm "$src/$top/kernel/fs/a.ko" "$src/usr/lib/firmware/one.bin"
	each_link "$over" from_overlay absolute relative own
}

@test "SOURCE, with depmod(8)" {
	each_link "$src" from_source_by_depmod absolute relative own
}

@test "SOURCE, on a kernel without openat2" {
	refused=(without openat2 ENOSYS)
	each_link "$src" from_source "${kinds[@]}"
}

@test "SOURCE, in a sandbox that refuses openat2" {
	refused=(without openat2 EPERM)
	each_link "$src" from_source absolute relative own
}

@test "a module directory without search permission: same message without openat2" {
	local refusal said=()
	chmod 000 "$src/usr/lib/modules/$kver"
	for refusal in '' 'without openat2 ENOSYS'; do
		# shellcheck disable=SC2086 # a prefix of some words, or none
		run --separate-stderr unprivileged $refusal \
			"$MODBOX" rpi-modcopy -k "$kver" -m a "$src" "$dst"
		assert_failure 4
		said+=("$stderr")
	done
	assert_equal "${said[1]}" "${said[0]}"
	chmod 755 "$src/usr/lib/modules/$kver"
}

# -- DEST ---------------------------------------------------------------------------

# A DEST with all files, except for some modules.
older_dest() {
	"$MODBOX" rpi-modcopy -k "$kver" "${everything[@]}" --decompress -m c "$src" "$dst"
	cp "$src/file" "$dst"
	cp -r "$src/etc/depmod.d" "$dst/etc"
}

to_dest() {
	cp -a "$dst" before.dst
	modcopy_stays -m ext "$src" "$dst"
	rm -rf "$dst"
	mv before.dst "$dst"
	stays "$MODBOX" depmod -b "$dst" -m usr/lib/modules "$kver"
}

to_dest_by_depmod() {
	modcopy_stays --depmod="$ORACLE/depmod" "$src" "$dst"
}

@test "DEST" {
	older_dest
	each_link "$dst" to_dest "${kinds[@]}"
}

@test "DEST, with depmod(8)" {
	older_dest
	each_link "$dst" to_dest_by_depmod absolute relative own
}

@test "DEST, on a kernel without openat2" {
	older_dest
	refused=(without openat2 ENOSYS)
	each_link "$dst" to_dest "${kinds[@]}"
}

@test "DEST, in a sandbox that refuses openat2" {
	older_dest
	refused=(without openat2 EPERM)
	each_link "$dst" to_dest absolute relative own
}

# -- modinst: ROOT, and links in what the user names --------------------------------------------------

own_modules() {
	older_dest
	mkdir "$dst/$top/updates" built
	mkmodule built/own.ko name=own depends=a
	mkmodule built/packed.ko name=packed
	cp built/own.ko "$dst/$top/updates"
	xz --check=crc32 -c built/packed.ko >"$dst/$top/updates/packed.ko.xz"
	"$MODBOX" depmod --record -b "$dst" -m usr/lib/modules "$kver"
	mkdir -p "$outside/$top/updates"
	mkmodule "$outside/$top/updates/own.ko" name=own description="$SECRET"
	# shellcheck disable=SC2034 # hostile.bash compares it
	before=$(outside_now)
	ln -s "$outside/$top/updates/own.ko" built/secret.ko
	ln -s "$outside/$top/kernel" built/kernel
}

to_root() {
	roots_too=:$PWD/built named_too=:$PWD/built:$PWD/built/own.ko:$PWD/built/packed.ko
	stays "$MODBOX" modinst --no-check --strip --manifest="$PWD/out/manifest" -k "$kver" "$dst" "$PWD/built"
	# Where the module directory is gone, the path is in none.
	[ "$statuses" = 0 ] || local statuses="$statuses 2"
	stays "$MODBOX" modinst --no-check --process --strip=unneeded -k "$kver" "$dst" "$top/updates"
}

# bats test_tags=static
@test "ROOT of modinst" {
	places=(usr/lib usr/lib/modules "$top" "$top/updates" "$top/kernel/fs"
		"$top/updates/own.ko $top/updates/packed.ko.xz $top/updates/packed.ko"
		"$top/modules.modbox $top/modules.order $top/modules.builtin"
		"$top/modules.dep $top/modules.dep.bin $top/modules.symbols $top/modules.builtin.bin"
		etc/depmod.d etc/depmod.d/test.conf)
	own_modules
	each_link "$dst" to_root relative own
}

# -- temporary names ----------------------------------------------------------------

# Every temporary name that modbox may choose is already a link to the outside.  The names depend
# on its process number, which is that of the shell that makes the links and then runs it.
# bats test_tags=static
@test "temporary names that already exist as links" {
	older_dest
	local wanted kind dirs=("$top" "$top/kernel/net" etc/modprobe.d etc/modules-load.d usr/lib/firmware)
	for wanted in '' 'without tmpfile EOPNOTSUPP'; do
		for kind in "$outside/file" "$outside/nothing"; do
			rm -rf out copy
			cp -a "$dst" copy
			mkdir out
			echo older >out/manifest
			# shellcheck disable=SC2016,SC2086 # the inner shell's; words
			$wanted strace -f --seccomp-bpf -qq -e trace=openat,linkat,symlinkat -o trace sh -c '
				link=$1
				shift
				for dir; do
					case $dir in --) shift; break ;; esac
					shift
					for i in $(seq 0 63); do ln -s "$link" "$dir/.modbox-$$-$i"; done
				done
				echo "$$" >pid
				exec "$@"' sh "$kind" "${dirs[@]/#/copy/}" out -- \
				"$MODBOX" rpi-modcopy -k "$kver" "${everything[@]}" --manifest=out/manifest \
				"$src" copy
			assert_outside_unseen copy out
			cmp "copy/$top/kernel/fs/a.ko" "$src/$top/kernel/fs/a.ko"
			# modbox did hit one of the links.
			grep -E "\.modbox-$(<pid)-[0-9].*EEXIST" trace
			assert_equal "$(find copy -name '.modbox-*')" ''
		done
	done
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # bats sets $status, $output, $lines and $stderr
#
# Sourced by all command line tests.  Each test makes its own small kernel tree in $src and
# has modbox copy from it to $dst.

# shellcheck source=failure.bash
source "${BASH_SOURCE[0]%/*}/failure.bash"

kver=6.1.0-test

# Runs before each test; a file that needs more defines its own setup() and calls begin.
setup() {
	begin
	add_tree
}

begin() {
	cd "$BATS_TEST_TMPDIR" || return
	src=$BATS_TEST_TMPDIR/src
	dst=$BATS_TEST_TMPDIR/dst
}

# The same for a run under strace, which shows real paths: with a TMPDIR of its own.
begin_traced() {
	BATS_TEST_TMPDIR=$(realpath "$BATS_TEST_TMPDIR")
	begin
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	# A leak checker and a tracer cannot both attach to a process.
	export ASAN_OPTIONS=detect_leaks=0
}

# new_tree [MODULE_DIR]: a SOURCE with an empty tree of version $kver, and no DEST
new_tree() {
	rm -rf "$src" "$dst"
	add_tree "$@"
}

# add_tree [MODULE_DIR]: add an empty tree to SOURCE
add_tree() {
	set_module_dir "${1:-usr/lib/modules}"
	mkdir -p "$tree/kernel"
	: >"$tree/modules.order"
	: >"$tree/modules.builtin"
	: >"$tree/modules.builtin.modinfo"
}

# set_module_dir DIR: $tree and $copy are the module directories of SOURCE and DEST
set_module_dir() {
	tree=$src/$1/$kver
	copy=$dst/$1/$kver
}

# module [-b 32|64] [-e le|be] [-p BYTES] PATH [KEY=VALUE]...: add a module to the tree,
# compressed according to its suffix.  PATH is relative to the module directory; without a
# '/' it is in kernel/.
module() {
	local options=() path name file
	while [[ $1 = -* ]]; do
		options+=("$1" "$2")
		shift 2
	done
	path=$1
	shift
	[[ $path = */* ]] || path=kernel/$path
	file=$tree/${path%.ko*}.ko
	name=${file##*/}
	name=${name%.ko}
	[ -d "${file%/*}" ] || mkdir -p "${file%/*}"
	mkmodule "${options[@]}" "$file" "name=${name//-/_}" "$@"
	compress "$tree/$path"
	[[ $path != kernel/* ]] || echo "${path%.ko*}.ko" >>"$tree/modules.order"
}

# compress FILE.ko.SUFFIX: make it from FILE.ko
compress() {
	case $1 in
	*.gz) gzip -n "${1%.gz}" ;;
	# The kernel's decoder supports no other check, and the BCJ filter depends on the
	# architecture.
	*.xz) xz --check=crc32 "${1%.xz}" ;;
	*.zst) zstd -q --rm "${1%.zst}" ;;
	esac
}

# builtin_module PATH [KEY=VALUE]...: add a module that is built into the kernel
builtin_module() {
	local name=${1##*/} field
	name=${name%.ko}
	echo "kernel/$1" >>"$tree/modules.builtin"
	for field in "license=GPL" "${@:2}"; do
		printf '%s.%s\0' "${name//-/_}" "$field" >>"$tree/modules.builtin.modinfo"
	done
}

# modprobe_d LINE...: add lines to SOURCE's modprobe.d;  depmod_d LINE...: to its depmod.d
modprobe_d() {
	mkdir -p "$src/etc/modprobe.d"
	printf '%s\n' "$@" >>"$src/etc/modprobe.d/test.conf"
}

depmod_d() {
	mkdir -p "$src/etc/depmod.d"
	printf '%s\n' "$@" >>"$src/etc/depmod.d/test.conf"
}

# index [--weakdep] [DIR]: index a module directory with kmod 30's depmod or, with --weakdep,
# that of a newer kmod, which writes a modules.weakdep
index() {
	local depmod=$ORACLE/depmod base=$BATS_TEST_TMPDIR/base conf=$src/etc/depmod.d
	[ "${1:-}" != --weakdep ] || { depmod=$KMOD34/depmod; shift; }
	local dir=${1:-$tree}
	# depmod looks below lib/modules or usr/lib/modules: link the directory there.
	if [ ! -d "$base" ]; then
		mkdir -p "$base/lib/modules" "$base/usr" "$base/empty"
		ln -s ../lib "$base/usr/lib"
	fi
	[[ $dir = /* ]] || dir=$PWD/$dir
	[ "$base/lib/modules/$kver" -ef "$dir" ] || ln -sfn "$dir" "$base/lib/modules/$kver"
	[ -d "$conf" ] || conf=$base/empty
	"$depmod" -b "$base" -C "$conf" "$kver"
}

unindex() {
	rm -f "$tree"/modules.{dep,alias,symbols,softdep,weakdep,devname,builtin.alias}{,.bin} \
		"$tree/modules.builtin.bin"
}

# Describe a directory: every file, with all attributes that a change would affect, and what a user who
# is not root may not read.
fingerprint() {
	if [ -e "$1" ] || [ -L "$1" ]; then
		find "$1" -printf '%P %y %s %m %U %G %T@ %C@ %l\n' 2>&1 || :
	else
		echo 'absent'
	fi
}

# look VARIABLE PATH...: set it to the fingerprints of these.  Unlike VARIABLE=$(fingerprint ...) it starts
# no process but find, in a helper that nearly all tests call.
look() {
	local path at=${BATS_TEST_TMPDIR%/}.look
	for path in "${@:2}"; do fingerprint "$path"; done >"$at"
	IFS= read -r -d '' "$1" <"$at" || :
}

# modcopy ARGUMENT...: run rpi-modcopy for $kver from $src to $dst; SOURCE must not change
modcopy() {
	modcopy_between "$src" "$dst" -k "$kver" "$@"
}

# modcopy_between SOURCE DEST ARGUMENT...
modcopy_between() {
	local before after
	look before "$src"
	run --separate-stderr "${under[@]}" "$MODBOX" rpi-modcopy "${@:3}" "$1" "$2"
	look after "$src"
	assert_equal "$after" "$before"
}

# under COMMAND...: run modbox under this command from now on: strace, setpriv
under=()
under() {
	under=("$@")
}

# copies ARGUMENT...: modcopy succeeds without output
copies() {
	modcopy "$@"
	assert_success
	assert_equal "$stderr" ''
	assert_output ''
}

# Print the files that a dry run lists, without those that are always copied.
listed() {
	local line
	for line in "${lines[@]}"; do
		[[ $line = '#'* || $line = */modules.builtin* ]] || echo "$line"
	done
}

# assert_listed 'NAME...': the last dry run listed these modules, sorted by name
assert_listed() {
	listed >"${BATS_TEST_TMPDIR%/}.listed"
	assert_equal "$(names <"${BATS_TEST_TMPDIR%/}.listed")" "$1"
}

# Convert module paths to names, sorted, on one line.
names() {
	local path i names=()
	while IFS= read -r path || [ -n "$path" ]; do
		path=${path##*/} path=${path%%.ko*}
		path=${path//-/_}
		for ((i = ${#names[@]}; i > 0; i--)); do
			[[ ${names[i - 1]} > $path ]] || break
			names[i]=${names[i - 1]}
		done
		names[i]=$path
	done
	echo "${names[*]}"
}

# Print the modules in a module directory, sorted, on one line.
modules_in() {
	find -L "$1" -name '*.ko*' 2>/dev/null | names
}

# chooses 'NAME...' ARGUMENT...: a dry run succeeds and selects these modules, sorted by name
chooses() {
	modcopy -n "${@:2}"
	assert_success
	assert_equal "$stderr" ''
	assert_listed "$1"
}

# chooses_stale 'NAME...' REASON ARGUMENT...: chooses, with a warning that the indexes are stale
chooses_stale() {
	modcopy -n "${@:3}"
	assert_success
	assert_equal "$stderr" "rpi-modcopy: warning: $tree: stale indexes: $2; run depmod"
	assert_listed "$1"
}

# other_row: a needs b by the indexes, but c by its own .modinfo, and nothing tells their ages
other_row() {
	module a.ko depends=b
	module b.ko
	module c.ko
	index
	mkmodule "$tree/kernel/a.ko" name=a depends=c
	touch -d '2 days ago' "$tree/kernel/a.ko"
	rewrite "$tree/modules.dep.bin"
}

# rewrite FILE: change its status change time, and no other
rewrite() {
	cp -p "$1" "$1.new"
	mv "$1.new" "$1"
}

# resolves 'NAME...' ARGUMENT...: chooses, without indexes and with them
resolves() {
	unindex
	chooses "$@"
	index
	chooses "$@"
}

# resolves_with_weakdep 'NAME...' ARGUMENT...: and with a modules.weakdep
resolves_with_weakdep() {
	resolves "$@"
	index --weakdep
	chooses "$@"
}

# refuses STATUS 'MESSAGE' ARGUMENT...: modcopy fails with this one message, and DEST does not
# change.  MESSAGE is a bash pattern.
refuses() {
	refuses_between "$1" "$2" "$src" "$dst" -k "$kver" "${@:3}"
}

# closure ARGUMENT...: run modclosure for $kver on $src, which must not change
closure() {
	local before after
	look before "$src"
	run --separate-stderr "$MODBOX" modclosure -k "$kver" "$src" "$@"
	look after "$src"
	assert_equal "$after" "$before"
}

# refuses_between STATUS 'MESSAGE' SOURCE DEST ARGUMENT...
refuses_between() {
	local before after
	look before "$dst"
	modcopy_between "$3" "$4" "${@:5}"
	look after "$dst"
	assert_failure "$1"
	assert_output ''
	assert_equal "${#stderr_lines[@]}" 1
	# shellcheck disable=SC2053 # a pattern
	[[ $stderr == "rpi-modcopy: "$2 ]] || fail "'$stderr' is not 'rpi-modcopy: $2'"
	assert_equal "$after" "$before"
}

# Run a command without privileges, bound by file modes.
unprivileged() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --bounding-set=-all --inh-caps=-all "$@"
	else
		"$@"
	fi
}

# Run a command in its own mount namespace.  unshare wants / to be a mount point, to make it private.
own_mounts() {
	mountpoint -q / || { fail '/ is no mount point: mount --bind DIR DIR before chroot DIR'; return; }
	if [ "$(id -u)" = 0 ]; then
		unshare -m "$@"
	else
		unshare -rm "$@"
	fi
}

needs_root() {
	[ "$(id -u)" = 0 ] || fail 'this test gives files away or mounts: run it as root, or as a user with sudo'
}

# Check that no file has a temporary name, modbox's or any other.
assert_no_leftovers() {
	assert_equal "$(find "${1:-$dst}" -name '.*' ! -path "${1:-$dst}" 2>/dev/null)" ''
}

# Check that every module in DEST equals SOURCE's.
assert_whole() {
	local file
	while IFS= read -r file; do
		cmp "$copy/$file" "$tree/$file" || fail "$file differs from SOURCE's"
	done < <(cd "$copy" 2>/dev/null && find . -name '*.ko*' -type f)
}

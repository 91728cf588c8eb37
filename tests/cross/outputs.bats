#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A binary for another architecture gives the same bytes as this machine's, $REFERENCE, of whatever
# byte order and word size it is.
#
# Reading all modules of next-arm64, which are compressed, takes a minute in the emulation: it is done
# twice, to find closures without indexes, and to make these.
# shellcheck disable=SC2154 # kernels.bash sets $kver, $dir and the trees

load ../kernels/kernels

setup() {
	[ -n "${REFERENCE:-}" ] || fail 'MODBOX_BUILD is no architecture: tests/run sets both'
}

# here_and_there COMMAND ARGUMENT...: run modbox COMMAND by both binaries, this machine's in the
# directory here, the other's in there; all that they print and write is the same
here_and_there() {
	rm -rf here there
	mkdir here there
	(cd here && "$REFERENCE" "$@" >stdout)
	(cd there && "$MODBOX" "$@" >stdout)
	diff -r here there
	same <(described here) <(described there)
}

# described DIRECTORY: what diff does not look at.  Times are compared of modules, which keep them;
# everything else is as old as its run.
described() {
	(cd "$1" && find . -printf '%P %y %m %l\n' -name '*.ko*' -printf '%P %T@\n' | LC_ALL=C sort)
}

# closures KERNEL SOURCE...: dependencies of every module, and answers in each format
closures() {
	kernel "$1"
	local format source
	for source in "${@:2}"; do
		"${REFERENCE%/*}/tests/kernels/resolve" -s "${!source}" "$kver" <names >here
		same here <("$resolve" -s "${!source}" "$kver" <names)
	done
	every 20 <names >list
	for format in paths tree dot json insmod cpio-list; do
		here_and_there modclosure -k "$kver" -o "$format" -f "$PWD/list" "$indexed"
		[ -s here/stdout ]
	done
}

# copies KERNEL SOURCE: DEST and the archive of some modules, also recompressed and decompressed
copies() {
	kernel "$1"
	local source=${!2}
	every 40 <names >list
	local options=(-k "$kver" -f "$PWD/list")
	here_and_there rpi-modcopy "${options[@]}" "$source" dst
	[ "$(find here/dst -name '*.ko*' | wc -l)" -gt 60 ]
	here_and_there rpi-modcopy "${options[@]}" --decompress --manifest=manifest "$indexed" dst
	here_and_there rpi-modcopy "${options[@]}" --cpio=archive --cpio-align=4096 "$indexed"
	[ -s here/archive ]
}

# indexes KERNEL COMPAT...: depmod of all modules, in the order of these versions
indexes() {
	kernel "$1"
	local compat
	for compat in "${@:2}"; do
		here_and_there depmod --compat="$compat" -b "$plain" -m "${dir%/*}" -o out "$kver"
		[ -s "here/out/$dir/modules.alias.bin" ]
	done
}

# proofs KERNEL: what its loader says of some modules, and their signatures
proofs() {
	kernel "$1"
	every 100 <names >list
	here_and_there modclosure --prove -k "$kver" -o json -f "$PWD/list" "$indexed"
	[ "$(grep -o '"verdict":"proved"' here/stdout | wc -l)" -gt 60 ]
}

@test "next-arm64: closures" { closures next-arm64 plain; }
@test "next-arm64: copies and archives" { copies next-arm64 indexed; }
@test "next-arm64: indexes" { indexes next-arm64 34; }
@test "next-arm64: proofs" { proofs next-arm64; }
@test "amd64: closures" { closures amd64 plain indexed; }
@test "amd64: copies and archives" { copies amd64 plain; }
@test "amd64: indexes" { indexes amd64 30 34; }
@test "amd64: proofs" { proofs amd64; }

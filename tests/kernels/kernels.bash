# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # the tests use what is set here
#
# Sourced by the tests on real kernels.  What is right is what kmod's own tools say of
# the same tree: its depmod's modules.dep, its modprobe's answers.

bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert
bats_load_library bats-file
# shellcheck source=../lib/failure.bash
source "${BASH_SOURCE[0]%/*}/../lib/failure.bash"

# kernel NAME: one of those that scripts/fetch-kernel knows.  $plain is its package as
# extracted, $indexed the same with indexes by depmod of kmod 30; $tree is the module
# directory of the latter, $dir that below either root.
kernel() {
	cd "$BATS_TEST_TMPDIR" || return
	plain=$("$MODBOX_SRC/scripts/fetch-kernel" "$1")
	indexed=$("$MODBOX_SRC/scripts/fetch-kernel" --indexed "$1")
	local top
	for top in usr/lib/modules lib/modules; do
		[ -d "$plain/$top" ] || continue
		for tree in "$indexed/$top"/*; do
			kver=${tree##*/}
			dir=$top/$kver
		done
	done
	resolve=${MODBOX%/*}/tests/kernels/resolve
	[ -x "$resolve" ] || fail "$resolve is missing: make unit-tests builds it"
	# Every module, by its file's name.
	sed 's/:.*//; s|.*/||; s/\.ko.*//' "$tree/modules.dep" >names
	[ "$(wc -l <names)" -gt 2000 ]
}

# Rows of "KEY: WORD...", with their words sorted, sorted.
sorted() {
	awk '{
		for (i = 3; i <= NF; i++) {
			word = $i
			for (j = i; j > 2 && $(j - 1) > word; j--) $j = $(j - 1)
			$j = word
		}
		print
	}' | LC_ALL=C sort
}

# What modules.dep says, as "NAME: PATH...", the module itself among the paths.
depmod_says() {
	awk '{
		path = $1
		sub(/:$/, "", path)
		name = path
		sub(/.*\//, "", name)
		sub(/\.ko.*/, "", name)
		$1 = name ": " path
		print
	}' "${1:-$tree}/modules.dep" | sorted
}

# same EXPECTED ACTUAL: the two files (or pipes) are equal, and hold something
same() {
	cat "$2" >compared
	diff "$1" compared >differences || {
		head -c 2000 differences
		fail "$(wc -l <differences) lines of differences"
	}
	[ -s compared ] || fail 'nothing was compared'
}

# assert_loadable FILE: in each of these rows of "NAME: PATH...", every module comes after
# what it depends on
assert_loadable() {
	awk '
		NR == FNR { path = $1; sub(/:$/, "", path); $1 = ""; needs[path] = $0; next }
		{
			delete seen
			for (i = 2; i <= NF; i++) {
				n = split(needs[$i], need)
				for (j = 1; j <= n; j++)
					if (!(need[j] in seen)) { print $1, $i, "comes before", need[j]; next }
				seen[$i]
			}
		}' "$tree/modules.dep" "$1" >unloadable
	assert_equal "$(head -n 5 unloadable)" ''
}

# The lines of standard input, every so many of them: all with the static binary, for
# which ALL is 1.
every() {
	awk -v n="$1" 'NR % n == 1 || n == 1'
}

# in_build STATIC OTHER: a number that depends on the build, for ASan and valgrind are slow
in_build() {
	if [ "$MODBOX_BUILD" = static ]; then echo "$1"; else echo "$2"; fi
}

# by_processes SOURCE <NAMES: as depmod_says, by one run of rpi-modcopy for each name
by_processes() {
	local name
	while read -r name; do
		echo "@$name"
		"$MODBOX" rpi-modcopy -n --no-softdep --no-weakdep -k "$kver" -m "$name" "$1" dst 2>&1
	done | awk -v prefix="$dir/" '
		/^@/ { if (row) print row; row = substr($0, 2) ":"; next }
		/^#/ || /\/modules\.builtin(\.modinfo)?$/ { next }
		index($0, prefix) == 1 { row = row " " substr($0, length(prefix) + 1); next }
		{ row = row " [" $0 "]" }
		END { print row }' | sorted
}

# modprobe_says <NAMES: "NAME: ANSWER...", by modprobe's own lookup, in a few processes.
# Its answers are told apart by a module's name between them that no alias or symbol
# leads to.
modprobe_says() {
	local marker
	mkdir -p base/lib/modules empty
	ln -sfn "$tree" "base/lib/modules/$kver"
	marker=$(cat "$tree/modules.alias" "$tree/modules.symbols" |
		awk 'NR == FNR { answer[$NF]; next } !($1 in answer) { print $1; exit }' - <(tr - _ <names))
	tee asked | sed "s/\$/\n$marker/" | tr '\n' '\0' |
		xargs -0 -n 4000 "$ORACLE/modprobe" -d base -S "$kver" -C empty -q -R -a |
		awk -v marker="$marker" '
			$0 == marker {
				getline name <"asked"
				print name ":" row
				row = ""
				delete seen
				next
			}
			!($0 in seen) { seen[$0]; row = row " " $0 }' | sorted
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # the tests use what is set here
#
# Sourced by the tests on real kernels.  kmod's own tools, run on the same tree, are the reference:
# depmod's modules.dep, and modprobe's answers.

# shellcheck source=../lib/failure.bash
source "${BASH_SOURCE[0]%/*}/../lib/failure.bash"

# kernel NAME: a kernel of scripts/fetch-kernel. $plain is its package as unpacked, $indexed the
# same with indexes by kmod 30's depmod; $tree is the module directory in $indexed, $dir its path
# below either root.
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
	# Every module, by file name.
	sed 's/:.*//; s|.*/||; s/\.ko.*//' "$tree/modules.dep" >names
	[ "$(wc -l <names)" -gt 2000 ]
}

# Sort rows of "KEY: WORD...", and the words in each.
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

# modules.dep as "NAME: PATH...", including the module's own path.
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

# same EXPECTED ACTUAL: the two files (or pipes) are equal and not empty
same() {
	cat "$2" >compared
	diff "$1" compared >differences || {
		head -c 2000 differences
		fail "$(wc -l <differences) lines of differences"
	}
	[ -s compared ] || fail 'nothing was compared'
}

# assert_loadable FILE: in each row of "NAME: PATH...", modules follow their dependencies
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

# once FILE COMMAND...: write the command's output to FILE; only the first test of this file that
# asks, on the same kernel, runs it
once() {
	local shared=$BATS_FILE_TMPDIR/$kver.$1
	(
		flock 9
		[ -e "$shared" ] || { "${@:2}" >"$shared.new" && mv "$shared.new" "$shared"; }
	) 9>"$shared.lock"
	ln -s "$shared" "$1"
}

# every N: every N-th line of standard input
every() {
	awk -v n="$1" 'NR % n == 1 || n == 1'
}

# in_build STATIC OTHER: choose a number by build, because ASan and valgrind are slow
in_build() {
	if [ "$MODBOX_BUILD" = static ]; then echo "$1"; else echo "$2"; fi
}

# by_processes SOURCE <NAMES: rows like depmod_says, from one run of rpi-modcopy per name
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

# modprobe_says <NAMES: "NAME: ANSWER..." from modprobe's own lookup, in a few processes.  The name
# of a module that no alias or symbol leads to separates the answers.
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

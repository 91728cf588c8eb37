# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the tests of stripping: they compare with GNU strip and llvm-strip.

# shellcheck source=../lib/failure.bash
source "${BASH_SOURCE[0]%/*}/../lib/failure.bash"

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	strip=${MODBOX%/*}/tests/strip/strip
	[ -x "$strip" ] || fail "$strip is missing: make unit-tests builds it"
}

# same_as_others [TRIPLET]: the files in ./modules, stripped at both levels, are what they have to be, and
# what llvm-strip and TRIPLET-strip make of them
same_as_others() {
	local level file others
	for level in debug unneeded; do
		others=(llvm="llvm-$level" ${1:+gnu="gnu-$level"})
		mkdir "$level" "${others[@]#*=}"
		run "$strip" "$level" "$level" modules/*
		assert_success
		assert_output ''
		for file in modules/*; do
			[ -z "${1:-}" ] || "$1-strip" "--strip-$level" -o "gnu-$level/${file##*/}" "$file"
			llvm-strip "--strip-$level" -o "llvm-$level/${file##*/}" "$file"
		done
		run "$MODBOX_SRC/tests/strip/compare" "$level" modules "$level" "${others[@]}"
		assert_success
		assert_output "# $(find modules -type f | wc -l) modules, 0 differences"
	done
}

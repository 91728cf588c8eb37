# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # bats sets lines
#
# Sourced by the tests on random trees.

# shellcheck source=../lib/failure.bash
source "${BASH_SOURCE[0]%/*}/../lib/failure.bash"

# compared FIRST TREES QUESTIONS: no tree of these seeds differs from kmod's, and most questions
# were asked.  In memory where possible: most of the time would go to the disk.
compared() {
	local counts
	[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
	run "$MODBOX_SRC/tests/differential/compare" "$@"
	printf '%s\n' "${lines[@]}" | grep -E '^(on purpose|[0-9]+ trees)' | sed 's/^/# /' >&3
	assert_success
	counts=${lines[-1]}
	[[ $counts =~ ^$2\ trees,\ ([0-9]+)\ questions,\ 0\ seeds\ differ$ ]] || fail "$counts"
	[ "${BASH_REMATCH[1]}" -ge "$(($3 * 5 / 6))" ] || fail "$counts"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Trees that change step by step, indexed with a record and without: the same indexes.

load ../lib/failure

teardown() {
	show_last_run
	[ -z "${copy:-}" ] || rm -rf "$copy"
}

sequences() {
	[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
	run "$MODBOX_SRC/tests/differential/record" "$@"
	assert_success
	assert_line "${*: -1} sequences, 0 differ"
}

@test "random sequences of changes: indexes by the record are those of all modules, and kmod's" {
	sequences 1 "$(amount 60 200)"
}

@test "random changes of a kernel's modules: indexes by the record are those of all modules" {
	[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
	copy=$(mktemp -d)
	cp -a "$("$MODBOX_SRC/scripts/fetch-kernel" amd64)/." "$copy/root"
	sequences --kernel="$copy" 1 "$(amount 3 10)"
}

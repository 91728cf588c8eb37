#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Style of all files; make lint, in make check-extra, also analyses the C.
# bats file_tags=slow

load build

@test "scripts/lint --style finds nothing" {
	run scripts/lint --style
	assert_success
	refute_output
}

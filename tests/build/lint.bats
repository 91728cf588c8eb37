#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Formatting and static analysis; make lint, in make check-extra, analyses more states.
# bats file_tags=slow

load build

@test "scripts/lint --quick finds nothing" {
	run scripts/lint --quick
	assert_success
	refute_output
}

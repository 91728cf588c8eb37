#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A few random trees, for every change.

load differential

@test "a few random trees: the indexes and answers of kmod 30 and 34" {
	compared 1 24 120
}

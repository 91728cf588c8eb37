#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Many random trees: by default the same ones in each run.  Others:
#
#     DIFFERENTIAL_SEED=NUMBER    the first seed, or "random"
#     DIFFERENTIAL_TREES=NUMBER   how many trees; there are eight questions for each
#
# A seed that differs is shown with its tree; tests/differential/compare repeats it.

load differential

@test "many random trees: the indexes and answers of kmod 30 and 34" {
	local seed=${DIFFERENTIAL_SEED:-1000} trees=${DIFFERENTIAL_TREES:-100}
	[ "$seed" != random ] || seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
	echo "# the first seed is $seed" >&3
	compared "$seed" "$trees" "$((8 * trees))"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck source=../lib/suite.bash
source "$(dirname "${BASH_SOURCE[0]}")/../lib/suite.bash"
eval "base_$(declare -f setup_suite)"

setup_suite() {
	local name
	base_setup_suite
	for name in killat swap without; do
		gcc -O1 -D_GNU_SOURCE -o "$BATS_SUITE_TMPDIR/bin/$name" "$MODBOX_SRC/tests/hostile/$name.c"
	done
}

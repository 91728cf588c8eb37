# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck source=../lib/suite.bash
source "$(dirname "${BASH_SOURCE[0]}")/../lib/suite.bash"

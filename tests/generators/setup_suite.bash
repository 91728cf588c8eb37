# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck source=../lib/suite.bash
source "$(dirname "${BASH_SOURCE[0]}")/../lib/suite.bash"

# With GENERATORS_RELEASE, the programs are those of that release of Debian, in a system of its own.
setup_more() {
	[ -n "${GENERATORS_RELEASE:-}" ] || return 0
	export GENERATORS_SYSTEM=$BATS_SUITE_TMPDIR/system
	"$MODBOX_SRC/scripts/make-system" "$GENERATORS_RELEASE" "$GENERATORS_SYSTEM" \
		dracut-core initramfs-tools-core udev kmod cpio zstd klibc-utils >&2
}

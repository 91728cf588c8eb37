# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2153 # the environment has these
#
# sh ways.sh WAY: copy the modules listed in $NAMES, with everything that they need, from $SOURCE to
# $DEST and index them there, as modbox or another tool does it.  This script runs all of them, so
# that starting the shell costs each the same.
#
#     SOURCE, DEST   roots; the kernel $VERSION is in $SOURCE/lib/modules; DEST is empty
#     NAMES          a list of names, one a line
#     FILES          files to copy, relative to SOURCE, for ways that only copy
#     DONE           a DEST that modbox completed before
#     UNINDEXED      not empty if SOURCE has no indexes, which the others must make first
#     EMPTY          an empty directory in place of the host's configuration
#     KMOD34         a directory with the programs of kmod 34; the ways NAME34 use these
set -eu

modules=lib/modules/$VERSION

modcopy() {
	"$MODBOX" rpi-modcopy -k "$VERSION" -f "$NAMES" "$@"
}

index() {
	depmod -b "$1" -C "$EMPTY" "$VERSION"
}

# Files copied along with modules, for depmod(8).
described() {
	printf "$modules/%s\n" modules.order modules.builtin modules.builtin.modinfo
}

# Copy the modules that modprobe shows: names, with duplicates, some of them built in.
copy_shown() {
	{ sed -n "s|^insmod $SOURCE/\([^ ]*\).*|\1|p" | sort -u; described; } |
		(cd "$SOURCE" && xargs cp -a --parents -t "$DEST")
}

show() {
	xargs "$@" modprobe -d "$SOURCE" -S "$VERSION" -C "$EMPTY" -a --show-depends <"$NAMES"
}

case $1 in
*34) PATH=$KMOD34:$PATH
	set -- "${1%34}" ;;
esac

case $1 in
modbox | modbox-* | sh | xz* | cp | cp-tree | cpio | depmod) ;;
*) [ -z "$UNINDEXED" ] || index "$SOURCE" ;;
esac

case $1 in
modbox)
	modcopy "$SOURCE" "$DEST" ;;
modbox-cpio)
	modcopy --cpio="$DEST/cpio" "$SOURCE" ;;
modbox-copy)
	modcopy --depmod=none "$SOURCE" "$DEST" ;;
modbox-plan)
	modcopy -n "$SOURCE" "$DEST" >/dev/null ;;
modbox-start)
	"$MODBOX" --version >/dev/null ;;
modbox-decompress)
	modcopy --decompress "$SOURCE" "$DEST" ;;
modbox-depmod)
	"$MODBOX" depmod -b "$SOURCE" "$VERSION" ;;

# The way of shell scripts.
modprobe)
	show | copy_shown
	index "$DEST" ;;
modprobe-each)
	show -n 1 | copy_shown
	index "$DEST" ;;
modprobe-xz)
	show | copy_shown
	find "$DEST" -name '*.xz' -print0 | xargs -0 -P "$(nproc)" -n 16 xz -d
	index "$DEST" ;;

# dracut's way, and dracut-ng's.  It does not create lib/modules in DEST, and its caller makes the
# link.
dracut-install | dracut-ng)
	[ "$1" = dracut-install ] || DRACUT=$DRACUT_NG
	mkdir -p "$DEST/usr/$modules"
	ln -s usr/lib "$DEST/lib"
	xargs "$DRACUT" -D "$DEST" --kerneldir "$SOURCE/$modules" --firmwaredirs "$EMPTY" \
		-m <"$NAMES"
	described | (cd "$SOURCE" && xargs cp -a -t "$DEST/$modules")
	index "$DEST" ;;

# initramfs-tools' way: paths in DEST equal SOURCE's.  It also looks for firmware, and finds none.
initramfs-tools)
	# shellcheck disable=SC2034 # hook-functions use them
	{
		export MODPROBE_OPTIONS="-d $SOURCE -C $EMPTY"
		version=$VERSION DESTDIR=$DEST CONFDIR=$EMPTY verbose=n
		names=$(cat "$NAMES")
	}
	# shellcheck source=/dev/null
	. "$HOOK_FUNCTIONS"
	# shellcheck disable=SC2086 # one word each
	manual_add_modules $names
	described | (cd "$SOURCE" && xargs cp -a -t "$DEST$SOURCE/$modules")
	index "$DEST$SOURCE" ;;

# Parts of the work, as lower bounds.
sh) ;;
cp)
	cd "$SOURCE" && xargs cp -a --parents -t "$DEST" <"$FILES" ;;
cp-tree)
	cd "$SOURCE" && cp -a --parents -t "$DEST" "$modules" ;;
cpio)
	cd "$DONE" && find . | cpio -o -H newc --quiet >"$DEST/cpio" ;;
xz)
	cd "$SOURCE" && grep '\.xz$' "$FILES" | xargs -P "$(nproc)" -n 16 xz -dc >/dev/null ;;
depmod)
	index "$SOURCE" ;;
*)
	echo "unknown way $1" >&2
	exit 2 ;;
esac

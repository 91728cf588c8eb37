# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # shared with the tests
#
# A scratch root for generators of initramfs: a system with dracut and initramfs-tools, and over it a kernel
# and the hooks.  The system is the one in $GENERATORS_SYSTEM, or else the host's with packages of these
# programs.  It is mounted for each command, by root.

# make_scratch DIRECTORY KERNEL: $layer is what lies over the system's root; /mnt in it has two
# configurations of initramfs-tools, all (MODULES=most) and few
make_scratch() {
	local top kernel
	scratch=$1 layer=$1/layer
	mkdir -p "$layer" "$scratch"/{work,root}
	[ -n "${GENERATORS_SYSTEM:-}" ] || add_generators
	kernel=$("$MODBOX_SRC/scripts/fetch-kernel" --indexed "$2")
	mkdir -p "$layer/usr/lib/modules" "$layer/boot" "$layer/mnt/tmp"
	for top in usr/lib/modules lib/modules; do
		[ ! -d "$kernel/$top" ] || cp -a --reflink=auto "$kernel/$top/." "$layer/usr/lib/modules"
	done
	cp "$kernel"/boot/config-* "$layer/boot"
	make -s -C "$MODBOX_SRC" install-hooks DESTDIR="$layer"
	install -D "$MODBOX" "$layer/usr/local/bin/modbox"
	firmware
	in_scratch cp -a /etc/initramfs-tools /mnt/all
	sed -i 's/^COMPRESS=.*/COMPRESS=gzip/; s/^BUSYBOX=.*/BUSYBOX=n/; s/^MODULES=.*/MODULES=most/' \
		"$layer/mnt/all/initramfs.conf"
	cp -a "$layer/mnt/all" "$layer/mnt/few"
	sed -i 's/^MODULES=.*/MODULES=list/' "$layer/mnt/few/initramfs.conf"
	printf '%s\n' btrfs dm-crypt tg3 >"$layer/mnt/few/modules"
}

# The programs of the host's own release.
generators() {
	"$MODBOX_SRC/scripts/fetch-packages" --alone native dracut-core initramfs-tools-core udev klibc-utils libklibc
}

# Put them into the layer.
add_generators() {
	local packages top
	packages=$(generators)
	cp -a "$packages/." "$layer"
	for top in bin sbin lib; do
		[ -d "$layer/$top" ] || continue
		mkdir -p "$layer/usr/$top"
		cp -a "$layer/$top/." "$layer/usr/$top"
		rm -r "${layer:?}/$top"
	done
}

# Firmware of some modules, one of it by a link.
firmware() {
	local name dir=$layer/usr/lib/firmware
	for name in $(find "$layer/usr/lib/modules" -regex '.*/\(tg3\|e100\|bnx2\|qla2xxx\)\.ko.*' \
		-exec "$ORACLE/modinfo" -F firmware {} \; | sort -u); do
		mkdir -p "$dir/$(dirname "$name")"
		echo "$name" >"$dir/$name"
	done
	mv "$dir/tigon/tg3.bin" "$dir/tigon/real.bin"
	ln -s real.bin "$dir/tigon/tg3.bin"
}

# in_scratch COMMAND...: run it in the scratch root
in_scratch() {
	# shellcheck disable=SC2016 # that shell's
	SCRATCH=$scratch SYSTEM=${GENERATORS_SYSTEM:-/} unshare -m sh -euc '
		cd "$SCRATCH"
		mount -t overlay modbox -o "lowerdir=$SYSTEM",upperdir=layer,workdir=work root
		for dir in proc sys dev; do mount --rbind /$dir root/$dir; done
		mount --bind layer/mnt root/mnt
		mount --bind layer/mnt/tmp root/var/tmp
		exec chroot root env TMPDIR=/var/tmp "$@"' sh "$@"
}

# hooks on|off: for dracut, the configuration; mkinitramfs has MODBOX=y
hooks() {
	local on=$layer/usr/lib/dracut/dracut.conf.d/50-modbox.conf off=$layer/mnt/saved.conf
	case $1 in
	off) [ ! -e "$on" ] || mv "$on" "$off" ;;
	on) [ ! -e "$off" ] || mv "$off" "$on" ;;
	esac
	sed -i '/^MODBOX=/d' "$layer"/mnt/{all,few}/initramfs.conf
	[ "$1" = off ] || tee -a "$layer"/mnt/{all,few}/initramfs.conf <<<MODBOX=y >/dev/null
}

# use_scratch DIRECTORY: in a test, use the one that make_scratch made there; $kver is its kernel
use_scratch() {
	cd "$BATS_TEST_TMPDIR" || return
	[ "$(id -u)" = 0 ] || fail 'these tests mount: run them as root'
	scratch=$1 layer=$1/layer
	kver=$(ls "$layer/usr/lib/modules")
}

# run_dracut IMAGE [OPTION]...: all modules and no compression, so that images are compared by their files
run_dracut() {
	in_scratch dracut --force --no-hostonly --no-compress --nostrip --no-early-microcode \
		--kver "$kver" "${@:2}" "/mnt/$1"
}

# run_mkinitramfs IMAGE CONFIGURATION
run_mkinitramfs() {
	in_scratch mkinitramfs -d "/mnt/$2" -c gzip -l 1 -o "/mnt/$1" "$kver"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modbox dracut-install --compat and dracut's own program, of Debian 12 and of 13: the same files, log, messages and status.
#
#     INSTALL_SEED=NUMBER     the first random call, or "random"
#     INSTALL_CALLS=NUMBER    how many random calls; then both programs run them, and the recorded ones
#
# make generators runs 300.

load kernels

# bats file_tags=static

setup() {
	kernel amd64
	export KERNELDIR=$tree DRACUT
	arch=$(dpkg --print-architecture)
	calls=${INSTALL_CALLS:-16} seed=${INSTALL_SEED:-1}
	[ "$seed" != random ] || seed=$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')
}

# dracut: compare with dracut 059, of Debian 12 whatever this system is
dracut() {
	DRACUT=$("$MODBOX_SRC/scripts/fetch-packages" --alone "$arch" dracut-core)/usr/lib/dracut/dracut-install
}

# dracut_ng: compare with dracut-ng's program, of Debian 13, which needs that system's libraries
dracut_ng() {
	local packages lib
	packages=$("$MODBOX_SRC/scripts/fetch-packages" "next-$arch" dracut-install)
	lib=$(echo "$packages"/usr/lib/*-linux-gnu*)
	DRACUT="$(echo "$lib"/ld-linux*) --library-path $lib $packages/usr/lib/dracut/dracut-install"
}

# compared [--sysfs] CALLS|SEED NUMBER: both programs do the same
compared() {
	local under=()
	if [ "$1" = --sysfs ]; then
		under=(unshare -m)
		[ "$(id -u)" = 0 ] || under=(unshare -rm)
	fi
	rm -rf work
	mkdir work
	run "${under[@]}" "$MODBOX_SRC/tests/kernels/compare-install" "${@:1:$#-2}" "$PWD/work" "${@: -2}"
	assert_success
}

@test "dracut-install: calls of dracut and initramfs-tools" {
	dracut
	compared "$MODBOX_SRC/tests/kernels/install-calls" 60
	assert_line --regexp '^86 calls, 3[0-9]{3} files$'
	[ -n "${INSTALL_CALLS:-}" ] || return 0
	dracut_ng
	compared "$MODBOX_SRC/tests/kernels/install-calls" 60
}

@test "dracut-install: random calls" {
	echo "# the first call is $seed" >&3
	dracut
	compared "$seed" "$calls"
	[ -n "${INSTALL_CALLS:-}" ] || return 0
	dracut_ng
	compared "$seed" "$calls"
}

@test "dracut-install: random calls on a made-up machine" {
	echo "# the first call is $seed" >&3
	dracut_ng
	compared --sysfs "$seed" "${INSTALL_CALLS:-8}"
}

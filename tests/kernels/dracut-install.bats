#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modbox dracut-install --compat and dracut's own program: the same files, log, messages and status.
#
#     INSTALL_SEED=NUMBER     the first random call, or "random"
#     INSTALL_CALLS=NUMBER    how many random calls

load kernels

# bats file_tags=static

setup() {
	kernel amd64
	export KERNELDIR=$tree DRACUT
	DRACUT=$("$MODBOX_SRC/scripts/fetch-packages" --alone native dracut-core)/usr/lib/dracut/dracut-install
	mkdir work
}

# compared ARGUMENT...: both programs do the same
compared() {
	run "$MODBOX_SRC/tests/kernels/compare-install" "$PWD/work" "$@"
	assert_success
}

@test "dracut-install: calls of dracut and initramfs-tools" {
	compared "$MODBOX_SRC/tests/kernels/install-calls" 60
	assert_line --regexp '^86 calls, 3[0-9]{3} files$'
}

@test "dracut-install: random calls" {
	local seed=${INSTALL_SEED:-1} calls=${INSTALL_CALLS:-16}
	[ "$seed" != random ] || seed=$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')
	echo "# the first call is $seed" >&3
	compared "$seed" "$calls"
}

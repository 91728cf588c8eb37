#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Out-of-tree modules, built and installed by kbuild.  One needs another; a third, which prints
# nothing when loaded, has the name of an in-tree module.
# shellcheck disable=SC2154 # boot.bash sets $kver and $base, setup_file $HEADERS

load trust

setup_file() {
	HEADERS=$("$MODBOX_SRC/scripts/fetch-headers" amd64)
	export HEADERS
	prepare amd64
	cp -r "$MODBOX_SRC/tests/boot/external" "$BATS_FILE_TMPDIR"
	make -s -C "$HEADERS" M="$BATS_FILE_TMPDIR/external" modules
}

# A root with one module of the kernel's own; DIR is its module directory.
setup() {
	kernel amd64
	dir=usr/lib/modules/$kver
	in_tree=kernel/drivers/net/dummy.ko
	mkdir -p "root/$dir"
	(cd "$source/$dir" && cp --parents -t "$BATS_TEST_TMPDIR/root/$dir" "$in_tree" modules.order \
		modules.builtin modules.builtin.modinfo)
	ln -s usr/lib root/lib
	source=$PWD/root
}

# installs DIR [VARIABLE=VALUE]...: install the modules as make modules_install does
installs() {
	# There is no key to sign modules with.
	make -s -C "$HEADERS" M="$BATS_FILE_TMPDIR/external" INSTALL_MOD_PATH="$source" \
		INSTALL_MOD_DIR="$1" DEPMOD=true CONFIG_MODULE_SIG_ALL= "${@:2}" modules_install
	assert_file_exists "$source/$dir/$1/boot_user.ko"
}

# Index the root with kmod's depmod and the root's own configuration.
indexed() {
	mkdir -p root/etc/depmod.d
	"$ORACLE/depmod" -b root -C root/etc/depmod.d "$kver"
}

depmod_d() {
	mkdir -p root/etc/depmod.d
	printf '%s\n' "$@" >root/etc/depmod.d/test.conf
}

# copies 'MODULE...' OPTION...: exactly these are copied, without and with indexes of SOURCE
copies() {
	module_archive "${@:2}"
	assert_equal "$(archived | xargs)" "$1"
	indexed
	module_archive "${@:2}"
	assert_equal "$(archived | xargs)" "$1"
}

# boots_loading NAME...: boot, and load these
boots_loading() {
	boots <<-END
		use kmod
		load $*
	END
	local names=("${@/#/test: }")
	prints "${names[@]/%/: loaded}"
}

not_the_kernels="dummy: not the kernel's"

@test "in updates/, stripped by kbuild, .ko.xz: by name, with what it needs" {
	installs updates INSTALL_MOD_STRIP=1
	run readelf -S "$source/$dir/updates/boot_user.ko"
	refute_output --partial .debug_info
	xz --check=crc32 "$source/$dir"/updates/*.ko
	copies 'updates/boot_supplier.ko.xz updates/boot_user.ko.xz updates/dummy.ko.xz' \
		-m boot-user -m dummy
	boots_loading boot_user dummy
	prints 'boot_user: the number is 42' "$not_the_kernels"
}

@test "in extra/, stripped, .ko.zst, newer than the indexes: by alias and path" {
	indexed
	installs extra
	strip --strip-debug "$source/$dir"/extra/*.ko
	zstd -q --rm "$source/$dir"/extra/*.ko
	copies 'extra/boot_supplier.ko.zst extra/boot_user.ko.zst' -m boot-number
	copies 'extra/boot_supplier.ko.zst' -m extra/boot_supplier.ko.zst
	# Nothing tells the two dummies apart, except depmod's choice.
	copies 'extra/boot_supplier.ko.zst extra/boot_user.ko.zst extra/dummy.ko.zst' \
		-m boot-number -m dummy
	boots_loading boot-number dummy
	prints 'boot_user: the number is 42' "$not_the_kernels"
}

@test "depmod.d: search built-in updates" {
	depmod_d 'search built-in updates'
	installs updates
	copies "$in_tree updates/boot_supplier.ko updates/boot_user.ko" -m dummy -m boot-user
	boots_loading dummy boot_user
	prints 'boot_user: the number is 42'
	prints_not "$not_the_kernels"
}

@test "depmod.d: search extra built-in" {
	depmod_d 'search extra built-in'
	installs extra
	copies 'extra/dummy.ko' -m dummy
	boots_loading dummy
	prints "$not_the_kernels"
}

@test "depmod.d: override" {
	depmod_d 'search built-in extra' 'override dummy * extra'
	installs extra
	copies 'extra/dummy.ko' -m dummy
	boots_loading dummy
	prints "$not_the_kernels"
}

# -- signed ----------------------------------------------------------------------------------

# The kernel's own modules are signed anew as well: it no longer trusts the key of the distribution.
# bats test_tags=static
@test "signed by modinst with RSA, stripped: a kernel loads them that trusts only this key" {
	local names=(virtio_pci ext4 dm-crypt)
	source=$(realpath "$base/source")
	full_build
	openssl genrsa -out rsa.pem 2048
	certificate rsa
	trusting rsa
	copied "${names[@]}"
	signs rsa --strip --process root "$dir/kernel"
	signs rsa --strip root "$BATS_FILE_TMPDIR/external"
	cp "$source/$dir/kernel/lib/crc16.ko" distribution.ko
	tampered "root/$dir/updates/boot_user.ko"
	boots_enforcing boot_user dummy "${names[@]}"
	prints 'boot_user: the number is 42' "dummy: not the kernel's"
}

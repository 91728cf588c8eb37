#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modinst: modules that kbuild built, installed by it and, beside it, by kbuild, strip, sign-file, xz
# and depmod.
# shellcheck disable=SC2154 # setup_file sets $HEADERS
# bats file_tags=static

load kernels

# The modules of tests/boot, one that imports a namespace, and all with debugging information.
setup_file() {
	HEADERS=$("$MODBOX_SRC/scripts/fetch-headers" amd64)
	export HEADERS
	cd "$BATS_FILE_TMPDIR" || return
	cp -r "$MODBOX_SRC/tests/boot/external" ext
	cp ext/boot_supplier.c ext/importer.c
	sed -i 's/boot_supplier_number/importer_number/; s/^MODULE_LICENSE/MODULE_IMPORT_NS(CRYPTO_INTERNAL);\n&/' ext/importer.c
	echo 'obj-m += importer.o' >>ext/Kbuild
	make -s -C "$HEADERS" M="$PWD/ext" KCFLAGS=-g modules 2>/dev/null
}

# A root with a few modules of the kernel's own, its image and its configuration
setup() {
	kernel amd64
	ext=$BATS_FILE_TMPDIR/ext
	root=$BATS_TEST_TMPDIR/root
	updates=$root/$dir/updates
	mkdir -p "$root/$dir"
	(cd "$indexed/$dir" && cp --parents -t "$root/$dir" kernel/drivers/net/dummy.ko kernel/fs/ext4/ext4.ko \
		kernel/fs/jbd2/jbd2.ko kernel/fs/mbcache.ko kernel/lib/crc16.ko kernel/crypto/crc32c_generic.ko \
		modules.order modules.builtin modules.builtin.modinfo)
	cp -r "$indexed/boot" "$root"
	"$ORACLE/depmod" -b "$root" "$kver"
}

# modinst OPTION...: run it on the root
modinst() {
	run --separate-stderr "$MODBOX" modinst "$@"
}

# by_kbuild ROOT [VARIABLE=VALUE]...: install and index the modules as kbuild does
by_kbuild() {
	make -s -C "$HEADERS" M="$ext" INSTALL_MOD_PATH="$PWD/$1" INSTALL_MOD_DIR=updates DEPMOD=true \
		CONFIG_MODULE_SIG_ALL= "${@:2}" modules_install 2>/dev/null
}

# tree_of ROOT: every file in its module directory, with its contents
tree_of() {
	(cd "$1/$dir" && find . -type f ! -name modules.symbols.bin -print0 | sort -z | xargs -0 sha256sum)
}

@test "amd64: modinst: the files and indexes that modules_install and depmod make" {
	cp -a root other
	by_kbuild other
	"$ORACLE/depmod" -b other "$kver"
	# kbuild's files have the time of the build; the order of a directory's files is that of the disk.
	modinst root "$ext"
	assert_success
	assert_output ''
	assert_equal "$stderr" "modinst: 4 modules have no signature that counts: loading them taints the kernel (-v names them)
modinst: updates/dummy.ko overrides kernel/drivers/net/dummy.ko"
	assert_equal "$(cd "$updates" && stat -c '%n %a %u' ./*)" "$(cd "other/$dir/updates" && stat -c "%n 644 $(id -u)" ./*)"
	assert_equal "$(tree_of root | grep -v modules)" "$(tree_of other | grep -v modules)"
	assert_equal "$(sort "root/$dir/modules.dep")" "$(sort "other/$dir/modules.dep")"
	assert_equal "$(sort "root/$dir/modules.symbols")" "$(sort "other/$dir/modules.symbols")"
	assert_equal "$(sort "root/$dir/modules.alias")" "$(sort "other/$dir/modules.alias")"
}

@test "amd64: modinst: stripped as by strip --strip-debug" {
	modinst --strip root "$ext"
	assert_success
	local file
	for file in "$ext"/*.ko; do
		file=${file##*/}
		strip --strip-debug -o stripped "$ext/$file"
		assert_equal "$(readelf -rW "$updates/$file" | awk '{ print $1, $3, $4, $5, $6, $7 }')" \
			"$(readelf -rW stripped | awk '{ print $1, $3, $4, $5, $6, $7 }')"
		assert_equal "$(readelf -sW "$updates/$file" | awk '{ print $3, $4, $5, $6, $8 }')" \
			"$(readelf -sW stripped | awk '{ print $3, $4, $5, $6, $8 }')"
		run readelf -SW "$updates/$file"
		refute_output --partial .debug_
	done
}

@test "amd64: modinst: what the kernel would refuse is status 1, and nothing is written" {
	local before
	cp "$ext/boot_supplier.ko" wrong.ko
	sed -i "s/vermagic=$kver SMP/vermagic=$kver UMP/" wrong.ko
	before=$(tree_of root)
	modinst -k "$kver" root wrong.ko "$ext/importer.ko"
	assert_failure 1
	[[ $stderr = *'modinst: updates/wrong.ko: refused: vermagic is '*'ENOEXEC'* ]]
	assert_equal "$(tree_of root)" "$before"
	modinst --force -k "$kver" root wrong.ko
	assert_success
	[[ $stderr = *'modinst: warning: updates/wrong.ko: refused: '* ]]
	[ -e "$updates/wrong.ko" ]
	grep -q '^updates/wrong.ko:' "root/$dir/modules.dep"
}

@test "amd64: modinst: a dependency that nothing supplies; with it, in any order" {
	local before
	before=$(tree_of root)
	modinst root "$ext/boot_user.ko"
	assert_failure 1
	[[ $stderr = *boot_supplier* ]]
	assert_equal "$(tree_of root)" "$before"
	modinst root "$ext/boot_user.ko" "$ext/boot_supplier.ko"
	assert_success
	grep -qx 'updates/boot_user.ko: updates/boot_supplier.ko' "root/$dir/modules.dep"
}

@test "amd64: modinst: files that are no modules, and two of one name" {
	local before
	before=$(tree_of root)
	head -c 5000 "$ext/importer.ko" >cut.ko
	echo text >text.ko
	mkdir empty other
	cp "$ext/importer.ko" other
	modinst --no-check -k "$kver" root "$ext/dummy.ko" cut.ko
	assert_failure 4
	[[ ${stderr_lines[0]} = 'modinst: cut.ko: '* ]]
	modinst --no-check -k "$kver" root text.ko
	assert_failure 4
	modinst --no-check -k "$kver" root empty
	assert_failure 4
	assert_equal "$stderr" 'modinst: empty has no modules'
	modinst --no-check -k "$kver" root "$ext/Kbuild"
	assert_failure 4
	modinst --no-check -k "$kver" root "$ext" other
	assert_failure 2
	assert_equal "$stderr" "modinst: $ext/importer.ko and other/importer.ko are both a module importer: name one of them"
	modinst --no-check -k "$kver" root nothing.ko
	assert_failure 4
	assert_equal "$(tree_of root)" "$before"
}

@test "amd64: modinst: words of CONFIG_CHECK, and versions" {
	modinst -n --config-check='EXT4_FS !MODULE_SIG_FORCE ~NO_SUCH CONFIG_MODULES' --kernel-min=6.1 --kernel-max=6 root "$ext/importer.ko"
	assert_success
	assert_line --index 0 "# from $ext/importer.ko"
	assert_line --index 1 "$dir/updates/importer.ko"
	[[ $stderr = *"modinst: warning: root/boot/config-$kver: CONFIG_NO_SUCH is not set, and the modules want it"* ]]
	[ ! -e "$updates" ]
	modinst --config-check='NO_SUCH !EXT4_FS' root "$ext/importer.ko"
	assert_failure 1
	[[ $stderr = *"CONFIG_NO_SUCH is not set"*"CONFIG_EXT4_FS is set, and the modules want it off" ]]
	modinst --kernel-min=6.2 root "$ext/importer.ko"
	assert_failure 1
	[[ $stderr = *"the kernel $kver is older than the modules' minimum, 6.2" ]]
	modinst -n --kernel-max=6.0.9 --config-check= root "$ext/importer.ko"
	assert_success
	[[ $stderr = *"warning: the kernel $kver is newer than the modules' maximum, 6.0.9"* ]]
	modinst --kernel-min=6.x root "$ext/importer.ko"
	assert_failure 2
	[ ! -e "$updates" ]
}

@test "amd64: modinst: depmod.d that prefers the kernel's own module" {
	mkdir -p root/etc/depmod.d
	echo 'search built-in updates' >root/etc/depmod.d/own.conf
	modinst root "$ext/dummy.ko"
	assert_success
	[[ $stderr = *'modinst: warning: updates/dummy.ko would not be loaded: depmod prefers kernel/drivers/net/dummy.ko (depmod.d)' ]]
	grep -q '^kernel/drivers/net/dummy.ko:' "root/$dir/modules.dep"
}

@test "amd64: modinst: no rule orders a directory of one's own and the kernel's" {
	modinst -n --no-check --into=mine/ root "$ext/dummy.ko"
	assert_success
	assert_equal "$stderr" 'modinst: warning: mine/dummy.ko and kernel/drivers/net/dummy.ko are one module, and no depmod.d rule orders them: --into=updates does'
	modinst --no-check --into=mine/ root "$ext/dummy.ko"
	assert_success
	assert_equal "$stderr" "modinst: warning: $root/$dir/kernel/drivers/net/dummy.ko is indexed and mine/dummy.ko is not: they have the same name, and no depmod.d rule orders them"
}

@test "amd64: modinst: what modules_install left keeps its place, unless --into is given" {
	by_kbuild other
	mkdir -p "other/$dir/extra/sub"
	mv "other/$dir/updates/importer.ko" "other/$dir/extra/sub"
	modinst --no-check root "other/$dir"
	assert_success
	assert_equal "$(cd "root/$dir" && echo updates/* extra/*/*)" \
		'updates/boot_supplier.ko updates/boot_user.ko updates/dummy.ko extra/sub/importer.ko'
	modinst --no-check --into=updates/dkms root "other/$dir/extra" "$ext/dummy.ko"
	assert_success
	[ -e "$updates/dkms/sub/importer.ko" ] && [ -e "$updates/dkms/dummy.ko" ]
}

@test "amd64: modinst: the same module under another suffix goes; --remove takes it out" {
	mkdir -p "$updates"
	xz --check=crc32 -c "$ext/importer.ko" >"$updates/importer.ko.xz"
	modinst --no-check root "$ext/importer.ko"
	assert_success
	assert_equal "$(ls "$updates")" importer.ko
	modinst --remove -k "$kver" root ext4
	assert_failure 1
	modinst --remove -k "$kver" root importer
	assert_success
	[ ! -e "$updates/importer.ko" ]
	run grep importer "root/$dir/modules.dep"
	assert_failure
	modinst --no-check root "$ext"
	modinst --no-check --into=extra root "$ext/dummy.ko"
	modinst --remove -k "$kver" root dummy boot-supplier boot_supplier
	assert_success
	[[ $stderr = *boot_supplier* ]]
	[[ $stderr = *"kernel/drivers/net/dummy.ko is no longer overridden"* ]]
	assert_equal "$(cd "root/$dir" && echo updates/* extra/*)" 'updates/boot_user.ko updates/importer.ko extra/*'
	grep -q '^kernel/drivers/net/dummy.ko:' "root/$dir/modules.dep"
}

@test "amd64: modinst: --process changes modules in place" {
	by_kbuild root
	modinst --no-check --process --strip root "$dir/updates"
	assert_success
	[ "$(stat -c %s "$updates/dummy.ko")" -lt 20000 ]
	assert_equal "$(ls "$updates")" "$(cd "$ext" && ls -- *.ko)"
	modinst --no-check --process --strip root etc
	assert_failure 2
}

@test "amd64: modinst: --process of all modules, some of them compressed: as they were before" {
	local before
	by_kbuild root
	"$ORACLE/depmod" -b root "$kver"
	before=$(tree_of root | grep -v -e bin -e weakdep)
	xz --check=crc32 "root/$dir"/kernel/fs/*/*.ko "$updates"/boot_*.ko
	gzip -k "root/$dir/kernel/drivers/net/dummy.ko"
	modinst --no-check --process --compress=none root "$dir"
	assert_success
	assert_equal "$stderr" 'modinst: kernel/drivers/net/dummy.ko.gz goes: dummy.ko is the same module'
	assert_equal "$(tree_of root | grep -v -e bin -e weakdep)" "$before"
	xz --check=crc32 "root/$dir"/kernel/fs/*/*.ko
	modinst --kernel="$indexed" --process --compress=none root "$dir/kernel"
	assert_success
	assert_equal "$(tree_of root | grep -v -e bin -e weakdep)" "$before"
}

@test "amd64: modinst: against the kernel of another root" {
	mkdir bare
	modinst bare "$ext/importer.ko"
	assert_failure 3
	modinst --kernel=root bare "$ext/importer.ko"
	assert_success
	[ -e "bare/lib/modules/$kver/updates/importer.ko" ]
	[ -s "bare/lib/modules/$kver/modules.dep.bin" ]
}

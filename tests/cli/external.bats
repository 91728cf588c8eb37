#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Modules of depmod.d's external directories: outside the module directory, with absolute paths in
# the indexes.
# shellcheck disable=SC2154 # bats sets $stderr

load ../lib/common

# external PATH [KEY=VALUE]...: add a module at an absolute path of SOURCE
external() {
	local file=$src$1 name=${1##*/}
	name=${name%%.ko*}
	mkdir -p "${file%/*}"
	mkmodule "${file%.ko*}.ko" "name=${name//-/_}" "${@:2}"
	compress "$file"
}

# two_kinds: kernel/a.ko is needed by /opt/drivers/ext.ko, which kernel/b.ko needs
two_kinds() {
	module a.ko
	module b.ko depends=ext
	external /opt/drivers/ext.ko depends=a alias=pci:ext
	depmod_d 'external * /opt/drivers'
}

# index_root: kmod's depmod reads external directories of the host, not those below its -b
index_root() {
	"$MODBOX" depmod -b "$src" -m usr/lib/modules "$kver"
}

# rows: the rows of DEST's modules.dep, sorted
rows() {
	sort "$copy/modules.dep"
}

@test "an external module is found by name, alias, pattern and dependency, with indexes and without" {
	two_kinds
	for _ in plain indexed; do
		for request in ext pci:ext 'ex*'; do
			closure "$request"
			assert_success
			assert_output "${tree#"$src/"}/kernel/a.ko"$'\nopt/drivers/ext.ko'
			assert_equal "$stderr" ''
		done
		closure -o names b
		assert_output $'a\next\nb'
		index_root
	done
	closure -o json ext
	assert_equal "$(jq -r '.modules[].path' <<<"$output")" "${tree#"$src/"}/kernel/a.ko"$'\nopt/drivers/ext.ko'
	closure -o cpio-list ext
	assert_line "file /opt/drivers/ext.ko $src/opt/drivers/ext.ko 0644 0 0"
	assert_line 'dir /opt/drivers 0755 0 0'
	closure -o insmod ext
	assert_line "insmod $src/opt/drivers/ext.ko "
	closure --why=a b
	assert_success
}

@test "an external module is copied to the same path, and DEST's indexes have its row" {
	two_kinds
	for _ in plain indexed; do
		rm -rf "$dst"
		copies -m b
		cmp "$src/opt/drivers/ext.ko" "$dst/opt/drivers/ext.ko"
		assert_equal "$(rows)" $'/opt/drivers/ext.ko: kernel/a.ko\nkernel/a.ko:\nkernel/b.ko: /opt/drivers/ext.ko kernel/a.ko'
		run "$MODBOX" modclosure -k "$kver" "$dst" b
		assert_line opt/drivers/ext.ko
		index_root
	done
	assert_no_leftovers
}

@test "later runs keep the rows of external modules that are in DEST, until the file is gone" {
	two_kinds
	module c.ko
	index_root
	copies -m ext
	copies -m c
	assert_equal "$(rows)" $'/opt/drivers/ext.ko: kernel/a.ko\nkernel/a.ko:\nkernel/c.ko:'
	# Nothing but the row says so.
	rm -r "${src:?}/etc"
	copies -m c
	assert_equal "$(rows)" $'/opt/drivers/ext.ko: kernel/a.ko\nkernel/a.ko:\nkernel/c.ko:'
	rm "$dst/opt/drivers/ext.ko"
	copies -m c
	assert_equal "$(rows)" $'kernel/a.ko:\nkernel/c.ko:'
}

@test "a row alone suffices, without a line in depmod.d" {
	two_kinds
	index_root
	rm -r "${src:?}/etc"
	copies -m b
	assert_equal "$(rows)" $'/opt/drivers/ext.ko: kernel/a.ko\nkernel/a.ko:\nkernel/b.ko: /opt/drivers/ext.ko kernel/a.ko'
	# The walk for a pattern finds it too.
	closure 'e*'
	assert_line opt/drivers/ext.ko
	assert_equal "$stderr" ''
}

@test "external modules in an archive" {
	two_kinds
	for _ in plain indexed; do
		mkdir out
		run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" -m b --cpio=out.cpio "$src"
		assert_success
		assert_equal "$stderr" ''
		(cd out && cpio -id --quiet <../out.cpio)
		cmp "$src/opt/drivers/ext.ko" out/opt/drivers/ext.ko
		assert_equal "$(sort "out/usr/lib/modules/$kver/modules.dep")" \
			$'/opt/drivers/ext.ko: kernel/a.ko\nkernel/a.ko:\nkernel/b.ko: /opt/drivers/ext.ko kernel/a.ko'
		rm -r out
		index_root
	done
}

@test "external modules are recompressed, and their rows renamed" {
	module a.ko.xz
	external /opt/drivers/ext.ko.xz depends=a
	depmod_d 'external * /opt/drivers'
	index_root
	copies -m ext
	assert_equal "$(rows)" $'/opt/drivers/ext.ko.xz: kernel/a.ko.xz\nkernel/a.ko.xz:'
	copies --decompress -m ext
	assert_equal "$(rows)" $'/opt/drivers/ext.ko: kernel/a.ko\nkernel/a.ko:'
	assert_not_exists "$dst/opt/drivers/ext.ko.xz"
	run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" --decompress -m ext --cpio=out.cpio "$src"
	assert_success
	mkdir out
	(cd out && cpio -id --quiet <../out.cpio)
	assert_equal "$(sort "out/usr/lib/modules/$kver/modules.dep")" $'/opt/drivers/ext.ko: kernel/a.ko\nkernel/a.ko:'
}

@test "depmod(8) does not index external modules of DEST: refused by name, avoided by auto" {
	two_kinds
	refuses 4 "/opt/drivers/ext.ko is in an external directory, and depmod(8) would not find it in DEST: use --depmod=builtin" \
		--depmod="$ORACLE/depmod" -m b
	copies --depmod="$ORACLE/depmod" -m a
	PATH=$ORACLE:$PATH copies --depmod=auto -m b
	assert_equal "$(cut -d : -f 1 "$copy/modules.dep" | sort)" $'/opt/drivers/ext.ko\nkernel/a.ko\nkernel/b.ko'
	# What is in DEST by now would be lost.
	refuses 4 '*/opt/drivers/ext.ko is in an external directory,*' --depmod="$ORACLE/depmod" -m a
	copies --depmod=none -m b
}

@test "an external module in lib makes a directory beside a module directory in usr/lib: a warning" {
	module a.ko
	external /lib/modules/external/ext.ko
	depmod_d 'external * /lib/modules/external'
	index_root
	modcopy -m ext
	assert_success
	assert_equal "$stderr" "rpi-modcopy: warning: /lib/modules/external/ext.ko, a module of an external directory, makes /lib in DEST a directory; the others are in /usr/lib/modules/$kver: make /lib a link to usr/lib first"
	assert_equal "$(cat "$copy/modules.dep")" '/lib/modules/external/ext.ko:'
	copies -m ext
	# With the link, it goes there.
	rm -rf "$dst"
	mkdir -p "$dst/usr/lib"
	ln -s usr/lib "$dst/lib"
	copies -m ext
	assert_exists "$dst/usr/lib/modules/external/ext.ko"
	assert_equal "$(cat "$copy/modules.dep")" '/lib/modules/external/ext.ko:'
}

@test "stale indexes: an external module that came, changed or is gone" {
	two_kinds
	index_root
	external /opt/drivers/new.ko depends=a alias=pci:new
	chooses_stale 'a new' '/opt/drivers/new.ko is not in modules.dep' -m new
	modcopy -n -m pci:new
	assert_listed 'a new'
	rm "$src/opt/drivers/ext.ko"
	modcopy -n -m b
	assert_failure 1
	assert_regex "$stderr" 'b needs ext, '
}

@test "search and override lines decide between an external module and one of the same name" {
	module updates/twin.ko
	module twin.ko
	external /opt/drivers/twin.ko
	depmod_d 'external * /opt/drivers'
	closure twin
	assert_output "${tree#"$src/"}/updates/twin.ko"
	depmod_d 'search external updates built-in'
	closure twin
	assert_output opt/drivers/twin.ko
	index_root
	closure twin
	assert_output opt/drivers/twin.ko
	copies -m twin
	assert_equal "$(rows)" '/opt/drivers/twin.ko:'
}

@test "an external directory of an overlay" {
	module a.ko
	index
	mkdir -p over/opt/drivers
	mkmodule over/opt/drivers/ext.ko name=ext depends=a
	depmod_d 'external * /opt/drivers'
	closure --overlay=over ext
	assert_success
	assert_output "${tree#"$src/"}/kernel/a.ko"$'\nopt/drivers/ext.ko'
	copies --overlay=over -m ext
	assert_equal "$(rows)" $'/opt/drivers/ext.ko: kernel/a.ko\nkernel/a.ko:'
}

@test "--dest-module-dir moves the others only" {
	two_kinds
	copies --dest-module-dir=lib/modules -m ext
	assert_exists "$dst/opt/drivers/ext.ko"
	assert_equal "$(sort "$dst/lib/modules/$kver/modules.dep")" $'/opt/drivers/ext.ko: kernel/a.ko\nkernel/a.ko:'
}

@test "rows that leave the root, or name no module, are skipped with a message" {
	module a.ko
	external /opt/drivers/ext.ko
	depmod_d 'external * /opt/drivers'
	index_root
	cp "$tree/modules.dep.bin" index
	for path in /opt/../drive/ext.ko /opt/drivers/ext.txt opt/../../dvers/ext.ko; do
		sed "s|/opt/drivers/ext.ko:|$path:|" index >"$tree/modules.dep.bin"
		closure a ext
		assert_success
		assert_output "${tree#"$src/"}/kernel/a.ko"$'\nopt/drivers/ext.ko'
		assert_regex "${stderr_lines[0]}" "'$path' is not a module path below the module directory; skipping such rows$"
	done
}

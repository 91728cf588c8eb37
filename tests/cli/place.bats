#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Places of modules: --dest-module-dir, and SOURCE's directory of kernels without a version.

load ../lib/common

# place DIR: $copy is the module directory in DIR of DEST
place() {
	copy=$dst/$1/$kver
}

# -- --dest-module-dir --------------------------------------------------------------

@test "--dest-module-dir: modules, indexes, modules.order and builtin files go there" {
	new_tree build/stage/lib/modules
	module a.ko depends=b
	module b.ko.xz
	chmod 750 "$tree"
	chmod 710 "$tree/kernel"
	for dir in usr/lib/modules /usr/lib/modules/ ./usr//lib/modules; do
		rm -rf "$dst"
		place usr/lib/modules
		copies -M build/stage/lib/modules --dest-module-dir="$dir" -m a
		assert_whole
		assert_equal "$(ls "$dst" "$dst/usr/lib")" "$(printf '%s:\nusr\n\n%s:\nmodules' "$dst" "$dst/usr/lib")"
		assert_equal "$(cat "$copy/modules.dep")" $'kernel/a.ko: kernel/b.ko.xz\nkernel/b.ko.xz:'
		assert_equal "$(cat "$copy/modules.order")" $'kernel/a.ko\nkernel/b.ko'
		cmp "$tree/modules.builtin" "$copy/modules.builtin"
		# Directories have the attributes of SOURCE's.
		assert_equal "$(stat -c %a "$copy" "$copy/kernel" "$dst/usr/lib/modules")" $'750\n710\n755'
	done
	# A second run adds to it, with indexes cut from SOURCE's; a third replaces a module.
	module c.ko
	index
	copies -M build/stage/lib/modules --dest-module-dir=usr/lib/modules -m c
	assert_equal "$(cut -d : -f 1 "$copy/modules.dep" | names)" 'a b c'
	copies -M build/stage/lib/modules --dest-module-dir=usr/lib/modules --decompress -m b
	assert_equal "$(cut -d : -f 1 "$copy/modules.dep")" $'kernel/a.ko\nkernel/b.ko\nkernel/c.ko'
	assert_not_exists "$copy/kernel/b.ko.xz"
	assert_no_leftovers
	run "$ORACLE/modprobe" -d "$dst/usr" -S "$kver" -D a
	assert_success
	assert_line "insmod $copy/kernel/b.ko "
}

@test "--dest-module-dir: a depmod(8) indexes that directory" {
	module a.ko depends=b
	module b.ko
	place opt/modules
	copies --dest-module-dir=opt/modules --depmod="$ORACLE/depmod" -m a
	assert_equal "$(cat "$copy/modules.dep")" $'kernel/a.ko: kernel/b.ko\nkernel/b.ko:'
	assert_not_exists "$dst/usr"
}

@test "--dest-module-dir: DEST's lib is a link to usr/lib" {
	module a.ko
	mkdir -p "$dst/usr/lib"
	ln -s usr/lib "$dst/lib"
	copies --dest-module-dir=lib/modules -m a
	assert_link_exists "$dst/lib"
	assert_file_exists "$dst/usr/lib/modules/$kver/kernel/a.ko"
}

@test "--dest-module-dir: firmware goes to usr/lib beside usr/lib/modules, else to lib" {
	new_tree build/lib/modules
	module a.ko firmware=x.bin firmware=link.bin
	mkdir -p "$src/lib/firmware/real"
	echo x >"$src/lib/firmware/x.bin"
	echo y >"$src/lib/firmware/real/y.bin"
	ln -s real/y.bin "$src/lib/firmware/link.bin"
	copies -M build/lib/modules --dest-module-dir=usr/lib/modules --firmware -m a
	assert_equal "$(cat "$dst/usr/lib/firmware/x.bin" "$dst/usr/lib/firmware/link.bin")" $'x\ny'
	assert_not_exists "$dst/lib"
	for dir in lib/modules opt/modules; do
		rm -r "$dst"
		copies -M build/lib/modules --dest-module-dir=$dir --firmware -m a
		assert_equal "$(cat "$dst/lib/firmware/x.bin" "$dst/lib/firmware/link.bin")" $'x\ny'
		assert_file_exists "$dst/$dir/$kver/modules.dep"
		assert_not_exists "$dst/usr"
	done
}

@test "--dest-module-dir: an archive, its manifest, a dry run and --check" {
	new_tree lib/modules
	module a.ko firmware=x.bin
	mkdir -p "$src/lib/firmware"
	echo x >"$src/lib/firmware/x.bin"
	for to in lib vendor/lib usr/lib; do
		firmware=lib/firmware
		[ $to != usr/lib ] || firmware=usr/lib/firmware
		run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" --dest-module-dir=$to/modules --firmware \
			-m a --cpio=a.cpio --manifest=manifest "$src"
		assert_success
		assert_equal "$stderr" ''
		mkdir out
		(cd out && cpio -i --quiet <../a.cpio)
		cmp out/$to/modules/"$kver"/kernel/a.ko "$tree/kernel/a.ko"
		assert_equal "$(cat out/$to/modules/"$kver"/modules.dep out/$firmware/x.bin)" $'kernel/a.ko:\nx'
		assert_equal "$(sed -n 2p manifest)" "# kernel	$to/modules/$kver"
		(cd out && find . -type f | sed 's,^\./,,' | LC_ALL=C sort) >found
		assert_equal "$(sed '/^#/d; s/\t.*//' manifest)" "$(cat found)"
		rm -r out
		modcopy -n --dest-module-dir=$to/modules -m a
		assert_success
		[ $to = lib ] || assert_line "# a: requested by --module: $to/modules/$kver/kernel/a.ko"
		assert_line "lib/modules/$kver/kernel/a.ko"
		for other in $to/modules x/y; do
			run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" --dest-module-dir="$other" --firmware -m a --check=manifest "$src"
			assert_success
			assert_output ''
		done
	done
}

@test "--dest-module-dir: two kernels, in lib/modules and usr/lib/modules, go to one place" {
	module a.ko
	mkdir -p "$src/lib/modules"
	cp -r "$tree" "$src/lib/modules/5.10"
	modcopy_between "$src" "$dst" -k "$kver" -k 5.10 --dest-module-dir=mods -m a
	assert_success
	assert_equal "$(cd "$dst" && echo * mods/*)" "mods mods/5.10 mods/$kver"
	assert_file_exists "$dst/mods/5.10/modules.dep"
}

@test "--dest-module-dir: what it refuses" {
	module a.ko
	refuses 2 "--dest-module-dir must be a path without '..'*" --dest-module-dir=x/../y -m a
	refuses 2 '--dest-module-dir needs a directory inside DEST*' --dest-module-dir=/ -m a
	refuses 2 '--dest-module-dir needs a directory inside DEST*' --dest-module-dir= -m a
	refuses_between 2 'SOURCE and DEST are the same directory*' "$src" "$src" -k "$kver" --dest-module-dir=x -m a
	# DEST's place is SOURCE's by a link.
	mkdir "$dst"
	mkdir -p "$dst/x"
	refuses_between 2 'SOURCE and DEST share the directory *' "$src" "$src/usr" -k "$kver" --dest-module-dir=lib/modules -m a
	# A link in DEST does not lead out of it.
	rm -r "$dst/x"
	ln -s "$PWD" "$dst/x"
	copies --dest-module-dir=x/modules -m a
	assert_not_exists modules
	touch "$dst/file"
	refuses 4 "*$dst/file/modules*" --dest-module-dir=file/modules -m a
}

# -- --kernel-version=. ---------------------------------------------------------------

# flat_tree [DIR]: a SOURCE whose modules are in DIR itself, as in Android
flat_tree() {
	new_tree "${1:-vendor/lib/modules}"
	rm -r "$tree"
	tree=${tree%/*}
	mkdir -p "$tree"
	module ./b.ko
	module ./a.ko.xz depends=b alias=any firmware=x.bin
	module sub/c-d.ko 'softdep=pre: b'
	: >"$tree/modules.builtin"
	: >"$tree/modules.builtin.modinfo"
	printf '%s\n' ./b.ko sub/c-d.ko a.ko >"$tree/modules.order"
}

@test "--kernel-version=.: the directory of kernels itself has the modules, in every applet" {
	flat_tree
	for _ in unindexed indexed; do
		run --separate-stderr "$MODBOX" modclosure -M vendor/lib/modules -k . "$src" any c-d
		assert_success
		assert_output "vendor/lib/modules/b.ko
vendor/lib/modules/a.ko.xz
vendor/lib/modules/sub/c-d.ko"
		run --separate-stderr "$MODBOX" modclosure -M vendor/lib/modules -k . -o insmod "$src" b
		assert_output "insmod $src/vendor/lib/modules/b.ko "
		echo c_e >boot.list
		run --separate-stderr "$MODBOX" modlist-lint -M vendor/lib/modules -k . "$src" boot.list
		assert_failure 1
		assert_output --partial 'did you mean c_d'
		run --separate-stderr "$MODBOX" modorder-filter --source="$src" -M vendor/lib/modules -k . -m a -m c_d
		assert_success
		assert_output $'sub/c-d.ko\na.ko'
		index
	done
}

@test "--kernel-version=.: rpi-modcopy puts the modules in a directory of --as-version" {
	flat_tree
	mkdir -p "$src/lib/firmware/6.6.1"
	echo x >"$src/lib/firmware/6.6.1/x.bin"
	place=(-M vendor/lib/modules -k . --as-version=6.6.1)
	for dir in vendor/lib/modules usr/lib/modules; do
		for _ in unindexed indexed; do
			rm -rf "$dst"
			modcopy_between "$src" "$dst" "${place[@]}" --dest-module-dir=$dir --firmware -m any -m c-d
			assert_success
			assert_equal "$stderr" ''
			copy=$dst/$dir/6.6.1
			assert_whole
			assert_equal "$(sort "$copy/modules.dep")" $'a.ko.xz: b.ko\nb.ko:\nsub/c-d.ko:'
			firmware=lib/firmware
			[ $dir != usr/lib/modules ] || firmware=usr/lib/firmware
			assert_file_exists "$dst/$firmware/6.6.1/x.bin"
			index
		done
		unindex
	done
	run "$ORACLE/modprobe" -d "$dst/usr" -S 6.6.1 -D any
	assert_output --partial "insmod $dst/usr/lib/modules/6.6.1/b.ko"
	modcopy_between "$src" "$dst" "${place[@]}" -n -m b
	assert_line "# b: requested by --module: vendor/lib/modules/6.6.1/b.ko"
	assert_line vendor/lib/modules/b.ko
}

@test "--kernel-version=.: an override line for --as-version, and DEST's indexes by depmod(8)" {
	flat_tree
	module sub/b.ko
	depmod_d 'override b 6.6.1 sub'
	modcopy_between "$src" "$dst" -M vendor/lib/modules -k . --as-version=6.6.1 --depmod="$ORACLE/depmod" -m b
	assert_success
	assert_equal "$(cat "$dst/vendor/lib/modules/6.6.1/modules.dep")" 'sub/b.ko:'
	# Another kernel beside it.
	mkdir -p "$src/vendor/lib/modules/5.10/kernel"
	mkmodule "$src/vendor/lib/modules/5.10/kernel/b.ko" name=b
	modcopy_between "$src" "$dst" -K -M vendor/lib/modules -k 5.10 -k . --as-version=6.6.1 -m b
	assert_success
	assert_file_exists "$dst/vendor/lib/modules/5.10/kernel/b.ko"
}

@test "--kernel-version=. and --as-version need each other in rpi-modcopy" {
	flat_tree
	refuses_between 2 "--kernel-version=. needs --as-version, the kernel's name in DEST*" "$src" "$dst" -M vendor/lib/modules -k . -m b
	refuses_between 2 '--as-version needs --kernel-version=.*' "$src" "$dst" -M vendor/lib/modules -k 6.6.1 --as-version=6.6.1 -m b
	for version in . .. a/b ''; do
		refuses_between 2 "invalid kernel version '$version'*" "$src" "$dst" -M vendor/lib/modules -k . --as-version=$version -m b
	done
	refuses_between 2 '--as-version is the name of another kernel, 5.10*' "$src" "$dst" -k 5.10 -k . --as-version=5.10 -m b
	ln -s "$PWD" "$src/out"
	refuses_between 3 "$src/out is a link to $PWD, which leads out of SOURCE" "$src" "$dst" -M out/modules -k . --as-version=1 -m b
	refuses_between 3 "$src/nowhere is not a directory" "$src" "$dst" -M nowhere -k . --as-version=1 -m b
}

@test "versions that are offered are directories; modules without one are mentioned" {
	module a.ko
	touch "$src/usr/lib/modules/README" "$src/usr/lib/modules/modules.load"
	refuses_between 3 "$src/usr/lib/modules has no kernel version 5.10; choose one with --kernel-version: $kver" "$src" "$dst" -k 5.10 -m a
	flat_tree
	# A subdirectory of modules is no version.
	for version in 5.10 auto; do
		what="kernel version $version"
		[ $version != auto ] || what=kernel
		refuses_between 3 "$src/vendor/lib/modules has no $what, but modules in no version's directory; use --kernel-version=." \
			"$src" "$dst" -M vendor/lib/modules -k $version -m a
	done
	flat_tree lib/modules
	refuses_between 3 "$src/lib/modules has no kernel, but modules *" "$src" "$dst" -k auto -m a
	echo b >boot.list
	run --separate-stderr "$MODBOX" modlist-lint --all-kernels "$src" boot.list
	assert_failure 3
	run --separate-stderr "$MODBOX" modclosure -k . -o names "$src" any
	assert_success
	assert_output $'b\na'
}

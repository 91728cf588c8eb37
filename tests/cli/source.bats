#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# All kinds of SOURCE: compression, machine type, indexes, location of the modules.

load ../lib/common

# -- files ------------------------------------------------------------------------

@test "uncompressed, .gz, .xz and .zst modules" {
	module a.ko depends=b alias=any
	module b.ko.gz depends=c
	module c.ko.xz depends=d 'softdep=pre: e'
	module d.ko.zst
	module e.ko.gz
	chooses 'a b c d e' -m any
	index
	chooses 'a b c d e' -m any
	copies -m any --depmod="$ORACLE/depmod"
	assert_equal "$(modules_in "$copy")" 'a b c d e'
	assert_whole
}

@test "modules of any machine: 32 and 64 bits, either byte order" {
	suffixes=('' .gz .xz .zst)
	for bits in 32 64; do
		for order in le be; do
			# Decompression does not depend on them: two suffixes each.
			for suffix in "${suffixes[@]:0:$(amount 2 4)}"; do
				new_tree
				module -b $bits -e $order "a.ko$suffix" depends=b
				module -b $bits -e $order "b.ko$suffix" 'softdep=pre: some-c'
				module -b $bits -e $order "c.ko$suffix" alias=some-c
				unindex
				chooses 'a b c' -m a
				copies -m a --depmod="$ORACLE/depmod"
				index
				chooses 'a b c' -m a
			done
			suffixes=("${suffixes[@]:1}" "${suffixes[0]}")
		done
	done
}

@test "a module without .modinfo has no dependencies" {
	module a.ko
	objcopy -R .modinfo "$tree/kernel/a.ko" 2>/dev/null ||
		objcopy -I elf64-little -R .modinfo "$tree/kernel/a.ko"
	chooses a -m a
}

@test "a signed module" {
	module a.ko depends=b
	module b.ko.xz
	printf '\x30\x82signature~Module signature appended~\n' >>"$tree/kernel/a.ko"
	resolves 'a b' -m a
}

# -- location of the modules -------------------------------------------------------

@test "/ works as a SOURCE" {
	module a.ko alias=any
	dir=${tree#/}
	run --separate-stderr "$MODBOX" rpi-modcopy -n -k "$kver" -M "${dir%/*}" -m any / "$dst"
	assert_success
	assert_line "$dir/kernel/a.ko"
	run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" -M "/${dir%/*}" -m any / "$dst"
	assert_success
	assert_file_exists "$dst/$dir/kernel/a.ko"
	assert_file_exists "$dst/$dir/modules.dep"
}

@test "SOURCE and DEST with trailing slashes, and relative" {
	module a.ko
	modcopy_between "src//" "./dst/" -k "$kver" -m a
	assert_success
	assert_file_exists "$copy/kernel/a.ko"
}

@test "a version only in lib/modules: it is used, also in DEST, and --verbose shows it" {
	new_tree lib/modules
	module a.ko
	modcopy -v -m a
	assert_success
	assert_line "lib/modules/$kver/kernel/a.ko"
	assert_line --regexp '^#.* lib/modules'
	assert_file_exists "$dst/lib/modules/$kver/kernel/a.ko"
	assert_file_exists "$dst/lib/modules/$kver/modules.dep"
	assert_not_exists "$dst/usr"
}

@test "usr/lib/modules takes precedence if lib/modules has the version too" {
	module a.ko
	add_tree lib/modules
	module b.ko
	chooses a -m a
	refuses 1 '*no module b *' -m b
}

@test "usr/lib/modules with other versions only" {
	new_tree lib/modules
	module a.ko
	mkdir -p "$src/usr/lib/modules/5.10"
	chooses a -m a
	assert_line "lib/modules/$kver/kernel/a.ko"
}

@test "lib in SOURCE is a link to usr/lib, relative or absolute" {
	module a.ko
	for target in usr/lib ./usr/../usr/lib /usr/lib; do
		ln -sfn $target "$src/lib"
		chooses a -m a -M lib/modules
		assert_line "lib/modules/$kver/kernel/a.ko"
		chooses a -m a
		assert_line "usr/lib/modules/$kver/kernel/a.ko"
	done
}

@test "lib in SOURCE is an absolute link that begins with SOURCE's own path" {
	module a.ko
	ln -s "$src/usr/lib" "$src/lib"
	chooses a -m a -M lib/modules
	ln -s "$src" other-name
	modcopy_between other-name "$dst" -k "$kver" -n -m a -M lib/modules
	assert_success
	# A path that begins like SOURCE's but lies beside it is outside.
	mkdir -p "$src-more/modules/$kver"
	cp "$tree"/modules.* "$src-more/modules/$kver"
	ln -sfn "$src-more" "$src/lib"
	refuses 3 '*' -m a -M lib/modules
}

@test "usr/lib/modules is a link into lib, and so is a version" {
	new_tree lib/modules
	module a.ko
	mkdir -p "$src/usr"
	ln -s ../lib "$src/usr/lib"
	chooses a -m a
	mkdir -p "$src/store"
	mv "$tree" "$src/store/abc"
	ln -s /store/abc "$tree"
	chooses a -m a
	copies -m a
	assert_file_exists "$dst/usr/lib/modules/$kver/kernel/a.ko"
	assert_not_exists "$dst/store"
}

@test "lib in DEST is a link to usr/lib, relative or absolute" {
	module a.ko
	for target in usr/lib /usr/lib; do
		rm -rf "$dst"
		mkdir "$dst"
		ln -s $target "$dst/lib"
		copies -m a -M usr/lib/modules
		rm -rf "${src:?}/lib"
		add_tree lib/modules
		module b.ko
		copies -m b -M lib/modules
		assert_equal "$(readlink "$dst/lib")" $target
		assert_equal "$(modules_in "$dst/usr/lib/modules/$kver")" 'a b'
		assert_equal "$(cut -d : -f 1 "$dst/usr/lib/modules/$kver/modules.dep" | names)" 'a b'
		set_module_dir usr/lib/modules
	done
}

@test "a link in SOURCE does not lead to the host" {
	mkdir -p host
	cp -r "$tree" "host/$kver"
	rm -r "$src/usr/lib/modules"
	ln -s "$PWD/host" "$src/usr/lib/modules"
	refuses 3 '*' -m a
	ln -sfn ../../../../../../../../../../../../../../"$PWD/host" "$src/usr/lib/modules"
	refuses 3 '*' -m a
}

# -- the only kernel ---------------------------------------------------------------

# auto APPLET ARGUMENT...: run it with -k auto
auto() {
	run --separate-stderr "$MODBOX" "$@" -k auto
}

@test "-k auto: the only kernel, in every applet" {
	module a.ko depends=b
	module b.ko
	echo a >boot.list
	# Neither is a kernel: one is a file, the other has no modules.builtin.
	touch "$src/usr/lib/modules/README"
	mkdir -p "$src/usr/lib/modules/5.10/updates" "$src/lib"
	for lib in '' "$src/lib/modules"; do
		[ -z "$lib" ] || ln -s ../usr/lib/modules "$lib"
		auto rpi-modcopy -n -m a "$src" "$dst"
		assert_success
		assert_equal "$stderr" ''
		assert_listed 'a b'
		auto modclosure -o names "$src" a
		assert_success
		assert_output $'b\na'
		auto modlist-lint "$src" boot.list
		assert_success
		assert_output 'boot.list:1:1: warning: a leftover, without modules.dep and kernel/: 5.10 [leftover-kernel]'
		auto modorder-filter --source="$src" -m a
		assert_success
		assert_output kernel/a.ko
	done
	# auto given twice is one kernel.
	auto modclosure -k auto -o names "$src" a
	assert_success
	assert_output $'b\na'
}

@test "-k auto: the only kernel is in lib/modules, or in --module-dir" {
	for dir in lib/modules opt/kernels; do
		new_tree "$dir"
		module a.ko
		[ "$dir" = lib/modules ] || set -- -M "/$dir/"
		auto rpi-modcopy "$@" -m a "$src" "$dst"
		assert_success
		assert_equal "$(modules_in "$copy")" a
	done
}

# refuses_auto STATUS MESSAGE ARGUMENT...: every applet fails with this message
refuses_auto() {
	auto rpi-modcopy "${@:3}" -m a "$src" "$dst"
	assert_failure "$1"
	assert_output ''
	assert_equal "$stderr" "rpi-modcopy: ${2/APPLET/rpi-modcopy}"
	assert_not_exists "$dst"
	auto modclosure "${@:3}" "$src" a
	assert_failure "$1"
	assert_equal "$stderr" "modclosure: ${2/APPLET/modclosure}"
	auto modlist-lint "${@:3}" "$src" boot.list
	assert_failure "$1"
	assert_equal "$stderr" "modlist-lint: ${2/APPLET/modlist-lint}"
	auto modorder-filter "${@:3}" --source="$src" -m a
	assert_failure "$1"
	assert_equal "$stderr" "modorder-filter: ${2/APPLET/modorder-filter}"
}

@test "-k auto: several kernels, in one directory or two, are listed" {
	module a.ko
	echo a >boot.list
	mkdir "$src/usr/lib/modules/6.10.1" "$src/usr/lib/modules/6.9.2"
	touch "$src/usr/lib/modules/6.10.1/modules.builtin" "$src/usr/lib/modules/6.9.2/modules.builtin"
	refuses_auto 3 "$src has several kernels; choose one with --kernel-version: $kver, 6.9.2, 6.10.1"
	rm -r "$src/usr/lib/modules/6.10.1" "$src/usr/lib/modules/6.9.2"
	mkdir -p "$src/lib/modules/5.10"
	touch "$src/lib/modules/5.10/modules.builtin"
	refuses_auto 3 "$src has several kernels; choose one with --kernel-version: $kver, 5.10"
	auto modclosure -M usr/lib/modules -o names "$src" a
	assert_success
}

@test "-k auto: no kernel" {
	rm -r "${src:?}/usr"
	mkdir -p "$src/lib/modules/5.10"
	echo a >boot.list
	refuses_auto 3 "$src/usr/lib/modules has no kernel; give the directory of kernels with --module-dir"
	refuses_auto 3 "$src/opt has no kernel; give the directory of kernels with --module-dir" -M opt
}

@test "-k auto: a usage error with another version" {
	module a.ko
	echo a >boot.list
	refuses_auto 2 '--kernel-version=auto excludes other versions (see APPLET --help)' -k "$kver"
	run --separate-stderr "$MODBOX" modlist-lint -k auto --all-kernels "$src" boot.list
	assert_failure 2
}

@test "without -k: the running kernel, even if another is the only one" {
	module a.ko
	run --separate-stderr "$MODBOX" modclosure "$src" a
	assert_failure 3
	assert_equal "$stderr" "modclosure: $src/usr/lib/modules has no kernel version $(uname -r); choose one with --kernel-version: $kver"
}

# -- modules that are links -------------------------------------------------------

@test "a module that is a link is copied as a regular file" {
	module kernel/a.ko depends=b
	mkdir -p "$src/usr/lib/modules/5.10/extra" "$tree/weak-updates"
	mkmodule "$src/usr/lib/modules/5.10/extra/b.ko" name=b depends=c
	mkmodule "$src/usr/lib/modules/5.10/extra/c.ko" name=c depends=
	ln -s /usr/lib/modules/5.10/extra/b.ko "$tree/weak-updates/b.ko"
	ln -s ../../5.10/extra/c.ko "$tree/weak-updates/c.ko"
	chooses 'a b c' -m a
	copies -m a
	for name in b c; do
		assert_equal "$(stat -c %F "$copy/weak-updates/$name.ko")" 'regular file'
		cmp "$copy/weak-updates/$name.ko" "$src/usr/lib/modules/5.10/extra/$name.ko"
	done
	assert_not_exists "$dst/usr/lib/modules/5.10"
	# depmod resolves absolute links on the host.
	ln -sfn ../../5.10/extra/b.ko "$tree/weak-updates/b.ko"
	index
	chooses 'a b c' -m a
}

@test "a directory of modules that is a link" {
	mkdir -p "$src/opt/drivers"
	mkmodule "$src/opt/drivers/a.ko" name=a
	ln -s /opt/drivers "$tree/updates"
	module b.ko
	chooses 'a b' -m a -m b
	copies -m a
	assert_file_exists "$copy/updates/a.ko"
}

# ladder N: N directories, each with two links to the next: 2^N paths lead to the last
ladder() {
	local i
	for ((i = 0; i < $1; i++)); do
		mkdir -p "$tree/kernel/$i"
		ln -s ../$((i + 1)) "$tree/kernel/$i/x"
		ln -s ../$((i + 1)) "$tree/kernel/$i/y"
	done
	mkdir -p "$tree/kernel/$1"
}

@test "links to directories of links: each path counts, up to a limit" {
	ladder 8
	module kernel/8/a.ko
	depmod_d 'override a * kernel/3/y/x/y/x/y'
	chooses a -m a
	assert_line "usr/lib/modules/$kver/kernel/3/y/x/y/x/y/a.ko"
	new_tree
	ladder 20
	module a.ko
	refuses 4 "$tree: more than 200000 files behind links to directories; remove some links, such as kernel/*/*" -m a
	refuses 4 "$tree: more than 200000 files behind links to directories*" -n -m a
	run --separate-stderr "$MODBOX" depmod -m usr/lib/modules -b "$src" "$kver"
	assert_failure 4
	assert_equal "${#stderr_lines[@]}" 1
	assert_not_exists "$tree/modules.dep"
}

@test "a module that links out of SOURCE is missing" {
	mkmodule outside.ko name=outside
	ln -s "$PWD/outside.ko" "$tree/kernel/a.ko"
	ln -s ../../../../../../../outside.ko "$tree/kernel/b.ko"
	ln -s c.ko "$tree/kernel/c.ko"
	module real.ko
	refuses 1 "--module: no module a in $tree: $tree/kernel/a.ko is a link to $PWD/outside.ko, which leads out of SOURCE" -m a
	refuses 1 "--module: no module b in $tree: $tree/kernel/b.ko is a link to ../../../../../../../outside.ko, which leads out of SOURCE" -m b
	refuses 1 "--module: no module c in $tree: $tree/kernel/c.ko is a link to c.ko, which leads nowhere" -m c
	refuses 1 "--module: no module d in $tree" -m d
	chooses real -m real
	# A directory of modules, as in a store that SOURCE does not have; build is not one.
	ln -s /nix/store/linux/fs "$tree/kernel/fs"
	ln -s /usr/src/linux "$tree/build"
	refuses 1 "--module: no module ext4 in $tree: $tree/kernel/fs is a link to /nix/store/linux/fs, which leads out of SOURCE" -m ext4
}

@test "a module directory that links out of SOURCE, or nowhere" {
	module a.ko
	mv "$src/usr/lib" "$PWD/lib"
	ln -s "$PWD/lib" "$src/usr/lib"
	echo a >boot.list
	refuses 3 "$src/usr/lib is a link to $PWD/lib, which leads out of SOURCE" -m a
	refuses_auto 3 "$src/usr/lib is a link to $PWD/lib, which leads out of SOURCE"
	ln -sfn "$src/no/lib" "$src/usr/lib"
	refuses 3 "$src/usr/lib is a link to $src/no/lib, which leads nowhere" -m a
	# A chain: its last link is named.
	ln -sfn ../first "$src/usr/lib"
	ln -s ./x/../../second/../.. "$src/first"
	refuses 3 "$src/usr/../first is a link to ./x/../../second/../.., which leads out of SOURCE" -m a
	ln -sfn ../usr/lib "$src/usr/lib"
	refuses 3 "cannot open $tree: *link*" -m a
}

# -- the files that describe built-in modules ------------------------------------------

@test "no modules.builtin.modinfo, or no modules.builtin: an error unless --keep-going" {
	module a.ko depends=b
	module b.ko
	for name in modules.builtin.modinfo modules.builtin; do
		rm "$tree/$name"
		refuses 3 "$tree/$name is missing; install the package that has it (Debian 14: linux-base-VERSION), or copy without it: -K" -m a
		modcopy -K -m a
		assert_success
		assert_equal "${stderr_lines[-1]}" "rpi-modcopy: warning: $tree/modules.builtin.modinfo is missing; some built-in modules are unknown"
		assert_equal "$(modules_in "$copy")" 'a b'
		assert_not_exists "$copy/$name"
		modcopy -K -m a -m c
		assert_failure 1
		rm -r "$dst"
	done
	# Once for each file, for DEST as for an archive, with indexes or without.
	for _ in unindexed indexed; do
		for to in "$dst" --cpio=a.cpio "--check=manifest"; do
			[[ $to != --check* ]] || "$MODBOX" rpi-modcopy -K -k "$kver" -m a --manifest=manifest --cpio=b.cpio "$src"
			run --separate-stderr "$MODBOX" rpi-modcopy -K -k "$kver" -m a "$src" "$to"
			assert_success
			assert_equal "${#stderr_lines[@]}" 2
		done
		index
	done
}

@test "no modules.builtin.modinfo or modules.builtin: a warning in the other applets" {
	module a.ko depends=b
	module b.ko
	rm "$tree"/modules.builtin*
	echo a >boot.list
	closure -o names a
	assert_success
	assert_output $'b\na'
	assert_equal "$stderr" "modclosure: warning: $tree/modules.builtin is missing; some built-in modules are unknown
modclosure: warning: $tree/modules.builtin.modinfo is missing; some built-in modules are unknown"
	run --separate-stderr "$MODBOX" modlist-lint -k "$kver" "$src" boot.list
	assert_success
	assert_equal "${#stderr_lines[@]}" 2
	run --separate-stderr "$MODBOX" modorder-filter -k "$kver" --source="$src" -m a
	assert_success
	assert_output kernel/a.ko
	run --separate-stderr "$MODBOX" depmod -b "$src" -m usr/lib/modules "$kver"
	assert_success
	assert_equal "$stderr" "depmod: warning: $tree/modules.builtin does not exist
depmod: warning: $tree/modules.builtin.modinfo does not exist"
}

@test "modules.builtin and its relatives link out of SOURCE" {
	module a.ko
	rm "$tree/modules.builtin.modinfo"
	ln -s /nix/store/linux/modules.builtin.modinfo "$tree"
	ln -s ranges "$tree/modules.builtin.ranges"
	lost="$tree/modules.builtin.modinfo is a link to /nix/store/linux/modules.builtin.modinfo, which leads out of"
	refuses 3 "$lost SOURCE; give a SOURCE that has its target, or copy without it: -K" -m a
	modcopy -K -m a
	assert_success
	assert_equal "$stderr" "rpi-modcopy: warning: $lost SOURCE; some built-in modules are unknown
rpi-modcopy: warning: $tree/modules.builtin.ranges is a link to ranges, which leads nowhere"
	assert_equal "$(cd "$copy" && echo modules.builtin*)" 'modules.builtin modules.builtin.alias.bin modules.builtin.bin'
	run --separate-stderr "$MODBOX" depmod -b "$src" -m usr/lib/modules "$kver"
	assert_success
	assert_equal "$(sort <<<"$stderr")" "depmod: warning: $lost the root; skipped
depmod: warning: $tree/modules.builtin.ranges is a link to ranges, which leads nowhere; skipped"
	run --separate-stderr "$MODBOX" depmod -b "$src" -m usr/lib/modules "$kver" "$tree/kernel/a.ko"
	assert_success
	assert_equal "$stderr" "depmod: warning: $lost the root"
}

@test "indexes and modules.order that link out of SOURCE" {
	module a.ko alias=any
	index
	mkdir store
	for file in modules.dep.bin modules.alias.bin modules.softdep modules.order; do
		mv "$tree/$file" store/
		ln -s "$PWD/store/$file" "$tree/$file"
		modcopy -n -m any
		assert_success
		assert_equal "$(listed)" "${tree#"$src/"}/kernel/a.ko"
		assert_equal "$stderr" "rpi-modcopy: warning: $tree/$file is a link to $PWD/store/$file, which leads out of SOURCE"
		rm "$tree/$file"
		mv "store/$file" "$tree/"
	done
}

@test "-k auto: a kernel without modules.builtin" {
	rm "$tree"/modules.builtin*
	mkdir -p "$src/usr/lib/modules/5.10/updates"
	module extra/a.ko
	for left in modules.order kernel; do
		mv "$tree/$left" left
		auto modclosure -o names "$src" a
		assert_success
		assert_output a
		mv left "$tree/$left"
	done
	# Modules in the version's directory itself, or only an index.
	mkdir "$src/usr/lib/modules/5.11"
	mkmodule "$src/usr/lib/modules/5.11/b.ko" name=b
	mkdir kept
	mv "$tree" kept
	auto modclosure -o names "$src" b
	assert_success
	assert_output b
	mkdir "$src/usr/lib/modules/5.12"
	touch "$src/usr/lib/modules/5.12/modules.dep"
	auto modclosure -o names "$src" b
	assert_failure 3
	assert_equal "$stderr" "modclosure: $src has several kernels; choose one with --kernel-version: 5.11, 5.12"
}

# -- several files with one name ------------------------------------------------------

@test "modules in updates/ and extra/" {
	module updates/dkms/a.ko depends=b
	module extra/b.ko depends=c
	module kernel/c.ko
	resolves 'a b c' -m a
}

@test "updates/ takes precedence over kernel/" {
	module kernel/a.ko
	module updates/a.ko
	for _ in unindexed indexed; do
		chooses a -m a
		assert_equal "$(listed)" "usr/lib/modules/$kver/updates/a.ko"
		index
	done
}

@test "a search line of depmod.d" {
	module kernel/a.ko
	module updates/a.ko
	module extra/a.ko
	depmod_d 'search extra built-in updates'
	for _ in unindexed indexed; do
		chooses a -m a
		assert_equal "$(listed)" "usr/lib/modules/$kver/extra/a.ko"
		index
	done
}

@test "built-in in a search line stands for every other directory" {
	module kernel/a.ko
	module updates/a.ko
	depmod_d 'search built-in updates'
	for _ in unindexed indexed; do
		chooses a -m a
		assert_equal "$(listed)" "usr/lib/modules/$kver/kernel/a.ko"
		index
	done
}

@test "an override line of depmod.d, for this kernel or a pattern of it" {
	module kernel/a.ko
	module updates/a.ko
	module kernel/old/a.ko
	for pattern in '*' "$kver" '6\..*'; do
		rm -rf "${src:?}/etc"
		depmod_d "override a 5.10 kernel" "override a $pattern kernel/old"
		unindex
		for _ in unindexed indexed; do
			chooses a -m a
			assert_equal "$(listed)" "usr/lib/modules/$kver/kernel/old/a.ko"
			index
		done
	done
}

@test "an exclude line of depmod.d" {
	module kernel/a.ko
	module kernel/debug/a.ko
	module kernel/debug/b.ko
	depmod_d 'exclude debug'
	for _ in unindexed indexed; do
		chooses a -m a
		assert_equal "$(listed)" "usr/lib/modules/$kver/kernel/a.ko"
		refuses 1 '*no module b in *' -m b
		index
	done
}

@test "every depmod.d directory in SOURCE is read, and the host's is not" {
	module kernel/a.ko
	module extra/a.ko
	mkdir -p "$src/usr/lib/depmod.d"
	echo 'search extra' >"$src/usr/lib/depmod.d/x.conf"
	chooses a -m a
	assert_equal "$(listed)" "usr/lib/modules/$kver/extra/a.ko"
	rm "$src/usr/lib/depmod.d/x.conf"
	module updates/a.ko
	# shellcheck disable=SC2016 # the inner shell's
	under own_mounts sh -c 'mount -t tmpfs none /etc && mkdir /etc/depmod.d &&
		echo "search extra" >/etc/depmod.d/x.conf && exec "$@"' sh
	chooses a -m a
	assert_equal "$(listed)" "usr/lib/modules/$kver/updates/a.ko"
}

@test "two files of one name without a depmod.d rule: the first path, with a warning" {
	module kernel/two/a.ko
	module kernel/one/a.ko
	modcopy -n -m a
	assert_success
	assert_equal "$(listed)" "usr/lib/modules/$kver/kernel/one/a.ko"
	assert_equal "${#stderr_lines[@]}" 1
	assert_regex "$stderr" 'warning: .*kernel/one/a.ko and kernel/two/a.ko'
	# No warning for a module that is not requested.
	module b.ko
	chooses b -m b
}

# -- indexes ------------------------------------------------------------------------

@test "modules.dep without modules.dep.bin counts as no index" {
	other_row
	rm "$tree"/modules.*.bin
	chooses 'a c' -m a
}

@test "indexes made by busybox or in part: modules.dep.bin without modules.alias.bin" {
	other_row
	rm "$tree/modules.alias.bin"
	chooses 'a c' -m a
}

@test "a tree without modules.order" {
	module a.ko depends=b
	module b.ko alias=any
	rm "$tree/modules.order"
	chooses 'a b' -m a -m any
	modcopy -m a
	assert_success
	assert_equal "$stderr" "rpi-modcopy: warning: $tree/modules.order: No such file or directory; modules are in depmod's hash order"
	assert_file_not_exists "$copy/modules.order"
}

@test "an index with absolute paths is not followed" {
	module a.ko
	index
	# The same length, so that the file stays valid.
	sed -i 's|kernel/a.ko:|/../../a.ko:|' "$tree/modules.dep.bin"
	modcopy -m a
	assert_success
	assert_regex "${stderr_lines[0]}" "/modules.dep.bin: '/../../a.ko' is not a module path below the module directory; skipping such rows$"
	assert_regex "${stderr_lines[1]}" ': stale indexes: kernel/a.ko is not in modules.dep; run depmod$'
	assert_equal "$(modules_in "$dst")" a
}


#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --overlay: several roots as one SOURCE.
# shellcheck disable=SC2030,SC2031,SC2154 # common.bash and bats set variables

load ../lib/common

# in_root ROOT COMMAND...: run a function of common.bash with this root in the place of SOURCE;
# its modules are below lib unless ROOT has a usr
in_root() {
	local src=$1 tree=$1/lib/modules/$kver
	[ ! -d "$1/usr" ] || tree=$1/usr/lib/modules/$kver
	mkdir -p "$src"
	"${@:2}"
}

# all_formats ARGUMENT...: modclosure's names, which every format has in common
names_of() {
	run --separate-stderr "$MODBOX" modclosure -k "$kver" -o names "$@"
	assert_success
	assert_equal "$stderr" ''
	output=$(sort <<<"$output" | paste -sd ' ')
}

# assert_indexed: the indexes in DEST are those that depmod makes of it
assert_indexed() {
	local made=$BATS_TEST_TMPDIR/made file
	rm -rf "$made"
	cp -a "$copy" "$made"
	index --weakdep "$made"
	for file in dep alias symbols softdep weakdep; do
		diff <(sort "$copy/modules.$file") <(sort "$made/modules.$file")
	done
}

@test "an overlay's modules, dependencies and aliases count; its modules.* do not" {
	module kernel/fs/a.ko depends=b
	module kernel/lib/b.ko alias=both
	index
	in_root over module extra/new.ko depends=b alias=mine alias=both
	in_root over module extra/user.ko depends=new
	echo kernel/extra/ghost.ko >over/lib/modules/"$kver"/modules.order
	echo kernel/ghost.ko >over/lib/modules/"$kver"/modules.builtin
	names_of --overlay=over "$src" user a
	assert_output 'a b new user'
	names_of --overlay=over "$src" mine
	assert_output 'b new'
	names_of --overlay=over "$src" both
	assert_output 'b new'
	run --separate-stderr "$MODBOX" modclosure -k "$kver" -o json --overlay=over "$src" both
	assert_equal "$("$MODBOX_SRC/tests/lib/check-json" "$MODBOX_SRC/docs/modclosure.schema.json" \
		'[(m["name"], m.get("overlay")) for m in k[0]["modules"]]' <<<"$output")" "[('b', None), ('new', 'over')]"
	copies --overlay=over -m user -m a
	assert_equal "$(modules_in "$copy")" 'a b new user'
	assert_indexed
	assert_equal "$(<"$copy/modules.order")" $'kernel/fs/a.ko\nkernel/lib/b.ko'
	[ ! -s "$copy/modules.builtin" ]
}

@test "firmware in usr/lib of an overlay only" {
	module a.ko firmware=one.bin firmware=two.bin
	mkdir -p over/usr/lib/firmware "$src/usr/lib/firmware"
	echo 1 >over/usr/lib/firmware/one.bin
	echo 2 >"$src/usr/lib/firmware/two.bin"
	copies --overlay=over --firmware -m a
	assert_equal "$(cat "$dst/usr/lib/firmware/one.bin" "$dst/usr/lib/firmware/two.bin")" $'1\n2'
	rm -r "$dst" "$src/usr/lib/firmware"
	modcopy --overlay=over --firmware -m a
	assert_success
	assert_equal "$(cat "$dst/usr/lib/firmware/one.bin")" 1
}

@test "without indexes, an overlay's modules count too" {
	module kernel/fs/a.ko depends=b
	in_root over module extra/b.ko alias=mine
	names_of --overlay=over "$src" a
	assert_output 'a b'
	names_of --overlay=over "$src" mine
	assert_output b
	copies --overlay=over -m a
	assert_indexed
}

@test "lib and usr/lib are alike in an overlay" {
	local dir
	for dir in lib/modules usr/lib/modules; do
		new_tree "$dir"
		module kernel/fs/a.ko 'depends=one,two'
		index
		mkdir -p "over/lib/modules/$kver" "over/usr/lib/modules/$kver"
		in_root over module extra/one.ko
		(tree=over/lib/modules/$kver module extra/two.ko)
		copies --overlay=over -m a
		assert_equal "$(modules_in "$copy")" 'a one two'
		assert_indexed
		rm -r over
	done
}

@test "the later root's module counts, with its own dependencies" {
	module kernel/fs/top.ko depends=mid
	module kernel/fs/mid.ko depends=old alias=was
	module kernel/fs/old.ko
	index
	in_root one module kernel/fs/mid.ko depends=first
	in_root one module extra/first.ko
	in_root two module updates/mid.ko.xz depends=second alias=is
	in_root two module extra/second.ko
	names_of --overlay=one "$src" top
	assert_output 'first mid top'
	names_of --overlay=one --overlay=two "$src" top
	assert_output 'mid second top'
	names_of --overlay=two --overlay=one "$src" top
	assert_output 'first mid top'
	names_of --overlay=two "$src" is
	assert_output 'mid second'
	run --separate-stderr "$MODBOX" modclosure -k "$kver" --overlay=two "$src" was
	assert_equal "$status" 1
	copies --overlay=one --overlay=two -m top
	assert_file_exists "$copy/updates/mid.ko.xz"
	assert_file_not_exists "$copy/kernel/fs/mid.ko"
	assert_indexed
	for format in paths tree json dot; do
		run "$MODBOX" modclosure -k "$kver" -o "$format" --overlay=one "$src" top
		assert_success
		refute_output --partial old
		assert_output --partial first
	done
}

@test "override and search lines of any root decide before the order of roots, the default does not" {
	module updates/a.ko depends=mine
	module extra/b.ko depends=mine
	module kernel/fs/mine.ko
	index
	in_root over module kernel/fs/a.ko depends=yours
	in_root over module kernel/fs/b.ko depends=yours
	in_root over module kernel/fs/yours.ko
	names_of --overlay=over "$src" a b
	assert_output 'a b yours'
	in_root over depmod_d 'search updates built-in'
	names_of --overlay=over "$src" a
	assert_output 'a mine'
	names_of --overlay=over "$src" b
	assert_output 'b yours'
	rm -r over/etc
	depmod_d 'override b * extra'
	names_of --overlay=over "$src" b
	assert_output 'b mine'
	names_of --overlay=over "$src" a
	assert_output 'a yours'
	unindex
	names_of --overlay=over "$src" a b
	assert_output 'a b mine yours'
}

@test "firmware and configuration of every root, the later one's file first" {
	module kernel/fs/a.ko firmware=one.bin firmware=two.bin firmware=three.bin.zst
	module kernel/fs/b.ko
	index
	modprobe_d 'softdep a pre: b'
	mkdir -p "$src/lib/firmware" over/usr/lib/firmware over/usr/lib/modprobe.d
	echo theirs >"$src/lib/firmware/one.bin"
	echo theirs >"$src/lib/firmware/two.bin"
	echo ours >over/usr/lib/firmware/two.bin
	echo ours >over/usr/lib/firmware/three.bin.zst
	echo 'options a x=1' >over/usr/lib/modprobe.d/a.conf
	copies --overlay=over --firmware --with-config -m a
	assert_equal "$(modules_in "$copy")" 'a b'
	assert_equal "$(cat "$dst"/usr/lib/firmware/{one.bin,two.bin,three.bin.zst})" \
		$'theirs\nours\nours'
	grep -qx 'options a x=1' "$dst"/etc/modprobe.d/*.conf
	# A masked file is masked for all roots.
	mkdir -p over/etc/modprobe.d
	ln -s /dev/null over/etc/modprobe.d/test.conf
	names_of --overlay=over "$src" a
	assert_output a
}

@test "firmware behind links between roots" {
	module kernel/fs/a.ko firmware=one.bin firmware=two.bin
	index
	mkdir -p "$src/lib/firmware" over/lib/firmware over/store
	ln -s two.bin "$src/lib/firmware/one.bin"
	echo theirs >"$src/lib/firmware/two.bin"
	echo 'ours, longer' >over/lib/firmware/two.bin
	copies --overlay=over --firmware -m a
	assert_equal "$(cat "$dst"/usr/lib/firmware/{one.bin,two.bin})" \
		$'ours, longer\nours, longer'
}

@test "an absolute link leads to its own root, then to the others, the later first" {
	module kernel/fs/a.ko
	module kernel/fs/b.ko
	index
	mkdir -p {one,two}/store {one,two}/etc/modprobe.d
	in_root "$PWD/one" module store/a.ko description=one
	mv one/lib/modules/"$kver"/store/a.ko one/store/
	cp "$tree/kernel/fs/a.ko" two/store/
	echo two >>two/store/a.ko
	echo rest >>one/store/a.ko
	rm -r one/lib
	ln -sf /store/a.ko "$tree/kernel/fs/a.ko"
	touch "$tree"/modules.*
	copies --overlay=one --overlay=two -m a
	cmp "$copy/kernel/fs/a.ko" two/store/a.ko
	rm -r "$dst"
	copies --overlay=two --overlay=one -m a
	cmp "$copy/kernel/fs/a.ko" one/store/a.ko
	rm -r "$dst"
	# its own first
	mkdir "$src/store"
	cp "$tree/kernel/fs/b.ko" "$src/store/a.ko"
	copies --overlay=one --overlay=two -m a
	cmp "$copy/kernel/fs/a.ko" "$src/store/a.ko"
}

@test "the whole module directory behind a link to another root, as in a store" {
	module kernel/fs/a.ko depends=b
	module kernel/fs/b.ko
	index
	mkdir -p store/nix
	mv "$tree" store/nix/kernel
	ln -s /nix/kernel "$tree"
	names_of --overlay=store "$src" a
	assert_output 'a b'
	copies --overlay=store -m a
	assert_equal "$(modules_in "$copy")" 'a b'
	# also by the path of that root on this host
	ln -sfn "$PWD/store/nix/kernel" "$tree"
	names_of --overlay=store "$src" a
	assert_output 'a b'
}

@test "links never lead out of the roots" {
	module kernel/fs/a.ko
	index
	mkdir -p over/lib/modules/"$kver"/extra outside
	in_root "$PWD/outside" module extra/secret.ko
	mv outside/lib/modules/"$kver"/extra/secret.ko outside/
	ln -s "$PWD/outside/secret.ko" over/lib/modules/"$kver"/extra/abs.ko
	ln -s "$(printf '../%.0s' {1..30})$PWD/outside/secret.ko" over/lib/modules/"$kver"/extra/rel.ko
	ln -s "$src/../outside/secret.ko" over/lib/modules/"$kver"/extra/own.ko
	ln -s /proc/self/root/"$PWD/outside/secret.ko" over/lib/modules/"$kver"/extra/magic.ko
	ln -s "$PWD/outside" over/lib/modules/"$kver"/dir
	ln -s loop over/lib/modules/"$kver"/extra/loop
	for name in abs rel own magic secret; do
		run --separate-stderr "$MODBOX" modclosure -k "$kver" --overlay=over "$src" $name
		assert_equal "$status" 1
	done
}

@test "an overlay that does not exist, or has nothing to add, is an error that names it" {
	module kernel/fs/a.ko
	index
	mkdir -p empty wrong/kernel "other/lib/modules/5.0-other/kernel" firm/lib/firmware conf/etc/modprobe.d
	local overlay command
	for command in modclosure rpi-modcopy modlist-lint modorder-filter; do
		echo a >list
		case $command in
		modclosure) set -- "$src" a ;;
		rpi-modcopy) set -- -m a "$src" "$dst" ;;
		modlist-lint) set -- "$src" list ;;
		modorder-filter) set -- --source="$src" --closure -m a ;;
		esac
		for overlay in absent empty wrong other; do
			run --separate-stderr "$MODBOX" "$command" -k "$kver" --overlay="$overlay" "$@"
			assert_equal "$status" 3
			assert_equal "$output" ''
			[[ $stderr = *"overlay $overlay"* ]]
			assert_not_exist "$dst"
		done
		for overlay in firm conf; do
			run --separate-stderr "$MODBOX" "$command" -k "$kver" --overlay="$overlay" "$@"
			assert_success
			assert_equal "$stderr" ''
		done
		rm -rf "$dst"
	done
}

@test "a dependency that SOURCE does not have: the message proposes --overlay" {
	in_root "$src" module extra/oot.ko depends=lib80211
	run --separate-stderr "$MODBOX" modclosure -k "$kver" "$src" oot
	assert_equal "$status" 1
	assert_equal "$stderr" "modclosure: oot needs lib80211, which $src/usr/lib/modules/$kver does not have (if another root has it, give that with --overlay)"
}

@test "modclosure's insmod and cpio-list lines have the files of their roots" {
	module kernel/fs/a.ko depends=b
	module kernel/fs/b.ko
	index
	in_root "$PWD/over" module kernel/fs/b.ko
	run --separate-stderr "$MODBOX" modclosure -k "$kver" -o insmod --overlay=over "$src" a
	assert_success
	assert_output "insmod $PWD/over/lib/modules/$kver/kernel/fs/b.ko 
insmod $tree/kernel/fs/a.ko "
	run --separate-stderr "$MODBOX" modclosure -k "$kver" -o cpio-list --overlay=over "$src" a
	assert_success
	assert_output --partial "file /usr/lib/modules/$kver/kernel/fs/b.ko $PWD/over/lib/modules/$kver/kernel/fs/b.ko "
	modcopy -n --overlay=over -m a
	assert_line "# b: dependency of a; from over"
}

@test "archives, manifests and limits hold the overlays' files" {
	module kernel/fs/a.ko depends=b
	module kernel/fs/b.ko
	index
	in_root over module extra/b.ko
	in_root over module extra/c.ko depends=a
	copies --overlay=over --manifest=list -m c
	run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" --overlay=over --check=list -m c "$src" "$dst"
	assert_success
	run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" --overlay=over --cpio=archive -m c "$src"
	assert_success
	assert_equal "$stderr" ''
	mkdir out
	(cd out && cpio -id --quiet <../archive)
	diff -r out/usr/lib/modules/"$kver" "$copy"
}

@test "DEST must not be an overlay" {
	module kernel/fs/a.ko
	index
	mkdir -p "$dst/usr"
	in_root "$dst" module extra/b.ko
	modcopy --overlay="$dst" -m a
	assert_equal "$status" 2
	[[ $stderr = *'the overlay and DEST '* ]]
}

@test "modorder-filter and modlist-lint know the overlays" {
	module kernel/fs/a.ko
	module kernel/fs/b.ko
	index
	in_root over module extra/new.ko depends=b
	run --separate-stderr "$MODBOX" modorder-filter --source="$src" -k "$kver" --closure --overlay=over -m new
	assert_success
	assert_output kernel/fs/b.ko
	run --separate-stderr "$MODBOX" modorder-filter --source="$src" -k "$kver" --overlay=over -m new
	assert_equal "$status" 2
	echo new >list
	run "$MODBOX" modlist-lint -k "$kver" --overlay=over "$src" list
	assert_success
	assert_output ''
}

@test "depmod -n shows the indexes of all roots together" {
	module kernel/fs/a.ko depends=b
	module kernel/fs/b.ko
	in_root over module extra/new.ko depends=b alias=mine
	in_root over module extra/b.ko
	run --separate-stderr "$MODBOX" depmod -n -b "$src" --moduledir=usr/lib/modules --overlay=over "$kver"
	assert_success
	assert_equal "$stderr" ''
	assert_line 'kernel/fs/a.ko: extra/b.ko'
	assert_line 'extra/new.ko: extra/b.ko'
	assert_line 'alias mine new'
	run "$MODBOX" depmod -b "$src" --moduledir=usr/lib/modules --overlay=over "$kver"
	assert_failure
	assert_output --partial '--overlay needs --dry-run or --outdir'
}

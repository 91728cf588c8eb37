#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modbox depmod --record: modules.modbox, and what is believed of it.
# shellcheck disable=SC2034,SC2119 # common.bash uses them; arguments need not be

load ../lib/common

setup() {
	begin
	new_tree lib/modules
	builtin_module fs/x.ko 'alias=fs-x'
	dir=$src/lib/modules/$kver
	record=$dir/modules.modbox
	module a.ko.xz depends=b alias=pci:v00001234d* alias=x-y
	module b.ko softdep='pre: a' alias=devname:net/tun alias=char-major-10-200
	module drivers/c.ko.xz weakdep=b firmware=x.bin
	module updates/d.ko alias=x-y
	printf 'kernel/%s.ko\n' a b drivers/c >"$dir/modules.order"
	echo updates/d.ko >>"$dir/modules.order"
	depmod --record
	assert_success
	assert_equal "$output$stderr" ''
}

# depmod ARGUMENT...: run modbox depmod on SOURCE
depmod() {
	run --separate-stderr "$MODBOX" depmod -b "$src" "$@" "$kver"
}

# recorded NUMBER READ: the next run takes so many modules from the record, and reads others
recorded() {
	depmod -v "${@:3}"
	assert_success
	assert_line "# $src/lib/modules/$kver/modules.modbox: $1 modules as recorded, $2 read"
}

# passed_over WHY: so does the next run; it writes a new record
passed_over() {
	depmod -v
	assert_success
	assert_line "# $src/lib/modules/$kver/modules.modbox: passed over: $1"
	as_in_full
	recorded 4 0
}

# as_in_full: the indexes are those of a run that reads all modules
as_in_full() {
	rm -rf out
	depmod --full -o out
	assert_success
	[ -e "out/lib/modules/$kver/modules.dep" ]
	(cd "out/lib/modules/$kver" && for name in *; do cmp "$name" "$dir/$name" || exit; done)
}

# state: of the files in the module directory
state() {
	stat -c '%n %i %s %Y %Z' "$dir"/modules.*
}

@test "the second run reads no module, and writes nothing" {
	state >before
	depmod
	assert_success
	assert_equal "$output$stderr" ''
	state >after
	diff before after
	recorded 4 0
	as_in_full
}

@test "a module that came, one that went, and one that changed" {
	module e.ko.xz depends=b
	depmod
	assert_success
	as_in_full
	run -0 grep -c '^kernel/e.ko.xz: kernel/b.ko$' "$dir/modules.dep"
	rm "$dir/kernel/e.ko.xz"
	module e.ko.xz
	rm "$dir"/kernel/a.ko.xz
	depmod
	assert_success
	as_in_full
	run -1 grep 'x-y a' "$dir/modules.alias"
	run -0 grep -x 'kernel/e.ko.xz:' "$dir/modules.dep"
}

@test "a module of the same size and time is read: its status change time differs" {
	touch -r "$dir/updates/d.ko" time
	sed -i s/x-y/x-z/ "$dir/updates/d.ko"
	touch -r time "$dir/updates/d.ko"
	depmod
	assert_success
	run -0 grep -x 'alias x-z d' "$dir/modules.alias"
	as_in_full
}

@test "a module that changes at once, in the same inode, is read" {
	for word in x-1 x-2 x-3 x-4 x-5 x-6 x-7 x-8; do
		touch -r "$dir/updates/d.ko" time
		printf %s "$word" | dd of="$dir/updates/d.ko" bs=1 seek="$(grep -boa 'x-.' "$dir/updates/d.ko" | cut -d : -f 1)" \
			conv=notrunc status=none
		touch -r time "$dir/updates/d.ko"
		depmod
		assert_success
		run -0 grep -x "alias $word d" "$dir/modules.alias"
	done
}

@test "a tree that was copied is known by its hashes; modules without one are read" {
	cp -a "$src" copy
	rm -r "$src"
	mv copy "$src"
	recorded 2 2
	recorded 4 0
	as_in_full
}

@test "a touched module is known by its hash" {
	touch "$dir/kernel/a.ko.xz"
	depmod
	touch -d '2 days ago' "$dir/kernel/a.ko.xz"
	recorded 4 0
	as_in_full
}

@test "--full reads all modules, and renews the record" {
	printf x >"$record"
	depmod --full
	assert_success
	as_in_full
	recorded 4 0
}

@test "a module that overrides another, and depmod.d" {
	module updates/a.ko alias=new
	depmod
	assert_success
	as_in_full
	run -0 grep '^updates/a.ko:' "$dir/modules.dep"
	mkdir -p "$src/etc/depmod.d"
	echo 'override a * kernel' >"$src/etc/depmod.d/a.conf"
	depmod
	assert_success
	as_in_full
	run -0 grep '^kernel/a.ko.xz:' "$dir/modules.dep"
}

@test "the indexes are made again if one is changed or gone, or another depmod was there" {
	echo '# x' >>"$dir/modules.alias"
	depmod
	as_in_full
	touch -r "$dir/modules.dep.bin" time
	printf x | dd of="$dir/modules.dep.bin" conv=notrunc status=none
	touch -r time "$dir/modules.dep.bin"
	depmod
	as_in_full
	rm "$dir/modules.symbols"
	depmod
	as_in_full
	module e.ko
	"$KMOD34/depmod" -b "$src" -C /dev/null "$kver"
	rm "$dir/kernel/e.ko"
	depmod
	assert_success
	as_in_full
}

@test "the indexes are made again if modules.order, built-in modules or options change" {
	printf 'kernel/%s.ko\n' drivers/c b a >"$dir/modules.order"
	depmod
	as_in_full
	builtin_module fs/y.ko 'alias=fs-y'
	depmod
	as_in_full
	depmod --compat=30
	run cmp "$dir/modules.dep.bin" "out/lib/modules/$kver/modules.dep.bin"
	assert_failure
	depmod
	as_in_full
}

@test "messages are repeated although nothing changed" {
	module e.ko depends=none
	depmod
	assert_success
	[[ $stderr = *"needs none, which"* ]]
	depmod
	[[ $stderr = *"needs none, which"* ]]
	echo >"$dir/kernel/f.ko"
	depmod
	assert_equal "$status" 1
	depmod
	assert_equal "$status" 1
	[[ $stderr = *"f.ko: skipped"* ]]
}

@test "a record that is empty, cut, damaged, or no file is passed over" {
	: >"$record"
	passed_over 'not a record'
	truncate -s -1 "$record"
	passed_over damaged
	printf x | dd of="$record" bs=1 seek=200 conv=notrunc status=none
	passed_over damaged
	rm "$record"
	mkdir "$record"
	depmod
	assert_equal "$status" 4
	rmdir "$record"
	truncate -s 20M "$record"
	passed_over 'not a record'
}

@test "a record of another kernel, or of another version of the format, is passed over" {
	cp "$record" other
	mv "$dir" "${dir%/*}/6.1.0-0-other"
	"$MODBOX" depmod -b "$src" 6.1.0-0-other
	cp "${dir%/*}/6.1.0-0-other/modules.modbox" .
	mv "${dir%/*}/6.1.0-0-other" "$dir"
	cp modules.modbox "$record"
	passed_over 'of another kernel'
	printf '\377' | dd of="$record" bs=1 seek=7 conv=notrunc status=none
	passed_over 'of another version of modbox'
}

@test "-n writes nothing, and no record; named modules neither use nor write one" {
	module e.ko
	state >before
	depmod -n --record
	assert_success
	assert_line 'kernel/e.ko:'
	state >after
	diff before after
	sha256sum "$record" >before
	run "$MODBOX" depmod -b "$src" "$kver" "$dir/kernel/e.ko"
	assert_success
	sha256sum --check --quiet before
	depmod
	as_in_full
}

@test "without --record and without a record none is written, nor by rpi-modcopy" {
	rm "$record"
	depmod
	assert_success
	assert_not_exist "$record"
	depmod --record
	run "$MODBOX" rpi-modcopy -k "$kver" -m a "$src" dest
	assert_success
	run find dest -name '*.modbox'
	assert_output ''
}

@test "--outdir: the record is beside the indexes" {
	rm "$record"
	depmod --record -o other
	assert_success
	assert_not_exist "$record"
	assert_exist "other/lib/modules/$kver/modules.modbox"
	depmod -o other
	depmod -o other -v
	assert_line "# other/lib/modules/$kver/modules.modbox: 4 modules as recorded, 0 read"
}

@test "--max-module-size holds for modules of the record" {
	depmod --max-module-size=100
	assert_equal "$status" 1
	[[ $stderr = *"a.ko.xz: skipped: larger than --max-module-size allows"* ]]
}

@test "-E and -e: CRCs and unknown symbols, as without a record" {
	printf '0x00000001\t%s\tvmlinux\tEXPORT_SYMBOL\n' x >symvers
	depmod -e -E symvers
	assert_success
	by_record=$stderr
	depmod --full -e -E symvers
	assert_equal "$by_record" "$stderr"
}

# reads COMMAND...: the number of compressed modules that a command reads
reads() {
	strace -qq -f -y -e trace=read,pread64,readv,mmap -o trace "$@" >printed
	grep -o '<[^<]*/m[0-9]\.ko\.xz>' trace | sort -u | wc -l
}

@test "rpi-modcopy, modclosure and modlist-lint ask the record, and get the same answers" {
	local i names=()
	for i in {1..9}; do
		module "m$i.ko.xz" "firmware=m$i.bin" weakdep=b "depends="
		names+=("m$i")
	done
	mkdir -p "$src/lib/firmware"
	tee "$src/lib/firmware"/m{1..9}.bin <<<firmware >printed
	printf '%s\n' "${names[@]}" >list
	depmod --full
	mv "$record" saved
	assert_equal "$(reads "$MODBOX" modclosure --firmware -k "$kver" -f list "$src")" 9
	mv printed without
	"$MODBOX" modlist-lint -k "$kver" "$src" list >without.lint || :
	mv saved "$record"
	assert_equal "$(reads "$MODBOX" modclosure --firmware -k "$kver" -f list "$src")" 0
	diff without printed
	grep -q m9.bin printed
	"$MODBOX" modlist-lint -k "$kver" "$src" list >with.lint || :
	diff without.lint with.lint
	"$MODBOX" rpi-modcopy --firmware -k "$kver" -f list "$src" dest
	[ -e dest/lib/firmware/m9.bin ]
	[ ! -e "dest/lib/modules/$kver/modules.modbox" ]
}

@test "rpi-modcopy and modclosure pass over a damaged record, which --verbose says" {
	local i names=() tool
	for i in {1..9}; do
		module "m$i.ko.xz" "firmware=m$i.bin"
		names+=("m$i")
	done
	depmod --full
	"$MODBOX" modclosure --firmware -k "$kver" "$src" "${names[@]}" >before
	printf x >>"$record"
	"$MODBOX" modclosure --firmware -k "$kver" "$src" "${names[@]}" >after
	diff before after
	run --separate-stderr "$MODBOX" modclosure -v --firmware -k "$kver" "$src" "${names[@]}"
	assert_success
	[[ $stderr = *"modclosure: $src/lib/modules/$kver/modules.modbox: passed over: "* ]]
	run --separate-stderr "$MODBOX" rpi-modcopy -v --firmware -k "$kver" "${names[@]/#/--module=}" "$src" dest
	assert_success
	[[ $stderr = *"rpi-modcopy: $src/lib/modules/$kver/modules.modbox: passed over: "* ]]
}

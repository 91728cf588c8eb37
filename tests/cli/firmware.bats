#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Firmware copied along with the modules that request it.

load ../lib/common

# firmware PATH...: create files in SOURCE; each contains its path
firmware() {
	local path
	for path; do
		mkdir -p "$(dirname "$src/$path")"
		echo "$path" >"$src/$path"
	done
}

# linked TARGET PATH: create a symbolic link in SOURCE
linked() {
	mkdir -p "$(dirname "$src/$2")"
	ln -s "$1" "$src/$2"
}

# in_dest 'PATH[ -> TARGET]'...: DEST has these files outside of module directories
in_dest() {
	assert_equal "$(cd "$dst" && find . -path '*/modules/*' -prune -o ! -type d \
		\( -type l -printf '%P -> %l\n' -o -printf '%P\n' \) | LC_ALL=C sort)" "$(printf '%s\n' "$@")"
}

# brings 'PATH[ -> TARGET]'... [-- ARGUMENT...]: a copy of m has this firmware
brings() {
	local expected=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		expected+=("$1")
		shift
	done
	copies -m m --firmware "${@:2}"
	in_dest "${expected[@]}"
}

@test 'firmware of a module and its dependencies is copied, and no other' {
	module m.ko depends=n firmware=m/a.bin
	module n.ko.xz firmware=n.bin
	module other.ko firmware=other.bin
	firmware usr/lib/firmware/{m/a.bin,n.bin,other.bin,m/b.bin}
	brings usr/lib/firmware/m/a.bin usr/lib/firmware/n.bin
	cmp "$src/usr/lib/firmware/m/a.bin" "$dst/usr/lib/firmware/m/a.bin"
	# also with indexes, and again into the same DEST
	index
	brings usr/lib/firmware/m/a.bin usr/lib/firmware/n.bin
	assert_no_leftovers
}

@test 'firmware goes to usr/lib, however --module-dir is spelled' {
	module m.ko firmware=a.bin
	firmware lib/firmware/a.bin
	for dir in ./usr/lib/modules /./usr/lib/modules usr/./lib/modules/.; do
		rm -rf "$dst"
		brings usr/lib/firmware/a.bin -- -M "$dir"
		assert_equal "$(ls "$dst")" usr
		modcopy_between "$src" --cpio=archive -k "$kver" -m m --firmware -M "$dir"
		assert_success
		cpio -t --quiet <archive >names
		run grep -vx 'usr/.*' names
		assert_output ''
	done
}

@test 'no firmware without --firmware' {
	module m.ko firmware=a.bin
	firmware usr/lib/firmware/a.bin
	copies -m m
	assert_not_exists "$dst/usr/lib/firmware"
}

@test 'of several files, the one that the kernel would load, under its own name' {
	module m.ko firmware=a.bin firmware=b.bin firmware=c.bin
	firmware usr/lib/firmware/{a.bin,a.bin.xz,updates/a.bin,b.bin.xz,b.bin.zst} \
		"usr/lib/firmware/updates/$kver/c.bin.xz" usr/lib/firmware/c.bin.xz
	brings usr/lib/firmware/b.bin.zst "usr/lib/firmware/updates/$kver/c.bin.xz" \
		usr/lib/firmware/updates/a.bin
}

@test 'wildcards match plain and compressed names alike' {
	module m.ko 'firmware=fm*-sdio.*.txt'
	firmware usr/lib/firmware/{fm1-sdio.a.txt,fm2-sdio.b.txt.xz,fm3-sdio.c.txt.zst,fm4.txt}
	linked fm1-sdio.a.txt usr/lib/firmware/fm5-sdio.d.txt
	brings usr/lib/firmware/fm1-sdio.a.txt usr/lib/firmware/fm2-sdio.b.txt.xz \
		usr/lib/firmware/fm3-sdio.c.txt.zst \
		'usr/lib/firmware/fm5-sdio.d.txt -> fm1-sdio.a.txt'
}

@test 'files keep mode, owner and times' {
	module m.ko firmware=a.bin
	firmware usr/lib/firmware/a.bin
	chmod 640 "$src/usr/lib/firmware/a.bin"
	touch -d 2020-02-02T00:00:00Z "$src/usr/lib/firmware/a.bin"
	copies -m m --firmware
	assert_equal "$(stat -c '%a %Y' "$dst/usr/lib/firmware/a.bin")" '640 1580601600'
}

# -- links

@test 'a link to a file, and the file' {
	module m.ko firmware=a.bin
	firmware usr/lib/firmware/b.bin
	linked b.bin usr/lib/firmware/a.bin
	brings 'usr/lib/firmware/a.bin -> b.bin' usr/lib/firmware/b.bin
	brings 'usr/lib/firmware/a.bin -> b.bin' usr/lib/firmware/b.bin
}

@test 'a chain of links' {
	module m.ko firmware=d/a.bin
	firmware usr/lib/firmware/e/z.bin.xz
	linked ../c.bin.xz usr/lib/firmware/d/a.bin.xz
	linked /usr/lib/firmware/x.bin.xz usr/lib/firmware/c.bin.xz
	linked ./e/z.bin.xz usr/lib/firmware/x.bin.xz
	brings 'usr/lib/firmware/c.bin.xz -> /usr/lib/firmware/x.bin.xz' \
		'usr/lib/firmware/d/a.bin.xz -> ../c.bin.xz' usr/lib/firmware/e/z.bin.xz \
		'usr/lib/firmware/x.bin.xz -> ./e/z.bin.xz'
}

@test 'a link through a directory that is not copied skips that directory in DEST' {
	module m.ko firmware=d/a.bin firmware=d/e/b.bin
	firmware usr/lib/firmware/c.bin
	linked ../other/.././c.bin usr/lib/firmware/d/a.bin
	linked .. usr/lib/firmware/d/f
	linked f/c.bin usr/lib/firmware/d/g
	linked ../g usr/lib/firmware/d/e/b.bin
	mkdir "$src/usr/lib/firmware/other"
	brings usr/lib/firmware/c.bin 'usr/lib/firmware/d/a.bin -> ../c.bin' \
		'usr/lib/firmware/d/e/b.bin -> ../g' 'usr/lib/firmware/d/f -> ../../firmware' \
		'usr/lib/firmware/d/g -> f/c.bin'
	assert_equal "$(cat "$dst/usr/lib/firmware/d/e/b.bin")" usr/lib/firmware/c.bin
}

@test 'links to directories, in links to directories' {
	module m.ko firmware=a/b/c.bin firmware=a/b/d.bin
	firmware usr/lib/firmware/real/deep/{c,d,e}.bin
	linked real usr/lib/firmware/a
	linked deep usr/lib/firmware/real/b
	brings 'usr/lib/firmware/a -> real' 'usr/lib/firmware/real/b -> deep' \
		usr/lib/firmware/real/deep/c.bin usr/lib/firmware/real/deep/d.bin
	assert_equal "$(cat "$dst/usr/lib/firmware/a/b/c.bin")" usr/lib/firmware/real/deep/c.bin
}

@test 'alternatives: a link that leaves the firmware directory and comes back' {
	module m.ko firmware=regulatory.db
	firmware usr/lib/firmware/regulatory.db-debian
	linked usr/lib lib
	linked /etc/alternatives/regulatory.db usr/lib/firmware/regulatory.db
	linked /lib/firmware/regulatory.db-debian etc/alternatives/regulatory.db
	brings 'etc/alternatives/regulatory.db -> /lib/firmware/regulatory.db-debian' \
		'usr/lib/firmware/regulatory.db -> /etc/alternatives/regulatory.db' \
		usr/lib/firmware/regulatory.db-debian
}

@test 'absolute links are resolved inside SOURCE, and no link leaves it' {
	module m.ko firmware=a.bin firmware=b.bin firmware=c.bin
	echo host >outside.bin
	firmware usr/share/a.bin
	linked /usr/share/a.bin usr/lib/firmware/a.bin
	linked ../../../../../../../../../../../../../../../usr/share/a.bin usr/lib/firmware/b.bin
	linked "$PWD/outside.bin" usr/lib/firmware/c.bin
	brings 'usr/lib/firmware/a.bin -> /usr/share/a.bin' \
		'usr/lib/firmware/b.bin -> ../../../../../../../../../../../../../../../usr/share/a.bin' \
		usr/share/a.bin -- --firmware-missing=ignore
}

@test 'links to and through the top of SOURCE' {
	module m.ko firmware=a.bin firmware=top/b.bin
	firmware b.bin
	linked /b.bin usr/lib/firmware/a.bin
	linked ../../.. usr/lib/firmware/top
	brings b.bin 'usr/lib/firmware/a.bin -> /b.bin' 'usr/lib/firmware/top -> ../../../'
	assert_equal "$(cat "$dst/usr/lib/firmware/top/b.bin")" b.bin
}

@test "a link with SOURCE's own path stays inside, and is rewritten in DEST" {
	module m.ko firmware=a.bin
	firmware usr/lib/firmware/b.bin
	linked "$src/usr/lib" lib
	linked "$src/lib/firmware/b.bin" usr/lib/firmware/a.bin
	brings 'usr/lib/firmware/a.bin -> /lib/firmware/b.bin' usr/lib/firmware/b.bin
}

@test 'link loops are not firmware' {
	module m.ko firmware=a.bin firmware=d/a.bin
	linked b.bin usr/lib/firmware/a.bin
	linked a.bin usr/lib/firmware/b.bin
	linked d usr/lib/firmware/d
	copies -m m --firmware --firmware-missing=ignore
	refuses 1 "*/usr/lib/modules/$kver: m requests firmware 'a.bin', which SOURCE does not have" \
		-m m --firmware --firmware-missing=error --firmware-exclude='d/*'
}

@test 'a link in the place of a directory of DEST: status 4, and the directory stays' {
	module m.ko firmware=a/x.bin
	firmware usr/lib/firmware/b/x.bin
	linked b usr/lib/firmware/a
	mkdir -p "$dst/usr/lib/firmware/a/keep"
	modcopy -m m --firmware
	assert_failure 4
	assert_equal "${#stderr_lines[@]}" 1
	[[ $stderr == "rpi-modcopy: cannot write $dst/usr/lib/firmware/a: "* ]]
	assert_dir_exists "$dst/usr/lib/firmware/a/keep"
	assert_no_leftovers
}

# -- lib and usr/lib

@test 'lib and usr/lib of SOURCE are merged into the one with the modules' {
	module m.ko firmware=a.bin firmware=b.bin firmware=c.bin firmware=d/e.bin firmware=f.bin
	firmware usr/lib/firmware/{a,b0}.bin lib/firmware/{b,c0,f}.bin lib/firmware/d0/e.bin
	linked c0.bin lib/firmware/c.bin
	linked /lib/firmware/d0 lib/firmware/d
	linked ../../usr/lib/firmware/b0.bin lib/firmware/b.bin.xz
	brings usr/lib/firmware/a.bin usr/lib/firmware/b.bin 'usr/lib/firmware/c.bin -> c0.bin' \
		usr/lib/firmware/c0.bin 'usr/lib/firmware/d -> d0' usr/lib/firmware/d0/e.bin \
		usr/lib/firmware/f.bin
	assert_not_exists "$dst/lib"
	rm "$src/lib/firmware/b.bin"
	rm -r "$dst"
	brings usr/lib/firmware/a.bin 'usr/lib/firmware/b.bin.xz -> b0.bin' \
		usr/lib/firmware/b0.bin 'usr/lib/firmware/c.bin -> c0.bin' \
		usr/lib/firmware/c0.bin 'usr/lib/firmware/d -> d0' usr/lib/firmware/d0/e.bin \
		usr/lib/firmware/f.bin
}

@test '-M lib/modules: firmware goes to lib/firmware, and links point there' {
	linked usr/lib lib
	module m.ko firmware=a.bin firmware=b.bin firmware=c.bin
	firmware usr/lib/firmware/{a,d}.bin
	linked a.bin usr/lib/firmware/b.bin
	linked /usr/lib/firmware/x usr/lib/firmware/c.bin
	linked ../share/../firmware/d.bin usr/lib/firmware/x
	mkdir "$src/usr/lib/share"
	copies -M lib/modules -m m --firmware
	in_dest lib/firmware/a.bin 'lib/firmware/b.bin -> a.bin' 'lib/firmware/c.bin -> x' \
		lib/firmware/d.bin 'lib/firmware/x -> d.bin'
}

@test '-M lib/modules: absolute links, out of lib and back' {
	linked usr/lib lib
	module m.ko firmware=a.bin
	firmware usr/lib/firmware/d/b.bin
	linked /etc/alt usr/lib/firmware/a.bin
	linked /usr/lib/firmware/d/b.bin etc/alt
	copies -M lib/modules -m m --firmware
	in_dest 'etc/alt -> ../lib/firmware/d/b.bin' 'lib/firmware/a.bin -> ../../etc/alt' \
		lib/firmware/d/b.bin
	assert_equal "$(cat "$dst/lib/firmware/a.bin")" usr/lib/firmware/d/b.bin
}

@test 'DEST with lib -> usr/lib, or usr/lib -> ../lib' {
	module m.ko firmware=a.bin
	firmware lib/firmware/a.bin
	mkdir -p "$dst/usr/lib"
	ln -s usr/lib "$dst/lib"
	brings 'lib -> usr/lib' usr/lib/firmware/a.bin
	rm -r "$dst"
	mkdir -p "$dst/usr" "$dst/lib"
	ln -s ../lib "$dst/usr/lib"
	brings lib/firmware/a.bin 'usr/lib -> ../lib'
}

@test 'two different files for one path in DEST: status 4, a message with both' {
	module m.ko firmware=a.bin firmware=b.bin
	firmware usr/lib/firmware/b.bin lib/firmware/b.bin
	linked b.bin usr/lib/firmware/a.bin
	refuses 4 "$src/lib/firmware/b.bin and usr/lib/firmware/b.bin cannot both be copied to *" \
		-m m --firmware
	# A file in the place of a directory.
	new_tree
	module m.ko firmware=x firmware=x/y
	firmware usr/lib/firmware/x lib/firmware/x/y
	refuses 4 "$src/lib/firmware/x/y and usr/lib/firmware/x cannot both be copied to *" \
		-m m --firmware
	assert_not_exists "$dst"
}

# loads: print which files the kernel would load in DEST for a.bin, b.bin and c.bin
loads() {
	run --separate-stderr "$MODBOX" modclosure -k "$kver" --firmware "$dst" m
	assert_success
	grep -o ': [^ ]*' <<<"$output" | paste -sd ' '
}

@test 'old firmware in DEST that the kernel would prefer is removed' {
	local fw=usr/lib/firmware
	module m.ko firmware=a.bin firmware=b.bin firmware=c.bin
	firmware $fw/{a.bin,b.bin.zst,real.bin}
	linked real.bin $fw/c.bin
	copies -m m --firmware
	rm -r "${src:?}/$fw"
	firmware $fw/{a.bin,b.bin,real.bin}
	xz --check=crc32 "$src/$fw"/{a,b,real}.bin
	linked real.bin.xz $fw/c.bin.xz
	echo other >"$dst/$fw/d.bin"
	copies -m m --firmware
	assert_equal "$(loads)" ": $fw/a.bin.xz : $fw/b.bin.xz : $fw/c.bin.xz"
	in_dest $fw/{a.bin.xz,b.bin.xz} "$fw/c.bin.xz -> real.bin.xz" $fw/{d.bin,real.bin.xz}
	copies -m m --firmware --decompress
	in_dest $fw/{a.bin,b.bin} "$fw/c.bin -> real.bin" $fw/{d.bin,real.bin}
}

@test 'both forms are kept if both are requested; a directory cannot be removed' {
	local fw=usr/lib/firmware
	module m.ko firmware=a.bin firmware=a.bin.xz
	firmware $fw/{a.bin,a.bin.xz}
	brings $fw/{a.bin,a.bin.xz}
	# Other files in DEST with such names are not firmware of the modules.
	module l.ko firmware=b.xz
	firmware $fw/b.xz
	echo other >"$dst/$fw/b"
	copies -m l --firmware
	in_dest $fw/{a.bin,a.bin.xz,b,b.xz}
	module n.ko firmware=n.bin
	firmware $fw/n.bin.xz
	mkdir "$dst/$fw/n.bin"
	modcopy -m n --firmware
	assert_failure 4
	assert_equal "$stderr" "rpi-modcopy: cannot remove $dst/$fw/n.bin, which a new file replaces: Is a directory"
}

@test 'several kernels: shared files are copied once, and each kernel gets its own' {
	module m.ko firmware=a.bin
	kver=6.2.0-test add_tree
	module m.ko firmware=a.bin firmware=b.bin
	firmware usr/lib/firmware/{a,b}.bin
	set_module_dir usr/lib/modules
	copies -k 6.2.0-test -m m --firmware
	in_dest usr/lib/firmware/a.bin usr/lib/firmware/b.bin
	modcopy -n -k 6.2.0-test -m m --firmware
	assert_success
	assert_equal "$(listed | grep -c firmware/a.bin)" 1
}

# -- options

@test '--builtin-firmware: firmware of built-in modules; implies --firmware' {
	module m.ko firmware=a.bin
	builtin_module drivers/b.ko firmware=b.bin
	firmware usr/lib/firmware/{a,b}.bin
	copies -m m --firmware
	in_dest usr/lib/firmware/a.bin
	copies -m m --builtin-firmware
	in_dest usr/lib/firmware/a.bin usr/lib/firmware/b.bin
}

@test '--firmware: a requested built-in module requests too' {
	builtin_module drivers/bi-one.ko firmware=one.bin alias=bi-alias
	builtin_module drivers/bi_two.ko firmware=two.bin
	builtin_module drivers/bi_on.ko firmware=on.bin
	module m.ko 'softdep=pre: bi_two'
	firmware usr/lib/firmware/{one,two,on}.bin
	for name in bi-one bi_one bi-alias; do
		copies -m "$name" -m m --firmware
		in_dest usr/lib/firmware/one.bin
		rm -r "$dst"
	done
	copies -m bi_two -m bi_on --firmware
	in_dest usr/lib/firmware/on.bin usr/lib/firmware/two.bin
}

@test 'brackets are a pattern, unless a file has that name' {
	module m.ko 'firmware=[br]ack.bin' 'firmware=v[1-3]/*.bin' 'firmware=odd[1].bin'
	firmware usr/lib/firmware/{back,rack,pack,v1/a,v4/a,'odd[1]',odd1}.bin
	brings usr/lib/firmware/{back,'odd[1]',rack,v1/a}.bin
}

@test '--firmware-dir replaces the usual directories; the first with the file counts' {
	module m.ko firmware=a.bin firmware=v/b.bin firmware=c.bin
	firmware usr/lib/firmware/{a,c}.bin opt/fw/a.bin opt/fw/v/b.bin.xz srv/updates/a.bin srv/v/b.bin.xz
	linked /usr/lib/firmware/c.bin srv/c.bin
	brings usr/lib/firmware/a.bin usr/lib/firmware/v/b.bin.xz -- --firmware-dir=/opt/fw/ --firmware-missing=ignore
	assert_equal "$(cat "$dst/usr/lib/firmware/a.bin")" opt/fw/a.bin
	rm -r "$dst"
	refuses 4 "$src/usr/lib/firmware/c.bin and srv/c.bin cannot both be copied to *" \
		-m m --firmware --firmware-dir=opt/fw --firmware-dir srv
	brings usr/lib/firmware/updates/a.bin usr/lib/firmware/v/b.bin.xz -- \
		--firmware-dir=opt/fw --firmware-dir srv --firmware-exclude=c.bin
	assert_equal "$(cat "$dst/usr/lib/firmware/updates/a.bin")" srv/updates/a.bin
	assert_equal "$(cat "$dst/usr/lib/firmware/v/b.bin.xz")" opt/fw/v/b.bin.xz
}

@test "--firmware-dir that is SOURCE's top, or a link to it" {
	module m.ko firmware=a.bin firmware=b/c.bin firmware=d/e.bin
	firmware a.bin b/f.bin usr/lib/firmware/a.bin g/e.bin
	linked f.bin b/c.bin
	linked /g d
	linked / opt/top
	for dir in . ./ opt/top; do
		rm -rf "$dst"
		brings usr/lib/firmware/a.bin 'usr/lib/firmware/b/c.bin -> f.bin' usr/lib/firmware/b/f.bin \
			'usr/lib/firmware/d -> g' usr/lib/firmware/g/e.bin -- --firmware-dir=$dir
		assert_equal "$(<"$dst/usr/lib/firmware/a.bin")" a.bin
	done
}

@test '--firmware-dir missing from SOURCE: status 4' {
	module m.ko
	refuses 4 "cannot read $src/opt/fw: No such file or directory" \
		-m m --firmware --firmware-dir=/opt/fw
}

@test '--firmware-exclude' {
	module m.ko firmware=a/b/c.bin firmware=a.bin firmware=d.bin 'firmware=w?.bin' firmware=no.bin
	firmware usr/lib/firmware/{a/b/c,a,d,w1,w2}.bin
	copies -m m --firmware --firmware-exclude='a/*' --firmware-exclude=w2.bin \
		--firmware-exclude='no*' --firmware-missing=error
	in_dest usr/lib/firmware/{a,d,w1}.bin
}

@test '--firmware-file: firmware that no module requests, by the search of the kernel' {
	module m.ko firmware=m.bin
	module n.ko
	firmware usr/lib/firmware/{m.bin,a.bin.zst,a.bin.xz,updates/b.bin,b.bin,c.bin,intel/i1.sfi.xz,intel/i2.sfi,intel/j.sfi}
	copies -m m --firmware-file=a.bin --firmware-file=b.bin --firmware-file='intel/i?.sfi'
	in_dest usr/lib/firmware/{a.bin.zst,intel/i1.sfi.xz,intel/i2.sfi,updates/b.bin}
	rm -r "$dst"
	copies -m m --firmware --firmware-file=c.bin
	in_dest usr/lib/firmware/{c.bin,m.bin}
	rm -r "$dst"
	copies -m n --firmware-file='[ab].bin' --firmware-file='m*' --firmware-exclude='a*'
	in_dest usr/lib/firmware/{m.bin,updates/b.bin}
	rm -r "$dst"
	firmware opt/fw/a.bin
	copies -m n --firmware-file=a.bin --firmware-dir=opt/fw
	in_dest usr/lib/firmware/a.bin
}

@test '--firmware-file counts for --max-size, --manifest and --cpio, and is explained' {
	module m.ko
	firmware usr/lib/firmware/{a,b}.bin
	modcopy -m m --firmware-file=a.bin --max-size=10
	assert_failure 4
	assert_regex "$stderr" 'nothing is written: .* bytes would be, 23 of them firmware, '
	copies -m m --firmware-file=a.bin --manifest=manifest
	grep -q $'^usr/lib/firmware/a.bin\t23\t[0-9a-f]*\tfirmware a.bin requested by --firmware-file$' manifest
	modcopy_between "$src" --check=manifest -k "$kver" -m m --firmware-file=b.bin
	assert_failure 1
	assert_line 'added usr/lib/firmware/b.bin (firmware b.bin requested by --firmware-file)'
	assert_line --partial 'removed usr/lib/firmware/a.bin'
	modcopy_between "$src" --cpio=archive -k "$kver" -m m --firmware-file='*.bin'
	assert_success
	cpio -t --quiet <archive >names
	grep -x 'usr/lib/firmware/[ab].bin' names | diff - <(printf 'usr/lib/firmware/%s.bin\n' a b)
}

@test '--firmware-file that SOURCE lacks: status 1; its siblings say why' {
	module m.ko firmware=a.bin
	firmware usr/lib/firmware/{intel/i.sfi.xz,b.bin}
	refuses 1 "$tree: --firmware-file requests firmware 'a.bin', which SOURCE does not have" \
		-m m --firmware-file=a.bin --firmware
	refuses 1 "*'intel', which SOURCE does not have; it is a directory: write DIRECTORY/\* for its files" \
		-m m --firmware-file=intel
	refuses 1 "*'intel/\*.xz', which SOURCE does not have; write it without the suffix of its compression" \
		-m m --firmware-file='intel/*.xz'
	: >"$src/usr/lib/firmware/e.bin"
	refuses 1 "*'e.bin', which SOURCE does not have; the file of that name is empty, which the kernel refuses" \
		-m m --firmware-file=e.bin
	assert_not_exists "$dst"
	modcopy -K -m m --firmware-file=a.bin --firmware-file=b.bin
	assert_failure 1
	in_dest usr/lib/firmware/b.bin
	copies -m m --firmware-file=a.bin --firmware-missing=ignore
	for name in '' / /b.bin ../b.bin intel/../../x; do
		refuses 2 "--firmware-file must be a path below lib/firmware, without '..', *" \
			-m m --firmware-file="$name"
	done
}

@test '--firmware-file alone requests no module: status 5' {
	module m.ko
	firmware usr/lib/firmware/a.bin
	refuses 5 'no module requested; *' --firmware-file=a.bin
	assert_not_exists "$dst"
}

@test 'missing firmware: one warning that counts, each file with --verbose' {
	module m.ko firmware=a.bin 'firmware=w*'
	modcopy -m m --firmware
	assert_success
	assert_equal "$stderr" "rpi-modcopy: warning: $tree: 2 firmware files that 1 module requests are not in SOURCE; list them with --firmware-missing=warn"
	module n.ko firmware=a.bin firmware=c.bin
	module o.ko
	modcopy -m m -m n -m o --firmware
	assert_success
	assert_equal "$stderr" "rpi-modcopy: warning: $tree: 3 firmware files that 2 modules request are not in SOURCE; list them with --firmware-missing=warn"
	modcopy -m o --firmware
	assert_equal "$stderr" ''
	modcopy -v -m m --firmware
	assert_success
	assert_equal "$stderr" "rpi-modcopy: warning: $tree: m requests firmware 'a.bin', which SOURCE does not have
rpi-modcopy: warning: $tree: m requests firmware 'w*', which SOURCE does not have"
	modcopy -v -m m --firmware --firmware-missing=ignore
	assert_success
	assert_equal "$stderr" ''
}

@test 'missing firmware: links that lead out of SOURCE are said to do so' {
	module m.ko firmware=a.bin firmware=b.bin firmware=c.bin
	mkdir -p "$src/usr/lib/firmware"
	ln -s /store/a.bin.xz "$src/usr/lib/firmware/a.bin.xz"
	lost="$src/usr/lib/firmware/a.bin.xz is a link to /store/a.bin.xz, which leads out of SOURCE"
	modcopy -m m --firmware
	assert_success
	assert_equal "$stderr" "rpi-modcopy: warning: $tree: 2 firmware files that 1 module requests are not in SOURCE; list them with --firmware-missing=warn
rpi-modcopy: warning: $lost"
	ln -s /store/b.bin "$src/usr/lib/firmware/b.bin"
	modcopy -m m --firmware --firmware-exclude=c.bin
	assert_equal "$stderr" "rpi-modcopy: warning: $lost; so do the links of 1 more firmware file"
	modcopy -m m --firmware --firmware-missing=warn --firmware-exclude='[bc].bin'
	assert_equal "$stderr" "rpi-modcopy: warning: $tree: m requests firmware 'a.bin', which SOURCE does not have: $lost"
	# The directory itself.
	rm -r "$src/usr/lib/firmware"
	ln -s /store "$src/usr/lib/firmware"
	modcopy -m m --firmware
	assert_success
	assert_equal "${stderr_lines[0]}" "rpi-modcopy: warning: $src/usr/lib/firmware is a link to /store, which leads out of SOURCE"
}

@test '--firmware-missing=warn' {
	module m.ko firmware=a.bin
	modcopy -m m --firmware --firmware-missing=warn
	assert_success
	assert_equal "$stderr" "rpi-modcopy: warning: $tree: m requests firmware 'a.bin', which SOURCE does not have"
}

@test '--firmware-missing=error: status 1, nothing written; with --keep-going all is copied' {
	module m.ko firmware=a.bin firmware=b.bin
	firmware usr/lib/firmware/b.bin
	refuses 1 "$tree: m requests firmware 'a.bin', which SOURCE does not have" \
		-m m --firmware --firmware-missing=error
	assert_not_exists "$dst"
	modcopy -K -m m --firmware --firmware-missing=error
	assert_failure 1
	assert_equal "$stderr" "rpi-modcopy: warning: $tree: m requests firmware 'a.bin', which SOURCE does not have"
	in_dest usr/lib/firmware/b.bin
}

@test 'absolute names and names with .. are refused, with a message' {
	module m.ko firmware=../../../etc/shadow firmware=/etc/shadow firmware=x/.. 'firmware=../../../e*/shadow' firmware=a..b
	firmware etc/shadow usr/lib/firmware/a..b lib/firmware/x
	modcopy -m m --firmware --firmware-missing=ignore
	assert_success
	assert_equal "${#stderr_lines[@]}" 4
	assert_equal "${stderr_lines[0]}" "rpi-modcopy: warning: $tree: m requests firmware '../../../e*/shadow', which is skipped: not a path below a directory"
	in_dest usr/lib/firmware/a..b
	modcopy -m m --firmware --firmware-missing=error
	assert_failure 1
	assert_equal "${#stderr_lines[@]}" 4
}

@test 'control characters in names do not forge lines' {
	module m.ko $'firmware=a\n/etc/x.bin' $'firmware=b\033[1m'
	firmware $'usr/lib/firmware/a\n/etc/x.bin'
	modcopy -n -v -m m --firmware
	assert_success
	assert_equal "${#stderr_lines[@]}" 1
	refute_line '/etc/x.bin'
	[[ $output != *$'\033'* ]]
}

@test 'usage: status 2' {
	module m.ko
	for option in dir=x exclude=x missing=warn; do
		refuses 2 "--firmware-${option%=*} needs --firmware or --firmware-file (see *" \
			-m m --firmware-"$option"
	done
	refuses 2 "--firmware-missing must be warn, error or ignore, not 'no' (see *" \
		-m m --firmware --firmware-missing=no
	for dir in '' / .. a/../../b; do
		refuses 2 "--firmware-dir must be a path in SOURCE without '..' (see *" \
			-m m --firmware --firmware-dir="$dir"
	done
}

@test '--dry-run lists files and links with their reasons' {
	module m.ko firmware=a.bin
	firmware lib/firmware/b.bin
	linked b.bin lib/firmware/a.bin
	modcopy -n -m m --firmware
	assert_success
	assert_equal "$stderr" ''
	assert_not_exists "$dst"
	[[ $output == *"
# firmware a.bin of m: usr/lib/firmware/a.bin
lib/firmware/a.bin
# firmware a.bin of m: usr/lib/firmware/b.bin
lib/firmware/b.bin" ]]
}

@test 'a full disk, an unreadable file: status 4' {
	module m.ko firmware=a.bin
	firmware usr/lib/firmware/a.bin
	chmod 0 "$src/usr/lib/firmware/a.bin"
	under unprivileged
	modcopy -m m --firmware
	assert_failure 4
	assert_equal "$stderr" "rpi-modcopy: cannot read $src/usr/lib/firmware/a.bin: Permission denied"
	assert_no_leftovers
}

@test 'an unreadable firmware directory: status 4, not missing firmware' {
	module m.ko firmware=sub/a.bin 'firmware=sub/b*'
	firmware usr/lib/firmware/sub/a.bin
	chmod 0 "$src/usr/lib/firmware/sub"
	under unprivileged
	modcopy -m m --firmware
	assert_failure 4
	assert_regex "$stderr" "cannot read $src/usr/lib/firmware/sub/a.bin: Permission denied"
	assert_not_exists "$dst"
	chmod 755 "$src/usr/lib/firmware/sub"
}

@test 'modclosure shows the same files with the same options' {
	module m.ko firmware=a.bin firmware=b.bin firmware=../c.bin
	builtin_module drivers/n.ko firmware=n.bin
	firmware opt/fw/a.bin.xz
	run --separate-stderr "$MODBOX" modclosure -k "$kver" --firmware-dir=opt/fw --builtin-firmware "$src" m
	assert_success
	assert_output '../c.bin: refused (m)
a.bin: opt/fw/a.bin.xz (m)
b.bin: missing (m)
n.bin: missing (n, built in)'
	run --separate-stderr "$MODBOX" modclosure -k "$kver" --firmware-dir=opt/fw --firmware-file='a*' "$src" m
	assert_success
	assert_output 'a.bin: opt/fw/a.bin.xz (--firmware-file)'
	run --separate-stderr "$MODBOX" modclosure -k "$kver" -o json --firmware-dir=opt/fw --firmware-file=a.bin "$src" m
	"$MODBOX_SRC/tests/lib/check-json" "$MODBOX_SRC/docs/modclosure.schema.json" <<<"$output"
	assert_equal "$(jq -c .firmware <<<"$output")" \
		'[{"name":"a.bin","module":null,"builtin":false,"path":"opt/fw/a.bin.xz"}]'
	run --separate-stderr "$MODBOX" modclosure -k "$kver" --firmware --firmware-exclude='*c.bin' \
		--firmware-missing=error "$src" m
	assert_failure 1
	assert_output ''
	assert_equal "${#stderr_lines[@]}" 2
}

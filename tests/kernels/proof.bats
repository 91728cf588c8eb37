#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The proof that modules load: whole kernels pass; what was changed is refused, by its rule.

load kernels
load prove

# whole KERNEL MODULES: all of its modules, at least so many, are proved by its own image
whole() {
	kernel "$1"
	run --separate-stderr "$MODBOX" modclosure --prove -k "$kver" "$indexed" kernel/
	assert_success
	[ "${#lines[@]}" -ge "$2" ]
	assert_equal "${#stderr_lines[@]}" 1
	[[ $stderr = "modclosure: ${#lines[@]} modules proved, 0 refused, 0 unproved; $indexed/boot/vmlinuz-$kver, "*' exports; signatures not verified' ]]
}

@test "amd64: what is proved is shown as without --prove" {
	prepare
	prove
	assert_success
	assert_equal "$stderr" "modclosure: ${#lines[@]} modules proved, 0 refused, 0 unproved; image, $(
		awk -F '\t' '$3 == "vmlinux"' symvers | wc -l) exports; signatures not verified"
	assert_equal "$output" "$("$MODBOX" modclosure -k "$kver" "$source" ext4)"
}

# The sanitizer build runs only the test above.
# bats file_tags=static

@test "amd64: every module is proved" { whole amd64 4000; }
@test "armel-rpi: every module is proved" { whole armel-rpi 2400; }
@test "next-amd64: every module is proved" { whole next-amd64 4200; }
@test "next-arm64: every module is proved" { whole next-arm64 4300; }

@test "amd64: another CRC is refused" {
	prepare
	own_symbol
	sed -i "s/^$crc\t$symbol\t/0x00000bad\t$symbol\t/" symvers
	prove
	refuses "kernel/fs/ext4/ext4.ko: refused: symbol $symbol has CRC $crc, the kernel's is 0x00000bad: built for another kernel (EINVAL, \"disagrees about version of symbol $symbol\")"
}

@test "amd64: another CRC of module_layout is ENOEXEC, for every module" {
	prepare
	sed -i 's/^0x[0-9a-f]*\tmodule_layout\t/0x00000bad\tmodule_layout\t/' symvers
	prove
	assert_failure 1
	[ "$(grep -c 'refused: symbol module_layout has CRC .*(ENOEXEC, ' <<<"$stderr")" -gt 3 ]
	assert_equal "$(tail -n 1 <<<"$stderr" | grep -o '[0-9]* modules proved')" '0 modules proved'
}

@test "amd64: a symbol that nothing exports is refused" {
	prepare
	own_symbol
	sed -i "/\t$symbol\t/d" symvers
	prove
	refuses "kernel/fs/ext4/ext4.ko: refused: it needs symbol $symbol, which neither the kernel nor a module exports (ENOENT, \"Unknown symbol $symbol\")"
}

@test "amd64: a namespace that is not imported is refused, unless the configuration allows it" {
	prepare
	own_symbol
	sed -i "/\t$symbol\t/s/\t[^\t]*$/\tSOME_SPACE/" symvers
	prove
	refuses "kernel/fs/ext4/ext4.ko: refused: symbol $symbol is in namespace SOME_SPACE, which it does not import (EINVAL, \"module uses symbol ($symbol) from namespace SOME_SPACE, but does not import it\")"
	echo CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS=y >>config
	echo CONFIG_MODULES=y >>config
	prove --kernel-config=config
	assert_success
	assert_equal "${#stderr_lines[@]}" 2
	[[ $stderr = *'kernel/fs/ext4/ext4.ko: symbol '*' MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS excuses it'* ]]
}

@test "amd64: namespaces of modules are for those that they name" {
	prepare
	own_symbol
	local list
	for list in ext4 'a,ext4' 'ex*' 'b-c,ext*,d'; do
		sed -i "/\t$symbol\t/s/\t[^\t]*$/\tmodule:$list/" symvers
		prove
		assert_success
	done
	for list in ext 'ext4-x' 'ext5*' ''; do
		sed -i "/\t$symbol\t/s/\t[^\t]*$/\tmodule:$list/" symvers
		prove
		assert_failure 1
	done
}

@test "amd64: a licence that is not GPL is refused GPL-only symbols" {
	prepare
	copy_source
	prove
	assert_success
	sed -i 's/license=GPL/license=MPL/' "$ext4"
	prove
	assert_failure 1
	[[ $stderr = *'ext4.ko: refused: symbol '*' is for GPL modules only, its license is "MPL" (ENOENT, "Unknown symbol '*'"), and '*' more'* ]]
}

@test "amd64: an export that the kernel has is refused, and who needs it" {
	prepare
	printf '0x00000001\tmb_cache_create\tvmlinux\tEXPORT_SYMBOL\t\n' >>symvers
	prove
	assert_failure 1
	[[ ${stderr_lines[0]} = *'kernel/fs/mbcache.ko: refused: it exports mb_cache_create, as the kernel does (ENOEXEC, "exports duplicate symbol mb_cache_create")' ]]
	[[ $stderr = *'ext4.ko: refused: it needs symbol mb_cache_'*' of kernel/fs/mbcache.ko, which is refused (ENOENT'* ]]
}

@test "amd64: vermagic counts without its release" {
	prepare
	mkkernel -r "$kver" -v "6.1.0-other ${vermagic#* }" image
	# Such a string is not the image's own vermagic.
	prove
	assert_failure 1
	[[ $stderr = *'unproved: the image has no vermagic that could be found'* ]]
	mkkernel -r 6.1.0-other -v "6.1.0-other ${vermagic#* }" image
	prove
	assert_success
	assert_equal "${stderr_lines[0]}" \
		"modclosure: warning: image is of the kernel 6.1.0-other, the modules are of $kver"
	mkkernel -r "$kver" -v "${vermagic/SMP /}" image
	prove
	assert_failure 1
	[[ ${stderr_lines[0]} = *"refused: vermagic is \"$vermagic\" (ENOEXEC, \"version magic '$vermagic' should be '${vermagic/SMP /}'\")" ]]
}

@test "amd64: another kernel's image gives numbers, and with -v all lines" {
	prepare
	mkkernel -r 5.5.5 -v '5.5.5 SMP mod_unload ' image
	prove
	refuses "warning: image is of the kernel 5.5.5, the modules are of $kver" \
		"${#lines[@]} modules refused: another vermagic"
	# ext4 has a line more: it needs symbols of modules that are refused.
	prove -v
	assert_equal "$(grep -c ': refused: vermagic is ' <<<"$stderr")" "${#lines[@]}"
	assert_equal "${#stderr_lines[@]}" $((${#lines[@]} + 3))
}

@test "amd64: another machine is refused" {
	prepare
	mkkernel -a arm64 -r "$kver" -v "$vermagic" image
	prove
	assert_failure 1
	[[ ${stderr_lines[0]} = *': refused: it is for ELF machine 62, 64 bits, little-endian, the kernel for 183, 64 bits, little-endian (ENOEXEC)' ]]
}

@test "amd64: a dependency that depends= does not name is named" {
	prepare
	copy_source
	sed -i 's/depends=/dependz=/' "$ext4"
	prove
	assert_failure 1
	[[ $stderr = *'ext4.ko: refused: it needs symbol '*', which kernel/'*' exports: its depends= does not say so (ENOENT, "Unknown symbol '*', and '*' more'* ]]
}

@test "amd64: missing versions: MODULE_FORCE_LOAD excuses them" {
	prepare
	copy_source
	objcopy --remove-section=__versions "$ext4"
	echo CONFIG_MODULES=y >config
	prove --kernel-config=config
	assert_failure 1
	[[ $stderr = *'ext4.ko: refused: it has no __versions, and the kernel has MODVERSIONS (ENOEXEC, "no symbol version for module_layout")'* ]]
	printf 'CONFIG_MODULES=y\nCONFIG_MODULE_FORCE_LOAD=y\n' >config
	prove --kernel-config=config
	assert_success
	[[ $stderr = *'ext4.ko: it has no __versions'*'; MODULE_FORCE_LOAD excuses it, and taints the kernel'* ]]
	rm src/boot/config-*
	prove
	assert_failure 1
	[[ $stderr = *'ext4.ko: unproved: it has no __versions'*'no configuration tells'* ]]
	prove --prove=known
	assert_success
	[[ $stderr = *'warning: kernel/fs/ext4/ext4.ko: unproved: '* ]]
}

@test "amd64: a version that is missing is refused by Debian's kernels; of others it is not known" {
	prepare
	copy_source
	own_symbol
	objcopy --dump-section __versions=versions "$ext4"
	sed -i "s/\x00$symbol\x00/\x00${symbol/%?/0}\x00/" versions
	objcopy --update-section __versions=versions "$ext4"
	prove
	refuses "kernel/fs/ext4/ext4.ko: unproved: its __versions lack symbol $symbol: mainline kernels warn and load it, others refuse it"
	mkkernel -r 5.5.5 -v "5.5.5 ${vermagic#* }" image
	prove
	refuses "warning: image is of the kernel 5.5.5, the modules are of $kver" \
		'1 module unproved: symbols with another CRC'
	prove --prove=known
	assert_success
	run --separate-stderr "$MODBOX" modclosure --prove --kernel-image="$plain/boot/vmlinuz-$kver" -k "$kver" src ext4
	refuses "kernel/fs/ext4/ext4.ko: refused: its __versions lack symbol $symbol (EINVAL, \"no symbol version for $symbol\")"
}

@test "amd64: another size of struct module is refused, where the kernel checks it" {
	prepare
	copy_source
	head -c 1152 /dev/zero >struct
	objcopy --update-section .gnu.linkonce.this_module=struct "$ext4"
	prove
	assert_failure 1
	[[ $stderr = *'ext4.ko: refused: its struct module has 1152 bytes, that of the kernel'\''s own modules '*' (ENOEXEC, '* ]]
	run --separate-stderr "$MODBOX" modclosure --prove --kernel-image="$plain/boot/vmlinuz-$kver" -k "$kver" src ext4
	assert_success
	[[ $stderr = *'ext4.ko: its struct module has 1152 bytes, '*'; this kernel does not check it'* ]]
}

@test "amd64: without an image, the places are named" {
	prepare
	copy_source
	run --separate-stderr "$MODBOX" modclosure --prove -k "$kver" src ext4
	assert_failure 1
	assert_equal "${stderr_lines[0]}" "modclosure: warning: src: no kernel image of $kver (looked for $dir/vmlinuz, boot/vmlinuz-$kver, boot/vmlinux-$kver, boot/Image-$kver, $dir/vmlinux); --kernel-image names one"
	assert_equal "${stderr_lines[1]}" "modclosure: $kver: unproved: the kernel's exported symbols are not known"
	run --separate-stderr "$MODBOX" modclosure --prove=known -k "$kver" src ext4
	assert_success
	[[ ${stderr_lines[-1]} = *' 0 modules proved, 0 refused, '*' unproved; no image, 0 exports; signatures not verified' ]]
	run --separate-stderr "$MODBOX" modclosure --prove --symvers=symvers -k "$kver" src ext4
	assert_failure 1
	assert_equal "${stderr_lines[0]}" "modclosure: $kver: unproved: without an image, the kernel's machine and vermagic are not known: --kernel-image"
}

@test "amd64: files that are not what they should be" {
	prepare
	copy_source
	local option
	echo hello >text
	for option in kernel-image kernel-config symvers; do
		run --separate-stderr "$MODBOX" modclosure --prove "--$option=text" -k "$kver" src ext4
		assert_failure 4
		run --separate-stderr "$MODBOX" modclosure --prove "--$option=none" -k "$kver" src ext4
		assert_failure 4
		[[ $stderr = *'cannot read none: No such file or directory'* ]]
	done
	# In SOURCE, an image that is none is unproved.
	echo hello >"src/boot/vmlinuz-$kver"
	run --separate-stderr "$MODBOX" modclosure --prove -k "$kver" src ext4
	assert_failure 1
	assert_equal "${stderr_lines[0]}" "modclosure: warning: src/boot/vmlinuz-$kver: not a kernel image that is known; --kernel-image names another"
	printf 'CONFIG_MODULES=n\n' >config
	prove --kernel-config=config
	assert_failure 1
	[[ ${stderr_lines[0]} = *': refused: the kernel loads no modules: MODULES is off in config (ENOSYS)' ]]
}

@test "amd64: usage, and --kernel still means --kernel-version" {
	prepare
	run "$MODBOX" modclosure --prove=all -k "$kver" "$indexed" ext4
	assert_failure 2
	run "$MODBOX" modclosure --symvers=symvers -k "$kver" "$indexed" ext4
	assert_failure 2
	assert_output --partial '--symvers needs --prove'
	run "$MODBOX" modclosure --prove --size -k "$kver" "$indexed" ext4
	assert_failure 2
	local short
	for short in --kernel --kern --ker --kernel-; do
		run "$MODBOX" modclosure "$short=$kver" "$indexed" crc16
		assert_success
		run "$MODBOX" modclosure "$indexed" $short "$kver" crc16
		assert_success
	done
	run "$MODBOX" modclosure --ke="$kver" "$indexed" crc16
	assert_failure 2
	assert_output --partial "ambiguous option '--ke'"
}

@test "amd64: signatures are not verified: unproved, if the kernel enforces them or that is not known" {
	prepare
	local n
	printf 'CONFIG_MODULES=y\nCONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_FORCE=y\n' >config
	prove --kernel-config=config
	n=${#lines[@]}
	refuses "$kver: unproved: the kernel loads only signed modules (MODULE_SIG_FORCE), and signatures are not verified"
	[[ ${stderr_lines[-1]} = "modclosure: 0 modules proved, 0 refused, $n unproved; "*'; signatures not verified' ]]
	prove --kernel-config=config --prove=known
	assert_success
	[[ ${stderr_lines[0]} = *"warning: $kver: unproved: "* ]]
	for config in 'CONFIG_MODULE_SIG=y' '# CONFIG_MODULE_SIG is not set'; do
		printf 'CONFIG_MODULES=y\n%s\n' "$config" >config
		prove --kernel-config=config
		assert_success
		[[ ${stderr_lines[-1]} = "modclosure: $n modules proved, "*'; signatures not verified' ]]
	done
	copy_source
	rm src/boot/config-*
	prove
	refuses "$kver: unproved: no configuration tells whether the kernel loads only signed modules, and signatures are not verified: --kernel-config"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Debugging information, which distributions' modules have none of: modules built out of tree by kbuild, and
# objects by a compiler for machines that no kernel is there for.

load strip

# built KERNEL VARIABLE=VALUE...: the external modules, built with -g, and with -g3, which makes groups
built() {
	local headers level
	headers=$("$MODBOX_SRC/scripts/fetch-headers" "$1")
	mkdir modules
	for level in -g -g3; do
		cp -r "$MODBOX_SRC/tests/boot/external" "external$level"
		make -s -C "$headers" M="$PWD/external$level" KCFLAGS="$level" "${@:2}" modules
		for file in "external$level"/*.ko; do
			run readelf -SW "$file"
			assert_output --partial .debug_info
			cp "$file" "modules/$level-${file##*/}"
		done
	done
	run readelf -SW modules/-g3-dummy.ko
	assert_output --partial .debug_macro
}

# shrunk: stripping leaves a tenth at most
shrunk() {
	local file size stripped
	for file in modules/*; do
		size=$(stat -c %s "$file")
		stripped=$(stat -c %s "debug/${file##*/}")
		[ $((10 * stripped)) -lt "$size" ] || fail "${file##*/}: $stripped of $size bytes"
	done
}

@test "amd64: external modules with -g" {
	built amd64
	same_as_others x86_64-linux-gnu
	shrunk
}

@test "arm64: external modules with -g" {
	built arm64 ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
	same_as_others aarch64-linux-gnu
	shrunk
}

# compiled TRIPLET: objects with -g, and with groups
compiled() {
	mkdir -p modules
	cat >object.c <<-'END'
		static int three(int x) { return 3 * x; }
		extern int needed(int), maybe(void) __attribute__((weak));
		int common, (*pointer)(int) = needed;
		int global(int x) { return needed(three(x)) + common + (maybe ? maybe() : 0); }
	END
	cat >groups.s <<-'END'
		.section .debug_macro,"G",%progbits,wm4.a,comdat
		.long 1
		.section .debug_types,"G",%progbits,mixed,comdat
		.long .Ltext
		.section .data.mixed,"awG",%progbits,mixed,comdat
		mixed: .long .Ltext
		.section .debug_info,"",%progbits
		.long .Ltext, mixed
		.text
		.Ltext: .long 0
		local: .long 0
	END
	clang --target="$1" -O1 -gdwarf-4 -c -o modules/object object.c
	clang --target="$1" -O1 -gdwarf-5 -fdebug-macro -ffunction-sections -c -o modules/sections object.c
	clang --target="$1" -c -o modules/groups groups.s
}

@test "objects of other machines: relocations, sections, symbols" {
	local triplet
	for triplet in x86_64-linux-gnu i686-linux-gnu arm-linux-gnueabi aarch64-linux-gnu mips64el-linux-gnuabi64 \
		powerpc64le-linux-gnu riscv64-linux-gnu s390x-linux-gnu; do
		echo "$triplet"
		compiled "$triplet"
		same_as_others "$triplet"
		rm -r {,gnu-,llvm-}{debug,unneeded}
	done
}

# No GNU strip is there for these.
@test "objects of big-endian machines of 32 and 64 bits" {
	local triplet
	for triplet in powerpc-linux-gnu powerpc64-linux-gnu mips-linux-gnu mips64-linux-gnuabi64; do
		echo "$triplet"
		compiled "$triplet"
		same_as_others
		rm -r {,llvm-}{debug,unneeded}
	done
}

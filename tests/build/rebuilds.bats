#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A symbol that changes has just the objects made again that name it.

load build

setup_file() {
	share_out
}
setup() {
	use_shared_out
	configure full_defconfig
	build
}

# The files that an object is made of, by its file of dependencies
sources_of() {
	sed 's/^.*\.o: //; s/ \\$//; /^$/q' "${1%.o}.d" | tr ' ' '\n' | grep '\.[ch]$' | grep -v generated/
}

# naming SYMBOL...: the objects a source or header of which has one of these names
naming() {
	local object names
	names=$(IFS='|'; echo "$*")
	find "$out" -name '*.o' | while read -r object; do
		! sources_of "$object" | xargs grep -qwE "(CONFIG_|ENABLED\()($names)" || echo "$object"
	done | sort
}

# turn SYMBOL: off, and build; $changed are the symbols that this changes
turn_off() {
	local header=$out/include/generated/autoconf.h
	cp "$header" "$BATS_TEST_TMPDIR/before"
	sed -i "s/^CONFIG_$1=y/# CONFIG_$1 is not set/" "$out/.config"
	configure olddefconfig
	build
	mapfile -t changed < <(diff "$BATS_TEST_TMPDIR/before" "$header" | sed -n 's/^> #define CONFIG_\(.*\) .*/\1/p')
	[ ${#changed[@]} -gt 0 ]
}

@test "an object depends on every symbol that the preprocessor finds in it" {
	local object source symbol n=0
	mkdir -p "$BATS_TEST_TMPDIR/include/generated"
	# Without values, the names are left.
	: >"$BATS_TEST_TMPDIR/include/generated/autoconf.h"
	read -r -a compile < <(sed "s|-I$out/include|-I$BATS_TEST_TMPDIR/include|; s/ -MMD .*//" "$out/flags")
	while read -r object; do
		source=$(sources_of "$object" | head -n 1)
		for symbol in $("${compile[@]}" -DMODBOX_VERSION= -E "$source" | grep -o 'CONFIG_[A-Z0-9_]\+' | sort -u); do
			[ -e "$out/include/config/${symbol#CONFIG_}" ] || continue
			grep -qF "$out/include/config/${symbol#CONFIG_} " <(tr '\n' ' ' <"${object%.o}.d") ||
				fail "$object does not depend on $symbol"
			n=$((n + 1))
		done
	done < <(find "$out" -name '*.o')
	[ "$n" -gt 50 ]
}

@test "symbols that are turned off: the objects that name each, and the binary of a build from scratch" {
	local symbol scratch=$BATS_TEST_TMPDIR/scratch
	cp "$out/modbox" "$BATS_TEST_TMPDIR/full"
	for symbol in FEATURE_THREADS FEATURE_CPIO FEATURE_COMPRESS_XZ; do
		turn_off "$symbol"
		assert_equal "$(find "$out" -name '*.o' -newer "$BATS_TEST_TMPDIR/before" | sort)" \
			"$(naming "${changed[@]}")"
		[ -n "$(naming "${changed[@]}")" ]
	done
	mkdir "$scratch"
	cp "$out/.config" "$scratch"
	out=$scratch build
	cmp "$out/modbox" "$scratch/modbox"
	# All on again: the binary that was built before.
	run ! cmp -s "$out/modbox" "$BATS_TEST_TMPDIR/full"
	configure full_defconfig
	build
	cmp "$out/modbox" "$BATS_TEST_TMPDIR/full"
}

@test "the same configuration, written anew, makes nothing again" {
	configure full_defconfig
	touch "$BATS_TEST_TMPDIR/before"
	build
	assert_equal "$(find "$out" -type f -name '*.o' -newer "$BATS_TEST_TMPDIR/before")" ''
	tables_agree
}

@test "a symbol that Kconfig has no more stops the build where it is named" {
	cp -r Makefile Kconfig VERSION configs scripts include core applets "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	sed -i '/^config FEATURE_THREADS$/,/^$/d' Kconfig
	run make -s O="$out" CFLAGS=-O0 "$out/$(grep -rl --include='*.c' FEATURE_THREADS core | head -n 1 | sed 's/c$/o/')"
	assert_failure
	assert_output --partial CONFIG_FEATURE_THREADS
}

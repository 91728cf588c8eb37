#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The other files of a module directory: lists, and indexes made by depmod.

load ../lib/common

# fake_depmod SHELL-CODE: make $depmod a program that runs this instead of depmod(8).  The
# code has $real, the real depmod, and $base and $dir, the directories given to it.
fake_depmod() {
	depmod=$BATS_TEST_TMPDIR/fake/depmod
	mkdir -p "${depmod%/*}"
	cat >"$depmod" <<-EOT
		#!/bin/bash
		real=$ORACLE/depmod
		while getopts b:C: option; do [ \$option = b ] && base=\$OPTARG; done
		dir=\$(echo "\$base"/lib/modules/*)
		OPTIND=1
		$1
	EOT
	chmod +x "$depmod"
}

# -- lists ------------------------------------------------------------------------

@test "other lists of built-in modules are copied, but not their indexes" {
	module a.ko
	echo ranges >"$tree/modules.builtin.ranges"
	echo stale >"$tree/modules.builtin.bin"
	modcopy -n -m a
	assert_line "usr/lib/modules/$kver/modules.builtin.ranges"
	copies -m a --depmod=none
	cmp "$copy/modules.builtin.ranges" "$tree/modules.builtin.ranges"
	assert_not_exists "$copy/modules.builtin.bin"
	assert_not_exists "$copy/modules.dep"
}

@test "modules.builtin and modules.builtin.modinfo are copied" {
	module a.ko
	builtin_module fs/ext4/ext4.ko alias=fs-ext4
	copies -m a
	cmp "$copy/modules.builtin" "$tree/modules.builtin"
	cmp "$copy/modules.builtin.modinfo" "$tree/modules.builtin.modinfo"
	assert_equal "$(stat -c '%a %y' "$copy/modules.builtin")" "$(stat -c '%a %y' "$tree/modules.builtin")"
}

@test "modules.order has SOURCE's lines, in order, of the modules in DEST" {
	for name in z y x w; do module kernel/$name.ko; done
	module kernel/fs/v.ko
	module extra/e.ko
	copies -m x -m e -m z
	assert_equal "$(cat "$copy/modules.order")" $'kernel/z.ko\nkernel/x.ko'
	copies -m y
	assert_equal "$(cat "$copy/modules.order")" $'kernel/z.ko\nkernel/y.ko\nkernel/x.ko'
}

@test "modules.order has .ko names, whatever the compression" {
	module kernel/b.ko.xz
	module kernel/a.ko.zst
	module kernel/c.ko.xz
	copies -m a -m b
	assert_equal "$(cat "$copy/modules.order")" $'kernel/b.ko\nkernel/a.ko'
}

@test "modules.order includes modules that DEST had before" {
	module kernel/a.ko
	module kernel/b.ko
	mkdir -p "$copy/kernel"
	cp "$tree/kernel/b.ko" "$copy/kernel/"
	copies -m a
	assert_equal "$(cat "$copy/modules.order")" $'kernel/a.ko\nkernel/b.ko'
}

@test "a run for built-in modules alone also writes lists and indexes" {
	module a.ko
	builtin_module lib/b.ko
	copies -m b
	assert_equal "$(modules_in "$dst")" ''
	assert_file_exists "$copy/modules.builtin.bin"
	assert_file_exists "$copy/modules.dep.bin"
}

# -- indexes ------------------------------------------------------------------------

@test "the indexes are those that depmod makes of DEST" {
	local dir
	for dir in usr/lib/modules lib/modules opt/kernels; do
		new_tree $dir
		module a.ko depends=b alias=some-a 'softdep=pre: c'
		module b.ko
		module c.ko.xz
		builtin_module lib/x.ko alias=some-x
		copies -m a -M $dir --depmod="$ORACLE/depmod"
		assert_equal "$(ls "$dst")" "${dir%%/*}"
		cp -a "$copy" indexed
		rm indexed/modules.{dep,alias,symbols,softdep,devname}* indexed/modules.builtin*.bin
		index indexed
		run diff -r "$copy" indexed
		assert_success
		rm -r indexed
	done
}

# root_at: the offset of the root node in DEST's modules.dep.bin and modules.alias.bin
root_at() {
	local index
	for index in dep alias; do
		od -An -tu1 -j9 -N3 "$copy/modules.$index.bin"
	done | awk '{ print ($1 * 256 + $2) * 256 + $3 }' | sort -u
}

@test "tries have the root node first as in kmod 34, or last as in kmod 30 if SOURCE's have" {
	module a.ko depends=b alias=some-a
	module b.ko weakdep=a
	for source in none 34 30 'stale 30'; do
		unindex
		case $source in
		34) index --weakdep ;;
		*30) index ;;
		esac
		[ "$source" != 'stale 30' ] || touch -d '+10 seconds' "$tree/kernel/a.ko"
		rm -rf "$dst"
		copies -m a
		case $source in
		*30) assert [ "$(root_at)" != 12 ] ;;
		*) assert_equal "$(root_at)" 12 ;;
		esac
		assert_equal "$(grep -c '^weakdep b a$' "$copy/modules.weakdep")" 1
		# An archive gets the same indexes.
		"$MODBOX" rpi-modcopy -k "$kver" -m a --cpio=archive "$src"
		rm -rf unpacked
		mkdir unpacked
		(cd unpacked && cpio -id --quiet <../archive)
		diff -r "$dst" unpacked
	done
}

@test "modprobe finds the copied modules in DEST" {
	new_tree lib/modules
	module a.ko depends=b alias=some-a 'softdep=pre: c'
	module b.ko
	module c.ko
	copies -m a
	run "$ORACLE/modprobe" -d "$dst" -S "$kver" -D some-a
	assert_success
	assert_equal "$(awk '{ print $2 }' <<<"$output" | names)" 'a b c'
}

@test "depmod uses SOURCE's depmod.d" {
	module kernel/a.ko
	module updates/a.ko
	depmod_d 'search built-in updates' 'exclude hidden'
	mkdir -p "$copy/updates" "$copy/hidden"
	mkmodule "$copy/updates/a.ko" name=a
	mkmodule "$copy/hidden/b.ko" name=b
	for who in builtin depmod; do
		modcopy -m a --depmod=$who
		assert_success
		assert_equal "$(cat "$copy/modules.dep")" kernel/a.ko:
	done
}

@test "external directories in SOURCE's depmod.d are not the host's" {
	module a.ko
	mkdir -p external
	mkmodule external/secret.ko name=secret
	depmod_d "external * $PWD/external" 'search external updates built-in'
	modcopy -m a
	assert_success
	assert_equal "$(cat "$copy/modules.dep")" kernel/a.ko:
}

@test "depmod never uses the host's depmod.d" {
	new_tree lib/modules
	module a.ko
	# The host's directory that depmod reads first.
	# shellcheck disable=SC2016 # the inner shell's
	under own_mounts sh -c 'mount -t tmpfs none /etc && mkdir /etc/depmod.d &&
		echo "exclude kernel" >/etc/depmod.d/x.conf && "$@" &&
		/sbin/depmod -n -b dst '"$kver"' >by-hand' sh
	copies -m a
	assert_equal "$(cat "$copy/modules.dep")" kernel/a.ko:
	# That configuration has a visible effect.
	run grep -c kernel/a.ko by-hand
	assert_output 0
}

@test "index files that an earlier depmod wrote and this one does not are removed" {
	module a.ko weakdep=b
	module b.ko
	copies -m a --depmod="$KMOD34/depmod"
	assert_file_exists "$copy/modules.weakdep"
	copies -m a --depmod="$ORACLE/depmod"
	assert_file_not_exists "$copy/modules.weakdep"
}

# -- which depmod -------------------------------------------------------------------

@test "a text index older than a module is not used" {
	module a.ko alias=old
	index
	touch -d '1 day ago' "$tree/modules.alias"
	touch -d '1 hour ago' "$tree/kernel/a.ko"
	modcopy -v -m a
	assert_success
	assert_line '# indexes: made by modbox from the modules'
	run "$MODBOX" rpi-modcopy -k "$kver" -v -m a --cpio=archive "$src"
	assert_success
	assert_line '# indexes: made by modbox from the modules'
	touch "$tree/modules.alias"
	modcopy -v -m a
	assert_success
	assert_line "# indexes: made by modbox from SOURCE's indexes"
}

@test "rows of very short names, and of names with '-', are taken from SOURCE's indexes" {
	module a.ko alias=pci:a depends=x-1 weakdep=sg
	module sg.ko alias=pci:sg softdep='pre: a'
	module x-1.ko alias=pci:x-1 alias='with a blank'
	module yx-1.ko alias=pci:other
	index --weakdep
	modcopy -v -m sg
	assert_success
	assert_line "# indexes: made by modbox from SOURCE's indexes"
	cp -r "$copy" taken
	mkdir empty
	"$MODBOX" depmod -b "$dst/usr" -C empty "$kver"
	diff -r taken "$copy"
	run grep -c '^alias' "$copy/modules.alias"
	assert_output 4
}

@test "weakdeps of modules copied by an earlier run stay in the index" {
	module a.ko weakdep=b
	module b.ko
	module c.ko
	index
	modcopy -m a
	assert_success
	cp "$copy/modules.weakdep" before
	modcopy -v -m c
	assert_success
	assert_line "# indexes: made by modbox from SOURCE's indexes"
	cmp before "$copy/modules.weakdep"
	grep -x 'weakdep a b' before
}

# covers LINE...: DEST's modules.weakdep has these lines, in any order
covers() {
	assert_equal "$(grep -v '^#' "$copy/modules.weakdep" | sort)" "$(printf '%s\n' "$@")"
}

@test "an update does not read modules for weakdeps that DEST's modules.weakdep has" {
	module a.ko.xz weakdep=b
	module b.ko.xz
	module c.ko.xz
	index
	copies -m a -m c --no-weakdep
	sleep 0.02 # more than a tick of the clock of files
	touch "$copy/modules.weakdep"
	# SOURCE's a can no longer be read; size and time are those of DEST's
	touch -r "$tree/kernel/a.ko.xz" time
	printf damaged | dd of="$tree/kernel/a.ko.xz" conv=notrunc status=none
	touch -r time "$tree/kernel/a.ko.xz"
	modcopy -v -m b
	assert_success
	assert_line "# indexes: made by modbox from SOURCE's indexes"
	covers 'weakdep a b'
	# without it, they are read: the damage is found, and DEST's modules are indexed
	rm "$copy/modules.weakdep"
	modcopy -v -m b
	assert_success
	assert_line '# indexes: made by modbox from the modules'
	covers 'weakdep a b'
}

@test "a module of DEST that is newer than its modules.weakdep is read again" {
	module a.ko.xz weakdep=b
	module b.ko.xz
	module c.ko.xz weakdep=d
	index
	copies -m a -m c --no-weakdep
	sleep 0.02
	touch "$copy/modules.weakdep"
	touch -r "$tree/kernel/a.ko.xz" time
	rm "$tree/kernel/a.ko.xz"
	module a.ko.xz weakdep=c
	touch -r time "$tree/kernel/a.ko.xz"
	index
	cp -p "$tree/kernel/a.ko.xz" "$copy/kernel/a.ko.xz"
	modcopy -v -m b
	assert_success
	assert_line "# indexes: made by modbox from SOURCE's indexes"
	covers 'weakdep a c' 'weakdep c d'
	# nor does it cover anything if modules.dep is newer, or a line is incomplete
	echo weakdep c a >"$copy/modules.weakdep"
	touch -d '1 second' "$copy/modules.dep"
	copies -m b
	covers 'weakdep a c' 'weakdep c d'
	printf 'weakdep c a' >"$copy/modules.weakdep"
	copies -m b
	covers 'weakdep a c' 'weakdep c d'
	rm "$copy/modules.weakdep"
	mkfifo "$copy/modules.weakdep"
	modcopy -v -m b
	assert_success
	covers 'weakdep a c' 'weakdep c d'
}

@test "depmod is found in PATH, else in /sbin or /usr/sbin" {
	module a.ko
	fake_depmod "echo \"\$real is it\"; exec \$real \"\$@\""
	PATH=${depmod%/*}:$PATH modcopy -m a --depmod=depmod
	assert_success
	assert_regex "$stderr" "^rpi-modcopy: warning: depmod: .* is it$"
	PATH=${depmod%/*}:$PATH modcopy -m a --depmod=auto
	assert_success
	assert_regex "$stderr" "^rpi-modcopy: warning: depmod: .* is it$"
	under env PATH=/nowhere
	copies -m a --depmod=depmod
	copies -m a --depmod=auto
}

@test "--depmod is a path, or a name in PATH" {
	module a.ko
	fake_depmod "echo ran; exec \$real \"\$@\""
	for name in "$depmod" fake/depmod ./fake/depmod; do
		modcopy -m a --depmod="$name"
		assert_success
		assert_equal "$stderr" 'rpi-modcopy: warning: depmod: ran'
	done
	cp "$depmod" fake/my-depmod
	PATH=$PWD/fake:$PATH modcopy -m a --depmod=my-depmod
	assert_success
	assert_equal "$stderr" 'rpi-modcopy: warning: depmod: ran'
}

@test "failures that would end the run late are found before anything is written" {
	module a.ko
	cp -a "$tree" "${tree%/*}/6.2.0-two"
	rm "$tree/modules.order"
	truncate -s 300M "$tree/modules.order"
	refuses 4 "cannot read $src/usr/lib/modules/$kver/modules.order: File too large" -m a
	rm "$tree/modules.order"
	mkfifo "$tree/modules.order"
	under timeout 10
	refuses 4 "$tree/modules.order is not a regular file" -k 6.2.0-two -m a
	rm "$tree/modules.order"
	mkdir -p "$copy/modules.order"
	refuses 4 "$copy/modules.order is not a regular file" -k 6.2.0-two -m a
	rm -r "$dst"
	[ "$MODBOX_BUILD" = valgrind ] || # which needs it itself
		TMPDIR=/nowhere refuses 4 "cannot write to /nowhere: *; set TMPDIR to another place" \
			-m a --depmod=depmod
	mv "$tree" "${tree%/*}/one"
	refuses_between 4 "one: depmod(8) requires a version *" "$src" "$dst" -k one -m a --depmod=depmod
	modcopy_between "$src" "$dst" -k one -m a
	assert_success
}

@test "no depmod: status 4 before anything is written" {
	module a.ko
	: >not-executable
	refuses 4 '--depmod=/nowhere/depmod: No such file or directory' -m a --depmod=/nowhere/depmod
	refuses 4 '--depmod=./not-executable: Permission denied' -m a --depmod=./not-executable
	refuses 4 '--depmod=/tmp: *' -m a --depmod=/tmp
	refuses 4 '--depmod=no-such-depmod: not in PATH, /sbin or /usr/sbin' -m a --depmod=no-such-depmod
	# shellcheck disable=SC2016 # the inner shell's
	under own_mounts sh -c 'mount -t tmpfs none /sbin && mount -t tmpfs none /usr/sbin &&
		PATH=/nowhere exec "$@"' sh
	refuses 4 '--depmod=depmod: not in PATH, /sbin or /usr/sbin' -m a --depmod=depmod
	chooses a -m a --depmod=depmod
	modcopy -m a --depmod=auto -v
	assert_success
	assert_line '# indexes: made by modbox from the modules'
}

# -- depmod's failures ----------------------------------------------------------------

@test "depmod's messages are passed to standard error in modbox's format" {
	module a.ko
	fake_depmod "echo one >&2; echo 'depmod: WARNING: two'; printf 'three\nfour'; exec \$real \"\$@\""
	modcopy -m a --depmod="$depmod"
	assert_success
	assert_output ''
	assert_equal "$stderr" 'rpi-modcopy: warning: depmod: one
rpi-modcopy: warning: depmod: two
rpi-modcopy: warning: depmod: three
rpi-modcopy: warning: depmod: four'
}

@test "depmod's messages show DEST's paths" {
	module a.ko
	fake_depmod "echo \"cannot do \$dir/modules.dep\"; exec \$real \"\$@\""
	modcopy -m a --depmod="$depmod"
	assert_equal "$stderr" "rpi-modcopy: warning: depmod: cannot do $copy/modules.dep"
}

@test "depmod fails: status 4" {
	module a.ko
	fake_depmod 'echo "no luck" >&2; exit 3'
	modcopy -m a --depmod="$depmod"
	assert_failure 4
	assert_output ''
	assert_equal "${stderr_lines[0]}" 'rpi-modcopy: warning: depmod: no luck'
	assert_regex "${stderr_lines[1]}" "^rpi-modcopy: $copy: $depmod failed \(status 3\)"
	assert_file_not_exists "$copy/modules.dep"
	assert_no_leftovers
}

@test "depmod is killed: status 4" {
	module a.ko
	fake_depmod "kill -SEGV \$\$"
	modcopy -m a --depmod="$depmod"
	assert_failure 4
	assert_regex "$stderr" "^rpi-modcopy: $copy: $depmod was killed by signal 11"
}

@test "depmod cannot be executed: status 4" {
	module a.ko
	printf 'no program' >broken
	chmod +x broken
	modcopy -m a --depmod=./broken
	assert_failure 4
}

@test "depmod skips a copied module: status 4, and the old indexes stay" {
	module a.ko depends=b
	module b.ko.gz
	copies -m b --depmod="$ORACLE/depmod"
	local before
	before=$(cat "$copy/modules.dep")
	# Silently, like a depmod without zlib.
	fake_depmod "\$real \"\$@\"; sed -i '/^[^:]*gz:/d' \$dir/modules.dep"
	modcopy -m a --depmod="$depmod"
	assert_failure 4
	assert_equal "${#stderr_lines[@]}" 1
	assert_regex "$stderr" "^rpi-modcopy: $copy/kernel/b.ko.gz: .*depmod left it out.*cannot.*read \.ko\.gz"
	assert_equal "$(cat "$copy/modules.dep")" "$before"
}

@test "depmod does not write all of its files: status 4" {
	module a.ko
	fake_depmod "\$real \"\$@\"; rm \$dir/modules.alias.bin"
	modcopy -m a --depmod="$depmod"
	assert_failure 4
	assert_regex "$stderr" 'depmod did not make modules.alias.bin'
	fake_depmod exit
	modcopy -m a --depmod="$depmod"
	assert_failure 4
	assert_regex "$stderr" 'depmod did not make modules.dep'
}

@test "depmod skips a module that DEST had before: a warning" {
	module a.ko
	mkdir -p "$copy/kernel"
	mkmodule "$copy/kernel/b.ko" name=b
	fake_depmod "\$real \"\$@\"; sed -i /b.ko:/d \$dir/modules.dep"
	modcopy -m a --depmod="$depmod"
	assert_success
	assert_regex "$stderr" "^rpi-modcopy: warning: $copy/kernel/b.ko: depmod left it out"
}

@test "a module in DEST with a path that no index can hold is skipped" {
	local odd
	module a.ko alias=x
	for odd in $'c\nkernel/a.ko' 'c: c' $'c\td'; do
		rm -rf "$dst"
		unindex
		mkdir -p "$copy/kernel/$odd"
		mkmodule "$copy/kernel/$odd/b.ko" name=b alias=y
		modcopy -m a
		assert_success
		assert_equal "${#stderr_lines[@]}" 1
		assert_regex "$stderr" "^rpi-modcopy: warning: $copy/kernel/c.*/b.ko: skipped: an index cannot hold this path"
		assert_equal "$(<"$copy/modules.dep")" kernel/a.ko:
		assert_equal "$(grep -v '^#' "$copy/modules.alias")" 'alias x a'
		# from SOURCE's indexes: the same
		index
		modcopy -v -m a
		assert_success
		assert_line "# indexes: made by modbox from SOURCE's indexes"
		assert_equal "${#stderr_lines[@]}" 1
		assert_equal "$(<"$copy/modules.dep")" kernel/a.ko:
		# no message about modules that depmod.d excludes
		unindex
		depmod_d 'exclude b.ko'
		copies -m a
		rm -r "${src:?}/etc"
	done
}

@test "any later version of depmod works" {
	local dir
	for dir in usr/lib/modules opt; do
		new_tree $dir
		module a.ko depends=b alias=x weakdep=c
		module b.ko.xz
		module c.ko.zst
		copies -m x -M $dir --depmod="$KMOD34/depmod"
		assert_equal "$(cut -d : -f 1 "$copy/modules.dep" | names)" 'a b c'
		assert_file_contains "$copy/modules.weakdep" 'weakdep a c'
	done
}

@test "nothing is left in TMPDIR" {
	module a.ko
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	copies -m a
	fake_depmod 'exit 1'
	modcopy -m a --depmod="$depmod"
	assert_failure 4
	assert_equal "$(ls -A "$TMPDIR")" ''
	[ "$MODBOX_BUILD" != valgrind ] || return 0 # it needs TMPDIR itself
	TMPDIR=/nowhere modcopy -m a --depmod=depmod
	assert_failure 4
	assert_regex "$stderr" '/nowhere.*TMPDIR'
}

@test "a module that depmod cannot read is an error, not a row without dependencies" {
	module a.ko.xz
	# modbox goes by the contents and can read it; a depmod without zlib cannot.
	xz -dc "$tree/kernel/a.ko.xz" | gzip -n >a.gz
	mv a.gz "$tree/kernel/a.ko.xz"
	mkdir bin
	printf '%s\n' '#!/bin/sh' 'echo "depmod: ERROR: failed to load symbols from x.ko: Invalid argument" >&2' \
		"exec '$ORACLE/depmod' \"\$@\"" >bin/depmod
	chmod +x bin/depmod
	modcopy -m a --depmod=bin/depmod
	assert_failure 4
	assert_regex "$stderr" 'depmod could not read a module'
	assert_not_exists "$copy/modules.dep"
}

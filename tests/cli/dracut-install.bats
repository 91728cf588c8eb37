#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# dracut-install: what tests/kernels/dracut-install.bats does not compare with dracut's own.

# shellcheck disable=SC2016 # other shells expand these

load ../lib/common

setup() {
	begin
	new_tree usr/lib/modules
	copy=$dst/lib/modules/$kver
	mkdir -p "$dst"
	firmware=$BATS_TEST_TMPDIR/firmware
	unset DRACUT_TMPDIR MODBOX_FACTS MODBOX_COMPAT DRACUT_LOG_LEVEL DRACUT_INSTALL_LOG_LEVEL
	builtin_module lib/built.ko
	module a.ko.xz depends=b firmware=fw/a.bin 'softdep=pre: c' 'softdep=post: d' symbol=b_function
	module b.ko
	module c.ko alias=x-y
	module d.ko
	module e.ko weakdep=d
	index
}

# install ARGUMENT...: run it for $tree and $dst
install() {
	run --separate-stderr "${under[@]}" "$MODBOX" dracut-install -D "$dst" --kerneldir "$tree" \
		--firmwaredirs "$firmware" "$@"
}

# installs 'NAME...' ARGUMENT...: it succeeds silently, and these modules are in a new DEST
installs() {
	rm -rf "$dst"
	mkdir "$dst"
	install "${@:2}"
	assert_success
	assert_equal "$stderr$output" ''
	assert_equal "$(modules_in "$copy")" "$1"
}

# opened: the number of modules whose files the last run opened
opened() {
	grep -v O_PATH trace | grep -c 'open.*\.ko[."].*O_RDONLY' || :
}

traced() {
	under strace -f -qq -e trace=open,openat,openat2 -o trace
	export ASAN_OPTIONS=detect_leaks=0
}

@test 'all softdep lines and weakdeps are followed; with --compat as libkmod does' {
	installs 'a b c d' -m a
	installs 'd e' -m e
	installs 'a b c' --compat -m a
	installs e -m e --compat
	export MODBOX_COMPAT=1
	installs 'a b c' -m a
}

@test 'of softdeps in modprobe.d and the index, libkmod reads the first file' {
	# The applet reads the configuration of the host.
	run --separate-stderr own_mounts sh -c '
		mount -t tmpfs none /etc && mkdir /etc/modprobe.d && echo "softdep a pre: e" >/etc/modprobe.d/$0.conf &&
		exec "$@"' m "$MODBOX" dracut-install --compat -D "$dst" --kerneldir "$tree" -m a
	assert_success
	assert_equal "$(modules_in "$copy")" 'a b e'
	rm -rf "${dst:?}"/*
	run --separate-stderr own_mounts sh -c '
		mount -t tmpfs none /etc && mkdir /etc/modprobe.d && echo "softdep a pre: e" >/etc/modprobe.d/$0.conf &&
		exec "$@"' n "$MODBOX" dracut-install --compat -D "$dst" --kerneldir "$tree" -m a
	assert_success
	assert_equal "$(modules_in "$copy")" 'a b c'
}

@test 'files of DEST are kept, and no other is written' {
	mkdir -p "$copy/kernel"
	echo kept >"$copy/kernel/b.ko"
	echo kernel/z.ko >"$copy/modules.order"
	install -m a
	assert_success
	assert_equal "$(cat "$copy/kernel/b.ko" "$copy/modules.order")" $'kept\nkernel/z.ko'
	assert_equal "$(find "$dst" -type f -printf '%f\n' | sort | xargs)" \
		'a.ko.xz b.ko c.ko d.ko modules.order'
}

@test 'later calls read no module again' {
	export MODBOX_FACTS=$BATS_TEST_TMPDIR/facts
	mkdir "$MODBOX_FACTS"
	traced
	installs 'a b c d' -m a
	[ "$(opened)" -gt 0 ]
	install -o -m a -s b_function
	assert_success
	assert_equal "$(opened)" 0
	install -m e
	assert_success
	install -m e a
	assert_success
	assert_equal "$(opened)" 0
	# What has changed is read.
	module d.ko firmware=fw/new.bin
	mkdir -p "$firmware/fw"
	echo new >"$firmware/fw/new.bin"
	install -m a
	assert_success
	assert_file_exists "$dst$firmware/fw/new.bin"
}

@test 'the record of a kernel is used' {
	"$MODBOX" depmod -b "$src" -m usr/lib/modules --record "$kver"
	sleep 0.02
	traced
	installs 'a b c d' -m a
	rm -rf "$copy"
	mkdir -p "$copy"
	install -n -m a
	assert_success
	assert_equal "$(opened)" 0
	assert_equal "$(names <<<"$output")" 'a b c d'
}

@test 'the facts of others are not believed' {
	export MODBOX_FACTS=$BATS_TEST_TMPDIR/facts
	mkdir "$MODBOX_FACTS"
	echo junk >"$MODBOX_FACTS/modules.modbox"
	installs 'a b c d' -m a
	installs 'a b c d' -m a
	MODBOX_FACTS=/nonexistent installs 'a b c d' -m a
}

@test 'firmware from each directory, plain or compressed, with its links' {
	mkdir -p "$firmware/fw" other/fw real
	echo a >"$firmware/fw/b.bin"
	ln -s b.bin "$firmware/fw/a.bin"
	echo a >other/fw/a.bin.xz
	rm -rf "$dst"
	mkdir "$dst"
	install --firmwaredirs "$firmware:$PWD/other" -m a
	assert_success
	assert_equal "$(readlink "$dst$firmware/fw/a.bin")" b.bin
	assert_equal "$(cat "$dst$firmware/fw/a.bin" "$dst$PWD/other/fw/a.bin.xz")" $'a\na'
}

@test 'firmware above its directory is not copied' {
	echo secret >secret
	module f.ko firmware=../secret
	index
	installs f -m f
	refute [ -e "$dst$BATS_TEST_TMPDIR/secret" ]
}

@test 'a link of DEST does not lead out of it' {
	mkdir outside
	ln -s "$PWD/outside" "$dst/lib"
	install -m b
	assert_equal "$(ls outside)" ''
}

@test '-n lists the files, and writes nothing' {
	run --separate-stderr "$MODBOX" dracut-install -n --kerneldir "$tree" -m a
	assert_success
	assert_output "$tree/kernel/a.ko.xz
$tree/kernel/b.ko
$tree/kernel/c.ko
$tree/kernel/d.ko"
}

@test '-f copies checksums too' {
	echo sum >"$tree/kernel/.b.ko.hmac"
	install -f -m b
	assert_success
	assert_equal "$(cat "$copy/kernel/.b.ko.hmac")" sum
}

@test 'extended attributes, unless DRACUT_NO_XATTR is set' {
	setfattr -n user.note -v x "$tree/kernel/b.ko"
	installs b -m b
	run getfattr --absolute-names --only-values -n user.note "$copy/kernel/b.ko"
	[ "$(id -u)" != 0 ] || assert_output x
	DRACUT_NO_XATTR=1 installs b -m b
	run getfattr --absolute-names -d "$copy/kernel/b.ko"
	assert_output ''
}

@test 'other calls are handed on unchanged' {
	printf '#!/bin/sh\nprintf "%%s\\n" "$0" "$@"\nexit 7\n' >real
	chmod +x real
	export MODBOX_DRACUT_INSTALL=$PWD/real
	run --separate-stderr "$MODBOX" dracut-install -D "$dst" -a cat -o ls -- -m
	assert_failure 7
	assert_output "$PWD/real
-D
$dst
-a
cat
-o
ls
--
-m"
	run --separate-stderr "$MODBOX" dracut-install b -m --unknown -D
	assert_failure 7
	assert_output "$PWD/real
b
-m
--unknown
-D"
}

# The emulator runs no programs of its kind.
# bats test_tags=native
@test 'a loop of handing on is an error' {
	mkdir bin
	"$MODBOX" --install -s bin dracut-install
	export MODBOX_DRACUT_INSTALL=$PWD/bin/dracut-install
	run --separate-stderr "$MODBOX" dracut-install -D "$dst" -a cat
	assert_failure 1
	assert_equal "$stderr" \
		"dracut-install: cannot run $PWD/bin/dracut-install: it is modbox itself; set MODBOX_DRACUT_INSTALL to dracut's own"
	MODBOX_DRACUT_INSTALL=/nonexistent run --separate-stderr "$MODBOX" dracut-install -D "$dst" -a cat
	assert_failure 1
	assert_equal "$stderr" "dracut-install: cannot run /nonexistent: No such file or directory; set \
MODBOX_DRACUT_INSTALL to dracut's own"
}

@test 'bad input: message and status are those of dracut, and nothing is written' {
	install -m -p '(' a
	assert_failure 1
	assert_equal "$stderr" 'dracut-install: Module path filter ( is not a regular expression'
	install -m b nosuch
	assert_failure 254
	assert_equal "$stderr" "dracut-install: Failed to find module 'nosuch'"
	rm -r "$copy"
	install --kerneldir "$src" -m a
	assert_failure 254
	assert_equal "$stderr" "dracut-install: Failed to find module 'a'"
	install -L "$PWD/none" -m a
	assert_failure 1
	assert_regex "$stderr" 'Could not open .*/none/[0-9]*\.log for logging: No such file or directory$'
	install -D /nonexistent -m a
	assert_failure 1
	assert_equal "$stderr" \
		"dracut-install: Environment DESTROOTDIR or argument -D is set to '/nonexistent': No such file or directory"
	assert_equal "$(find "$dst" -type f)" ''
}

@test 'a full DEST: an error, and no file is half written' {
	module -b 64 big.ko
	head -c 300000 /dev/zero >>"$tree/kernel/big.ko"
	index
	run --separate-stderr own_mounts sh -c 'mount -t tmpfs -o size=100k none "$0" && { "$@"
		status=$?; find "$0" -type f -printf "%f\n"; exit $status; }' \
		"$dst" "$MODBOX" dracut-install -D "$dst" --kerneldir "$tree" -m big b
	assert_failure 1
	assert_equal "$stderr" \
		"dracut-install: cannot write $dst/lib/modules/$kver/kernel/big.ko: No space left on device"
	# The other module may have met the full disk too, beside the first.
	[[ $output = b.ko || $output = '' ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modinst on small trees: failures and signals midway, after which ROOT has the old modules or the new
# ones, with their indexes; and paths that lead out of the module directory.  tests/faults fails each
# system call, tests/hostile kills it, tests/kernels installs real modules.
# bats file_tags=native

load ../lib/common

# A root with modules of one's own, of which the new ones, in built/, replace one that is compressed.
setup() {
	begin_traced
	add_tree
	module a.ko
	module updates/own.ko depends=a description=older
	module updates/packed.ko.xz description=older
	mv "$src" root
	"$MODBOX" depmod -b root -m usr/lib/modules "$kver"
	add_tree
	module -p 30000 updates/own.ko depends=a
	module updates/packed.ko depends=own
	module updates/another.ko
	mv "$tree/updates" built
	rm -r "$src"
	cp -a root before
	top=root/usr/lib/modules/$kver
	# With one processor there is one thread, so the order of calls is fixed.
	cpu=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
	arguments=(modinst --no-check -k "$kver" root built)
}

sums() {
	(cd "$1" && find . -type f -exec md5sum {} + | sort -k 2)
}

# expected: after/ is the result without failures
expected() {
	"$MODBOX" "${arguments[@]}"
	mv root after
	cp -a before root
}

# restored: ROOT is as before, and nothing temporary is left
restored() {
	assert_equal "$(sums root)" "$(sums before)"
	assert_equal "$(find "$TMPDIR" root -mindepth 1 \( -name '.modbox-*' -o -path "$TMPDIR/*" \))" ''
}

# traced N CALL WHAT: do this at the N-th of these calls
traced() {
	rm -rf root
	cp -a before root
	run --separate-stderr taskset -c "$cpu" strace -qq -o injected -e "trace=$2" -e "inject=$2:$3:when=$1" \
		"$MODBOX" "${arguments[@]}"
}

@test "modules that cannot get their names: those before them are taken back" {
	local n failures=0
	for n in 1 2 6 12; do
		traced $n renameat error=ENOSPC
		[ "$status" != 0 ] || continue
		assert_failure 4
		[[ $stderr = "modinst: cannot write root/usr/lib/modules/$kver/"*': No space left on device' ]]
		restored
		failures=$((failures + 1))
	done
	[ $failures = 4 ]
}

@test "a disk that fills up at any point: the old modules and indexes, or the new ones" {
	expected
	local free full=0
	for free in 0 40 56 72 80 88 400; do
		rm -rf root
		mkdir root
		# shellcheck disable=SC2016 # the inner shell's
		run --separate-stderr own_mounts bash -c '
			mount -t tmpfs -o size=1m none root || exit 99
			cp -a before/. root
			space=$(df --output=avail -k root | tail -n 1)
			head -c $(((space - $1) * 1024)) /dev/zero >root/filler
			"${@:2}"
			status=$?
			rm root/filler
			cp -a root copy
			exit $status' bash $free "$MODBOX" "${arguments[@]}"
		rm -r root
		mv copy root
		if [ "$status" = 4 ]; then
			assert_equal "${#stderr_lines[@]}" 1
			restored
			full=$((full + 1))
		else
			assert_success
			assert_equal "$(sums root)" "$(sums after)"
		fi
	done
	[ $full -ge 3 ]
	assert_success # with 400 KiB
}

@test "SIGTERM and SIGINT midway: the old modules or the new ones, and nothing is left behind" {
	expected
	local n signal call stopped=0
	for call in 'SIGTERM renameat' 'SIGTERM linkat' 'SIGINT copy_file_range' 'SIGINT write'; do
		signal=${call% *} call=${call#* }
		for n in 1 5 9; do
			traced $n "$call" "signal=$signal"
			[ "$status" != 0 ] || { assert_equal "$(sums root)" "$(sums after)"; continue; }
			assert_failure 4
			assert_equal "$stderr" "modinst: interrupted by $signal"
			restored
			stopped=$((stopped + 1))
		done
	done
	[ $stopped -ge 6 ]
}

@test "a signal while a program strips: it is killed, and nothing is left behind" {
	printf '%s\n' '#!/bin/sh' 'echo $$ >pid.new && mv pid.new pid' 'exec sleep 1000' >slow-strip
	chmod +x slow-strip
	local started pid signal
	for signal in TERM INT; do
		rm -f pid
		env --default-signal "$MODBOX" modinst --no-check -k "$kver" --strip-program=./slow-strip root \
			built/another.ko 2>err &
		started=$!
		while [ ! -e pid ]; do sleep 0.02; done
		kill -$signal $started
		status=0
		wait $started || status=$?
		assert_equal "$status" 4
		assert_equal "$(cat err)" "modinst: interrupted by SIG$signal"
		pid=$(cat pid)
		[ ! -e "/proc/$pid/exe" ]
		restored
	done
}

@test "--process in a directory that a killed run left with a module in two compressions" {
	cp built/packed.ko "$top/updates"
	run --separate-stderr "$MODBOX" modinst --no-check --process -k "$kver" root "usr/lib/modules/$kver/updates"
	assert_success
	assert_equal "$stderr" ''
	assert_equal "$(ls "$top/updates")" "$(printf '%s.ko\n' own packed)"
	cmp "$top/updates/packed.ko" built/packed.ko
}

@test "with a record that shows the indexes to be right: modules are replaced and removed all the same" {
	"$MODBOX" modinst --no-check --record -k "$kver" root built
	"$MODBOX" modinst --remove -k "$kver" root another
	mkmodule "$top/updates/extra.ko" name=extra
	run --separate-stderr "$MODBOX" modinst --remove -k "$kver" root extra
	assert_success
	[ ! -e "$top/updates/extra.ko" ]
	xz --check=crc32 -k "$top/updates/packed.ko"
	touch -d '1 day ago' built/own.ko
	run --separate-stderr "$MODBOX" modinst --no-check -k "$kver" root built
	assert_success
	[ ! -e "$top/updates/packed.ko.xz" ]
	assert_equal "$(stat -c %Y "$top/updates/own.ko")" "$(stat -c %Y built/own.ko)"
}

@test "a module directory that cannot be read is not taken for one that is not there" {
	traced 1 openat2 error=EIO
	assert_failure 4
	[[ $stderr = "modinst: cannot read $top: "* ]]
	restored
}

@test "paths that lead out of the module directory" {
	local into
	for into in .. ../out updates/../../out /out ''; do
		run --separate-stderr "$MODBOX" modinst --no-check -k "$kver" --into="$into" root built
		assert_failure 2
		restored
	done
	for into in ../built ../../../../../built usr/lib/modules/other "usr/lib/modules/$kver/../x"; do
		run --separate-stderr "$MODBOX" modinst --no-check -k "$kver" --process --strip root "$into"
		assert_failure
		restored
	done
	run --separate-stderr "$MODBOX" modinst --no-check -k ../../../x root built
	assert_failure 2
	restored
}

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

# process OPTION...: modinst --process of the whole module directory, which needs no TMPDIR
process() {
	TMPDIR=/nowhere run --separate-stderr "$MODBOX" modinst --process --no-check "$@" root "usr/lib/modules/$kver"
}

# indexed_by_depmod: modules.dep is what depmod makes
indexed_by_depmod() {
	mkdir -p plain/lib/modules
	cp -a "$top" "plain/lib/modules/$kver"
	"$KMOD34/depmod" -b plain "$kver"
	assert_equal "$(sort "$top/modules.dep")" "$(sort "plain/lib/modules/$kver/modules.dep")"
}

# both_kinds: as hooks leave an initramfs
both_kinds() {
	cp built/packed.ko "$top/updates"
	cp built/own.ko "$top/kernel/b.ko"
	xz --check=crc32 "$top/kernel/b.ko"
	gzip -c built/another.ko >"$top/kernel/another.ko.gz"
	gzip -c "$top/kernel/a.ko" >"$top/updates/a.ko.gz"
	mkdir "$top/weak"
	ln -s ../kernel/another.ko.gz "$top/weak/linked.ko.gz"
	echo kernel/a.ko >"$top/modules.order"
	rm -rf before
	cp -a root before
}

@test "--process of a whole directory with .ko and compressed modules: all become .ko" {
	both_kinds
	local inode
	inode=$(stat -c %i "$top/kernel/a.ko")
	process --compress=none -v
	assert_success
	assert_equal "$stderr" "modinst: updates/packed.ko.xz goes: packed.ko is the same module"
	assert_output "$(printf '# from root/usr/lib/modules/%s\nusr/lib/modules/%s\n' \
		"$kver/kernel/another.ko.gz" "$kver/kernel/another.ko" "$kver/kernel/b.ko.xz" "$kver/kernel/b.ko" \
		"$kver/updates/a.ko.gz" "$kver/updates/a.ko" "$kver/weak/linked.ko.gz" "$kver/weak/linked.ko")"
	assert_equal "$(cd "$top" && find . -mindepth 2 | LC_ALL=C sort | tr '\n' ' ')" \
		"./kernel/a.ko ./kernel/another.ko ./kernel/b.ko ./updates/a.ko ./updates/own.ko ./updates/packed.ko ./weak/linked.ko "
	assert_equal "$(find "$top" -name '*.ko' -type l)" ''
	assert_equal "$(stat -c %i "$top/kernel/a.ko")" "$inode"
	cmp "$top/kernel/b.ko" built/own.ko
	cmp "$top/weak/linked.ko" built/another.ko
	cmp "$top/updates/packed.ko" built/packed.ko
	assert_equal "$(stat -c %Y "$top/kernel/another.ko")" "$(stat -c %Y "before/usr/lib/modules/$kver/kernel/another.ko.gz")"
	assert_equal "$(<"$top/modules.order")" kernel/a.ko
	grep -q '^updates/a.ko:' "$top/modules.dep"
	indexed_by_depmod
	process --compress=none -v
	assert_success
	assert_output ''
}

@test "--process of a whole directory: all or none, and few open files" {
	both_kinds
	rm -r "$top/weak"
	local n
	for n in $(seq 40); do gzip -c built/another.ko >"$top/kernel/m$n.ko.gz"; done
	cp -a "$top/kernel/b.ko.xz" whole
	head -c 200 whole >"$top/kernel/b.ko.xz"
	rm -rf before
	cp -a root before
	process --compress=none
	assert_failure 4
	assert_equal "$stderr" "modinst: $top/kernel/b.ko.xz: xz stream is truncated"
	restored
	xz --check=crc32 -c <<<'this is no module at all' >"$top/kernel/b.ko.xz"
	cp -a "$top/kernel/b.ko.xz" "before/usr/lib/modules/$kver/kernel"
	process --no-index --compress=none
	assert_failure 4
	restored
	mv whole "$top/kernel/b.ko.xz"
	ulimit -n 32
	process --compress=none
	assert_success
	assert_equal "$(find root -name '*.ko.*' -o -name '.modbox*')" ''
	cmp "$top/kernel/m40.ko" built/another.ko
	indexed_by_depmod
}

@test "--process in a directory that a killed run left with a module in two compressions" {
	cp built/packed.ko "$top/updates"
	run --separate-stderr "$MODBOX" modinst --no-check --process -k "$kver" root "usr/lib/modules/$kver/updates"
	assert_success
	assert_equal "$stderr" "modinst: updates/packed.ko.xz goes: packed.ko is the same module"
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

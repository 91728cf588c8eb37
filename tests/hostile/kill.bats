#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGKILL at random system calls of large runs, and at some system calls of small ones, or each.
#
# Wherever it hits: each file under a final name is completely old or completely new; the indexes
# name only existing modules; and running the command again gives the same result as an
# uninterrupted run, without leftover files.
#
# The points depend on HOSTILE_SEED, which each run prints; set it to repeat a run.
# shellcheck disable=SC2154 # common.bash sets $src, $kver, ...
# bats file_tags=static

load ../lib/common

# A kernel of about 250 modules and a list of them, for all tests of this file.
setup_file() {
	local kernel dir options=()
	kernel=$("$MODBOX_SRC/scripts/fetch-kernel" --indexed next-amd64)
	for dir in crypto fs drivers/{ata,block,md,nvme,virtio}; do
		options+=(-m "kernel/$dir/")
	done
	kver=$(ls "$kernel/usr/lib/modules")
	"$MODBOX" rpi-modcopy -k "$kver" "${options[@]}" "$kernel" "$BATS_FILE_TMPDIR/src"
	sed 's/:.*//; s|.*/||; s/\.ko.*//' "$BATS_FILE_TMPDIR/src/usr/lib/modules/$kver/modules.dep" \
		>"$BATS_FILE_TMPDIR/list"
	[ "$(wc -l <"$BATS_FILE_TMPDIR/list")" -gt 200 ]
	export HOSTILE_SEED=${HOSTILE_SEED:-$RANDOM}
	echo "# HOSTILE_SEED=$HOSTILE_SEED" >&3
}

# Commands write to now/, which starts as a copy of before/.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir tmp before empty
	list=$BATS_FILE_TMPDIR/list
	dst=$BATS_TEST_TMPDIR/now/dst
}

# large: the kernel of setup_file(); small: a few modules with configuration and firmware
large() {
	src=$BATS_FILE_TMPDIR/src
	kver=$(ls "$src/usr/lib/modules")
	set_module_dir usr/lib/modules
}

small() {
	src=$BATS_TEST_TMPDIR/src
	add_tree
	module a.ko.xz depends=b alias=some-a firmware=one.bin firmware=linked/two.bin
	module b.ko.xz 'softdep=pre: c'
	module c.ko.xz alias=some-c
	builtin_module lib/x.ko alias=some-x
	index --weakdep
	modprobe_d 'options a debug=1' 'blacklist b'
	mkdir -p "$src/usr/lib/firmware/real"
	echo one >"$src/usr/lib/firmware/one.bin"
	echo two >"$src/usr/lib/firmware/real/two.bin"
	ln -s real "$src/usr/lib/firmware/linked"
}

restore() {
	rm -rf now
	cp -a before now
}

# Contents of files and targets of links, except those with temporary names, and records, which hold times.
sums() {
	(cd "$1" && find . ! -name '.modbox-*' ! -name modules.modbox \( -type l -printf '%p %l\n' -o -type f -exec md5sum {} + \))
}

# A tree's files, types, modes and links, with times of modules only.
held() {
	find "$1" -printf '%P %y %m %l ' \( -name '*.ko*' -type f -printf '%T@\n' -o -printf '\n' \) | sort
}

# rows FILE...: the paths of the modules that have a row in modules.dep
rows() {
	sed 's/:.*//' "$@" | sort -u
}

# names_of FILE...: turn paths of modules into names
names_of() {
	sed 's|.*/||; s/\.ko.*//; s/-/_/g' "$@" | sort -u
}

# modprobe_in DIR OPTION...: run modprobe on the indexes of a module directory
modprobe_in() {
	mkdir -p base/lib/modules
	ln -sfn "$(realpath "$1")" "base/lib/modules/$kver"
	"$ORACLE/modprobe" -d base -S "$kver" -C empty "${@:2}"
}

# without_module FILE...: index lines about modules that are not in names
without_module() {
	awk 'FILENAME == "names" { there[$0]; next }
		!/^(#|options |$)/ {
			name = FILENAME ~ /devname$/ ? $1 : $1 == "alias" ? $NF : $2
			gsub(/-/, "_", name)
			if (!(name in there))
				print FILENAME ": " $0
		}' names "$@"
}

# assert_dep_bin_holds WHEN DIR: modules.dep.bin has the same modules as the modules.dep that was
# made with it, in before/ or after/
assert_dep_bin_holds() {
	local dir=$2 top code=0
	for top in before after ''; do
		! cmp -s "$dir/modules.dep.bin" "$top/${dir#*/}/modules.dep.bin" || break
	done
	[ -n "$top" ] || fail "$1: modules.dep.bin is neither the old one nor the new one"
	modprobe_in "$dir" -q -a -D "${ever[@]}" >shown || code=$?
	[ $code -le 1 ] || fail "$1: modprobe: status $code" # 1: some modules are missing
	sed -n "s|^insmod .*/base/lib/modules/$kver/\([^ ]*\).*|\1|p" shown | sort -u >by_bin
	diff <(rows "$top/${dir#*/}/modules.dep") by_bin || fail "$1: modules.dep.bin and modules.dep differ"
	! grep -vxFf there by_bin || fail "$1: modules.dep.bin names missing modules"
}

# assert_indexes_hold WHEN TOP: the indexes in TOP/dst, text and .bin, name only existing modules
assert_indexes_hold() {
	local dir files
	for dir in "$2"/dst/usr/lib/modules/*; do
		[ -d "$dir" ] || continue
		find "$dir" -name '*.ko*' -printf '%P\n' | sort >there
		names_of there >names
		[ ! -e "$dir/modules.dep" ] || ! sed 's/://; s/ /\n/g' "$dir/modules.dep" | grep -vxFf there ||
			fail "$1: modules.dep names missing modules"
		[ ! -e "$dir/modules.dep.bin" ] || assert_dep_bin_holds "$1" "$dir"
		# modules.alias.bin and modules.symbols.bin, as modprobe prints them
		modprobe_in "$dir" -c >config || fail "$1: modprobe -c: status $?"
		mapfile -t files < <(find "$dir" -regex '.*/modules\.\(alias\|symbols\|softdep\|weakdep\|devname\)')
		without_module config "${files[@]}" >bad
		[ ! -s bad ] || fail "$1: an index names missing modules: $(head -n 5 bad)"
	done
}

# aliases FILE...: aliases of text indexes, spelled as in the .bin ones
aliases() {
	grep -h ^alias "$@" | tr - _ | sort -u
}

# assert_record_whole WHEN: a record in now/ is whole
assert_record_whole() {
	[ -e "now/dst/usr/lib/modules/$kver/modules.modbox" ] || return 0
	"$MODBOX" depmod -n -v -b now/dst -m usr/lib/modules "$kver" >record 2>&1
	grep -q 'modules as recorded' record || fail "$1: $(head -n 1 record)"
}

# After an uninterrupted run the indexes have every module, and modprobe agrees.
assert_indexes_complete() {
	local dir=after/dst/usr/lib/modules/$kver
	[ -d "$dir" ] || return 0
	[ -s there ] # this and by_bin are from assert_indexes_hold
	diff there <(rows "$dir/modules.dep")
	diff there by_bin
	modprobe_in "$dir" -c >config
	diff <(aliases "$dir"/modules.{alias,symbols}) <(aliases config)
	[ -e "$dir/modules.softdep" ]
}

# A checksum of everything except times and the varying part of temporary names.
state() {
	tar -c --sort=name --mtime=@0 --transform='s,modbox-[^/]*,temporary,' now tmp | cksum
}

# kill_at N COMMAND...: kill it at call N; the result is sound, and running it again completes it
kill_at() {
	local code=0 at="HOSTILE_SEED=$HOSTILE_SEED, killed at call $1"
	restore
	killat "$@" >/dev/null 2>&1 || code=$?
	if [ "$code" = 137 ]; then
		kills=$((kills + 1))
	else # with threads, a run may make fewer calls
		[ "$code" = 0 ] || fail "$at: status $code"
		return 0
	fi
	shift
	# Skip states already checked: nothing changed since the last kill.
	[ "$(state)" != "$seen" ] || return 0
	seen=$(state)
	states=$((states + 1))
	sums now | grep -vxFf known && fail "$at: neither the old file nor the new one"
	assert_indexes_hold "$at" now
	assert_record_whole "$at"
	"$@" >/dev/null 2>err || fail "$at: the next run fails: $(<err)"
	# modinst --process names the module in another compression that the killed run left.
	assert_equal "$at: $(sed '/ goes: .* is the same module$/d' err)" "$at: "
	diff -r --no-dereference -x modules.modbox now after || fail "$at: the next run gives another result"
	diff <(held now) after.held || fail "$at: the next run gives another result"
	assert_equal "$at: $(ls -A tmp)" "$at: "
}

# count_calls COMMAND...: run it uninterrupted, keep the result in after/, and count its calls
count_calls() {
	restore
	calls=$(killat 0 "$@" 2>&1 >/dev/null) || fail "it fails without a kill: $calls"
	[ "$calls" -gt 50 ]
	mv now after
	{ sums before; sums after; } >known
	held after >after.held
	mapfile -t ever < <(find before after -name modules.dep -exec sed 's/:.*//' {} + | names_of)
	assert_indexes_hold 'not killed yet' before
	assert_indexes_hold 'not killed' after
	assert_indexes_complete
	kills=0 states=0 seen=
}

# killed_at_random N COMMAND...: kill it N times; threads make runs differ, so a point may be missed
killed_at_random() {
	local tries count=$1
	shift
	count_calls "$@"
	RANDOM=$HOSTILE_SEED
	for ((tries = 0; kills < count; tries++)); do
		[ $tries -lt $((count * 3 / 2)) ] || fail "$tries tries killed $kills times"
		kill_at $(((RANDOM << 15 | RANDOM) % calls + 1)) "$@"
	done
	echo "# killed $kills times at one of $calls system calls, leaving $states states" >&3
}

# first_change COMMAND...: find the last call before the first change
first_change() {
	local low=1 high=$calls middle unchanged
	restore
	unchanged=$(state)
	while ((low + 1 < high)); do
		middle=$(((low + high) / 2))
		killat $middle "$@" >/dev/null 2>&1 || true
		if [ "$(state)" = "$unchanged" ]; then low=$middle; else high=$middle; fi
		restore
		rm -rf tmp/*
	done
	first=$low
}

# killed_at_each COMMAND...: at each call from there on, or at two dozen of them, the first and the last
# among them; on one processor, so that a single thread makes the calls in a fixed order
killed_at_each() {
	local n first step=1 points=()
	on_one_processor
	count_calls "$@"
	first_change "$@"
	if [ -z "${FAULTS:-}" ]; then
		step=$(amount $(((calls - first) / 24 + 1)) 1)
	fi
	mapfile -t points < <({
		echo "$first"
		seq $((first + HOSTILE_SEED % step)) "$step" "$calls"
		echo "$calls"
	} | sort -nu)
	for n in "${points[@]}"; do
		kill_at "$n" "$@"
	done
	echo "# killed at ${#points[@]} system calls from $first to $calls, leaving $states states" >&3
	[ "$kills" -ge $((${#points[@]} - ${slack:-0})) ]
	[ "$states" -gt 1 ]
}

on_one_processor() {
	local part cpus=()
	for part in $(taskset -cp $$ | sed 's/.*: //; s/,/ /g'); do
		mapfile -t -O ${#cpus[@]} cpus < <(seq "${part%-*}" "${part#*-}")
	done
	taskset -cp "${cpus[BATS_TEST_NUMBER % ${#cpus[@]}]}" $$ >/dev/null
}

@test "a large copy into a new DEST" {
	large
	killed_at_random "$(amount 12 60)" "$MODBOX" rpi-modcopy -k "$kver" -f "$list" "$src" "$dst"
	cmp "after/dst/usr/lib/modules/$kver/kernel/fs/ext4/ext4.ko.xz" "$tree/kernel/fs/ext4/ext4.ko.xz"
}

# A DEST with some of the modules, uncompressed and with other contents, and with indexes.
older_dest() {
	"$MODBOX" rpi-modcopy -k "$kver" -m ext4 -m dm-crypt -m btrfs -m nvme "$src" before/dst
	find before -name '*.ko.xz' -exec xz -d {} +
	find before -path '*/crypto/*.ko' -exec xz -0 --check=crc32 {} +
	"$MODBOX" depmod -b before/dst -m usr/lib/modules "$kver"
}

@test "a large copy into a DEST of other modules" {
	large
	older_dest
	killed_at_random "$(amount 12 60)" "$MODBOX" rpi-modcopy -k "$kver" -f "$list" "$src" "$dst"
}

@test "--decompress" {
	large
	older_dest
	killed_at_random "$(amount 8 30)" "$MODBOX" rpi-modcopy -k "$kver" --decompress -m ext4 -m f2fs \
		-m dm-integrity "$src" "$dst"
}

@test "--cpio, replacing an older archive, without O_TMPFILE" {
	large
	echo older >before/cpio
	killed_at_random "$(amount 6 25)" without tmpfile EOPNOTSUPP "$MODBOX" rpi-modcopy -k "$kver" -f "$list" --cpio=now/cpio \
		--manifest=now/manifest "$src"
}

@test "modbox depmod" {
	large
	older_dest
	(cd "$tree" && cp --parents -t "$OLDPWD/before/dst/usr/lib/modules/$kver" kernel/fs/{xfs,exfat,minix,ufs}/*.ko.xz)
	killed_at_random "$(amount 6 25)" "$MODBOX" depmod -b "$dst" -m usr/lib/modules "$kver"
}

@test "system calls of a small copy, with firmware and configuration" {
	small
	local options=(-k "$kver" --firmware --with-config --load=a)
	"$MODBOX" rpi-modcopy "${options[@]}" -m c "$src" before/dst
	find before/dst/usr/lib/firmware -type l -exec ln -sfn elsewhere {} \;
	echo older | tee before/manifest before/dst/usr/lib/firmware/*.bin >before/dst/etc/modprobe.d/modbox.conf
	killed_at_each "$MODBOX" rpi-modcopy "${options[@]}" --manifest=now/manifest "$src" "$dst"
}

@test "system calls of a small copy, without O_TMPFILE" {
	small
	"$MODBOX" rpi-modcopy -k "$kver" -m c "$src" before/dst
	killed_at_each without tmpfile EOPNOTSUPP "$MODBOX" rpi-modcopy -k "$kver" -m b "$src" "$dst"
}

@test "system calls of a small copy, with depmod(8)" {
	small
	"$MODBOX" rpi-modcopy -k "$kver" -m c "$src" before/dst
	killed_at_each "$MODBOX" rpi-modcopy -k "$kver" -m a --depmod="$ORACLE/depmod" "$src" "$dst"
}

@test "system calls of a small archive" {
	small
	echo older | tee before/manifest >before/cpio
	killed_at_each "$MODBOX" rpi-modcopy -k "$kver" --firmware --decompress -m a \
		--cpio=now/cpio --manifest=now/manifest "$src"
}

@test "system calls of modorder-filter -i and of modlist-lint --fix" {
	small
	printf 'a\na\nc\n' >before/list
	cp "$tree/modules.order" before/order
	killed_at_each "$MODBOX" modorder-filter -i -m b now/order
	cmp -s before/order after/order && fail 'it changes nothing'
	rm -r after
	killed_at_each "$MODBOX" modlist-lint --fix -k "$kver" "$src" now/list
	cmp -s before/list after/list && fail 'it changes nothing'
	true
}

# A root with modules of one's own: one is replaced, one in another compression.  $built has the new ones.
own_modules() {
	small
	built=$BATS_TEST_TMPDIR/built
	cp -a "$src" before/dst
	module updates/own.ko depends=a description=older
	module updates/packed.ko.xz description=older
	mv "$tree/updates" "before/dst/usr/lib/modules/$kver"
	"$MODBOX" depmod --record -b before/dst -m usr/lib/modules "$kver"
	module -p 20000 updates/own.ko depends=a
	module updates/packed.ko depends=own
	module updates/another.ko
	mv "$tree/updates" "$built"
}

# killed_at_some COMMAND...: at 6 of its system calls; in make faults, at each
killed_at_some() {
	local slack=20 # who writes a record waits for the clock, not always equally long
	on_one_processor
	if [ -n "${FAULTS:-}" ]; then killed_at_each "$@"; else killed_at_random 6 "$@"; fi
}

@test "modinst, which strips modules and replaces older ones" {
	own_modules
	killed_at_some "$MODBOX" modinst --no-check --strip -k "$kver" "$dst" "$built"
	assert_equal "$(ls "after/dst/usr/lib/modules/$kver/updates")" "$(printf '%s.ko\n' another own packed)"
}

@test "modinst --process, without O_TMPFILE" {
	own_modules
	killed_at_some without tmpfile EOPNOTSUPP "$MODBOX" modinst --no-check --process --strip=unneeded -k "$kver" "$dst" \
		"usr/lib/modules/$kver/updates"
}

@test "modbox depmod --record" {
	own_modules
	cp "$built"/{own,another}.ko "before/dst/usr/lib/modules/$kver/updates"
	killed_at_some "$MODBOX" depmod --record -b "$dst" -m usr/lib/modules "$kver"
}

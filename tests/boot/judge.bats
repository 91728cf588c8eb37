#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel is the judge: what --prove says of changed modules is what the kernel does, by
# finit_module(2) and by modprobe, with and without module.sig_enforce=1.
# shellcheck disable=SC2154 # boot.bash sets $kver, $base and $source

load boot

setup_file() {
	prepare amd64 next-amd64 next-arm64
}

# compiler KERNEL: the compiler for programs of its machine, and its strip
compiler() {
	CC=gcc STRIP=strip
	[[ $1 != *arm64 ]] || CC=aarch64-linux-gnu-gcc STRIP=aarch64-linux-gnu-strip
	command -v "$CC" >/dev/null || fail "$CC is missing: run scripts/install-packages cross-arm64"
	export CC STRIP
}

# original PATH: a module of the kernel, without compression
original() {
	local file=$source/$dir/kernel/$1.ko
	[ -e "$file" ] || { xz -dc "$file.xz" >"${1##*/}.ko"; return; }
	cp "$file" .
}

# A root with the changed modules, and indexes that list them all; "list" names them.
changed_modules() {
	local name
	dir=usr/lib/modules/$kver
	judge=root/$dir/kernel/judge
	mkdir -p "$judge" root/boot changed
	original drivers/net/dummy
	original lib/crc-itu-t
	original lib/crc7
	original lib/lru_cache
	original crypto/ccm
	"$MODBOX_SRC/tests/boot/judge/mutate" dummy.ko crc-itu-t.ko crc7.ko lru_cache.ko ccm.ko changed >list
	cp "$source/$dir"/modules.{order,builtin,builtin.modinfo} "root/$dir"
	cp "$source/boot"/{config,vmlinuz}-"$kver" root/boot
	# depmod would not list damaged ones, so the indexes are made before.
	for name in changed/*; do
		cp dummy.ko "$judge/${name##*/}"
	done
	"$MODBOX" depmod -b root -m usr/lib/modules "$kver"
	cp changed/* "$judge"
	touch "root/$dir"/modules.*
}

# machine_archive: modules.cpio, with the changed modules and finit
machine_archive() {
	mkdir -p machine/usr/bin "machine/$dir/kernel"
	"$CC" -static -O1 -o machine/usr/bin/finit "$MODBOX_SRC/tests/boot/judge/finit.c"
	cp -r "$judge" "machine/$dir/kernel"
	cp "root/$dir"/modules.* "machine/$dir"
	cp list machine
	archive machine >modules.cpio
}

# asks: what the machine does with each module
asks() {
	starts <<-'END'
		use kmod
		cd /usr/lib/modules/*/kernel/judge
		by_finit() {
			while read -r name module; do
				say "$1 $name $(finit $name.ko* $module)"
			done </list
			rmmod crc_itu_t
		}
		by_modprobe() {
			while read -r name module; do
				if /usr/sbin/modprobe $name 2>/dev/null; then
					say "kmod $name loads"
					[ $module = - ] || rmmod $module
				else
					say "kmod $name refused"
				fi
			done </list
			rmmod crc_itu_t
		}
		by_finit kernel
		by_modprobe
		echo 1 >/sys/module/module/parameters/sig_enforce
		by_finit enforced
	END
	sed -n 's/^test: \([a-z]* [0-9][0-9]_.*\)/\1/p' console >answers
}

# says WAY OPTION...: what --prove says, in the same form
says() {
	run --separate-stderr "$MODBOX" modclosure --prove=known -o json -k "$kver" "${@:2}" root kernel/judge/
	[ -n "$output" ] || fail "$stderr"
	jq -r --arg way "$1" '.modules[] | [$way, (.path | sub(".*/"; "") | sub("\\.ko.*"; "")),
		(if .verdict == "refused" then [.findings[] | select(.verdict == "refused")][0].errno // "refused"
		 elif .verdict == "unproved" then "unproved" else "loads" end)] | join(" ")' <<<"$output" >>said
}

# settle: leave out what is unproved on purpose, where builds and versions of kmod differ: Debian's
# has no gzip, and kmod 30 reads a zstd frame without its size, 34 does not.
settle() {
	local name
	for name in gzip zstd; do
		grep -xq "kmod [0-9]*_$name unproved" said || continue
		sed -i "/^kmod [0-9]*_$name /d" said answers
	done
	! grep unproved said
}

# judges KERNEL: no verdict differs from what the kernel does
judges() {
	kernel "$1"
	compiler "$1"
	changed_modules
	machine_archive
	asks
	says kernel --loader=kernel
	says kmod
	says enforced --loader=kernel --sig-enforce
	sed -i '/^kmod/s/ E[A-Z]*$/ refused/' said
	local modules
	modules=$(wc -l <list)
	[ "$modules" -ge 50 ]
	assert_equal "$(wc -l <answers)" $((3 * modules))
	settle
	run diff <(sort said) <(sort answers)
	assert_output ''
}

@test "amd64: what --prove says is what the kernel does" { judges amd64; }
@test "next-amd64: what --prove says is what the kernel does" { judges next-amd64; }
@test "next-arm64: what --prove says is what the kernel does" { judges next-arm64; }

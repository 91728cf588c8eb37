#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --manifest, --check and --max-size: recording, comparing and limiting a copy.

load ../lib/common

setup() {
	begin
	dir=usr/lib/modules/$kver
	add_tree
}

# modcopy_alone ARGUMENT...: run rpi-modcopy from $src without a DEST
modcopy_alone() {
	run --separate-stderr "$MODBOX" rpi-modcopy "$@" "$src"
}

# manifest: write one for a and b, which need c
manifest() {
	module fs/a.ko depends=c
	module -p 1000 b.ko 'softdep=pre: c'
	module c.ko.xz
	builtin_module lib/d.ko
	copies -m a -m b --manifest=manifest
}

# checks 'LINE...' STATUS ARGUMENT...: --check prints these lines and writes nothing
checks() {
	local before
	before=$(fingerprint "$dst"; fingerprint manifest)
	modcopy_alone -k "$kver" --check=manifest "${@:3}"
	assert_equal "$status" "$2"
	assert_equal "$(printf '%s\n' "${lines[@]% (*}")" "$1"
	assert_equal "$(fingerprint "$dst"; fingerprint manifest)" "$before"
}

# -- the manifest -------------------------------------------------------------------

@test "every file with its size, SHA-256 and reason, sorted" {
	manifest
	rows() {
		local file=$dir/$1
		printf '%s\t%s\t%s\t%s\n' "$file" "$(stat -c %s "$dst/$file")" \
			"$(sha256sum <"$dst/$file" | cut -c 1-64)" "$2"
	}
	diff <(grep -v 'made of the modules$' manifest) - <<-END
		# modbox manifest 1
		# kernel	$dir
		# path	size	sha256	why
		$(rows fs/a.ko 'a: requested by --module')
		$(rows kernel/b.ko 'b: requested by --module')
		$(rows kernel/c.ko.xz 'c: dependency of a')
		$(rows modules.builtin 'describes built-in modules')
		$(rows modules.builtin.modinfo 'describes built-in modules')
	END
	local file made
	made=$(cd "$copy" && ls modules.{order,dep,alias,symbols,softdep,weakdep,devname} \
		modules.{dep,alias,symbols,builtin,builtin.alias}.bin)
	diff <(grep 'made of the modules$' manifest) \
		<(for file in $made; do rows "$file" 'made of the modules'; done)
	# Other spellings of the same options, and a second run, give the same manifest.
	cp manifest first
	modcopy_alone -k "$kver" -m a -m b --cpio=/dev/null --manifest=manifest
	assert_success
	diff manifest first
	copies -m a -m b --manifest=manifest
	diff manifest first
	# Indexes that are not written are not listed.
	copies -m a -m b --depmod=none --manifest=manifest
	assert_equal "$(grep 'made of the modules$' manifest)" \
		"$(rows modules.order 'made of the modules')"
	# Also with depmod(8).
	rm -r "$dst"
	copies -m a -m b --depmod="$KMOD34/depmod" --manifest=manifest
	diff <(grep 'made of the modules$' manifest | cut -f 1) <(grep 'made of the modules$' first | cut -f 1)
}

@test "an archive's manifest lists everything in it" {
	manifest
	modcopy_alone -k "$kver" -m a -m b --cpio=archive --manifest=manifest
	assert_success
	mkdir out
	(cd out && cpio -id --quiet <../archive)
	assert_equal "$(grep -v '^#' manifest | cut -f 1)" \
		"$(cd out && find . -type f | sed 's|^./||' | LC_ALL=C sort)"
	grep -v '^#' manifest | awk -F '\t' '{ print $3 "  out/" $1 }' | sha256sum -c --quiet
	grep -v '^#' manifest | while IFS=$'\t' read -r path size _; do
		assert_equal "$(stat -c %s "out/$path")" "$size"
	done
}

@test "names that need escaping" {
	kver=$'6.1\n\ttest\\'
	add_tree
	module a.ko
	copies -m a --manifest=manifest
	run cat manifest
	assert_line --index 1 $'# kernel\tusr/lib/modules/6.1\\012\\011test\\134'
	assert_line --index 3 --partial $'usr/lib/modules/6.1\\012\\011test\\134/kernel/a.ko\t'
	modcopy_alone -k "$kver" -m a --check=manifest
	assert_success
	assert_output ''
}

@test "on standard output; other output goes to standard error" {
	manifest
	"$MODBOX" rpi-modcopy -v -k "$kver" -m a -m b --manifest=- "$src" "$dst" >out 2>shown
	diff out manifest
	grep -q '# a: requested' shown
}

@test "the manifest is written last, after all files" {
	module a.ko
	echo old >manifest
	refuses 1 '*no module b*' -m b --manifest=manifest
	refuses 4 'cannot write nowhere/manifest: No such file or directory' -m a --manifest=nowhere/manifest
	: >file
	refuses_between 4 '*' "$src" file -m a -k "$kver" --manifest=manifest
	assert_equal "$(<manifest)" old
	chooses a -m a --manifest=manifest
	assert_equal "$(<manifest)" old
	assert_no_leftovers .
}

# -- the check ------------------------------------------------------------------------

@test "nothing changed: no output, status 0" {
	manifest
	checks '' 0 -m a -m b
	assert_equal "$stderr" ''
	checks '' 0 -m b -m a
	# Also with a DEST, and from standard input.
	modcopy -m a -m b --check=manifest
	assert_success
	modcopy -m a -m b --check=- <manifest
	assert_success
	modcopy_alone -k "$kver" -m a -m b --cpio=archive --check=manifest
	assert_success
	assert_not_exists archive
}

@test "added, removed and changed files" {
	manifest
	module new.ko
	checks "added $dir/kernel/new.ko" 1 -m a -m b -m new
	assert_output "added $dir/kernel/new.ko (new: requested by --module)"
	assert_equal "$stderr" 'rpi-modcopy: manifest: 1 added, 0 removed, 0 changed'
	checks "removed $dir/kernel/b.ko" 1 -m a
	assert_output "removed $dir/kernel/b.ko (b: requested by --module)"
	mkmodule -p 2000 "$tree/kernel/b.ko" name=b 'softdep=pre: c'
	checks "changed $dir/kernel/b.ko" 1 -m a -m b
	assert_output --regexp 'b.ko \([0-9]+ bytes, was [0-9]+\)$'
	mkmodule -p 1000 "$tree/kernel/b.ko" name=b 'softdep=pre: x'
	checks "changed $dir/kernel/b.ko" 1 -m a -m b
	assert_output --partial 'b.ko (other contents)'
	assert_equal "$stderr" 'rpi-modcopy: manifest: 0 added, 0 removed, 1 changed'
	checks "$(printf '%s\n' "changed $dir/kernel/b.ko" "added $dir/kernel/new.ko")" 1 -m a -m b -m new
}

@test "generated files are not compared" {
	manifest
	modcopy_alone -k "$kver" -m a -m b --cpio=/dev/null --manifest=manifest
	index
	checks '' 0 -m a -m b
	sed -i 's/^\(.*modules.dep\t\)[0-9]*/\17/' manifest
	checks '' 0 -m a -m b --cpio=archive
}

# another KERNEL: the same modules for another version, with other compression
another() {
	local file
	cp -a "$tree" "${tree%/*}/$1"
	kver=$1
	set_module_dir usr/lib/modules
	for file in "$tree"/*/*.ko; do
		[ -e "$file" ] || break # another was made of another
		mkmodule -p 77 "$file" name="$(basename "$file" .ko)" depends=c
		zstd -q --rm "$file"
	done
}

@test "after a kernel update, only the set of modules counts" {
	manifest
	another 6.1.1-test
	checks '' 0 -m a -m b
	assert_equal "$stderr" \
		"rpi-modcopy: $dir is now usr/lib/modules/6.1.1-test; comparing modules by name"
	# Their directories do not matter.
	mkdir "$tree/updates"
	mv "$tree/kernel/b.ko.zst" "$tree/updates"
	checks '' 0 -m a -m b
	# A module that was removed.
	rm "$tree/updates/b.ko.zst"
	checks "removed $dir/kernel/b.ko" 1 -m a -m 'b?'
	# A module that is now built in still exists.
	builtin_module fs/b.ko
	checks '' 0 -m a -m b
	assert_equal "${stderr_lines[1]}" "rpi-modcopy: $dir/kernel/b.ko: now built in"
	echo x >"$tree/modules.builtin.ranges"
	checks 'added usr/lib/modules/6.1.1-test/modules.builtin.ranges' 1 -m a -m b
}

@test "files move from lib to usr/lib in an archive: contents are compared by name" {
	rm -r "${src:?}/usr"
	add_tree lib/modules
	module fs/a.ko firmware=a.bin
	module -p 1000 b.ko
	mkdir -p "$src/lib/firmware"
	echo one >"$src/lib/firmware/a.bin"
	modcopy_alone -k "$kver" -m a -m b --firmware --cpio=/dev/null --manifest=manifest
	assert_success
	checks '' 0 -m a -m b --firmware
	assert_equal "$stderr" ''
	mkmodule -p 1000 "$tree/kernel/b.ko" name=b 'softdep=pre: x'
	echo two >"$src/lib/firmware/a.bin"
	checks "changed lib/modules/$kver/kernel/b.ko
changed lib/firmware/a.bin" 1 -m a -m b --firmware
	checks "changed usr/lib/firmware/a.bin
changed usr/lib/modules/$kver/kernel/b.ko" 1 -m a -m b --firmware --cpio=archive
	# The other way round.
	copies -m a -m b --firmware --manifest=manifest
	checks '' 0 -m a -m b --firmware --cpio=archive
	echo three >"$src/lib/firmware/a.bin"
	checks "changed usr/lib/firmware/a.bin" 1 -m a -m b --firmware --cpio=archive
	# With --module-dir.
	mkdir "$src/kernels"
	mv "$src/lib/modules/$kver" "$src/kernels"
	mkmodule -p 1000 "$src/kernels/$kver/kernel/b.ko" name=b 'softdep=pre: y'
	checks "changed kernels/$kver/kernel/b.ko
changed lib/firmware/a.bin" 1 -m a -m b --firmware -M kernels
}

@test "several kernels: each is compared with its own" {
	manifest
	another 6.2.0-test
	modcopy_alone -m a -m b -k 6.1.0-test -k 6.2.0-test --cpio=/dev/null --manifest=manifest
	assert_success
	another 6.3.0-test
	modcopy_alone -m a -m b -k 6.2.0-test -k 6.1.0-test --check=manifest
	assert_success
	assert_equal "$stderr" ''
	modcopy_alone -m a -m b -k 6.3.0-test -k 6.1.0-test --check=manifest
	assert_success
	assert_equal "$stderr" "rpi-modcopy: usr/lib/modules/6.2.0-test is now usr/lib/modules/6.3.0-test; comparing modules by name"
	# One kernel less, one more.
	modcopy_alone -m a -m b -k 6.1.0-test --check=manifest
	assert_failure 1
	assert_equal "$(cut -d / -f 1-4 <<<"$output" | sort -u)" 'removed usr/lib/modules/6.2.0-test'
	modcopy_alone -m a -m b -k 6.1.0-test -k 6.2.0-test -k 6.3.0-test --check=manifest
	assert_failure 1
	assert_equal "$(cut -d / -f 1-4 <<<"$output" | sort -u)" 'added usr/lib/modules/6.3.0-test'
}

@test "files that are not manifests" {
	module a.ko
	wrong() {
		modcopy_alone -k "$kver" -m a --check=manifest
		assert_failure "$1"
		assert_equal "${#stderr_lines[@]}" 1
		assert_equal "$stderr" "rpi-modcopy: $2"
	}
	wrong 4 'cannot read manifest: No such file or directory'
	: >manifest
	wrong 2 'manifest: not a manifest written by rpi-modcopy --manifest'
	echo hello >manifest
	wrong 2 'manifest: not a manifest written by rpi-modcopy --manifest'
	echo '# modbox manifest 2' >manifest
	wrong 2 'manifest: unsupported manifest version; make it again with this modbox'
	for text in 'a' '# modbox manifest 1\na\tb\tc\td' '# modbox manifest 1\na\0b\n'; do
		printf "# modbox manifest 1\n%b" "$text" >manifest
		wrong 2 'manifest: truncated or damaged manifest; make it again'
	done
	for line in '' a 'a\tb\tc' 'a\tb\tc\td\te' '\tb\tc\td' 'a\033\tb\tc\td' 'a\tb\tc\td\r'; do
		printf "# modbox manifest 1\n# x\n%b\n" "$line" >manifest
		wrong 2 'manifest:3: invalid row; expected path, size, sha256 and why, separated by tabs'
	done
	copies -m a --manifest=once
	cat once - <<<"$(grep "builtin.modinfo" once)" >manifest
	wrong 2 "manifest: $dir/modules.builtin.modinfo is listed twice; make the manifest again"
	sed -i s/6.1.0/6.2.0/ manifest
	modcopy_alone -k "$kver" -m a --check=manifest
	assert_failure 2
	assert_output ''
	mkdir dir
	modcopy_alone -k "$kver" -m a --check=dir
	assert_failure 4
	assert_equal "$stderr" 'rpi-modcopy: cannot read dir: Is a directory'
	refuses 2 '--check and --manifest exclude each other *' -m a --check=manifest --manifest=m
	refuses 2 '--check needs a MANIFEST *' -m a --check=
}

@test "control characters in a manifest do not reach the terminal" {
	manifest
	printf 'a\x9b1m\t1\tx\tb\xc2\x9b2m\n' >>manifest
	checks $'removed a\ufffd1m' 1 -m a -m b
	assert_output $'removed a\ufffd1m (b?2m)'
	sed -i "s,kernel/b.ko\t.*\tb: ,kernel/b.ko\t5\xc2\x9b\tx\tb: ," manifest
	modcopy_alone -k "$kver" -m a -m b --check=- <manifest
	assert_line --regexp '^changed .*/b.ko .* bytes, was 5\?\)$'
	assert_equal "$stderr" 'rpi-modcopy: standard input: 0 added, 1 removed, 1 changed'
}

@test "a pipe for both manifest and report keeps the order of lines" {
	manifest
	module new.ko
	run "$MODBOX" rpi-modcopy -k "$kver" -m a -m b -m new --check=manifest "$src"
	assert_failure 1
	assert_line --index 0 --partial 'added '
	assert_line --index 1 'rpi-modcopy: manifest: 1 added, 0 removed, 0 changed'
}

@test "a failed write of the check's result: status 4" {
	manifest
	run --separate-stderr sh -c '"$@" >/dev/full' sh "$MODBOX" rpi-modcopy -k "$kver" -m a --check=manifest "$src"
	assert_failure 4
	assert_regex "$stderr" 'cannot write standard output: No space left on device'
}

# -- --max-size ------------------------------------------------------------------------

@test "--max-size: nothing is written above the limit, and the requests are listed" {
	manifest
	rm -rf "$dst"
	size=$(($(stat -c %s "$tree"/{fs/a.ko,kernel/b.ko,kernel/c.ko.xz,modules.builtin*} | paste -sd +)))
	run "$MODBOX" modclosure --size -k "$kver" "$src" a b
	table=$output
	for _ in unindexed indexed; do
		for where in "$dst" --cpio=archive; do
			run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" -m a -m b --max-size=$((size - 1)) "$src" "$where"
			assert_failure 4
			assert_equal "$stderr" "rpi-modcopy: nothing is written: $size bytes would be, and --max-size is $((size - 1))"
			assert_output "$table"
			assert_not_exists "$dst"
			assert_not_exists archive
		done
		modcopy -n -m a -m b --max-size=$((size - 1))
		assert_failure 4
		index
	done
	copies -m a -m b --max-size=$size
	modcopy_alone -k "$kver" -m a -m b --cpio=archive --max-size=1M
	assert_success
	copies -m a -m b --max-size=$((size / 1024 + 1))K
	modcopy -m a -m b --max-size=$((size / 1024))K
	assert_failure 4
	for limit in '' 0 K 1k 1T -1 1.5M 1KK '1 K' 1Ki 1B 99999999999999999999; do
		refuses 2 "--max-size must be a size such as 500K, 256M or 1G, not '$limit' *" -m a "--max-size=$limit"
	done
	modcopy -m a --max-size=1
	assert_failure 4
	for unit in '' B iB; do
		copies -m a -m b --max-size=$((size / 1024 + 1))K$unit
		modcopy -m a -m b --max-size=$((size / 1024))K$unit
		assert_failure 4
		copies -m a -m b --max-size=1M$unit --max-module-size=1G$unit
	done
	# The message mentions firmware, which the table does not include.
	module f.ko firmware=f.bin
	mkdir -p "$src/usr/lib/firmware"
	head -c 5000 /dev/zero >"$src/usr/lib/firmware/f.bin"
	unindex
	modcopy -m f --firmware --max-size=1K
	assert_failure 4
	assert_regex "$stderr" '^rpi-modcopy: nothing is written: [0-9]* bytes would be, 5000 of them firmware, and --max-size is 1024$'
}

@test "--max-size: the sizes listed are those in DEST" {
	module -p 5000 a.ko.xz firmware=a.bin
	module -p 5000 b.ko
	mkdir -p "$src/usr/lib/firmware"
	head -c 1000 /dev/zero >"$src/usr/lib/firmware/a.bin"
	modcopy -m a -m b --firmware --decompress --max-size=1K
	assert_failure 4
	assert_not_exists "$dst"
	copies -m a -m b --firmware --decompress
	local modules
	modules=$(cat "$copy"/kernel/*.ko | wc -c)
	modcopy -m a -m b --firmware --decompress --max-size=1K
	assert_regex "${stderr_lines[0]}" "nothing is written: $((modules + 1000)) bytes would be, 1000 of them firmware,"
	assert_regex "$output" "# all: 2 modules, $modules bytes of files"
}

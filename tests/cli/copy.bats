#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copying writes the right things to DEST, and nothing else.

load ../lib/common

# facts FILE: print the metadata that a copy preserves
facts() {
	stat -c '%a %u:%g %s %Y %y' "$1"
	getfattr --absolute-names -d -m - "$1" | sed 1d
	getfacl --absolute-names -n -c "$1"
}

@test "DEST and its parent directories are created" {
	module kernel/drivers/net/a.ko
	dst=$BATS_TEST_TMPDIR/some/where/new
	set_module_dir usr/lib/modules
	copies -m a
	cmp "$copy/kernel/drivers/net/a.ko" "$tree/kernel/drivers/net/a.ko"
}

@test "only selected modules are copied" {
	module a.ko depends=b
	module b.ko
	module c.ko
	copies -m a
	assert_equal "$(cd "$dst" && find . -type f ! -name 'modules.*' | sort | tr '\n' ' ')" \
		"./usr/lib/modules/$kver/kernel/a.ko ./usr/lib/modules/$kver/kernel/b.ko "
}

@test "mode and times are preserved, to the nanosecond" {
	module a.ko
	module b.ko.xz
	chmod 600 "$tree/kernel/a.ko"
	chmod 444 "$tree/kernel/b.ko.xz"
	touch -d '2001-02-03 04:05:06.123456789' "$tree/kernel/a.ko"
	touch -d '1969-12-31 23:00:00.5Z' "$tree/kernel/b.ko.xz"
	copies -m a -m b
	for file in kernel/a.ko kernel/b.ko.xz modules.builtin modules.builtin.modinfo; do
		assert_equal "$(facts "$copy/$file")" "$(facts "$tree/$file")"
	done
}

# bats test_tags=root
@test "the owner and the set-id bits are preserved" {
	needs_root
	module a.ko
	chown 1234:5678 "$tree/kernel/a.ko"
	chmod 6755 "$tree/kernel/a.ko"
	copies -m a
	assert_equal "$(facts "$copy/kernel/a.ko")" "$(facts "$tree/kernel/a.ko")"
	assert_equal "$(stat -c '%u:%g %a' "$copy/kernel/a.ko")" '1234:5678 6755'
}

# bats test_tags=root
@test "extended attributes are preserved" {
	needs_root
	module a.ko
	setfattr -n user.note -v 'a note' "$tree/kernel/a.ko"
	setfattr -n user.binary -v 0x00ff0a00 "$tree/kernel/a.ko"
	setfattr -n user.empty "$tree/kernel/a.ko"
	setfattr -n trusted.note -v b "$tree/kernel/a.ko"
	setfattr -n security.note -v c "$tree/kernel/a.ko"
	copies -m a
	assert_equal "$(facts "$copy/kernel/a.ko")" "$(facts "$tree/kernel/a.ko")"
	run getfattr --absolute-names -d -m - "$copy/kernel/a.ko"
	assert_line 'user.note="a note"'
	assert_line 'trusted.note="b"'
	assert_line 'security.note="c"'
}

@test "ACLs are preserved, and DEST's default ACL adds nothing" {
	module a.ko
	module b.ko
	setfacl -m u:1234:r,g:5678:rw "$tree/kernel/a.ko"
	mkdir -p "$copy/kernel"
	setfacl -d -m u:4321:rwx "$copy/kernel" "$copy"
	copies -m a -m b
	for name in a b; do
		assert_equal "$(facts "$copy/kernel/$name.ko")" "$(facts "$tree/kernel/$name.ko")"
	done
	run getfacl --absolute-names -n "$copy/kernel/a.ko"
	assert_line user:1234:r--
	refute_line --partial 4321
}

@test "the host's xattr.conf is not read" {
	module a.ko
	setfattr -n user.note -v x "$tree/kernel/a.ko"
	# shellcheck disable=SC2016 # the inner shell's
	under own_mounts sh -c 'mount -t tmpfs none /etc && echo "user.note skip" >/etc/xattr.conf &&
		exec "$@"' sh
	copies -m a
	assert_equal "$(facts "$copy/kernel/a.ko")" "$(facts "$tree/kernel/a.ko")"
}

# bats test_tags=root
@test "without privileges, a copy lacks the owner and security attributes, like cp -a's" {
	needs_root
	# A place that another user can access, with the binary in it.
	local place
	place=$(mktemp -d "$TMPDIR/modbox-test.XXXXXX")
	[ -n "$place" ]
	chmod 755 "$place"
	cp "$MODBOX" "$place/modbox"
	MODBOX=$place/modbox
	src=$place/src dst=$place/dst
	add_tree
	module a.ko
	chown 1234:5678 "$tree/kernel/a.ko"
	chmod 6755 "$tree/kernel/a.ko"
	touch -d '2001-02-03 04:05:06.123456789' "$tree/kernel/a.ko"
	setfattr -n user.note -v x "$tree/kernel/a.ko"
	setfattr -n trusted.note -v x "$tree/kernel/a.ko"
	setfattr -n security.note -v x "$tree/kernel/a.ko"
	setfacl -m u:1234:r "$tree/kernel/a.ko"
	mkdir "$dst" "$place/cp"
	chown nobody "$dst" "$place/cp"
	under setpriv --reuid=nobody --regid=nogroup --clear-groups
	copies -m a
	setpriv --reuid=nobody --regid=nogroup --clear-groups cp -a "$tree/kernel/a.ko" "$place/cp/"
	run facts "$copy/kernel/a.ko"
	assert_equal "$output" "$(facts "$place/cp/a.ko")"
	assert_line 'user.note="x"'
	refute_line --partial security
	assert_regex "$output" '2001-02-03 04:05:06.123456789'
	rm -rf "$place"
}

@test "large modules are copied completely, in pieces" {
	module -p 40000000 a.ko
	module -p 16777216 b.ko
	module -p 16777217 c.ko
	copies -m a -m b -m c
	assert_equal "$(modules_in "$copy")" 'a b c'
	assert_whole
}

@test "DEST on another file system" {
	module -p 300000 a.ko depends=b
	module b.ko.xz
	mkdir "$dst"
	# shellcheck disable=SC2016 # the inner shell's
	under own_mounts sh -c 'mount -t tmpfs none dst && "$@" &&
		cp -a dst/. out && find dst -name ".*" ! -path dst' sh
	copies -m a
	copy=out/usr/lib/modules/$kver
	assert_whole
	assert_equal "$(modules_in "$copy")" 'a b'
	assert_equal "$(stat -c %y "$copy/kernel/a.ko")" "$(stat -c %y "$tree/kernel/a.ko")"
	assert_file_exists "$copy/modules.dep"
}

# -- repeated runs ----------------------------------------------------------------

@test "a second run adds to DEST" {
	module a.ko
	module b.ko
	module c.ko
	copies -m a
	touch "$copy/kernel/mine" "$copy/mine" "$dst/mine"
	copies -m b
	assert_equal "$(modules_in "$copy")" 'a b'
	assert_equal "$(cut -d : -f 1 "$copy/modules.dep" | names)" 'a b'
	assert_file_exists "$copy/kernel/mine"
	assert_file_exists "$copy/mine"
	assert_file_exists "$dst/mine"
}

@test "a second run with the same modules changes only files that changed in SOURCE" {
	module a.ko
	module b.ko
	copies -m a -m b
	mkmodule "$tree/kernel/b.ko" name=b alias=new
	copies -m a -m b
	assert_whole
	run cat "$copy/modules.alias"
	assert_line 'alias new b'
}

@test "a copy replaces the same module with another compression suffix" {
	module a.ko
	module b.ko
	copies -m a -m b
	xz --check=crc32 "$tree/kernel/a.ko"
	copies -m a
	assert_equal "$(cd "$copy/kernel" && ls)" $'a.ko.xz\nb.ko'
	assert_equal "$(sort "$copy/modules.dep")" $'kernel/a.ko.xz:\nkernel/b.ko:'
	unxz "$tree/kernel/a.ko.xz"
	zstd -q --rm "$tree/kernel/a.ko"
	copies -m a
	assert_equal "$(cd "$copy/kernel" && ls)" $'a.ko.zst\nb.ko'
	zstd -q -d --rm "$tree/kernel/a.ko.zst"
	gzip "$tree/kernel/a.ko"
	copies -m a --depmod="$ORACLE/depmod"
	assert_equal "$(cd "$copy/kernel" && ls)" $'a.ko.gz\nb.ko'
}

@test "a module of the same name in another directory of DEST stays" {
	module updates/a.ko
	mkdir -p "$copy/kernel"
	mkmodule "$copy/kernel/a.ko" name=a alias=old
	xz --check=crc32 "$copy/kernel/a.ko"
	copies -m a
	assert_file_exists "$copy/updates/a.ko"
	assert_file_exists "$copy/kernel/a.ko.xz"
	assert_equal "$(cat "$copy/modules.dep")" updates/a.ko:
}

@test "status 4 if depmod would prefer a module in DEST to the copied one" {
	module kernel/a.ko
	mkdir -p "$copy/updates"
	mkmodule "$copy/updates/a.ko" name=a
	modcopy -m a
	assert_failure 4
	assert_regex "$stderr" "$copy/kernel/a.ko: updates/a.ko is indexed instead"
	modcopy -m a --depmod=depmod
	assert_failure 4
	assert_regex "$stderr" "$copy/kernel/a.ko: depmod indexed updates/a.ko instead"
	assert_file_exists "$copy/updates/a.ko"
}

@test "modules in DEST with another directory or name stay, whatever their suffix" {
	module a-b.ko
	mkdir -p "$copy/kernel/x"
	touch "$copy/kernel/a.ko.xz" "$copy/kernel/a-b.ko.orig" "$copy/kernel/x/y"
	mkmodule "$copy/kernel/b.ko" name=b
	modcopy -m a-b
	assert_file_exists "$copy/kernel/a.ko.xz"
	assert_file_exists "$copy/kernel/a-b.ko.orig"
	assert_file_exists "$copy/kernel/b.ko"
}

@test "two concurrent runs into one DEST both succeed, and the indexes cover both" {
	local i
	for i in 1 2 3 4; do
		module -p 100000 "m$i.ko" depends=common alias="alias$i"
	done
	module -p 100000 common.ko
	for round in 1 2 3; do
		rm -rf "$dst"
		for i in 1 2 3 4; do
			"$MODBOX" rpi-modcopy -k "$kver" -m "m$i" "$src" "$dst" 2>"err$i" &
			eval "pid$i=$!"
		done
		for i in 1 2 3 4; do
			eval "wait \$pid$i" || fail "round $round: $(cat "err$i")"
			assert_equal "$(cat "err$i")" ''
		done
		assert_equal "$(modules_in "$copy")" 'common m1 m2 m3 m4'
		assert_equal "$(cut -d : -f 1 "$copy/modules.dep" | names)" 'common m1 m2 m3 m4'
		assert_equal "$(grep -c alias "$copy/modules.alias")" 4
		assert_equal "$(wc -l <"$copy/modules.order")" 5
		assert_whole
		assert_no_leftovers
	done
}

# -- SOURCE -----------------------------------------------------------------------

@test "a read-only SOURCE" {
	module a.ko depends=b
	module b.ko.xz
	under own_mounts sh -c 'mount --bind src src && mount -o remount,bind,ro src && "$@"' sh
	copies -m a
	assert_equal "$(modules_in "$copy")" 'a b'
}

@test "a SOURCE with read-only directories gives a DEST that can be added to" {
	module a.ko
	module b.ko
	chmod -R a-w "$src"
	under unprivileged
	copies -m a
	copies -m b
	assert_equal "$(modules_in "$copy")" 'a b'
	chmod -R u+w "$src"
}

@test "status 2 if SOURCE and DEST share the module directory" {
	module a.ko
	local before
	before=$(fingerprint "$src")
	refuses_between 2 "SOURCE and DEST share the directory usr/lib/modules/$kver *" \
		"$src" "$src" -k "$kver" -m a
	mkdir -p "$dst/usr/lib"
	ln -s "$src" other
	refuses_between 2 'SOURCE and DEST share the directory *' "$src" "$BATS_TEST_TMPDIR/other" -k "$kver" -m a
	refuses_between 2 'SOURCE and DEST share the directory *' "$src/" "$src/./" -k "$kver" -n -m a
	under own_mounts sh -c 'mkdir dst/usr/lib/modules && mount --bind src/usr/lib/modules \
		dst/usr/lib/modules && "$@"' sh
	modcopy -m a
	assert_failure 2
	assert_equal "$(fingerprint "$src")" "$before"
}

# -- links in DEST ------------------------------------------------------------------

# guarded COMMAND...: run it, and check that nothing outside DEST changed
guarded() {
	local before
	before=$(fingerprint "$outside"; find "$outside" -type f -exec cat {} +)
	"$@"
	assert_equal "$(fingerprint "$outside"; find "$outside" -type f -exec cat {} +)" "$before"
}

outside() {
	outside=$BATS_TEST_TMPDIR/outside
	mkdir -p "$outside/modules/$kver/kernel"
	echo canary | tee "$outside/canary" "$outside/modules/$kver/kernel/a.ko" \
		>"$outside/modules/$kver/modules.dep"
}

@test "DEST/lib -> /lib is a loop inside DEST, not a way to the host" {
	module a.ko
	mkdir "$dst"
	ln -s /lib "$dst/lib"
	rm -rf "${src:?}/lib" && mv "$src/usr/lib" "$src/lib"
	refuses 4 "*$dst/lib/modules/$kver/modules.order: *ymbolic link*" -m a -M lib/modules
	add_tree
	module b.ko
	copies -m b
	assert_equal "$(ls -A "$dst")" $'lib\nusr'
}

@test "a directory in DEST that links to the host is resolved inside DEST" {
	outside
	module a.ko
	local top
	for top in usr usr/lib usr/lib/modules "usr/lib/modules/$kver" "usr/lib/modules/$kver/kernel"; do
		for target in "$outside" "../../../../../../../../../../..$outside"; do
			rm -rf "$dst"
			mkdir -p "$dst/${top%/*}"
			[[ $top = */* ]] || rmdir "$dst/usr"
			ln -s "$target" "$dst/$top"
			guarded modcopy -m a
			assert_success
			assert_link_exists "$dst/$top"
			assert_dir_exists "$dst$outside"
		done
	done
}

@test "a module is indexed by each path that links in DEST lead to it" {
	module a.ko
	module kernel/sub/b.ko depends=a
	mkdir -p "$copy/kernel" "$dst/elsewhere"
	ln -s /elsewhere "$copy/kernel/sub"
	copies -m b
	assert_file_exists "$dst/elsewhere/b.ko"
	grep -x 'kernel/sub/b.ko: kernel/a.ko' "$copy/modules.dep"
	module c.ko
	copies -m c
	grep -x 'kernel/sub/b.ko: kernel/a.ko' "$copy/modules.dep"
	grep -x 'kernel/c.ko:' "$copy/modules.dep"
	ln -s kernel "$copy/extra"
	module d.ko
	modcopy -m d
	assert_failure 4
	assert_regex "$stderr" 'kernel/d\.ko: extra/d\.ko is indexed instead'
}

@test "a module too deep for depmod is copied, but no indexes are made" {
	local deep
	deep=$(printf 'd/%.0s' {1..63})
	module "kernel/${deep}a.ko"
	module b.ko
	copies -m b
	modcopy -m a -m b
	assert_failure 4
	assert_equal "$stderr" "rpi-modcopy: $copy/kernel/${deep}a.ko: depmod does not search there; no indexes were made"
	assert_file_exists "$copy/kernel/${deep}a.ko"
	assert_equal "$(<"$copy/modules.dep")" 'kernel/b.ko:'
}

@test "a link in the place of a file is replaced, and its target stays" {
	outside
	module a.ko
	index
	local file
	for file in kernel/a.ko modules.{order,builtin,builtin.modinfo,dep,dep.bin,alias,softdep}; do
		for target in "$outside/canary" ../../../../../../outside/canary "$outside/new"; do
			rm -rf "$dst"
			mkdir -p "$copy/kernel"
			ln -s "$target" "$copy/$file"
			guarded modcopy -m a
			assert_success
			[ -f "$copy/$file" ]
			[ ! -L "$copy/$file" ]
		done
	done
	assert_file_not_exists "$outside/new"
}

@test "a module in DEST that links to the host is not read for the indexes" {
	outside
	module a.ko
	mkdir -p "$copy/kernel"
	mkmodule "$outside/secret.ko" name=secret alias=from-the-host
	ln -s "$outside/secret.ko" "$copy/kernel/secret.ko"
	guarded modcopy -m a
	assert_success
	run cat "$copy/modules.alias" "$copy/modules.dep"
	refute_line --partial secret
	assert_link_exists "$copy/kernel/secret.ko"
}

@test "a module in DEST with hard links: the other names keep the old contents" {
	module a.ko
	mkdir -p "$copy/kernel"
	echo old >"$dst/other"
	ln "$dst/other" "$copy/kernel/a.ko"
	copies -m a
	assert_equal "$(cat "$dst/other")" old
	assert_whole
}

@test "a directory in the place of a module: status 4" {
	module a.ko
	mkdir -p "$copy/kernel/a.ko/x"
	modcopy -m a
	assert_failure 4
	assert_regex "$stderr" "cannot write $copy/kernel/a.ko: "
	assert_no_leftovers
}

@test "a file in the place of a directory: status 4" {
	module a.ko
	mkdir -p "$copy"
	touch "$copy/kernel"
	refuses 4 "*$copy/kernel: Not a directory" -m a
}

# files: of the modules in DEST, which change if one is written
files() {
	stat -c '%n %i %Z' "$copy"/kernel/*.ko*
}

@test "a second run writes no module that is the same" {
	module a.ko.xz depends=b firmware=x.bin
	module b.ko
	mkdir -p "$src/usr/lib/firmware"
	echo firmware >"$src/usr/lib/firmware/x.bin"
	setfattr -n user.x -v y "$tree/kernel/b.ko"
	copies --firmware -m a
	files >before
	stat -c %i "$dst/usr/lib/firmware/x.bin" >>before
	copies --firmware -m a
	files >after
	stat -c %i "$dst/usr/lib/firmware/x.bin" >>after
	diff before after
	copies --decompress -m a
	files >before
	copies --decompress -m a
	files >after
	diff before after
}

# bats test_tags=root
@test "a second run compares the contents of modules, and what a copy preserves" {
	module a.ko alias=x-1
	copies -m a
	facts "$copy/kernel/a.ko" >good
	for change in 'sed -i s/x-1/x-2/' 'chmod 600' 'chown 7:7' 'setfattr -n user.x -v y' 'setfacl -m u:7:r' \
		'touch -d 2001-01-01'; do
		$change "$copy/kernel/a.ko"
		touch -r "$tree/kernel/a.ko" "$copy/kernel/a.ko"
		[ "${change%% *}" != touch ] || $change "$copy/kernel/a.ko"
		copies -m a
		cmp "$tree/kernel/a.ko" "$copy/kernel/a.ko"
		facts "$copy/kernel/a.ko" >again
		diff good again || fail "$change"
	done
	setfattr -n user.x -v y "$tree/kernel/a.ko"
	copies -m a
	run -0 getfattr --absolute-names --only-values -n user.x "$copy/kernel/a.ko"
	assert_output y
}

@test "--modules-only: modules and firmware, and no file that describes them" {
	module a.ko depends=b firmware=f.bin
	module b.ko.xz
	builtin_module fs/x.ko
	mkdir -p "$src/usr/lib/firmware"
	echo firmware >"$src/usr/lib/firmware/f.bin"
	copies -m a --firmware --modules-only
	run find "$dst" -type f -printf '%P\n'
	assert_equal "$(LC_ALL=C sort <<<"$output")" "$(printf '%s\n' usr/lib/firmware/f.bin \
		"usr/lib/modules/$kver/kernel/"{a.ko,b.ko.xz})"
	# What another program made there stays as it is.
	echo other | tee "$dst/usr/lib/modules/$kver/modules."{order,builtin,dep} >printed
	copies -m b --modules-only
	assert_equal "$(cat "$dst/usr/lib/modules/$kver/modules."*)" "$(printf 'other\n%.0s' 1 2 3)"
	"$MODBOX" rpi-modcopy -k "$kver" -m a --modules-only --cpio=out.cpio "$src"
	run -0 cpio --quiet -it -F out.cpio
	refute_line --regexp 'modules\.'
	assert_line --regexp 'a\.ko$'
	run "$MODBOX" rpi-modcopy -k "$kver" -m a --modules-only --depmod=builtin "$src" "$dst"
	assert_failure 2
	assert_line --partial '--modules-only excludes --depmod'
}

@test "--modules-only: a kernel without modules.builtin is no error" {
	module a.ko
	rm -f "$tree"/modules.builtin*
	modcopy -m a --modules-only
	assert_success
	[ -e "$dst/usr/lib/modules/$kver/kernel/a.ko" ]
	modcopy -m a
	assert_failure
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Dependencies: hard dependencies, softdeps and weakdeps, from all their sources.

load ../lib/common

# -- hard dependencies ------------------------------------------------------------

@test "hard dependencies, direct and indirect" {
	module ext4.ko depends=jbd2,mbcache
	module jbd2.ko depends=crc16
	module mbcache.ko
	module crc16.ko
	module other.ko
	resolves 'crc16 ext4 jbd2 mbcache' -m ext4
}

@test "a dependency whose file has - and depends= has _, and the reverse" {
	module a.ko depends=dm_mod,snd-pcm
	module dm-mod.ko
	module snd_pcm.ko
	resolves 'a dm_mod snd_pcm' -m a
}

@test "a dependency that is built in" {
	module a.ko depends=b
	builtin_module lib/b.ko
	unindex
	chooses a -m a
}

@test "a missing dependency is a module not found" {
	module a.ko depends=gone
	refuses 1 'a needs gone, which *' -m a
	modcopy -n -K -m a
	assert_failure 1
	assert_equal "$stderr" "rpi-modcopy: warning: a needs gone, which $src/usr/lib/modules/$kver does not have (if another root has it, give that with --overlay)"
	assert_listed a
}

# renamed OLD NEW: rename the file of a module in kernel/
renamed() {
	mv "$tree/kernel/$1" "$tree/kernel/$2"
	sed -i "s,/$1,/$2," "$tree/modules.order"
}

@test "a dependency whose file was renamed is found by its symbols, as by depmod" {
	module user.ko depends=old,plain,crc-old
	module old.ko depends=below
	module below.ko
	module plain.ko
	module crc-old.ko
	module other.ko
	renamed old.ko new-name.ko
	renamed crc-old.ko crc.ko
	resolves 'below crc new_name plain user' -m user
	unindex
	closure -o tree user
	assert_line --regexp ' new_name  depends, as old$'
	assert_line --regexp ' crc  depends, as crc_old$'
	closure --reverse below
	assert_line "usr/lib/modules/$kver/kernel/user.ko"
}

@test "a renamed dependency without a name in its .modinfo, in other formats of modules" {
	module -b 32 -e be user.ko depends=old
	module -b 32 -e be old.ko
	sed -i 's/name=old/nume=old/' "$tree/kernel/old.ko"
	renamed old.ko new.ko
	resolves 'new user' -m user
	unindex
	gzip "$tree/kernel/new.ko"
	closure -o names user
	assert_output "$(printf '%s\n' new user)"
}

@test "a dependency is missing if no module exports its symbols" {
	module user.ko depends=old,gone
	module old.ko
	module damaged.ko
	truncate -s 100 "$tree/kernel/damaged.ko"
	renamed old.ko new.ko
	closure -o names user
	assert_failure 1
	assert_equal "$stderr" "modclosure: user needs gone, which $src/usr/lib/modules/$kver does not have (if another root has it, give that with --overlay)"
}

@test "spaces in the names of files and directories, as in modprobe" {
	local indexes
	module 'my mod.ko' depends=below alias=spacy
	module below.ko
	module 'kernel/a dir/sub.ko' depends=below
	for indexes in unindex index; do
		"$indexes"
		for name in 'my mod' spacy 'kernel/my mod.ko'; do
			closure -o paths "$name"
			assert_success
			assert_equal "$stderr" ''
			assert_output "$(printf "usr/lib/modules/$kver/kernel/%s.ko\n" below 'my mod')"
		done
		closure -o names sub
		assert_output "$(printf '%s\n' below sub)"
		rm -rf "$dst"
		copies -m 'my mod' -m sub --manifest=m
		assert_file_exists "$copy/kernel/my mod.ko"
		assert_equal "$(sort "$copy/modules.dep")" \
			"$(printf 'kernel/%s\n' 'a dir/sub.ko: kernel/below.ko' below.ko: 'my mod.ko: kernel/below.ko')"
		run "$MODBOX" rpi-modcopy -k "$kver" -m 'my mod' -m sub --check=m "$src"
		assert_success
	done
	# modprobe takes the rest of a dependency's path for another one.
	module user.ko 'depends=my mod,sub'
	for indexes in unindex index; do
		"$indexes"
		closure -o names user
		assert_success
		assert_equal "$(sort <<<"$output")" "$(printf '%s\n' below 'my mod' sub user)"
		assert_regex "$stderr" "kernel/my mod.ko: modprobe cannot load user: a space in the path of a dependency ends it"
	done
}

@test "dependencies come before the modules that need them" {
	module a.ko depends=b,c
	module b.ko depends=d
	module c.ko depends=d
	module d.ko
	for _ in unindexed indexed; do
		chooses 'a b c d' -m a
		assert_equal "$(listed | head -n 1)" "usr/lib/modules/$kver/kernel/d.ko"
		assert_equal "$(listed | tail -n 1)" "usr/lib/modules/$kver/kernel/a.ko"
		index
	done
}

@test "a chain of 300 dependencies" {
	for ((i = 1; i < 300; i++)); do
		module "m$i.ko" "depends=m$((i + 1))"
	done
	module m300.ko
	modcopy -n -m m1
	assert_success
	assert_equal "$(listed | wc -l)" 300
	assert_equal "$(listed | sed -n '1s/.*\///p;$s/.*\///p' | tr '\n' ' ')" 'm300.ko m1.ko '
}

@test "dependency cycles end, with a warning" {
	module a.ko depends=b
	module b.ko depends=a
	modcopy -n -m a
	assert_success
	assert_listed 'a b'
	assert_equal "${#stderr_lines[@]}" 1
	assert_regex "$stderr" 'warning: .* depend on each other'
}

# -- softdeps of modules ------------------------------------------------------------

@test "softdep pre and post" {
	module a.ko 'softdep=pre: b c post: d'
	for name in b c d e; do module $name.ko; done
	resolves 'a b c d' -m a
}

@test "a softdep pre comes before its module, a softdep post after it" {
	module b.ko 'softdep=pre: z post: c'
	module c.ko
	module z.ko
	for _ in unindexed indexed; do
		chooses 'b c z' -m b
		assert_equal "$(listed | sed 's/.*\///' | tr '\n' ' ')" 'z.ko b.ko c.ko '
		index
	done
}

@test "every softdep line of a module is followed" {
	module a.ko 'softdep=pre: b' 'softdep=pre: c' 'softdep=post: d'
	for name in b c d; do module $name.ko; done
	resolves 'a b c d' -m a
}

@test "softdeps and dependencies are followed recursively, through each other" {
	module a.ko 'softdep=pre: b'
	module b.ko depends=c
	module c.ko 'softdep=post: d'
	module d.ko 'softdep=pre: e'
	module e.ko depends=f
	module f.ko
	module g.ko
	resolves_with_weakdep 'a b c d e f' -m a
}

@test "softdep cycles end" {
	module a.ko 'softdep=pre: b'
	module b.ko 'softdep=pre: a'
	resolves 'a b' -m a
	resolves 'a b' -m b
}

@test "a softdep on an alias selects all its modules" {
	module ext4.ko 'softdep=pre: crypto-crc32c'
	module crc32c_generic.ko alias=crypto-crc32c
	module crc32c-intel.ko alias=crypto-crc32c
	resolves 'crc32c_generic crc32c_intel ext4' -m ext4
}

@test "words before pre: and post: are ignored" {
	module a.ko 'softdep=b pre: c'
	module d.ko 'softdep=b c'
	module b.ko
	module c.ko
	resolves 'a c' -m a
	resolves d -m d
}

@test "spaces and tabs between the words of a softdep" {
	module a.ko $'softdep=  pre:\tb   c\tpost:  d '
	for name in b c d; do module $name.ko; done
	resolves 'a b c d' -m a
}

@test "--no-softdep" {
	module a.ko 'softdep=pre: b post: c' 'weakdep=d'
	for name in b c d; do module $name.ko; done
	modprobe_d 'softdep a pre: b'
	resolves_with_weakdep 'a d' -m a --no-softdep
	resolves a -m a --no-softdep --no-weakdep
	resolves a -m a --hard-only
}

@test "a softdep missing from this kernel is shown by --verbose, not an error" {
	module a.ko 'softdep=pre: nowhere'
	resolves a -m a
	modcopy -v -m a
	assert_success
	assert_equal "$stderr" ''
	assert_line --regexp '^# nowhere .*softdep pre of a.*not in this kernel'
}

@test "a softdep that is built in" {
	module a.ko 'softdep=pre: crc32c-generic post: crypto-sha256'
	builtin_module crypto/crc32c_generic.ko
	builtin_module crypto/sha256.ko alias=crypto-sha256
	resolves a -m a
	assert_line --regexp '^# crc32c-generic .*softdep pre of a.*built in'
}

@test "a missing softdep of a dependency is not an error either" {
	module a.ko depends=b
	module b.ko 'softdep=pre: nowhere' 'weakdep=nowhere'
	resolves 'a b' -m a
}

@test "a softdep whose module lacks a hard dependency is an error" {
	module a.ko 'softdep=pre: b'
	module b.ko depends=gone
	refuses 1 'b needs gone, which *' -m a
}

# -- weakdeps -----------------------------------------------------------------------

@test "weakdeps in .modinfo, on several lines" {
	module a.ko 'weakdep=b c' weakdep=d
	for name in b c d e; do module $name.ko; done
	resolves_with_weakdep 'a b c d' -m a
}

@test "weakdeps are followed recursively, and by alias" {
	module a.ko 'weakdep=some-alias'
	module b.ko alias=some-alias depends=c
	module c.ko weakdep=d
	module d.ko 'softdep=pre: e'
	module e.ko
	resolves_with_weakdep 'a b c d e' -m a
}

@test "--no-weakdep" {
	module a.ko weakdep=b 'softdep=pre: c'
	module b.ko
	module c.ko
	modprobe_d 'weakdep a b'
	resolves_with_weakdep 'a c' -m a --no-weakdep
}

@test "a weakdep missing from this kernel is shown by --verbose, not an error" {
	module a.ko weakdep=nowhere
	resolves_with_weakdep a -m a
	modcopy -v -m a
	assert_success
	assert_equal "$stderr" ''
	assert_line --regexp '^# nowhere .*weakdep of a.*not in this kernel'
}

@test "modules.weakdep is used, if the index has one" {
	module a.ko
	module b.ko
	index --weakdep
	assert_file_exists "$tree/modules.weakdep"
	echo 'weakdep a b' >>"$tree/modules.weakdep"
	chooses 'a b' -m a
}

@test "modules.softdep is used" {
	module a.ko
	module b.ko
	index
	echo 'softdep a pre: b' >>"$tree/modules.softdep"
	chooses 'a b' -m a
}

# -- modprobe.d -----------------------------------------------------------------------

@test "softdeps in SOURCE's modprobe.d, in addition to the module's own" {
	module a.ko 'softdep=pre: b'
	for name in b c d; do module $name.ko; done
	modprobe_d 'softdep a pre: c' 'softdep a post: d'
	resolves 'a b c d' -m a
}

@test "weakdeps in SOURCE's modprobe.d, in addition to the module's own" {
	module a.ko weakdep=b
	for name in b c d; do module $name.ko; done
	modprobe_d 'weakdep a c d'
	resolves_with_weakdep 'a b c d' -m a
}

@test "a module's name in modprobe.d may have - or _, and wildcards" {
	module snd-hda.ko
	module b.ko
	module c.ko
	modprobe_d 'softdep snd-hda pre: b' 'softdep snd_h* post: c'
	resolves 'b c snd_hda' -m snd-hda
}

@test "continued lines and comments in modprobe.d" {
	module a.ko
	module b.ko
	module c.ko
	# shellcheck disable=SC1003 # a backslash at the end
	modprobe_d '# softdep a pre: c' 'softdep a \' '  pre: b' '' 'options a x=1' 'blacklist a'
	resolves 'a b' -m a
}

@test "every modprobe.d directory in SOURCE is read" {
	module a.ko
	local dir i=0
	for dir in etc run usr/local/lib usr/lib; do
		i=$((i + 1))
		module "m$i.ko"
		mkdir -p "$src/$dir/modprobe.d"
		echo "softdep a pre: m$i" >"$src/$dir/modprobe.d/$i.conf"
	done
	chooses 'a m1 m2 m3 m4' -m a
}

@test "a file in /etc/modprobe.d overrides one of the same name in /usr/lib" {
	module a.ko
	module b.ko
	module c.ko
	mkdir -p "$src"/{etc,usr/lib}/modprobe.d
	echo 'softdep a pre: b' >"$src/etc/modprobe.d/x.conf"
	echo 'softdep a pre: c' >"$src/usr/lib/modprobe.d/x.conf"
	chooses 'a b' -m a
}

@test "only *.conf files in modprobe.d are read, and a link to /dev/null masks" {
	module a.ko
	module b.ko
	mkdir -p "$src"/{etc,usr/lib}/modprobe.d
	echo 'softdep a pre: b' | tee "$src/etc/modprobe.d/x.conf~" \
		"$src/etc/modprobe.d/.x.conf" "$src/etc/modprobe.d/conf" >"$src/usr/lib/modprobe.d/x.conf"
	ln -s /dev/null "$src/etc/modprobe.d/x.conf"
	chooses a -m a
}

@test "--config names other directories inside SOURCE, and is repeatable" {
	module a.ko
	for name in b c d; do module $name.ko; done
	modprobe_d 'softdep a pre: b'
	mkdir -p "$src/one" "$src/two"
	echo 'softdep a pre: c' >"$src/one/x.conf"
	echo 'softdep a pre: d' >"$src/two/y.conf"
	chooses 'a c' -m a --config=/one
	chooses 'a c d' -m a -C one -C /two
	chooses 'a b' -m a
}

@test "a modprobe.d given by --config must exist" {
	module a.ko
	mkdir -p "$BATS_TEST_TMPDIR/outside"
	refuses 4 "cannot read $src/absent: No such file or directory" -m a -C absent
	# Inside SOURCE, not on the host.
	refuses 4 "cannot read *outside: No such file or directory" -m a -C "$BATS_TEST_TMPDIR/outside"
}

@test "--no-config" {
	module a.ko 'softdep=pre: b'
	module b.ko
	module c.ko
	modprobe_d 'softdep a pre: c' 'alias d a'
	resolves 'a b' -m a --no-config
	refuses 1 '*no module d *' -m d --no-config
}

@test "a modprobe.d alias of a missing module hides anything else with that name" {
	module ipv6.ko alias=net-pf-10
	module a.ko 'softdep=pre: net-pf-10 post: run b'
	module b.ko
	builtin_module loop.ko
	modprobe_d 'alias net-pf-1? off' 'alias run nothing' 'install nothing /bin/true' 'alias loop none' \
		'alias many off' 'alias many b'
	local indexes name
	for indexes in unindex index; do
		"$indexes"
		refuses 1 "--module: no module net-pf-10 in $src/usr/lib/modules/$kver: modprobe.d makes it an alias of 'off', which does not exist" \
			-m net-pf-10
		refuses 1 "*: no module loop in *: modprobe.d makes it an alias of 'none', which does not exist" -m loop
	done
	resolves b -m net-pf-10? -m b
	resolves 'a b' -m a
	resolves b -m many
	resolves b -m run -m b
	modcopy -n -m run
	assert_line '# run (--module): an install command in modprobe.d'
	resolves ipv6 -m net-pf-10 --no-config
}

@test "the host's modprobe.d and its kernel's command line are not read" {
	module a.ko
	module b.ko
	echo 'softdep a pre: b' >hosts.conf
	echo 'a.softdep=b modprobe.blacklist=a' >cmdline
	# shellcheck disable=SC2016 # the inner shell's
	under own_mounts sh -c '
		for dir in /etc /run /lib /usr/lib /usr/local/lib; do
			[ -d $dir/modprobe.d ] || continue
			mount -t tmpfs none $dir/modprobe.d && cp hosts.conf $dir/modprobe.d/ || exit 9
		done
		mount --bind cmdline /proc/cmdline || exit 9
		exec "$@"' sh
	[ -d /etc/modprobe.d ] || fail 'the host has no /etc/modprobe.d (package kmod)'
	chooses a -m a
	index
	chooses a -m a
}

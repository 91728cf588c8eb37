#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Configuration copied along with modules: --with-config and --load.
# shellcheck disable=SC1003 # lines end with backslashes

load ../lib/common

conf=etc/modprobe.d/modbox.conf
late=etc/modprobe.d/zz-modbox.conf
list=etc/modules-load.d/modbox.conf

# brings 'LINE'...: DEST's configuration consists of these lines, apart from comments
brings() {
	assert_equal "$(grep -v '^#' "$dst/$conf")" "$(printf '%s\n' "$@")"
}

# brings_late 'LINE'...: the same for the file that sorts after modules.softdep
brings_late() {
	assert_equal "$(grep -v '^#' "$dst/$late")" "$(printf '%s\n' "$@")"
}

# loads NAME...: DEST loads these names at boot
loads() {
	assert_equal "$(grep -v '^#' "$dst/$list")" "$(printf '%s\n' "$@")"
}

@test 'every kind of line that names a selected module, and none that names another' {
	module m-one.ko depends=n
	module n.ko
	module x.ko
	modprobe_d 'options m-one a=1 b="x y"' 'options m_one c=2' 'options x a=1' \
		'alias eth0 m-one' 'alias eth1 x' 'softdep n pre: x post: y' 'softdep x pre: n' \
		'weakdep n x' 'blacklist n' 'blacklist x' 'install n /bin/true; modprobe -i n' \
		'remove m_one modprobe -r n' 'install x /bin/false' 'options nn a=1' 'options' \
		'alias eth2' 'include /etc/x' 'unheard-of n' 'blacklist' '# options n a=1'
	copies -m m_one --no-softdep --no-weakdep --with-config
	brings 'options m-one a=1 b="x y"' 'options m_one c=2' 'alias eth0 m-one' 'blacklist n' \
		'install n /bin/true; modprobe -i n' 'remove m_one modprobe -r n'
	brings_late 'softdep n pre: x post: y' 'weakdep n x'
	assert_equal "$(modules_in "$copy")" 'm_one n'
}

@test 'no configuration without --with-config, or if no line concerns a module' {
	module m.ko
	modprobe_d 'options m a=1'
	copies -m m
	assert_not_exists "$dst/etc"
	rm "$src/etc/modprobe.d/test.conf"
	modprobe_d 'options n a=1'
	copies -m m --with-config
	assert_not_exists "$dst/etc"
}

@test "modprobe's order: files by name, one per name, each line with its origin" {
	module m.ko
	mkdir -p "$src"/{etc,usr/lib,run}/modprobe.d
	echo 'options m from=etc-b' >"$src/etc/modprobe.d/b.conf"
	printf '# said\n\n\toptions m from=lib-a' >"$src/usr/lib/modprobe.d/a.conf"
	echo 'options m from=lib-b' >"$src/usr/lib/modprobe.d/b.conf"
	echo 'options m from=run-c' >"$src/run/modprobe.d/c.conf"
	echo 'options m from=none' >"$src/etc/modprobe.d/d.other"
	copies -m m --with-config
	assert_equal "$(tail -n +2 "$dst/$conf")" '# usr/lib/modprobe.d/a.conf:3
	options m from=lib-a
# etc/modprobe.d/b.conf:1
options m from=etc-b
# run/modprobe.d/c.conf:1
options m from=run-c'
	rm -r "$dst"
	copies -m m --with-config -C usr/lib/modprobe.d
	brings $'\toptions m from=lib-a' 'options m from=lib-b'
}

@test 'continued lines are joined, and backslashes keep their meaning' {
	module m.ko
	module n.ko
	printf '%s\n' 'options m a=1 \' '  b=2 \' 'c=\\d\e' 'install \' 'n /bin/\' 'true' \
		>lines
	mkdir -p "$src/etc/modprobe.d"
	{ cat lines; printf 'options n z=1 \\'; } >"$src/etc/modprobe.d/l.conf"
	copies -m m -m n --with-config
	assert_equal "$(tail -n +2 "$dst/$conf")" '# etc/modprobe.d/l.conf:1
options m a=1   b=2 c=\\de
# etc/modprobe.d/l.conf:4
install n /bin/true
# etc/modprobe.d/l.conf:7
options n z=1 \\'
	# and modprobe reads the same from it (it takes the end of a file for a byte)
	cp lines "$src/etc/modprobe.d/l.conf"
	copies -m m -m n --with-config
	"$ORACLE/modprobe" -C "$src/etc/modprobe.d" -c | grep -E '^(options|install) [mn] ' >before
	"$ORACLE/modprobe" -C "$dst/etc/modprobe.d" -c | grep -E '^(options|install) [mn] ' >after
	diff before after
	assert_equal "$(wc -l <before)" 2
}

@test 'aliases: their targets, their names, and options for those names' {
	module m.ko
	module n.ko alias=nic:v1
	modprobe_d 'alias snd-card-0 m' 'options snd-card-0 index=0' 'alias usb:v* m' \
		'options usb:v* x=1' 'alias net-pf-[0-9] off' 'alias net-pf-1 off' 'options net-pf-1 x=1' \
		'options nic:v1 speed=1' 'alias pci:v[0-9]* n' 'softdep ni* pre: m' 'options n* no=1'
	copies -m m --with-config
	brings 'alias snd-card-0 m' 'options snd-card-0 index=0' 'alias usb:v* m' 'options usb:v* x=1'
	rm -r "$dst"
	copies -m nic:v1 --with-config
	brings 'options nic:v1 speed=1' 'alias pci:v[0-9]* n'
}

@test 'a name that exists only as a modprobe.d alias or command' {
	module m.ko
	modprobe_d 'alias foo-bar m' 'alias foo-baz other' 'install run-it /bin/true'
	copies -m foo_bar -m run-it --with-config
	brings 'alias foo-bar m' 'install run-it /bin/true'
}

# same_in_dest NAME LINES: both modprobes do the same for NAME in SOURCE and in DEST
same_in_dest() {
	local kmod root
	for kmod in "$ORACLE" "$KMOD34"; do
		for root in "$src" "$dst"; do
			"$kmod/modprobe" -C "$root/etc/modprobe.d" -d "$root" -S "$kver" -D "$1" |
				sed "s,$root,," >"shown${root##*/}"
		done
		diff shownsrc showndst
		assert_equal "$(wc -l <shownsrc)" "$2"
	done
}

@test 'modprobe does in DEST what modprobe.d says' {
	module m.ko depends=n
	module n.ko
	module p.ko
	modprobe_d 'alias eth9 m' 'options m a=1' 'options n b=2' 'softdep m pre: p' 'options p c=3'
	ln -s usr/lib "$src/lib"
	copies -m m --with-config
	ln -s usr/lib "$dst/lib"
	index
	same_in_dest eth9 3
}

@test 'lines for a built-in, or for a name that only modprobe.d knows' {
	module a.ko
	module b.ko
	builtin_module bi.ko
	modprobe_d 'alias to-bi bi' 'softdep b? pre: a' 'install group /bin/true' 'alias to-group group' \
		'softdep gr* pre: b' 'softdep other pre: b'
	ln -s usr/lib "$src/lib"
	copies -m to-bi -m to-group --with-config
	brings 'alias to-bi bi' 'install group /bin/true' 'alias to-group group'
	brings_late 'softdep b? pre: a' 'softdep gr* pre: b'
	ln -s usr/lib "$dst/lib"
	index
	same_in_dest to-bi 2
	same_in_dest to-group 1
}

@test "a softdep that sorts after modules.softdep does not override the module's own" {
	module m.ko 'softdep=pre: own'
	module n.ko 'softdep=pre: own'
	module own.ko
	module extra.ko
	mkdir -p "$src/etc/modprobe.d"
	printf '%s\n' 'softdep m post: extra' 'options m a=2' >"$src/etc/modprobe.d/zfs.conf"
	echo 'softdep n pre: extra' >"$src/etc/modprobe.d/modules.conf"
	ln -s usr/lib "$src/lib"
	index
	copies -m m -m n --with-config
	ln -s usr/lib "$dst/lib"
	same_in_dest m 2
	same_in_dest n 2
	brings 'softdep n pre: extra' 'options m a=2'
	assert_equal "$(cat "$dst/$late")" '# Written by rpi-modcopy --with-config
# etc/modprobe.d/zfs.conf:1
softdep m post: extra'
}

@test 'softdeps after modules.softdep: merged like other lines, and moved out of an older file' {
	module m.ko
	module n.ko
	mkdir -p "$src/etc/modprobe.d" "$dst/etc/modprobe.d"
	echo 'softdep m pre: a' >"$src/etc/modprobe.d/a.conf"
	printf '%s\n' 'softdep m pre: b' 'softdep n pre: c' 'options n z=1' >"$src/etc/modprobe.d/z.conf"
	printf '%s\n' 'weakdep m d' 'softdep m pre: d' >"$src/etc/modprobe.d/modules.t.conf"
	printf '%s\n' '# older' 'softdep m pre: a' 'softdep m pre: b' >"$dst/$conf"
	copies -m n --with-config
	brings 'softdep m pre: a' 'options n z=1'
	brings_late 'softdep m pre: b' 'softdep n pre: c'
	copies -m m --with-config
	brings 'softdep m pre: a' 'weakdep m d' 'options n z=1'
	brings_late 'softdep m pre: d' 'softdep m pre: b' 'softdep n pre: c'
	cp "$dst/$late" first
	copies -m m --with-config
	cmp "$dst/$late" first
	modcopy -n -m m --with-config
	assert_line "# lines of modprobe.d: $conf"
	assert_line "# lines of modprobe.d: $late"
	rm "$src/etc/modprobe.d/z.conf"
	copies -m m --with-config
	brings_late 'softdep m pre: d'
}

@test 'a second run: same bytes for the same modules; lines that still apply stay' {
	module m.ko
	module n.ko
	module p.ko
	modprobe_d 'options n b=1' 'options p c=1' 'options m a=1 \' 'x\y'
	copies -m m -m p --with-config
	cp "$dst/$conf" first
	copies -m m -m p --with-config
	cmp "$dst/$conf" first
	rm "$src/etc/modprobe.d/test.conf"
	modprobe_d 'options n b=1' 'options p c=2' 'options m a=1 \' 'x\y'
	copies -m n --with-config
	brings 'options n b=1' 'options m a=1 xy'
	echo 'options n b=2' >"$src/etc/modprobe.d/test.conf"
	copies -m m --with-config
	brings ''
}

@test 'several kernels: one file covers the modules of all' {
	module m.ko
	module old.ko
	kver=6.2.0-test add_tree
	module m.ko
	module new.ko
	set_module_dir usr/lib/modules
	modprobe_d 'options new a=1' 'options m a=1' 'options old a=1' 'options none a=1'
	modcopy -k 6.2.0-test -K -m m -m new -m old --with-config --load=new --load=old
	assert_failure 1
	brings 'options new a=1' 'options m a=1' 'options old a=1'
	loads old new
}

@test 'control characters in file names do not forge lines' {
	module m.ko
	mkdir -p "$src/etc/modprobe.d"
	printf 'options m a=1\r\n' >"$src/etc/modprobe.d/a"$'\n''blacklist m.conf'
	copies -m m --with-config
	brings $'options m a=1\r'
	assert_equal "$(wc -l <"$dst/$conf")" 3
}

@test 'long lines, NUL bytes, many lines' {
	module m.ko
	mkdir -p "$src/etc/modprobe.d"
	{
		printf 'options m '
		head -c 300000 /dev/zero | tr '\0' a
		printf '\nblacklist m\0options m z=1\n'
		yes 'options m a=1' | head -n 5000
	} >"$src/etc/modprobe.d/a.conf"
	copies -m m --with-config
	assert_equal "$(grep -cv '^#' "$dst/$conf")" 5002
	assert_equal "$(grep -c '^options m a=1$' "$dst/$conf")" 5000
	assert_equal "$(grep -c '^blacklist m$' "$dst/$conf")" 1
}

@test "something else in the place of DEST's files: status 4" {
	module m.ko
	modprobe_d 'options m a=1'
	mkdir -p "$dst/$conf" "$dst/etc/modules-load.d"
	refuses 4 "cannot read $dst/$conf: Is a directory" -m m --with-config
	mkfifo "$dst/$list"
	refuses 4 "cannot read $dst/$list: Invalid argument" --load=m
}

@test 'links in DEST are not followed outside' {
	module m.ko
	modprobe_d 'options m a=1'
	mkdir -p "$dst/etc/modprobe.d" host
	echo host >host/file
	ln -s "$PWD/host/file" "$dst/$conf"
	ln -s "$PWD/host" "$dst/etc/modules-load.d"
	copies -m m --with-config --load=m
	assert_equal "$(cat host/*)" host
	brings 'options m a=1'
	assert_equal "$(grep -v '^#' "$dst$PWD/host/modbox.conf")" m
}

# -- --load

@test '--load: the module is copied, and loaded at boot by the given name' {
	module dm-crypt.ko depends=dm-mod
	module dm-mod.ko
	module a.ko 'alias=crypto-xts(aes)'
	builtin_module b.ko
	copies --load=dm-crypt --load='crypto-xts(aes)' --load b
	loads dm-crypt 'crypto-xts(aes)' b
	assert_equal "$(modules_in "$copy")" 'a dm_crypt dm_mod'
}

@test '--load with the syntax of lists: all selected modules are loaded' {
	module kernel/drivers/nvme.ko depends=nvme-core
	module kernel/drivers/nvme-core.ko
	module kernel/fs/ext4.ko.xz
	copies --load='nv*' --load=ext4? --load=none? --load=kernel/fs/ --load=fs/ext4.ko.xz
	loads nvme_core nvme ext4
}

@test '--load again: new names are added, each once' {
	module m.ko
	module n.ko
	copies --load=m
	cp "$dst/$list" first
	copies --load=m
	cmp "$dst/$list" first
	printf '# mine\nm' >"$dst/$list"
	copies --load=n --load=m --load=n
	assert_equal "$(cat "$dst/$list")" '# mine
m
n'
	copies -m m
	loads m n
}

@test 'concurrent runs into one DEST lose no line' {
	local names=(a b c d e f) name round pids
	for name in "${names[@]}"; do
		module "$name.ko"
		modprobe_d "options $name x=1"
	done
	for round in 1 2 3 4 5 6; do
		rm -rf "$dst"
		pids=()
		for name in "${names[@]}"; do
			"$MODBOX" rpi-modcopy -k "$kver" --load="$name" --with-config "$src" "$dst" 2>"err.$name" &
			pids+=($!)
		done
		for name in "${names[@]}"; do
			wait "${pids[0]}" || fail "round $round: $(<"err.$name")"
			pids=("${pids[@]:1}")
			assert_equal "$(<"err.$name")" ''
		done
		assert_equal "$(grep -v '^#' "$dst/$list" | sort)" "$(printf '%s\n' "${names[@]}")"
		brings 'options '{a..f}' x=1'
		assert_equal "$(grep -c '' "$dst/$list")" 7
		assert_no_leftovers
	done
}

@test 'lines added while a run waits for the lock stay, and the manifest has them' {
	local pid
	module m.ko
	modprobe_d 'options m x=1' 'options n x=1'
	copies -m m --load=m --with-config --depmod=none
	# cat keeps the lock until 9 is closed.  In a container, /proc/locks lacks the locks of dead processes.
	mkfifo hold
	flock "$dst" cat hold &
	exec 9>hold
	"$MODBOX" rpi-modcopy -k "$kver" --load=m --with-config --manifest=manifest "$src" "$dst" 9>&- &
	pid=$!
	timeout 60 sh -c "until grep -q -- '-> FLOCK.* $pid ' /proc/locks; do kill -0 $pid || exit; sleep 0.05; done" ||
		fail 'it does not wait'
	echo n >>"$dst/$list"
	echo 'options n x=1' >>"$dst/$conf"
	exec 9>&-
	wait "$pid"
	loads m n
	brings 'options m x=1' 'options n x=1'
	for file in "$list" "$conf"; do
		assert_file_contains manifest "^$file	$(stat -c %s "$dst/$file")	$(sha256sum "$dst/$file" | cut -d ' ' -f 1)	"
	done
}

@test '--load of a missing module: status 1; skipped with --keep-going' {
	module m.ko
	refuses 1 "--load: no module nothere in *" --load=m --load=nothere
	modcopy -K --load=m --load=nothere
	assert_failure 1
	loads m
}

@test 'usage: status 2' {
	module m.ko
	refuses 2 "--with-config and --no-config exclude each other (see *" \
		-m m --with-config --no-config
	for name in '' '!m' 'a b' '#m' ';m' $'m\nn'; do
		refuses 2 "--load: invalid module name *" -m m --load="$name"
	done
}

@test '--dry-run shows the files that would be written' {
	module m.ko
	modprobe_d 'options m a=1'
	modcopy -n --with-config --load=m
	assert_success
	assert_line "# lines of modprobe.d: $conf"
	assert_line "# modules to load: $list"
	refute_line "$conf"
	assert_not_exists "$dst"
}

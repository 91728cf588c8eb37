# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what is set here, sweep uses, and the other way round
#
# Sourced by sweep: the runs of modbox to inject faults into.  In the current directory, each makes
# src/ (SOURCE), out.before/ (the initial contents of everything it writes to) and the command,
# with paths relative to that directory.

V=6.1.0-test

# Runs for --all alone, since they differ little from others.
only_all=(install_named process remove record)

# add DIR PATH KEY=VALUE...: make a module, compressed according to its suffix
add() {
	local file=$1/$2 plain name
	plain=${file%.ko*}.ko
	name=${plain##*/}
	mkdir -p "${file%/*}"
	mkmodule -p 3000 "$plain" "name=${name%.ko}" "${@:3}"
	setfattr -n user.note -v x "$plain"
	touch -d '2001-02-03 04:05:06.789' "$plain"
	case $file in
	*.gz) gzip -n "$plain" ;;
	*.xz) xz --check=crc32 "$plain" ;;
	*.zst) zstd -q --rm "$plain" ;;
	esac
	echo "${2%.ko*}.ko" >>"$1/modules.order"
}

# Two plain modules and one of each compression, with every kind of dependency.
make_source() {
	local tree=src/usr/lib/modules/$V
	mkdir -p $tree src/etc/{modprobe,depmod}.d src/usr/lib/firmware out.before
	add $tree kernel/a.ko depends=b 'softdep=pre: foo' firmware=a.bin
	add $tree kernel/b.ko.xz depends=
	add $tree kernel/sub/c.ko.zst depends=b alias=foo firmware=c.bin
	add $tree kernel/sub/d.ko.gz depends=
	add $tree kernel/unused.ko depends=
	echo kernel/built_in.ko >$tree/modules.builtin
	printf 'built_in.license=GPL\0' >$tree/modules.builtin.modinfo
	printf 'options a x=1\nsoftdep a post: d\nblacklist unused\n' >src/etc/modprobe.d/test.conf
	echo 'search updates built-in' >src/etc/depmod.d/test.conf
	echo firmware >src/usr/lib/firmware/real.bin
	ln -s real.bin src/usr/lib/firmware/a.bin
	echo firmware | xz --check=crc32 >src/usr/lib/firmware/c.bin.xz
	printf '# names\na\nfoo\n' >list
}

index() {
	"$MODBOX" depmod -b "$1" -m usr/lib/modules "$V"
	touch -d '2001-02-04' "$1"/usr/lib/modules/$V/modules.*
}

# A DEST with modules of an earlier package: one older, one in another compression.
make_used() {
	local tree=out.before/dest/usr/lib/modules/$V
	add $tree kernel/a.ko depends= description=older
	add $tree kernel/sub/c.ko.xz depends=
	add $tree kernel/stays.ko depends=
	touch $tree/modules.builtin{,.modinfo}
	index out.before/dest
}

copy=(rpi-modcopy -k "$V")

run_fresh() {
	make_source
	echo old >out.before/manifest
	command=("${copy[@]}" -m a -m built_in --max-size=1M --manifest=out/manifest src out/dest)
}

run_used() {
	make_source
	index src
	make_used
	command=("${copy[@]}" -f list src out/dest)
}

# On a file system without unnamed files, temporary files have names.
run_named() {
	run_used
	command+=(--manifest=out/manifest)
	export NO_TMPFILE=1
	program=$FAILALLOC
}

run_named_filter() {
	run_filter
	export NO_TMPFILE=1
	program=$FAILALLOC
}

run_decompress() {
	make_source
	make_used
	command=("${copy[@]}" --decompress -m a src out/dest)
}

# Thread scheduling varies, so the n-th call is not always the same one.
run_threads() {
	run_decompress
	taskset -cp "$processors" $$ >/dev/null
	never+='|futex' # a waiter whose call is not made waits forever
}

run_cpio() {
	make_source
	index src
	echo old >out.before/modules.cpio
	command=("${copy[@]}" -m a --cpio=out/modules.cpio src)
}

run_extras() {
	make_source
	make_used
	command=("${copy[@]}" --load=a --firmware --with-config src out/dest)
}

run_check() {
	make_source
	index src
	"$MODBOX" "${copy[@]}" -m a --manifest=manifest src "$(mktemp -d)"
	command=("${copy[@]}" -m a --check=manifest src)
}

# depmod(8)'s own calls do not fail.
run_external() {
	make_source
	make_used
	command=("${copy[@]}" --depmod=depmod -m b src out/dest)
	follow=()
	never+='|close' # a pipe that is not closed never ends
}

run_depmod() {
	make_source
	cp -a src out.before/root
	index out.before/root
	add out.before/root/usr/lib/modules/$V kernel/new.ko depends=
	command=(depmod -b out/root -m usr/lib/modules "$V")
}

# A ROOT with modules of one's own, of an earlier build: one is replaced, one in another compression.
run_install() {
	local own=usr/lib/modules/$V
	make_source
	cp -a src out.before/root
	add out.before/root/$own updates/own.ko description=older
	add out.before/root/$own updates/packed.ko.xz description=older
	"$MODBOX" depmod --record -b out.before/root -m usr/lib/modules "$V"
	add . own.ko depends=b
	add . packed.ko depends=own
	add . another.ko depends=
	mkdir src/build
	mv own.ko packed.ko another.ko src/build
	command=(modinst --no-check --strip -k "$V" --manifest=out/manifest out/root src/build)
	set=out/root sparse_calls=40 sparse_allocations=18
	replaced='updates/packed\.ko\.xz$'
}

# The record is renewed where there is one.
run_process() {
	run_install
	"$MODBOX" modinst --no-check -k "$V" out.before/root src/build
	command=(modinst --no-check --process --strip=unneeded -k "$V" out/root "usr/lib/modules/$V/updates")
}

run_remove() {
	run_process
	command=(modinst --remove -k "$V" out/root own packed)
	replaced='updates/(own|packed)\.ko$'
}

# What has been removed cannot be removed again.
again_remove() {
	local name
	for name in own packed; do
		"$program" modinst --remove -k "$V" out/root $name >plain.stdout 2>plain.stderr || [ $? = 1 ] || return
	done
}

run_install_named() {
	run_install
	export NO_TMPFILE=1
	program=$FAILALLOC
}

run_record() {
	run_depmod
	"$MODBOX" depmod --record -b out.before/root -m usr/lib/modules "$V"
	touch out.before/root/usr/lib/modules/$V/kernel/b.ko.xz
	command=(depmod --record -b out/root -m usr/lib/modules "$V")
}

run_closure() {
	make_source
	command=(modclosure -k "$V" --firmware -o json src a)
}

run_closure_indexed() {
	make_source
	index src
	command=(modclosure -k "$V" -o insmod src -f list)
}

run_filter() {
	make_source
	cp src/usr/lib/modules/$V/modules.order out.before/
	command=(modorder-filter -i --source=src --closure -k "$V" -m a out/modules.order)
}

run_lint() {
	make_source
	index src
	cp -a src/usr/lib/modules/$V src/usr/lib/modules/6.2.0-test
	command=(modlist-lint --all-kernels -o json src list)
}

run_lint_fix() {
	make_source
	printf 'a\na\nfoo\n' >out.before/list
	command=(modlist-lint -k "$V" --fix src out/list)
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The files that modbox opens, shown by strace.
# bats file_tags=native

load ../lib/common

setup() {
	begin_traced
	add_tree
	under strace -f -y -qq -s 4096 -e trace=open,openat,openat2,creat,execve -o "$BATS_TEST_TMPDIR/trace"
}

# Print modbox's lines of the trace, without those of processes that executed another
# program, i.e. depmod's.
of_modbox() {
	awk 'NR > 1 && $2 ~ /^execve/ { other[$1] } !($1 in other)' trace
}

of_depmod() {
	awk 'NR > 1 && $2 ~ /^execve/ { other[$1] } $1 in other' trace
}

# Print the absolute paths that modbox used, existing or not, and the results.  A relative
# path is below the directory that strace shows before it, or below the working directory,
# which holds SOURCE, DEST and the lists.
opened() {
	of_modbox | grep -v ' execve(' >mine
	[ -s mine ] || fail 'nothing was traced'
	{
		grep -o '"/[^"]*"' mine | tr -d '"'
		sed -n 's/.* = [0-9]*<\(.*\)>\( *(deleted)\)\{0,1\}$/\1/p' mine
	} | sort -u
}

# The files outside SOURCE and DEST that modbox may open:
#   the lists given to it
#   /proc/self/fd/N      modbox's own file in memory, read by libkmod
#   /dev/null/...        given to libkmod as its configuration: never a file
#   $TMPDIR              searched for leftovers of killed runs
#   $TMPDIR/modbox-...   depmod's private directory, and depmod's files
#   /dev/null            standard input
allowed() {
	grep -vE "^($src|$dst|$PWD/list)(/|\$)" |
		grep -vE '^/proc/self/fd/[0-9]+$|^/memfd:modbox|^/dev/null(/[a-z.]+)?$' |
		grep -vE "^$TMPDIR(/modbox-tmp-[A-Za-z0-9]{6}(/.*)?)?\$" |
		if [ "$MODBOX_BUILD" = asan ]; then
			# Files of the dynamic loader and the sanitizers; the system's libkmod reads
			# /proc/cmdline and, from 33 on, /sys/module/compression, without any effect.
			grep -vE '^/etc/ld\.so|^(/usr)?/lib.*\.so(\.[0-9.]+)?$|^/proc/(self/(maps|cmdline|environ|exe)|cmdline)$|^/proc/[0-9]+/|^/sys/module/compression$'
		else
			cat
		fi
}

assert_opened_nothing_else() {
	run allowed < <(opened)
	assert_output ''
}

# Print the module files of SOURCE that were opened.
opened_modules() {
	opened | grep "^$src/.*\.ko" | names
}

some_modules() {
	for name in a b c d e f g h; do module $name.ko.xz alias=some-$name; done
	module top.ko depends=a,b 'softdep=pre: c' weakdep=d
	builtin_module lib/x.ko alias=some-x
	modprobe_d 'softdep top post: e' 'alias nice top'
	depmod_d 'search updates built-in'
	printf 'top\nx\n' >list
}

@test "a dry run opens nothing outside SOURCE and the lists" {
	some_modules
	for _ in unindexed indexed; do
		chooses 'a b c d e top' -f list -m x
		assert_opened_nothing_else
		index
	done
}

@test "nor does a lookup of aliases" {
	some_modules
	for _ in unindexed indexed; do
		chooses 'a h' -m some-a -m some-h -m some-x
		assert_opened_nothing_else
		index
	done
}

@test "nor does a run that fails" {
	some_modules
	modcopy -m no-such-module -m tpo
	assert_failure 1
	assert_opened_nothing_else
	modcopy_between "$src" "$dst" -k 1.2.3 -m a
	assert_failure 3
	assert_opened_nothing_else
}

@test "a copy opens nothing outside SOURCE, DEST and a private directory for depmod" {
	some_modules
	copies -f list
	assert_opened_nothing_else
	copies -m g --depmod=depmod
	assert_opened_nothing_else
}

@test "depmod opens no kernel or configuration files of the host" {
	some_modules
	copies -f list --depmod=depmod
	run of_depmod
	assert_line --regexp "\"$TMPDIR/modbox-[^\"]*/depmod\.d\""
	refute_line --regexp '"/(etc|usr|lib|run)/[^"]*(modules|depmod\.d|modprobe\.d)'
	refute_line --regexp "= [0-9]+<$src"
}

@test "without indexes no module file outside the closure is opened" {
	some_modules
	chooses 'a b c d e top' -m top
	assert_equal "$(opened_modules)" 'a b c d e top'
	chooses f -m f
	assert_equal "$(opened_modules)" f
	copies -m top
	assert_equal "$(opened_modules)" 'a b c d e top'
}

@test "with indexes, no module file outside the closure is opened, for any request" {
	some_modules
	index
	chooses 'a b c d e f top' -m nice -m some-f -m some-x
	assert_equal "$(opened_modules)" 'a b c d e f top'
	index --weakdep
	chooses 'a b c d e top' -m top
	assert_equal "$(opened_modules)" 'a b c d e top'
}

@test "with indexes, only selected modules are examined" {
	some_modules
	module updates/u.ko
	index
	under strace -f -y -qq -e trace=%file,%desc -o "$BATS_TEST_TMPDIR/trace"
	chooses 'a b c d e top' -m top
	run grep -cE '[/"](f|g|h|u)\.ko' trace
	assert_output 0
	run grep -c 'getdents64.*/kernel>' trace
	assert_output 0
}

@test "each selected module is opened once" {
	some_modules
	for _ in unindexed indexed; do
		chooses 'a b c d e top' -m top
		for name in a b c d e top; do
			assert_equal "$(grep -cE " = [0-9]+<.*/$name\\.ko" trace)" 1
		done
		index
	done
}

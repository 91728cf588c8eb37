# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the tests use $over; common.bash sets $src, $tree, ...
#
# Sourced by tests in which links lead out of SOURCE and DEST to outside/, a tree of the same
# files, each containing a word that appears nowhere else.  Whatever modbox is told to do, those
# files must stay unchanged and the word must not appear anywhere.

# shellcheck source=../lib/common.bash
source "$MODBOX_SRC/tests/lib/common.bash"

SECRET=xyzzy-canary
# Distinguish sanitizer errors from modbox's own statuses.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:exitcode=99 UBSAN_OPTIONS=${UBSAN_OPTIONS:-}:exitcode=99

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	BATS_TEST_TMPDIR=$(pwd -P) # as in strace's output
	dst=$BATS_TEST_TMPDIR/dst
	over=$BATS_TEST_TMPDIR/over
	outside=$BATS_TEST_TMPDIR/outside
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	src=$outside
	add_all "$SECRET"
	src=$BATS_TEST_TMPDIR/src
	add_all public
	before=$(outside_now)
}

# add_all WORD: make a tree at $src of everything that modbox reads, with WORD in each file
add_all() {
	local dir
	add_tree
	module kernel/fs/a.ko depends=b alias="$1-a" firmware=one.bin firmware=sub/two.bin
	module kernel/fs/b.ko 'softdep=pre: c' description="$1"
	module "kernel/fs/$1.ko" description="$1"
	module kernel/net/c.ko description="$1" weakdep=d
	module kernel/net/d.ko description="$1"
	module kernel/net/e.ko description="$1"
	# Uncompressed outside, so that a copy would show the word.
	if [ "$1" = "$SECRET" ]; then
		mv "$tree/kernel/net/e.ko" "$tree/kernel/net/e.ko.xz"
	else
		compress "$tree/kernel/net/e.ko.xz"
	fi
	builtin_module "lib/x.ko" description="$1" alias="$1-x"
	builtin_module "lib/$1.ko"
	echo "kernel/$1.ko" >>"$tree/modules.order"
	modprobe_d "options a $1=1" "alias $1 a" "softdep a pre: b"
	depmod_d 'search updates built-in' 'external * /opt/drivers' "# $1"
	mkdir -p "$src/opt/drivers"
	mkmodule "$src/opt/drivers/ext.ko" name=ext depends=a description="$1"
	index --weakdep
	# Newer than the modules, so that the indexes are used.
	touch "$tree"/modules.*
	dir=$src/usr/lib/firmware
	mkdir -p "$dir/sub" "$src/etc/modules-load.d"
	echo "$1 one" >"$dir/one.bin"
	echo "$1 two" >"$dir/sub/two.bin"
	echo "$1" >"$src/file"
}

outside_now() {
	fingerprint "$outside"
	find "$outside" -type f -exec md5sum {} + | sort
}

# assert_outside_unseen WHERE...: outside/ is unchanged, and no file in WHERE has its word
assert_outside_unseen() {
	assert_equal "$(outside_now)" "$before"
	run grep -rlF "$SECRET" "$@"
	assert_output ''
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Failures midway: strace makes system calls fail, or sends a signal.
#
# In every case the status is right, a message names the file, every file in DEST is the
# old one or the complete new one, the indexes name only modules that exist, no temporary
# file is left, and the same command then succeeds.  tests/faults fails each system call
# in turn; this file tests failures that must be tolerated, failures of several calls, and
# signals, also with the sanitizer build.
# bats file_tags=native

load ../lib/common

setup() {
	begin_traced
	add_tree
	# With one processor there is one thread, so the order of calls is fixed.
	cpu=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')

	# DEST has modules of an earlier kernel package; old is to be replaced.
	module old.ko depends=stays
	module stays.ko
	copies -m old
	cp -a "$dst" dst.before
	mkmodule -p 3000 "$tree/kernel/old.ko" name=old depends=stays,new
	module -p 100000 new.ko.xz depends=
	module fs/other.ko alias=other
	setfattr -n user.note -v x "$tree/kernel/old.ko"
	touch -d '2001-02-03 04:05:06.789' "$tree"/kernel/*.ko*
	arguments=(-k "$kver" -m old -m other "$src" "$dst")
}

fresh() {
	rm -rf "$dst"
	cp -a dst.before "$dst"
}

# The result of a run without failures: dst.after, and the sums of old and new modules.
expected() {
	[ ! -e dst.after ] || return 0
	fresh
	"$MODBOX" rpi-modcopy "${arguments[@]}" || fail 'modbox fails by itself'
	cp -a "$dst" dst.after
	(cd dst.before/usr/lib/modules/"$kver" && sums) >old
	(cd "$tree" && sums) >new
}

sums() {
	find . -name '*.ko*' -type f -exec md5sum {} +
}

# probe CALL DIR: print which of modbox's calls of this name concern files below DIR: the
# first two, the middle one and the last.  strace does not follow child processes, so these
# are modbox's own calls.
probe() {
	expected
	fresh
	taskset -c "$cpu" strace -y -qq -o probe -e trace="$1" -e signal=none \
		"$MODBOX" rpi-modcopy "${arguments[@]}" >/dev/null || fail 'modbox fails by itself'
	awk -v dir="[<\"]$2[/>\"]" '$0 ~ dir { n[++count] = NR }
		END { for (i = 1; i <= count; i++)
			if (i < 3 || i == int(count / 2) || i == count) print n[i] }' probe
}

# inject CALL:WHAT: run modbox with this strace injection
inject() {
	fresh
	run --separate-stderr taskset -c "$cpu" strace -qq -o injected -e "trace=${1%%:*}" \
		-e "inject=$1" "$MODBOX" rpi-modcopy "${arguments[@]}"
	[[ $1 = *SIGKILL* ]] || grep -qE 'INJECTED|^---' injected || fail "no $1"
}

assert_consistent() {
	local file
	expected
	assert_equal "$(cd "$copy" && sums | grep -vxFf "$BATS_TEST_TMPDIR/old" -f "$BATS_TEST_TMPDIR/new")" ''
	for file in $(<"$copy/modules.dep"); do
		[ -f "$copy/${file%:}" ] || fail "modules.dep has $file, which is not there"
	done
	assert_equal "$(find "$dst" "$TMPDIR" -name '.*' -o -path "$TMPDIR/*")" ''
}

# The files that modbox itself writes; depmod's have times of their own.
assert_complete() {
	expected
	diff -r "$dst" dst.after
	assert_equal "$(find "$copy/kernel" -type f -printf '%P %m %T@\n')" \
		"$(find "dst.after/usr/lib/modules/$kver/kernel" -type f -printf '%P %m %T@\n')"
	assert_equal "$(getfattr --absolute-names --only-values -n user.note "$copy/kernel/old.ko")" x
	assert_consistent
}

assert_completes_now() {
	run --separate-stderr "$MODBOX" rpi-modcopy "${arguments[@]}"
	assert_success
	assert_complete
}

# fails CALL ERROR [DIR]: each call that concerns DIR (default: DEST) fails and ends the run
fails() {
	local n found=
	for n in $(probe "$1" "${3:-$dst}"); do
		found=1
		inject "$1:error=$2:when=$n"
		[ "$status" = 4 ] || fail "$1 $n, $2: status $status; $stderr"
		[[ $stderr =~ ^rpi-modcopy:\ .*($BATS_TEST_TMPDIR|depmod) ]] || fail "$1 $n, $2: '$stderr'"
		assert_equal "${#stderr_lines[@]}" 1
		assert_consistent
	done
	[ -n "$found" ] || fail "no $1 concerns ${3:-$dst}"
	assert_completes_now
}

# goes_on CALL ERROR [DIR]: a failure of each call makes no difference
goes_on() {
	local n found=
	for n in $(probe "$1" "${3:-$dst}"); do
		found=1
		inject "$1:error=$2:when=$n"
		[ "$status" = 0 ] || fail "$1 $n, $2: status $status; $stderr"
		assert_equal "$stderr" ''
		assert_complete
	done
	[ -n "$found" ] || fail "no $1 concerns ${3:-$dst}"
}

# -- writing ------------------------------------------------------------------------

@test "write: ENOSPC" { fails write ENOSPC; }
@test "write: EIO" { fails write EIO; }
@test "write: EINTR" { goes_on write EINTR; }

@test "copy_file_range: ENOSPC" { fails copy_file_range ENOSPC; }
@test "copy_file_range: EIO" { fails copy_file_range EIO; }
@test "copy_file_range: EINTR" { goes_on copy_file_range EINTR; }

@test "copy_file_range: file systems and sandboxes that refuse it" {
	local error
	for error in EXDEV ENOSYS EOPNOTSUPP EINVAL EPERM ETXTBSY; do
		inject copy_file_range:error=$error
		assert_success
		assert_complete
	done
}

@test "copy_file_range: short copies, and no progress at all" {
	# strace skips the call and reports success: modbox must check the file offset.
	inject copy_file_range:retval=1:when=1
	assert_success
	assert_complete
	inject copy_file_range:retval=0
	assert_success
	assert_complete
}

@test "short writes, then failing ones: a file size limit" {
	# A write that crosses the limit is short, the next one fails.
	local limit
	for limit in 100 2000 50000 100000; do
		fresh
		run --separate-stderr bash -c 'trap "" XFSZ; exec prlimit --fsize="$@"' bash \
			$limit strace -qq -o "|cat >/dev/null" -e trace=copy_file_range \
			-e inject=copy_file_range:error=EXDEV "$MODBOX" rpi-modcopy "${arguments[@]}"
		assert_failure 4
		assert_regex "${stderr_lines[0]}" "^rpi-modcopy: (cannot write $copy/|$src/)"
		assert_consistent
	done
	assert_completes_now
}

@test "naming a file: linkat and renameat" {
	# A single failing linkat has a fallback.
	goes_on linkat EIO
	fails renameat ENOSPC
	fails renameat EIO
}

@test "linkat of an unnamed file refused: a temporary name is used" {
	local error
	for error in ENOENT EPERM EXDEV EOPNOTSUPP; do
		inject linkat:error=$error
		assert_success
		assert_complete
	done
	for error in ENOSPC EIO; do
		inject linkat:error=$error
		assert_failure 4
		assert_regex "$stderr" "^rpi-modcopy: cannot write $copy/kernel/stays.ko: "
		assert_consistent
	done
}

@test "fsetxattr: ENOSPC is a failure, EPERM is not" {
	fails fsetxattr ENOSPC
	fails fsetxattr EIO
	goes_on_without_attributes() {
		inject "fsetxattr:error=$1"
		assert_success
		assert_equal "$stderr" ''
		assert_whole
	}
	goes_on_without_attributes EPERM
	goes_on_without_attributes EOPNOTSUPP
	goes_on_without_attributes EACCES
}

@test "fchmod, utimensat" {
	fails fchmod EIO
	fails utimensat EIO
	# Metadata that the file system cannot hold is dropped.
	for call in fchmod utimensat; do
		inject $call:error=EPERM
		assert_success
		assert_equal "$stderr" ''
		assert_whole
	done
}

@test "creating directories" {
	fails mkdirat ENOSPC
	fails mkdirat EIO
}

@test "removing a module with another suffix" {
	rm "$tree/kernel/new.ko.xz"
	module -p 1000 new.ko
	mkdir -p dst.before/x
	xz --check=crc32 -k -c "$tree/kernel/new.ko" >"dst.before/usr/lib/modules/$kver/kernel/new.ko.xz"
	local n
	for n in $(probe unlinkat "$dst" | head -n 20); do
		inject "unlinkat:error=EIO:when=$n"
		[ "$status" = 4 ] || [ "$status" = 0 ]
		[ "$status" = 0 ] || assert_regex "$stderr" "cannot remove $copy/kernel/new.ko.xz"
	done
	fresh
	run "$MODBOX" rpi-modcopy "${arguments[@]}"
	assert_success
	assert_file_not_exists "$copy/kernel/new.ko.xz"
}

# -- reading ------------------------------------------------------------------------

@test "reading SOURCE's modules and lists: EIO" {
	fails pread64 EIO "$src"
	fails read EIO "$src"
	fails getdents64 EIO "$src"
}

@test "reading SOURCE's indexes: EIO" {
	index
	touch -d '1 day ago' "$tree"/*/*
	fails read EIO "$src"
	arguments=(-k "$kver" -m old -m other -m other "$src" "$dst")
	goes_on read EINTR "$src"
}

@test "reading files of DEST: EIO" {
	local n failed=
	for n in $(probe getdents64 "$dst"); do
		inject "getdents64:error=EIO:when=$n"
		# The search for leftovers of killed runs may fail.
		if [ "$status" = 0 ]; then
			assert_equal "$stderr" ''
			assert_complete
			continue
		fi
		[ "$status" = 4 ] || fail "getdents64 $n: status $status; $stderr"
		assert_regex "$stderr" "^rpi-modcopy: cannot read $dst"
		assert_consistent
		failed=1
	done
	[ -n "$failed" ]
	assert_completes_now
}

@test "reading: EINTR" {
	goes_on read EINTR "$src"
	goes_on pread64 EINTR "$src"
}

@test "reading a list: EIO" {
	echo old >list
	arguments=(-k "$kver" -f "$PWD/list" "$src" "$dst")
	fails read EIO "$PWD/list"
}

# -- paths ----------------------------------------------------------------------------

@test "openat2 refused by the kernel or a sandbox: the fallback finds the same" {
	fresh
	run "$MODBOX" rpi-modcopy "${arguments[@]}"
	local error wanted
	wanted=$(cd "$dst" && find . -type f ! -name 'modules.*' -printf '%P %s %m %T@\n' | sort)
	for error in ENOSYS EPERM EAGAIN; do
		inject openat2:error=$error
		assert_success
		assert_complete
		assert_equal "$(cd "$dst" && find . -type f ! -name 'modules.*' -printf '%P %s %m %T@\n' | sort)" "$wanted"
	done
}

@test "links with SOURCE's own path, and many links, without openat2" {
	add_tree lib/modules
	rm -r "${src:?}/lib"
	ln -s "$src/usr/lib" "$src/lib"
	arguments=(-n -M lib/modules -k "$kver" -m old "$src" "$dst")
	inject openat2:error=ENOSYS
	assert_success
	ln -sfn lib "$src/lib"
	inject openat2:error=ENOSYS
	assert_failure 3
	run "$MODBOX" rpi-modcopy "${arguments[@]}"
	assert_failure 3
}

# -- missing kernel features -----------------------------------------------------------

@test "no memfd_create: a temporary file is used and removed" {
	fresh
	inject memfd_create:error=ENOSYS
	assert_success
	assert_complete
}

@test "no /proc" {
	local run_as
	for run_as in env unprivileged; do
		fresh
		[ $run_as = env ] || set -- setpriv --bounding-set=-all --inh-caps=-all
		# shellcheck disable=SC2016 # the inner shell's
		run --separate-stderr own_mounts sh -c 'mount -t tmpfs none /proc && exec "$@"' sh \
			"$@" "$MODBOX" rpi-modcopy "${arguments[@]}"
		if [ "$MODBOX_BUILD" = asan ]; then
			# The sanitizers need /proc.
			continue
		fi
		assert_success
		assert_equal "$stderr" ''
		assert_complete
	done
}

@test "locks not supported by the file system: a warning" {
	inject flock:error=ENOLCK
	assert_success
	assert_regex "$stderr" "^rpi-modcopy: warning: cannot lock $copy: "
}

@test "no process can be started" {
	# posix_spawn(3) uses one or the other.
	arguments+=(--depmod=depmod)
	inject clone,clone3,vfork:error=EAGAIN
	assert_failure 4
	assert_regex "$stderr" '^rpi-modcopy: cannot run .*depmod: '
	assert_consistent
}

# -- a full disk --------------------------------------------------------------------------

# on_tmpfs SIZE KIB COMMAND...: DEST is a file system of SIZE with KIB free
on_tmpfs() {
	rm -rf out "$dst"
	mkdir "$dst"
	# shellcheck disable=SC2016 # the inner shell's
	run --separate-stderr own_mounts bash -c '
		mount -t tmpfs -o size="$1" none dst || exit 99
		cp -a dst.before/. dst
		free=$(df --output=avail -k dst | tail -n 1)
		[ "$free" -le "$2" ] || head -c $(((free - $2) * 1024)) /dev/zero >dst/filler || exit 98
		"${@:3}"
		status=$?
		rm -f dst/filler
		cp -a dst out
		exit $status' bash "$@"
}

@test "a file system of 1 MiB: status 4, and the old files" {
	module -p 2000000 huge.ko
	arguments=(-k "$kver" -m huge -m old "$src" "$dst")
	on_tmpfs 1m 100000 "$MODBOX" rpi-modcopy "${arguments[@]}"
	assert_failure 4
	assert_equal "$stderr" "rpi-modcopy: cannot write $copy/kernel/huge.ko: No space left on device"
	copy=out/usr/lib/modules/$kver
	assert_file_not_exists "$copy/kernel/huge.ko"
	assert_consistent
	assert_no_leftovers out
}

@test "a disk that fills up at any point" {
	local free failures=0
	for free in 0 4 8 16 64 96 104 112 120 128 136 144 152 160 168 176 400; do
		copy=$dst/usr/lib/modules/$kver
		on_tmpfs 1m $free "$MODBOX" rpi-modcopy "${arguments[@]}"
		if [ "$status" = 4 ]; then
			failures=$((failures + 1))
			assert_regex "$stderr" "^rpi-modcopy: cannot (write|make the directory) $copy/[^ ]*: No space left on device\$"
		else
			assert_success
		fi
		copy=out/usr/lib/modules/$kver
		assert_consistent
		assert_no_leftovers out
	done
	[ "$failures" -ge 5 ]
	assert_success # with 400 KiB
}

# -- signals --------------------------------------------------------------------------------

# interrupted_by SIGNAL CALL: send it at each of these calls that concerns DEST
interrupted_by() {
	local n
	for n in $(probe "$2" "$dst"); do
		inject "$2:signal=$1:when=$n"
		case $status in
		4)
			assert_equal "$stderr" "rpi-modcopy: interrupted by $1"
			stopped=$((stopped + 1))
			assert_consistent
			;;
		0) assert_complete ;; # it came too late
		129 | 130 | 143) diff -r "$dst" dst.before ;; # it came before anything was written
		*) fail "$1 at $2 $n: status $status; $stderr" ;;
		esac
	done
	assert_completes_now
}

@test "SIGINT, SIGTERM and SIGHUP midway: status 4, and nothing is left behind" {
	stopped=0
	interrupted_by SIGTERM copy_file_range
	interrupted_by SIGTERM linkat
	interrupted_by SIGTERM renameat
	interrupted_by SIGINT write
	interrupted_by SIGINT openat
	interrupted_by SIGHUP mkdirat
	[ "$stopped" -ge 15 ]
}

@test "a signal before anything is written just kills the process" {
	mkfifo list
	exec 9<>list
	local applet
	for applet in "rpi-modcopy -k $kver -f list $src new" "modclosure -k $kver -f list $src"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr timeout --preserve-status -s INT -k 10 1 \
			env --default-signal "$MODBOX" $applet 9>&-
		assert_equal "$status" 130
		assert_equal "$stderr" ''
	done
	exec 9>&-
	assert_not_exists new
}

@test "an ignored signal stays ignored" {
	fresh
	run --separate-stderr env --ignore-signal=HUP strace -qq -o /dev/null -e trace=linkat \
		-e inject=linkat:signal=SIGHUP:when=2 "$MODBOX" rpi-modcopy "${arguments[@]}"
	assert_success
	assert_complete
}

@test "a signal while depmod runs: depmod is killed, and its files are removed" {
	cat >slow-depmod <<-'EOT'
		#!/bin/sh
		echo $$ >pid.new && mv pid.new pid
		sleep 1000
	EOT
	chmod +x slow-depmod
	local signal started pid
	for signal in TERM INT; do
		fresh
		rm -f pid
		env --default-signal "$MODBOX" rpi-modcopy --depmod=./slow-depmod "${arguments[@]}" 2>err &
		started=$!
		while [ ! -e pid ]; do sleep 0.02; done
		kill -$signal $started
		status=0
		wait $started || status=$?
		assert_equal "$status" 4
		assert_equal "$(cat err)" "rpi-modcopy: interrupted by SIG$signal"
		pid=$(cat pid)
		[ ! -e "/proc/$pid/exe" ] || grep -q 'State:.Z' "/proc/$pid/status"
		assert_consistent
	done
	assert_completes_now
}

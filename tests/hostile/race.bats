#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Swap directories and files of SOURCE and DEST with links to the outside, thousands of times a
# second, while rpi-modcopy runs.  Whatever the outcome, nothing outside is read or written.
# shellcheck disable=SC2154 # hostile.bash sets $src, $dst, ...

load hostile

SECONDS_EACH=1 # per two of the ten pairs

# pair ROOT PATH TARGET: swap PATH with a link to TARGET beside it
pair() {
	ln -s "$3" "$1/${2%/*}/${2##*/}.link"
	pairs+=("$1/${2%/*}" "${2##*/}" "${2##*/}.link")
}

# hostile_pairs ROOT: pairs at every level, with absolute and relative links
hostile_pairs() {
	local dir=usr/lib/modules/$kver up=../../../../../../../../../../../../..
	pair "$1" usr/lib "$outside/usr/lib"
	pair "$1" usr/lib/modules "$up$outside/usr/lib/modules"
	pair "$1" "$dir" "$outside/$dir"
	pair "$1" "$dir/kernel" "$up$outside/$dir/kernel"
	pair "$1" "$dir/kernel/fs" "$outside/$dir/kernel/fs"
	pair "$1" "$dir/kernel/net/c.ko" "$up$outside/$dir/kernel/net/c.ko"
	pair "$1" "$dir/modules.dep.bin" "$outside/$dir/modules.dep.bin"
	pair "$1" "$dir/modules.order" "$up$outside/$dir/modules.order"
	pair "$1" usr/lib/firmware "$outside/usr/lib/firmware"
	pair "$1" etc/modprobe.d "$up$outside/etc/modprobe.d"
}

# races ROOT COMMAND...: run the command again and again while two paths in ROOT are swapped, then
# two others; with all at once, few runs would get far.  The command must succeed without swaps, and
# sometimes with them.
races() {
	local root=$1 command=("${@:2}") pairs=() runs=0 failures=0 rounds=0 i
	"${command[@]}"
	hostile_pairs "$root"
	for ((i = 0; i < ${#pairs[@]}; i += 6)); do
		swapped "${pairs[@]:i:6}"
	done
	echo "# $runs runs, $failures failed, $((rounds * 2)) swaps" >&3
	[ "$failures" -gt 0 ]
	[ "$failures" -lt "$runs" ]
}

# Every second run sleeps before each call that takes a name, which gives the swap time to change
# what the run found before.
calls=openat,openat2,unlinkat,linkat,renameat,mkdirat
# LeakSanitizer does not work in a traced process.
slow=(env "ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0" strace -f --seccomp-bpf -qq -o /dev/null
	-e "trace=$calls" -e "inject=$calls:delay_enter=100")

# swapped DIRECTORY NAME OTHER...: run $command while these are swapped
swapped() {
	local end code first=$runs slowed
	swap "$@" >swaps 2>swap.err &
	swapper=$!
	end=$((SECONDS + SECONDS_EACH))
	while ((SECONDS < end || runs < first + 4)); do
		[ "$root" = "$dst" ] || rm -rf "$dst"
		mkdir -p "$dst"
		code=0
		((runs % 2)) && slowed=("${slow[@]}") || slowed=()
		timeout 30 "${slowed[@]}" "${command[@]}" >out 2>err </dev/null || code=$?
		runs=$((runs + 1))
		case $code in
		0) ;;
		1 | 3 | 4) failures=$((failures + 1)) ;;
		*) fail "status $code: $(<err)" ;;
		esac
		grep -lF "$SECRET" out err && fail 'a file outside was read'
		[ "$root" = "$dst" ] || ! grep -rlF "$SECRET" "$dst" || fail 'a file outside was copied'
	done
	kill $swapper
	wait $swapper || fail "$(<swap.err)"
	swapper=
	assert_outside_unseen "$dst"
	# At least five swaps a run.
	[ "$(<swaps)" -gt $(((runs - first) * 5)) ]
	rounds=$((rounds + $(<swaps)))
}

teardown() {
	show_last_run
	[ -z "${swapper:-}" ] || kill "$swapper" 2>/dev/null || true
}

everything=(--firmware --with-config --load=a -m e -m d)

@test "SOURCE is swapped" {
	races "$src" "$MODBOX" rpi-modcopy -k "$kver" "${everything[@]}" "$src" "$dst"
}

@test "SOURCE is swapped, without openat2" {
	races "$src" without openat2 ENOSYS "$MODBOX" rpi-modcopy -k "$kver" "${everything[@]}" \
		--decompress "$src" "$dst"
}

@test "DEST is swapped" {
	"$MODBOX" rpi-modcopy -k "$kver" "${everything[@]}" "$src" "$dst"
	races "$dst" "$MODBOX" rpi-modcopy -k "$kver" "${everything[@]}" "$src" "$dst"
}

@test "DEST is swapped, with openat2 refused" {
	"$MODBOX" rpi-modcopy -k "$kver" "${everything[@]}" "$src" "$dst"
	races "$dst" without openat2 EPERM "$MODBOX" rpi-modcopy -k "$kver" "${everything[@]}" \
		--decompress "$src" "$dst"
}

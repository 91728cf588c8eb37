#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Protection of the release binary against exploits (docs/hardening.md), as recorded in the file and
# as applied by kernel and processor.

load build

# maps: the kernel's memory map of the binary while it waits for standard input
maps() {
	local pid
	mkfifo "$BATS_TEST_TMPDIR/input"
	"$MODBOX" modclosure -k 1 -f - / <"$BATS_TEST_TMPDIR/input" 2>/dev/null &
	pid=$!
	exec 5>"$BATS_TEST_TMPDIR/input"
	for _ in {1..100}; do
		grep -q '(modbox) S' "/proc/$pid/stat" && break
		sleep 0.1
	done
	cat "/proc/$pid/maps"
	exec 5>&-
	rm "$BATS_TEST_TMPDIR/input"
	wait "$pid" || true # it fails: nothing was requested
}

@test "the binary is a static PIE" {
	run readelf -hldW "$MODBOX"
	assert_success
	assert_line --regexp '^ *Type: +DYN '
	assert_line --regexp 'Flags: .*PIE'
	refute_output --partial INTERP
	refute_output --partial NEEDED
	refute_output --partial TEXTREL
}

@test "its address differs between runs" {
	assert_not_equal "$(maps | grep -m 1 "$MODBOX")" "$(maps | grep -m 1 "$MODBOX")"
}

@test "no memory is both writable and executable, including the stack" {
	run readelf -lW "$MODBOX"
	assert_output --regexp 'GNU_STACK .* RW +0x'
	refute_output --regexp ' (RWE|W E|WE) '
	run maps
	assert_line --regexp "r-xp .* $MODBOX\$"
	assert_line --partial '[stack]'
	refute_line --regexp '^[^ ]+ .w.?x'
}

@test "relocated constants are read-only after startup (RELRO)" {
	run readelf -lW "$MODBOX"
	local address size base from to
	read -r _ _ address _ _ size _ < <(grep GNU_RELRO <<<"$output")
	run readelf -dW "$MODBOX"
	assert_output --regexp 'FLAGS_1.* NOW'
	run maps
	base=0x$(grep -m 1 "$MODBOX" <<<"$output" | sed 's/-.*//')
	from=$(((base + address) & ~4095))
	to=$(((base + address + size) & ~4095))
	[ $from -lt $to ]
	assert_line --regexp "$(printf '^%x-%x r--p .* %s$' $from $to "$MODBOX")"
}

# canaries FILE...: check for functions of x86-64 that index an array on the stack or take its
# address: there are some, and at least four in five have a canary. -fstack-protector-strong skips
# functions that only take the address of an argument, and musl the code that runs before the canary
# is set.
canaries() {
	objdump -dr --no-show-raw-insn "$@" | awk '
		function count() { all += array; protected += array && canary; array = canary = 0 }
		/^[0-9a-f]+ <.*>:$/ { count() }
		/lea .*\(%rsp[,)].*,%r|mov +%rsp,%r|\(%rsp,%r/ { array = 1 }
		/__stack_chk_fail/ { canary = 1 }
		END {
			count()
			print protected + 0 " of " all + 0 " functions have a canary"
			exit !all || 5 * protected < 4 * all
		}'
}

@test "every library and every directory of ours has canaries" {
	local library directory objects
	for library in "${MODBOX%/*}"/sysroot/lib/*.a; do
		echo "$library"
		run canaries "$library"
		assert_success
	done
	for directory in core applets; do
		echo "$directory"
		mapfile -t objects < <(find "${MODBOX%/*}/$directory" -name '*.o')
		run canaries "${objects[@]}"
		assert_success
	done
}

@test "a damaged canary ends the program; canaries differ between runs" {
	eval "$(sed "s/ -MMD -MP / /" "${MODBOX%/*}/flags")" -o "$BATS_TEST_TMPDIR/canary" tests/build/canary.c \
		"${MODBOX%/*}"/sysroot/lib/{rcrt1,start}.o
	run "$BATS_TEST_TMPDIR/canary"
	assert_failure 139 # musl's __stack_chk_fail() traps
	assert_output --regexp '^canary [0-9a-f]+$'
	local first=$output
	run "$BATS_TEST_TMPDIR/canary"
	assert_failure 139
	assert_output --regexp '^canary [0-9a-f]+$'
	assert_not_equal "$output" "$first"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A test that fails shows what it ran, and what came of that.

load build

# fails LIBRARY <BODY: a test of that body, in a file that loads the library, fails
fails() {
	{
		echo "load $MODBOX_SRC/tests/$1"
		echo '@test "it fails" {'
		cat
		echo '}'
	} >"$BATS_TEST_TMPDIR/failing.bats"
	run env -i PATH="$(getconf PATH)" MODBOX="$MODBOX" MODBOX_SRC="$MODBOX_SRC" BATS_LIB_PATH="$BATS_LIB_PATH" \
		bats --tap "$BATS_TEST_TMPDIR/failing.bats"
	assert_failure
	assert_line 'not ok 1 it fails'
}

@test "of the command line: the command, its status, standard output and standard error" {
	fails lib/common <<-'END'
		modcopy -m 'no such' --verbose
		assert_success
	END
	assert_line --regexp "^# command: $MODBOX rpi-modcopy -k 6.1.0-test -m no\\\\ such --verbose /[^ ]*/src /[^ ]*/dst\$"
	assert_line '# status: 1'
	assert_line '# standard output: nothing'
	assert_line '# standard error:'
	assert_line --regexp "^#   rpi-modcopy: .*no such"
}

@test "where both go to one place" {
	fails lib/common <<-'END'
		run bash -c 'echo out; echo error >&2; exit 7'
		[ "$output" = '' ]
	END
	assert_line '# status: 7'
	assert_output --partial '
# standard output and standard error:
#   out
#   error'
}

@test "where it is not the status that is wrong, and of the last command alone" {
	fails lib/common <<-'END'
		run --separate-stderr "$MODBOX" modclosure
		run --separate-stderr "$MODBOX" --list
		refute_line depmod
	END
	assert_line '# status: 0'
	assert_line '#   rpi-modcopy'
	assert_line '# standard error: nothing'
	refute_line --regexp '^# command: .* modclosure'
}

@test "much of it: the beginning" {
	fails build/build <<-'END'
		run seq 1000
		false
	END
	assert_line '#   60'
	refute_line '#   61'
	assert_line '#   ... and 940 more lines'
}

@test "a test that does not fail shows nothing" {
	{
		echo "load $MODBOX_SRC/tests/lib/common"
		printf '%s\n' '@test "it passes" {' 'run seq 10' '}'
	} >"$BATS_TEST_TMPDIR/passing.bats"
	run env -i PATH="$(getconf PATH)" MODBOX="$MODBOX" MODBOX_SRC="$MODBOX_SRC" BATS_LIB_PATH="$BATS_LIB_PATH" \
		bats --tap "$BATS_TEST_TMPDIR/passing.bats"
	assert_success
	assert_output "$(printf '1..1\nok 1 it passes')"
}

@test "all tests have it" {
	local file
	for file in tests/*/*.bats; do
		grep -qE '^load (\.\./lib/(common|lint|failure)|\.\./build/build|\.\./kernels/kernels|(\.\./boot/)?boot|build|differential|hostile|kernels|strip|trust)$' "$file" ||
			fail "$file loads nothing that sources tests/lib/failure.bash"
		! grep -q '^teardown()' "$file" || grep -q show_last_run "$file" || fail "the teardown of $file"
	done
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # bats sets $status, $output and $stderr
#
# Sourced by all tests: the libraries of assertions; and a test that fails shows the last command
# that `run` ran, its status, standard output and standard error.  A file with a teardown() of its
# own calls show_last_run.

bats_require_minimum_version 1.5.0
if [ -n "${ASSERTIONS:-}" ]; then
	# shellcheck source=/dev/null # all of them, from setup_suite
	source "$ASSERTIONS"
else
	bats_load_library bats-support
	bats_load_library bats-assert
	bats_load_library bats-file
fi

declare -F bats_run >/dev/null || eval "bats_$(declare -f run)"

# amount SAMPLE ALL: how much a test takes of what would take minutes: a sample, or all for make thorough
amount() {
	if [ -z "${THOROUGH:-}" ]; then echo "$1"; else echo "$2"; fi
}

last_run=()
run() {
	last_run=("$@")
	if [[ $1 = --separate-stderr && $2 != [-!]* ]]; then
		run_separately "${@:2}"
	else
		bats_run "$@"
	fi
}

# run_separately COMMAND...: `run --separate-stderr`, which hundreds of tests use, without the processes
# that bats starts for it
# shellcheck disable=SC2034 # functions of bats use these variables
run_separately() {
	local flags=$- errors=$BATS_TEST_TMPDIR/separate-stderr-$BASH_SUBSHELL keep_empty_lines=
	set +eET
	output=$("$@" 2>"$errors") && status=0 || status=$?
	bats_separate_lines lines output
	read -r -d '' stderr <"$errors"
	bats_separate_lines stderr_lines stderr
	BATS_RUN_COMMAND=$*
	set "-$flags"
}

teardown() {
	show_last_run
}

show_last_run() {
	if [ -n "${BATS_TEST_COMPLETED:-}" ] || [ ${#last_run[@]} = 0 ]; then
		return
	fi
	local options='' i=0
	while [[ ${last_run[i]:-} = [-!]* ]]; do
		options+=" ${last_run[i++]}"
	done
	echo "command:$(printf ' %q' "${last_run[@]:i}")"
	echo "status: ${status:-}"
	if [[ $options = *--separate-stderr* ]]; then
		show_text 'standard output' "${output:-}"
		show_text 'standard error' "${stderr:-}"
	else
		show_text 'standard output and standard error' "${output:-}"
	fi
}

# show_text LABEL TEXT: show its first lines, without control characters
show_text() {
	if [ -z "$2" ]; then
		echo "$1: nothing"
		return
	fi
	echo "$1:"
	tr -d '\000-\010\013-\037' <<<"$2" | awk '
		NR <= 60 { print "  " $0 }
		END { if (NR > 60) print "  ... and " NR - 60 " more lines" }'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What runs the tests: between them, make check and make check-rest run each once.

load build

setup() {
	cd "$MODBOX_SRC" || return
	unset MODBOX_BUILD
}

# files BUILD ARGUMENT...: those that tests/run with these arguments runs on a build
files() {
	tests/run --list "${@:2}" | sed -n "s/ ($1)\$//p" | sort
}

# names PATTERN: the tests on kernels that match
names() {
	grep -hoP '^@test ["'\'']\K.*(?=["'\''] \{)' tests/kernels/*.bats | grep -E "$1" | sort
}

# pattern BUILD ARGUMENT...: that of the kernels which tests/run with these arguments takes
pattern() {
	files "$@" | sed -n 's|^tests/kernels/[^:]*:||p' | sort -u
}

@test "the static binary: each file but those on kernels in one of both" {
	assert_equal "$({ files static; files static --rest; } | grep -vE '^tests/(kernels|generators)/' | sort)" \
		"$(printf '%s\n' tests/unit/*.c tests/*/*.bats tests/faults/check |
			grep -vE '^tests/(kernels/|cross/|generators/|offline/|proof/|strip/|boot/cross|build/(features|rebuilds))' | sort)"
	# Of these, some tests of each; make generators runs all.
	assert_equal "$(files static --rest | grep '^tests/generators/' | sed 's/:.*//')" \
		"$(printf '%s\n' tests/generators/*.bats)"
}

@test "the arm64 binary: unit tests, closures of one kernel; make cross: a boot, all of cli, and the outputs" {
	assert_equal "$(files arm64)" ''
	assert_equal "$(files arm64 --rest)" \
		"$(printf '%s\n' tests/unit/*.c 'tests/kernels/closures.bats:^next-arm64: dependencies' | sort)"
	assert_equal "$(files arm64 --cross | grep boot)" tests/boot/cross.bats
	assert_equal "$(files armhf --cross)" \
		"$(printf '%s\n' tests/unit/*.c tests/cli/*.bats tests/kernels/closures.bats tests/cross/outputs.bats | sort)"
	assert_equal "$(files s390x --cross)" tests/cross/outputs.bats
}

@test "the static binary: each test on kernels in one of both" {
	local first rest
	first=$(pattern static)
	rest=$(pattern static --rest)
	assert_equal "$(files static | grep -c '^tests/kernels/')" "$(find tests/kernels -name '*.bats' | wc -l)"
	assert_equal "$(files static --rest | grep -c '^tests/kernels/')" "$(find tests/kernels -name '*.bats' | wc -l)"
	assert_equal "$({ names "$first"; names "$rest"; } | sort)" \
		"$({ names '' | grep -v '^next-arm64: '; names "$rest" | grep '^next-arm64: '; } | sort)"
	[ "$(names "$rest" | grep -c '^next-arm64: ')" -gt 5 ]
	assert_equal "$(names '' | wc -l)" "$(bats --count tests/kernels)"
	assert_equal "$(names "$first" | grep -v '^amd64: ')" ''
	[ "$(names "$first" | wc -l)" -gt 10 ]
}

@test "the sanitizer build: all that runs code, of tests/cli some files, of tests/kernels some tests" {
	assert_equal "$({ files asan; files asan --rest; } | grep -vE '^tests/(kernels|cli)/' | sort)" \
		"$(printf '%s\n' tests/{unit,fuzz}/*.c tests/differential/few.bats | grep -v /replay.c | sort)"
	[ "$(files asan --rest | grep -c '^tests/cli/')" -gt 5 ]
	# One kernel for each format of modules.
	assert_equal "$(names "$(pattern asan --rest)" | sed 's/:.*//' | sort -u)" \
		"$(printf '%s\n' amd64 armel-rpi next-amd64)"
	run names "$(pattern asan --rest)"
	assert_line 'armel-rpi: all modules'
}

@test "all is both" {
	assert_equal "$(tests/run --list --all)" "$(tests/run --list; tests/run --list --rest)"
}

@test "a directory, a file, and tests of a file" {
	run tests/run --list tests/container/ tests/cli/copy.bats:'a module' tests/fuzz/trie.c
	assert_output "$(printf '%s (asan)\n' tests/container/container.bats \
		'tests/cli/copy.bats:a module' tests/fuzz/trie.c)"
	run tests/run --list tests/fuzz
	assert_equal "${#lines[@]}" "$(printf '%s\n' tests/fuzz/*.c | grep -vc /replay.c)"
}

@test "of a program of unit tests, those alone that are named" {
	cp "$built/flags" "$BATS_TEST_TMPDIR"
	make -s O="$built" "$built/tests/unit/test_text"
	# Flags of some objects are not those of all: everything would be compiled again.
	cmp "$built/flags" "$BATS_TEST_TMPDIR/flags"
	CMOCKA_MESSAGE_OUTPUT=TAP TEST_FILTER='*size*' run "${MODBOX%/*}/tests/unit/test_text"
	assert_success
	assert_line --index 0 '1..1'
	assert_line --index 1 'ok 1 - sizes'
}

@test "a test that there is not fails" {
	run tests/run tests/cli/nothing.bats
	assert_failure
	assert_output "$(printf '%s\n' 'not ok there is no test tests/cli/nothing.bats' \
		'failed: there is no test tests/cli/nothing.bats' '0 passed, 1 failed')"
}

@test "the packages of a suite: no others, and of make check all" {
	local suite
	for suite in unit fuzz cli kernels hostile container boot build faults; do
		[ -d "tests/$suite" ]
		scripts/install-packages --list "test-$suite"
	done | sort -u >"$BATS_TEST_TMPDIR/suites"
	assert_equal "$(comm -23 "$BATS_TEST_TMPDIR/suites" <(scripts/install-packages --list check | sort))" ''
	run scripts/install-packages --list test-unit
	assert_line uthash-dev
	refute_line bats
	run scripts/install-packages --list test-cli
	assert_line bats
	refute_line qemu-system-x86
	refute_line clang-tidy
}

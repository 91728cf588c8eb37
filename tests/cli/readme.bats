#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Every example of README.md runs as it stands, on real kernels, and prints the output shown.
#
# ```sh        commands; each must succeed
# ```console   lines "$ COMMAND" and their complete output; "..." stands for any lines
# ```sh boot   run by tests/boot/readme.bats
#
# Other code blocks are not allowed, so that no example can escape the test.
# The sanitizer build would run the same code as in tests/kernels.
# bats file_tags=static,slow

load ../lib/common
load ../lib/full

setup_file() {
	full_build
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	"$MODBOX_SRC/scripts/fetch-headers" amd64 >headers
	old=$("$MODBOX_SRC/scripts/fetch-kernel" amd64)
	new=$("$MODBOX_SRC/scripts/fetch-kernel" next-amd64)
	old=$(ls "$old/lib/modules")
	new=$(ls "$new/usr/lib/modules")
}

# split <README: write each block to blocks/LINE.KIND; fail if a block has no kind
split() {
	awk '
		function bad(why) { print "README.md:" NR ": " why; failed = 1 }
		/^(```|~~~)/ {
			if (file) { close(file); file = ""; next }
			kind = substr($0, 4)
			if (!/^```/ || !(kind in known)) bad("a code block is one of sh, console and sh boot")
			file = sprintf("blocks/%04d.%s", NR, kind == "sh boot" ? "boot" : kind)
			printf "" >file
			next
		}
		file { print >file; next }
		/^(    |\t)/ || /<(pre|code)/ { bad("a code block begins with ```") }
		BEGIN { known["sh"]; known["console"]; known["sh boot"] }
		END { if (file) bad("the last block does not end"); exit failed }'
}

# replay TOP BLOCK...: run the blocks in one shell, as a reader would in the source tree;
# write each block with its actual output to TOP/ran
replay() {
	top=$1
	trap 'echo "README.md:${block##*/}: status $?"; cat "$top/output"' EXIT
	# make itself takes minutes: check only that the target exists.  kbuild takes seconds.
	# shellcheck disable=SC2317 # the blocks call it
	make() {
		case " $*" in
		*' M='*) command make "$@" ;;
		' ') ;;
		*) command make -s -C "$MODBOX_SRC" help | grep -q "^make .*\<$1\>" ;;
		esac
	}
	# shellcheck disable=SC2317 # what the default configuration lacks
	initcheck() {
		"$FULL" initcheck "$@"
	}
	for block in "${@:2}"; do
		case $block in
		*.sh)
			set -e
			# shellcheck source=/dev/null
			. "$block" >"$top/output" 2>&1
			set +e
			;;
		*.console)
			while IFS= read -r command <&4; do
				[[ $command != '$ '* ]] || { echo "$command"; eval "${command#'$ '}"; }
			done 4<"$block" >"$top/ran/${block##*/}" 2>&1
			;;
		esac
	done
	trap - EXIT
}

# same SHOWN RAN: compare; a line "..." of SHOWN matches any number of lines
same() {
	local shown=$1.shown ran=$2.shown
	"${sizes[@]}" "$1" >"$shown"
	"${sizes[@]}" "$2" >"$ran"
	awk -v name="README.md:${1##*/}" '
		BEGIN { at = n = 0 }
		NR == FNR { shown[n++] = $0; next }
		shown[at] == "..." && $0 == shown[at + 1] { at += 2; next }
		shown[at] == "..." { next }
		$0 == shown[at] { at++; next }
		{ print name ": \"" $0 "\" is not shown; README has \"" shown[at] "\""; exit failed = 1 }
		END {
			if (shown[at] == "...") at++
			if (!failed && at < n) { print name ": \"" shown[at] "\" is not printed"; failed = 1 }
			exit failed
		}' "$shown" "$ran"
}

# examples FILE: run all examples of a README, and compare their output
examples() {
	local block failed=0
	rm -rf blocks ran build
	mkdir blocks ran build
	cp "$MODBOX" build/modbox
	ln -sfn "$MODBOX_SRC/scripts" scripts
	ln -sfn "$MODBOX_SRC/tests" tests
	# Sizes differ if the kernels are newer than README's.
	sed "s|6\.1\.0-[0-9]*-amd64|$old|g; s|6\.12\.[0-9]*+deb13-amd64|$new|g" "$1" >readme
	sizes=(sed -E 's/ *([0-9.]+[KM]|[0-9]{3,})\>/ N/g')
	! cmp -s "$1" readme || sizes=(cat)
	split <readme || return
	bash -c "$(declare -f replay); replay \"\$@\"" README "$PWD" "$PWD"/blocks/* 3>&- || return
	for block in blocks/*.console; do
		[ ! -e "$block" ] || same "$block" "ran/${block##*/}" || failed=1
	done
	return $failed
}

@test "README: every example runs as it stands, and prints the output shown" {
	run examples "$MODBOX_SRC/README.md"
	assert_success
	assert_output ''
	# The number of blocks that tests/boot/readme.bats runs.
	assert_equal "$(find blocks -name '*.boot' | wc -l)" 1
	[ "$(find blocks -name '*.sh' | wc -l)" -gt 8 ]
	[ "$(find blocks -name '*.console' | wc -l)" -gt 4 ]
}

# fails_on MESSAGE LINE...: a README with these lines is refused
fails_on() {
	printf '%s\n' "${@:2}" >README
	run examples README
	assert_failure
	assert_output --partial "$1"
}

@test "README: a broken example, or one with other output, is detected" {
	fails_on 'README.md:2: a code block begins' 'text' '    modclosure / ext4'
	fails_on 'README.md:1: a code block is one of' '```' 'modclosure / ext4' '```'
	fails_on 'README.md:1: a code block is one of' '```text' 'modclosure / ext4' '```'
	fails_on 'README.md:1: a code block is one of' '~~~sh' 'true' '~~~'
	fails_on 'does not end' '```sh' 'true'
	fails_on 'README.md:0001.sh: status 1' '```sh' 'false' 'true' '```'
	fails_on 'README.md:0001.sh: status 1' '```sh' 'make no-such-target' '```'
	fails_on '"b" is not shown; README has "c"' '```console' '$ printf "%s\n" a b' a c '```'
	fails_on '"c" is not printed' '```console' '$ printf "%s\n" a b' a b c '```'
	fails_on '"b" is not shown; README has ""' '```console' '$ printf "%s\n" a b' a '```'
	fails_on '"d" is not printed' '```console' '$ printf "%s\n" a b c' ... d '```'
	printf '%s\n' '```console' '$ printf "%s\n" a b c' ... c '```' >README
	run examples README
	assert_success
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modlist-lint --fix and --diff: lists are rewritten completely, or not at all.
# shellcheck disable=SC2016 # texts for other shells

load ../lib/lint

setup() {
	begin
	add_tree
	module kernel/a.ko depends=b,c
	module kernel/b.ko depends=d
	module kernel/c.ko 'softdep=pre: d'
	module kernel/d.ko
	module kernel/e-e.ko
	module kernel/sub/f.ko.xz
}

modlint() {
	run --separate-stderr "$MODBOX" modlist-lint -k "$kver" "$@"
}

# fixes 'RESULT': --fix changes boot.list to RESULT (as printed by printf), and so does
# patch(1) with the output of --diff; a second run changes nothing
fixes() {
	local before
	# shellcheck disable=SC2059 # a format
	printf "$1" >expected
	cp boot.list patched
	before=$(fingerprint boot.list)
	"$MODBOX" modlist-lint -k "$kver" --diff "$src" boot.list >changed || true
	assert_equal "$(fingerprint boot.list)" "$before"
	cp boot.list saved
	if ! cmp -s boot.list expected; then
		patch -s --binary patched changed
		cmp patched expected || fail "$(cat changed)"
	else
		assert_equal "$(cat changed)" ''
	fi
	modlint --fix "$src" boot.list
	assert_equal "$stderr" ''
	cmp boot.list expected || fail "$(cat -A boot.list)"
	before=$(fingerprint boot.list)
	modlint --fix "$src" boot.list
	assert_equal "$(fingerprint boot.list)" "$before"
	modlint --diff "$src" boot.list
	assert_output ''
	# The new list selects the same modules.
	[ -n "${changes:-}" ] || assert_equal "$(select_by boot.list)" "$(select_by saved)"
}

select_by() {
	"$MODBOX" modclosure -K -k "$kver" -o names -f "$1" "$src" 2>/dev/null | sort
}

@test 'names: paths, duplicates, redundant lines; comments stay' {
	printf '%s\n' '# one' kernel/a.ko '# two' b '' '# three' e-e e_e '!zz.ko' 'f.ko.xz?' kernel/sub/f.ko >boot.list
	fixes '# one\na\n# two\n\n# three\ne-e\n!zz\nf\n'
	modlint "$src" boot.list
	assert_output "boot.list:7:1: warning: !zz: excludes nothing in $kver [unmatched-exclusion]"
}

@test 'bytes: trailing spaces, CRLF, a missing final newline' {
	printf 'a \r\n# x \t\r\n\r\n  e-e\t\n' >boot.list
	fixes 'a\n# x\n\n  e-e\n'
	printf 'a\n# x\ne-e ' >boot.list
	fixes 'a\n# x\ne-e'
	printf 'a\nb' >boot.list
	fixes 'a\n'
	printf '\357\273\277a \nkernel/e-e.ko' >boot.list
	fixes '\357\273\277a\ne-e'
}

@test 'a comment after a name moves to the line above, and the name is checked' {
	changes=1
	printf '%s\n' 'a   # the first' 'kernel/e-e.ko # the second ' 'a# again' >boot.list
	fixes '# the first\na\n# the second\ne-e\n# again\n'
}

@test 'ignored rules are not fixed, and lines under an ignore comment are not deleted' {
	printf '%s\n' zz '# modlist-lint: ignore redundant' b a '# modlist-lint: ignore crlf' a >boot.list
	fixes 'zz\n# modlist-lint: ignore redundant\nb\na\n# modlist-lint: ignore crlf\na\n'
	printf 'a \nb\n' >boot.list
	modlint --fix --ignore=trailing-blank "$src" boot.list
	assert_equal "$(cat -A boot.list)" 'a $'
}

@test 'a line stays if only another list makes it redundant' {
	printf 'a\na\n' >one.list
	printf 'a\nb\ne-e\ne_e\n' >two.list
	modlint --fix "$src" one.list two.list
	assert_success
	assert_equal "$(cat one.list two.list)" 'a
a
b
e-e'
	assert_output "two.list:1:1: warning: a: already in one.list:1 [duplicate]
two.list:2:1: info: b: already pulled in by one.list:1 (a) in $kver [redundant]"
}

@test 'a line that one kernel needs stays' {
	printf 'a\nb\n' >boot.list
	another 6.2.0-test
	module a.ko
	module b.ko
	run --separate-stderr "$MODBOX" modlist-lint --all-kernels --diff "$src" boot.list
	assert_success
	assert_output ''
}

# bats test_tags=root
@test 'mode, owner, attributes and links are kept; the time is new' {
	needs_root
	mkdir lists
	printf 'a\na\n' >lists/real.list
	chmod 4751 lists/real.list
	chown 12:34 lists/real.list
	chmod 4751 lists/real.list
	setfattr -n user.note -v kept lists/real.list
	touch -d 2020-01-01 lists/real.list
	ln -s lists/real.list boot.list
	modlint --fix "$src" boot.list
	assert_success
	assert_output ''
	[ -L boot.list ]
	assert_equal "$(stat -c '%a %u %g' lists/real.list)" '4751 12 34'
	assert_equal "$(getfattr --only-values -n user.note lists/real.list)" kept
	[ "$(stat -c %Y lists/real.list)" -gt 1600000000 ]
	assert_equal "$(cat lists/real.list)" a
	assert_no_leftovers lists
}

# bats test_tags=root
@test "another user's list is not rewritten, because its owner would change" {
	needs_root
	printf 'a\na\n' >boot.list
	chmod 777 .
	chmod -R a+rX "$src"
	chmod a+x "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" 2>/dev/null || true
	cp "$MODBOX" modbox
	run --separate-stderr setpriv --reuid=12 --clear-groups ./modbox modlist-lint -k "$kver" --fix src boot.list
	assert_failure 4
	assert_output ''
	assert_equal "$stderr" "modlist-lint: cannot write boot.list: it belongs to another user and would become yours; use --diff"
	assert_equal "$(cat boot.list)" 'a
a'
}

# bats test_tags=root
@test 'a full disk leaves the old list' {
	needs_root
	mkdir full
	own_mounts sh -c '
		mount -t tmpfs -o size=16k none full &&
		{ seq -f "# comment number %.0f of many" 100; echo a; echo a; } >full/boot.list &&
		{ head -c 100000 /dev/zero >full/rest || :; } 2>/dev/null
		cp full/boot.list before
		"$0" modlist-lint -k "$1" --fix "$2" full/boot.list 2>message
		echo $? >status
		cmp full/boot.list before >same 2>&1 && echo yes >same
		ls -A full >files' "$MODBOX" "$kver" "$src"
	assert_equal "$(cat status)" 4
	assert_equal "$(cat message)" 'modlist-lint: cannot write full/boot.list: No space left on device'
	assert_equal "$(cat same)" yes
	assert_equal "$(cat files)" 'boot.list
rest'
}

@test 'a device or a pipe is not rewritten' {
	printf 'a\na\n' >real
	run --separate-stderr bash -c '"$1" modlist-lint -k "$2" --fix "$3" <(cat real)' - "$MODBOX" "$kver" "$src"
	assert_failure 4
	[[ $stderr = *'cannot write /dev/fd/'* ]]
}

@test '--diff of several hunks applies, for several lists too' {
	{ seq -f '# %.0f' 20; echo 'a '; seq -f '# %.0f' 3; echo a; seq -f '# %.0f' 6; echo a
		seq -f '# %.0f' 7; echo 'e-e '; seq -f '# %.0f' 30; echo e_e; } >one.list
	printf 'kernel/d.ko\nd' >two.list
	modlint --diff "$src" one.list two.list
	assert_success
	"$MODBOX" modlist-lint -k "$kver" --diff "$src" one.list two.list >changed
	assert_equal "$(grep -c '^@@' changed)" 5
	patch -s -p0 <changed
	modlint --diff "$src" one.list two.list
	assert_output ''
	assert_equal "$(cat two.list)" d
	assert_equal "$(grep -v '^#' one.list)" 'a
e-e'
}

@test '--diff of standard input' {
	run --separate-stderr "$MODBOX" modlist-lint -k "$kver" --diff "$src" - <<<'a '
	assert_success
	assert_output '--- -
+++ -
@@ -1,1 +1,1 @@
-a 
+a'
}

@test '--fix reports the remaining findings by new line numbers; the status counts only these' {
	printf 'a\na\nzz\n' >boot.list
	modlint --fix "$src" boot.list
	assert_failure 1
	assert_output "boot.list:2:1: error: zz: absent from $kver [unknown-name]"
	printf 'a\na\nzz\n' >boot.list
	modlint --diff "$src" boot.list
	assert_failure 1
	printf 'a\na\n' >boot.list
	modlint --diff --fail-on=info "$src" boot.list
	assert_success
}

@test 'random lists: --fix needs one run, and keeps the selection' {
	names=(a b c d e-e e_e kernel/a.ko sub/f.ko.xz f 'kernel/sub/' 'e*' '!c' 'd?' zz '' '# note' 'a ' $'b\r')
	for seed in $(seq "$(amount 12 60)"); do
		RANDOM=$seed
		for _ in $(seq $((RANDOM % 12 + 1))); do
			echo "${names[RANDOM % ${#names[@]}]}"
		done >boot.list
		cp boot.list saved
		modlint --fix "$src" boot.list
		[[ $status = [01] ]]
		cp boot.list fixed
		modlint --fix "$src" boot.list
		cmp boot.list fixed || fail "seed $seed"
		assert_equal "$(select_by fixed)" "$(select_by saved)"
		assert_equal "$(grep -c '^#' fixed)" "$(grep -c '^#' saved)"
	done
}

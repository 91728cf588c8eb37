#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modorder-filter: filtering, sorting and comparing a modules.order by a set of modules.
# shellcheck disable=SC2094 # order is read twice, not written

load ../lib/common

# order LINE...: write the file order
order() {
	printf '%s\n' "$@" >order
}

filter() {
	"$MODBOX" modorder-filter "$@"
}

# gives BYTES OPTION...: it prints these bytes (as printf %b), and no messages
gives() {
	printf '%b' "$1" >expected
	shift
	filter "$@" >actual 2>errors
	assert_equal "$(cat errors)" ''
	cmp expected actual
}

# fails STATUS MESSAGE OPTION...: it fails with MESSAGE, and prints nothing
fails() {
	run --separate-stderr filter "${@:3}"
	assert_failure "$1"
	assert_output ''
	assert_equal "$stderr" "modorder-filter: $2"
}

# A thousand names in random order, some with dashes; every tenth is in chosen.
many() {
	seq 1000 | sort -R --random-source=<(yes) |
		awk '{ print "kernel/d" $1 % 7 "/mod" ($1 % 3 ? "_" : "-") $1 ".ko" }' >order
	awk 'NR % 10 == 0' order | sort >chosen
}

@test "lines of modules in the set are printed; with --invert, all other lines" {
	many
	filter -f chosen order >actual
	grep -Fxf chosen order | cmp - actual
	filter --invert -f chosen order >actual
	grep -vFxf chosen order | cmp - actual
	filter -f chosen <order | cmp - <(grep -Fxf chosen order)
	filter -f - order <chosen | cmp - <(grep -Fxf chosen order)
	filter -f chosen - <order | cmp - <(grep -Fxf chosen order)
}

@test "it runs by its own name" {
	ln -s "$MODBOX" modorder-filter
	order kernel/a.ko kernel/b.ko
	assert_equal "$(./modorder-filter -m a order)" kernel/a.ko
}

@test "names compare as in libkmod: '-' and '_', any suffix, any directory" {
	order kernel/a-b.ko kernel/a_b.ko.xz extra/a-b.ko.zst kernel/a-b.o a_b kernel/ab.ko kernel/a-bc.ko
	for name in a-b a_b a-b.ko a_b.ko.gz /lib/modules/x/kernel/y/a_b.ko.zst; do
		gives 'kernel/a-b.ko\nkernel/a_b.ko.xz\nextra/a-b.ko.zst\nkernel/a-b.o\na_b\n' -m "$name" order
	done
}

@test "a name ends at its first dot" {
	order kernel/x.y.ko kernel/x.z.ko.xz kernel.d/x kernel/xy.ko kernel/.ko kernel/.x.ko
	gives 'kernel/x.y.ko\nkernel/x.z.ko.xz\nkernel.d/x\n' -m x order
	gives 'kernel/x.y.ko\nkernel/x.z.ko.xz\nkernel.d/x\n' -m x.q.ko order
}

@test "directories, partial names and invalid names match nothing" {
	order kernel/net/a.ko '' / kernel/ .ko .
	gives '' -m kernel -m net -m ko -m q order
	gives "$(sed 's/$/\\n/' order | tr -d '\n')" --invert -m q order
}

@test "the syntax of lists: patterns, directories, excluded and optional names, comments" {
	order kernel/net/a.ko kernel/net/a-one.ko kernel/fs/b.ko kernel/fs/c.ko
	printf '%s\n' '# what' 'a*' 'kernel/fs/' '!c' 'z?' >list
	gives 'kernel/net/a.ko\nkernel/net/a-one.ko\nkernel/fs/b.ko\n' -f list order
	gives 'kernel/fs/c.ko\n' --invert -f list order
	gives 'kernel/net/a-one.ko\n' -m 'a?o[mn]e' order
	gives 'kernel/net/a.ko\n' -m 'kernel/' -m '!*-*' -m '!kernel/fs/' order
	gives '' --missing -f list order
	gives 'y\n' --missing -f list -m y order
}

@test "a directory matches by line, in any order of lines with the same name" {
	local first second
	first=$(order kernel/sound/e.ko updates/e.ko; tac order)
	for second in "$(<order)" "$first"; do
		echo "$second" >order
		gives 'kernel/sound/e.ko\n' -m kernel/sound/ order
		gives 'updates/e.ko\n' --invert -m kernel/sound/ order
		gives 'updates/e.ko\n' -m e -m '!kernel/sound/' order
		gives 'updates/e.ko\n' -m 'e*' -m '!kernel/sound/' order
		gives '' -m kernel/sound/ -m '!e' order
		gives '' --missing -m e -m '!kernel/' -m '!updates/' order
	done
}

@test "several ORDERs are read in turn" {
	printf 'kernel/a.ko\nkernel/b.ko' >one
	printf 'kernel/b.ko\nkernel/c.ko' >two
	gives 'kernel/a.ko\nkernel/b.ko\nkernel/b.ko\nkernel/c.ko' -m a -m b -m c one two
	gives 'kernel/a.ko\nkernel/b.ko\nkernel/c.ko\n' --normalize -m a -m b -m c one two
	gives 'd\n' --missing -m a -m c -m d one two
	gives 'kernel/b.ko\nkernel/c.ko\nkernel/b.ko\n' -m b -m c two - <<<kernel/b.ko
}

@test "CRLF, duplicates and a missing final newline are kept" {
	printf 'kernel/a.ko\r\nkernel/b.ko\nkernel/a.ko\r\n\r\nkernel/a.ko' >order
	gives 'kernel/a.ko\r\nkernel/a.ko\r\nkernel/a.ko' -m a order
	gives 'kernel/b.ko\n' -m b order
	gives '\r\n' --invert -m a -m b order
	printf 'kernel/a.ko\r\nkernel/b\r' >order
	gives 'kernel/b\r' -m b order
}

@test "--normalize fixes each of them" {
	printf 'kernel/a.ko\r\nkernel/b.ko\nkernel/a.ko' >order
	gives 'kernel/a.ko\nkernel/b.ko\n' --normalize -m a -m b order
	gives 'kernel/a.ko\n' --invert --normalize -m b order
	printf 'kernel/a.ko' >order
	gives 'kernel/a.ko\n' --normalize -m a order
	printf 'kernel/a.ko\r' >order
	gives 'kernel/a.ko\n' --normalize -m a order
}

@test "--normalize: lines with one path are duplicates, whatever the suffix" {
	order kernel/a.ko kernel/a.ko.xz updates/a.ko x-y/a.ko x_y/a.ko kernel/a.b.ko
	gives 'kernel/a.ko\nupdates/a.ko\nx-y/a.ko\nx_y/a.ko\nkernel/a.b.ko\n' --normalize -m a order
}

@test "--normalize against awk" {
	many
	awk '{ print; if (NR % 3 == 0) print $0 "\r" }' order | tee twice | awk '
		{ sub(/\r$/, "") } !($0 in seen) { seen[$0]; print }' >once
	[ "$(wc -l <twice)" -gt "$(wc -l <once)" ]
	filter --normalize -m 'mod*' twice | cmp - once
}

@test "--null ends lines with NUL" {
	printf 'kernel/a.ko\nkernel/b.ko' >order
	gives 'kernel/a.ko\0kernel/b.ko\0' -0 -m a -m b order
	gives 'b\0a\0' --null --sort -m a -m b <(printf 'b\na\n')
	gives 'q\0' --null --missing -m q -m a order
}

@test "--sort prints the set in ORDER's order, each module once, as written in the set" {
	order kernel/c.ko kernel/x.ko kernel/b-b.ko kernel/c.ko kernel/a.ko
	gives 'c.ko.xz\nb_b\n/x/a.ko\n' --sort -m /x/a.ko -m b_b -m c.ko.xz -m c order
	gives 'kernel/b-b.ko\nkernel/a.ko\n' --sort -m '[ab]*' order
}

@test "--sort against join" {
	many
	filter --sort -f chosen order >actual
	awk '{ print $1, NR }' order | LC_ALL=C sort | LC_ALL=C join - <(LC_ALL=C sort chosen) |
		LC_ALL=C sort -k 2n | cut -d' ' -f1 | cmp - actual
}

@test "--sort: modules missing from ORDER come last, by path, with a warning" {
	order kernel/b.ko kernel/a.ko
	run --separate-stderr filter --sort -m z -m a -m kernel/y.ko -m b -m kernel/x.ko order
	assert_success
	assert_output "$(printf '%s\n' b a kernel/x.ko kernel/y.ko z)"
	assert_equal "$stderr" "modorder-filter: warning: order lacks 3 of the set, such as kernel/x.ko; list them with --missing"
	run --separate-stderr filter --sort -m a -m z order order
	assert_output "$(printf '%s\n' a z)"
	assert_equal "$stderr" "modorder-filter: warning: any ORDER lacks 1 of the set, such as z; list them with --missing"
}

@test "--missing prints the modules that ORDER lacks" {
	many
	printf 'kernel/new%d.ko\n' 3 1 2 | cat chosen - >longer
	filter --missing -f longer order >actual
	LC_ALL=C sort longer | LC_ALL=C comm -23 - <(LC_ALL=C sort order) | cmp - actual
	gives '' --missing -f chosen order
	gives 'q*\n' --missing -m 'q*' -m 'mod*' order
}

@test "--check: status 0 only if ORDER has exactly the set" {
	order kernel/a-x.ko kernel/b.ko kernel/b.ko
	gives '' --check -m a_x -m b order
	gives '' --check -m '*' order
	gives '' --check -m a_x -m b -m 'c?' -m '!d' order
	fails 1 'order:1: kernel/a-x.ko is not in the set' --check -m b order
	fails 1 '--module: c is not in order' --check -m a_x -m b -m c order
	echo c >list
	fails 1 'list:1: c is not in order' --check -m a_x -m b -f list order
	fails 1 '--module: q* is not in order' --check -m 'q*' -m a_x -m b order
	fails 1 'order:1: kernel/a-x.ko is not in the set' --check -m '*' -m '!a-x' -m b order
}

@test "--tree adds the modules of a directory" {
	order kernel/b.ko kernel/a.ko kernel/c.ko
	mkdir -p dir/kernel/sub
	touch dir/kernel/a.ko.xz dir/kernel/sub/b.ko dir/kernel/new.ko dir/kernel/README
	gives 'kernel/b.ko\nkernel/a.ko\n' --tree=dir order
	gives 'kernel/c.ko\n' --tree=dir --invert order
	gives 'kernel/new.ko\n' --tree=dir --missing order
	gives 'kernel/a.ko\n' --tree=dir -m '!b' order
	gives 'kernel/b.ko\nkernel/a.ko\nkernel/c.ko\n' --tree="$PWD/dir" -m c order
	rm dir/kernel/new.ko
	gives 'kernel/sub/b.ko\nkernel/a.ko.xz\n' --tree=dir/ --sort order
	fails 3 'cannot open nowhere: No such file or directory' --tree=nowhere order
	fails 3 'cannot open order: Not a directory' --tree=order order
	mkdir none
	fails 5 'the set is empty: none has no module' --tree=none order
}

@test "--source: its modules.order is filtered, selected by -k and -M" {
	module a.ko
	module b.ko
	gives 'kernel/b.ko\n' --source="$src" -k "$kver" -m b
	fails 3 "$(filter --source="$src" -k 1.2.3 -m b 2>&1 | sed 's/[^:]*: //')" --source="$src" -k 1.2.3 -m b
	mkdir -p "$src/boot/mods"
	cp -r "$tree" "$src/boot/mods/"
	order kernel/c.ko kernel/b.ko
	cp order "$src/boot/mods/$kver/modules.order"
	gives 'kernel/c.ko\n' --source="$src" -k "$kver" -M boot/mods --invert -m b
	gives 'a\n' --source="$src" -k "$kver" -M boot/mods --missing -m b -m a
	rm "$tree/modules.order"
	fails 4 "cannot read $src/usr/lib/modules/$kver/modules.order: No such file or directory" \
		--source="$src" -k "$kver" -m b
}

@test "--source: modules.order is never read from outside of it" {
	module a.ko
	echo kernel/a.ko >"$BATS_TEST_TMPDIR/outside"
	ln -sf "$BATS_TEST_TMPDIR/outside" "$tree/modules.order"
	run ! filter --source="$src" -k "$kver" -m a
	rm "$tree/modules.order"
	mkfifo "$tree/modules.order"
	run filter --source="$src" -k "$kver" -m a
	assert_failure 4
}

@test "--closure: the set includes all dependencies" {
	module d.ko
	module c.ko softdep='pre: d'
	module b.ko
	module a.ko depends=b softdep='pre: c'
	source=(--source="$src" -k "$kver" --closure)
	for indexed in no yes; do
		[ $indexed = no ] || index
		gives 'kernel/d.ko\nkernel/c.ko\nkernel/b.ko\nkernel/a.ko\n' "${source[@]}" -m a
		gives 'kernel/b.ko\nkernel/a.ko\n' "${source[@]}" --no-softdep -m a
		gives 'kernel/d.ko\nkernel/c.ko\n' "${source[@]}" --no-softdep --invert -m a
		gives 'kernel/a.ko\nkernel/d.ko\n' "${source[@]}" -m a <(:) <(printf 'kernel/a.ko\nkernel/z.ko\nkernel/d.ko\n')
		run --separate-stderr filter "${source[@]}" -m nosuch
		assert_failure 1
		assert_output ''
		gives 'kernel/b.ko\n' "${source[@]}" --keep-going -m b -m 'nosuch?'
	done
	modprobe_d 'softdep b pre: d'
	gives 'kernel/d.ko\nkernel/b.ko\n' "${source[@]}" -m b
	gives 'kernel/b.ko\n' "${source[@]}" --no-config -m b
	mkdir tree
	touch tree/c.ko
	gives 'kernel/d.ko\nkernel/c.ko\n' "${source[@]}" --tree=tree
}

@test "--in-place replaces each ORDER by the result" {
	order kernel/a.ko kernel/b.ko
	cp order other
	chmod 640 order
	filter -i -m a order other
	assert_equal "$(cat order other)" "$(printf 'kernel/a.ko\nkernel/a.ko')"
	assert_equal "$(stat -c %a order)" 640
	assert_equal "$(echo * .[!.]*)" 'order other src .[!.]*'
	printf 'kernel/a.ko\r\nkernel/b.ko\r' >order
	filter -i --normalize --invert -m a "$PWD/order"
	cmp order <(echo kernel/b.ko)
	order kernel/a.ko kernel/b.ko
	filter --in-place --sort -m b -m a order
	assert_equal "$(cat order)" "$(printf 'a\nb')"
}

# bats test_tags=root
@test "--in-place keeps the owner and extended attributes" {
	needs_root
	order kernel/a.ko kernel/b.ko
	chown 1234:5678 order
	setfattr -n user.note -v kept order
	filter -i -m a order
	assert_equal "$(stat -c %u:%g order)" 1234:5678
	assert_equal "$(getfattr --only-values -n user.note order)" kept
}

@test "--in-place: a failure leaves the old file" {
	printf 'kernel/a.ko\nkernel/b\0.ko\n' >order
	cp order before
	run filter -i -m a order
	assert_failure 2
	cmp order before
	assert_equal "$(echo * .[!.]*)" 'before order src .[!.]*'
	ln -s order link
	fails 4 'link is a symbolic link; give the path of its target' -i -m a link
	[ -L link ]
	fails 4 'cannot read absent: No such file or directory' -i -m a absent
	fails 4 'cannot read nowhere/order: No such file or directory' -i -m a nowhere/order
	fails 4 'cannot replace src: not a regular file' -i -m a src
	mkfifo fifo
	fails 4 'cannot replace fifo: not a regular file' -i -m a fifo
}

# bats test_tags=root
@test "--in-place on a full disk leaves the old file" {
	needs_root
	mkdir small
	mount -t tmpfs -o size=64k none small || fail 'cannot mount a tmpfs'
	seq -f 'kernel/mod%g.ko' 2500 >small/order
	cp small/order before
	run filter -i --invert -m q small/order
	cmp small/order before
	left=$(ls -A small)
	umount small
	assert_failure 4
	assert_equal "$left" order
}

@test "a failed write is status 4: a full disk, a closed pipe" {
	many
	# shellcheck disable=SC2016 # sh expands it
	run --separate-stderr sh -c '"$1" modorder-filter -f chosen order >/dev/full' - "$MODBOX"
	assert_failure 4
	assert_equal "$stderr" 'modorder-filter: cannot write standard output: No space left on device'
	# A message flushes the output before its end does.
	echo kernel/a.ko >short
	for options in --sort '--sort -0' --check --missing; do
		# shellcheck disable=SC2016,SC2086 # sh expands it; words
		run --separate-stderr sh -c '"$@" >/dev/full' - "$MODBOX" modorder-filter $options -m a -m zz short
		case $options in
		--check) assert_failure 1 ;; # it writes nothing
		*)
			assert_failure 4
			assert_equal "${stderr_lines[-1]}" \
				'modorder-filter: cannot write standard output: No space left on device'
			;;
		esac
	done
	# shellcheck disable=SC2016
	run --separate-stderr sh -c '{ yes kernel/a.ko | head -n 300000 | "$1" modorder-filter -m a
		echo $? >&2; } | head -n 1' - "$MODBOX"
	assert_output kernel/a.ko
	assert_equal "${stderr_lines[-1]}" 4
}

@test "an unreadable ORDER is status 4" {
	fails 4 'cannot read absent: No such file or directory' -m a absent
	fails 4 'cannot read src: Is a directory' -m a src
	order kernel/a.ko
	run filter -m a order absent
	assert_failure 4
}

@test "a file with a NUL byte or a line over 4 KiB is refused" {
	printf 'kernel/a.ko\nkernel/\0b.ko\n' >order
	run --separate-stderr filter -m q order
	assert_failure 2
	assert_equal "$stderr" 'modorder-filter: order:2: not a modules.order: NUL byte'
	head -c 100000000 /dev/zero | tr '\0' x >order
	fails 2 'order:1: not a modules.order: line longer than 4096 bytes' -m q order
	for length in 4095 4096 4097; do
		{ echo kernel/a.ko; head -c $length /dev/zero | tr '\0' x; echo; } >order
		run filter -m a order
		[ $((length > 4096 ? 2 : 0)) = "$status" ]
	done
	head -c 1000000 /dev/urandom >order
	run filter -m a order
	assert_failure 2
}

@test "lines of any length are read correctly across block boundaries" {
	awk 'BEGIN { for (i = 0; i < 4000; i++) {
		s = sprintf("%*s", i % 4090, ""); gsub(/ /, "d", s); print s "/m" i % 2 } }' >order
	filter -m m0 order | cmp - <(grep '/m0$' order)
	(while IFS= read -r -N 997 part || [ "$part" ]; do printf %s "$part"; done <order) |
		filter -m m1 | cmp - <(grep '/m1$' order)
}

@test "lines are printed as they arrive from a pipe" {
	yes kernel/a.ko | timeout 20 "$MODBOX" modorder-filter -m a 2>/dev/null | head -n 100000 |
		uniq -c | grep -qx ' *100000 kernel/a.ko'
}

@test "memory use depends on the set, not on the length of ORDER" {
	local kib=4096
	[ "$MODBOX_BUILD" = static ] || kib=unlimited # shadow memory is terabytes
	many
	awk '{ l[NR] = $0 } END { for (i = 0; i < 1000000; i++) print l[i % NR + 1] }' order >long
	[ "$(stat -c %s long)" -gt 16000000 ]
	(ulimit -v $kib && filter -f chosen long) | cmp - <(grep -Fxf chosen long)
	(ulimit -v $kib && filter --sort -f chosen long) | cmp - <(grep -Fxf chosen order)
}

@test "an empty set is status 5" {
	order kernel/a.ko
	fails 5 'no module requested; name one with --module, or a list with --module-file' order
	echo '# none' >list
	fails 5 'no module requested in list' -f list order
	fails 5 'no module requested; name one with --module, or a list with --module-file' -m '!a' order
	cp order before
	run filter -i -f list order
	assert_failure 5
	cmp order before
}

@test "a missing list is status 4, an invalid one 2" {
	order kernel/a.ko
	fails 4 'cannot read list absent: No such file or directory' -f absent order
	printf 'a\0b\n' >list
	run filter -f list order
	assert_failure 2
}

@test "options that exclude each other are status 2" {
	order kernel/a.ko
	for options in '--invert --sort' '--sort --missing' '--missing --check' '--check --invert' \
		'--normalize --sort' '--normalize --missing' '--normalize --check' \
		'-i --missing' '-i --check' '-i -0' '-i -' --closure '-k x' '-M x' \
		'--source=src' '--source=src --closure -k x -k y' --no-softdep --no-weakdep --hard-only \
		--no-config '--config=src' --keep-going --max-module-size=1M '-f - -' '-m' '--nosuch' '-k a/b --source=src'; do
		read -r -a words <<<"$options"
		run --separate-stderr filter -m a order "${words[@]}"
		[ "$status" = 2 ] || fail "$options: status $status"
		assert_output ''
		[ "$stderr" ]
		assert_equal "$(cat order)" kernel/a.ko
	done
	run filter -i -m a
	assert_failure 2
	run filter -f -
	assert_failure 2
	run filter -i --source=src -m a
	assert_failure 2
}

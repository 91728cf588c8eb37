#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modclosure's reports other than formats: requests, --why, --reverse, --size, --hardware.
# shellcheck disable=SC2016 # texts for others

load ../lib/common

# answers 'OUTPUT' ARGUMENT...: closure prints OUTPUT without indexes and with them
answers() {
	local indexes
	for indexes in unindex index; do
		"$indexes"
		closure "${@:2}"
		assert_success
		assert_equal "$stderr" ''
		assert_output "$1"
	done
}

# complains STATUS 'MESSAGE' ARGUMENT...: closure fails; MESSAGE is a bash pattern
complains() {
	closure "${@:3}"
	assert_failure "$1"
	assert_output ''
	assert_equal "${#stderr_lines[@]}" 1
	# shellcheck disable=SC2053 # a pattern
	[[ $stderr == "modclosure: "$2 ]] || fail "'$stderr' is not 'modclosure: $2'"
}

# a -> b -> d, a -> c -> d (softdep), e -> d, f alone
diamond() {
	module a.ko depends=b,c
	module b.ko depends=d
	module c.ko 'softdep=pre: d'
	module -p 1000 d.ko
	module e.ko depends=d
	module f.ko
}

@test 'paths: relative to SOURCE, dependencies first' {
	diamond
	answers "usr/lib/modules/$kver/kernel/d.ko
usr/lib/modules/$kver/kernel/e.ko" e
}

@test 'names, and NUL after each' {
	diamond
	closure -o names -0 e
	assert_success
	"$MODBOX" modclosure -k "$kver" "$src" -o names -0 e | tr '\0' '\n' >out
	assert_equal "$(cat out)" 'd
e'
}

@test 'operands, options and lists can be combined' {
	diamond
	echo f >list
	answers 'd
e
c
f' -o names e -m c -f list
}

@test 'modclosure runs by its own name' {
	diamond
	ln -s "$MODBOX" modclosure
	run ./modclosure -k "$kver" -o names "$src" f
	assert_success
	assert_output f
}

@test 'insmod: absolute paths, options, install commands, built-in modules; no weakdeps' {
	module a.ko depends=b 'softdep=pre: soft' weakdep=f
	module b.ko
	module f.ko
	builtin_module soft.ko
	modprobe_d 'options a x=1' 'options a y="2 3"' 'options other z' 'install b /bin/true $CMDLINE_OPTS'
	answers "install /bin/true \$CMDLINE_OPTS 
builtin soft
insmod $src/usr/lib/modules/$kver/kernel/a.ko x=1 y=\"2 3\" " -o insmod a
}

@test 'insmod: a name that modprobe.d replaces by a command' {
	module a.ko 'softdep=pre: run-me'
	modprobe_d 'install run-me /bin/true' 'options run-me x=1'
	answers 'install /bin/true x=1 ' -o insmod run-me
	answers "install /bin/true x=1 
insmod $src/usr/lib/modules/$kver/kernel/a.ko " -o insmod a
}

# as_modprobe NAME: insmod prints the same lines as both modprobes
as_modprobe() {
	local kmod
	[ -e "$src/lib" ] || ln -s usr/lib "$src/lib"
	closure -o insmod "$1"
	assert_success
	for kmod in "$ORACLE" "$KMOD34"; do
		diff <([ -z "$output" ] || echo "${output//"/usr/lib/"/"/lib/"}") \
			<("$kmod/modprobe" -C "$src/etc/modprobe.d" -d "$src" -S "$kver" -D "$1")
	done
}

@test 'insmod: names that are no file of a module, as modprobe prints them' {
	local name before
	module a.ko
	module b.ko
	module user.ko 'softdep=pre: bi'
	module after.ko 'softdep=post: group'
	builtin_module bi.ko
	builtin_module bj.ko alias=shared alias=other
	builtin_module bk.ko alias=shared
	builtin_module ring.ko
	modprobe_d 'install group /bin/true' 'softdep group pre: a post: b' 'softdep bi pre: a post: b' \
		'alias to-group group' 'alias to-bi bi' 'alias mixed bk' 'alias mixed a' 'install bk /bin/bk' \
		'options bk x=1' 'alias to-bk bk' 'softdep bare pre: a' 'alias to-bare bare' \
		'install into-nothing /bin/true' 'softdep into-nothing pre: nothing' \
		'softdep ring pre: ring-two' 'install ring-two /bin/true' 'softdep ring-two pre: ring' \
		'install *zen /bin/pattern' 'install dozen /bin/exact' 'alias to-dozen dozen'
	index
	for name in dozen to-dozen group to-group bi to-bi mixed to-bk bk to-bare into-nothing shared other user after ring; do
		as_modprobe "$name"
	done
	closure -o insmod bi
	before=$output
	answers "$before" -o insmod bi
	complains 1 'operand: no module bare in *' bare
}

@test 'a remove line of modprobe.d is no answer to a name' {
	module m.ko alias=by-alias
	builtin_module bi.ko
	modprobe_d 'remove bi /bin/true' 'remove nosuch /bin/true' 'remove by-alias /bin/true'
	answers 'builtin bi' -o insmod bi
	answers m -o names by-alias
	for indexes in index unindex; do
		"$indexes"
		complains 1 'operand: no module nosuch in *' nosuch
	done
}

@test "insmod: tabs between options become blanks, as in modprobe" {
	module a.ko
	index
	modprobe_d $'options a x=1\t\ty=2'
	for kmod in "$ORACLE" "$KMOD34"; do
		"$kmod/modprobe" -d "$BATS_TEST_TMPDIR/base" -S "$kver" -C "$src/etc/modprobe.d" -D a |
			sed 's/.*a.ko//' >expected
		"$MODBOX" modclosure -k "$kver" -o insmod "$src" a | sed 's/.*a.ko//' | diff expected -
	done
	assert_equal "$(<expected)" ' x=1  y=2 '
}

@test "insmod: options for a modprobe.d alias are those of its pattern" {
	module d.ko alias=nic:v1d1 'softdep=pre: B-1'
	module e.ko
	module f.ko
	modprobe_d 'alias A* d' 'options A* y=1' 'options A-1 x=1' 'options d z=1' \
		'alias B-? e' 'options B-? y=2' 'options B-1 x=2' 'options B* w=2' \
		'alias nic:v2* d' 'options nic:v1d1 y=3' 'options nic:v2* y=4' \
		'alias f* f' 'options f* y=5' 'options f z=5' 'options d z=6'
	index
	for name in A-1 nic:v1d1 nic:v2 d f; do
		as_modprobe "$name"
	done
	# If several aliases lead to one module, libkmod loads it again; the first counts.
	modprobe_d 'alias B* e'
	answers "insmod $src/usr/lib/modules/$kver/kernel/e.ko y=2 
insmod $src/usr/lib/modules/$kver/kernel/d.ko y=1 z=1 z=6 " -o insmod A-1
	closure -o tree A-1
	assert_line --partial 'A-1'
	refute_line --partial 'A*'
}

@test 'insmod: a modprobe.d alias of a missing module, or of a command' {
	module ipv6.ko alias=net-pf-10
	module a.ko 'softdep=pre: net-pf-10 pre: run post: m-1'
	module b.ko
	modprobe_d 'alias net-pf-10 off' 'alias run nothing' 'install nothing /bin/true' 'options nothing x=1' \
		'options run y=1' 'alias m-* off' 'alias m-1 b'
	index
	for name in run a m-1; do
		as_modprobe "$name"
	done
	complains 1 "*: no module net-pf-10 in *: modprobe.d makes it an alias of 'off', which does not exist" \
		-o insmod net-pf-10
}

@test 'insmod: a blacklisted module is skipped if it was requested by alias' {
	local alias=pci:v00001234d00005678 name
	module good.ko 'alias=pci:v00001234d*' 'softdep=post: soft-alias'
	module bad-one.ko 'alias=pci:v00001234d*' depends=dep alias=soft-alias alias=bad:1
	module dep.ko
	module other.ko depends=bad-one
	builtin_module kernel/loop.ko
	modprobe_d 'blacklist bad-one' 'alias own* bad-one' 'blacklist own1' 'alias disk loop' 'blacklist loop' \
		'alias run nothing' 'install nothing /bin/true' 'alias mixed good' 'alias mixed bad_one'
	index
	for name in "$alias" bad:1 own1 disk bad-one loop mixed other run; do
		as_modprobe "$name"
	done
	modprobe_d 'blacklist nothing' 'blacklist good' 'alias goo? good'
	for name in "$alias" run mixed good; do
		as_modprobe "$name"
		assert_output ''
	done
	assert_equal "$stderr" 'modclosure: good: all modules are blacklisted: good'
	closure -o insmod "$alias" run disk bad:1
	assert_success
	assert_output ''
	assert_equal "$stderr" "modclosure: $alias: all modules are blacklisted: good, bad_one
modclosure: run: all modules are blacklisted: nothing
modclosure: disk: all modules are blacklisted: loop
modclosure: bad:1: all modules are blacklisted: bad_one"
}

@test 'insmod: a blacklisted module, requested by modalias and also by name' {
	module good.ko 'alias=pci:v00001234d*'
	module bad.ko 'alias=pci:v00001234d*' depends=dep
	module dep.ko
	modprobe_d 'blacklist bad'
	echo pci:v00001234d00005678 >machine
	local good="insmod $src/usr/lib/modules/$kver/kernel/good.ko "
	local bad="insmod $src/usr/lib/modules/$kver/kernel/dep.ko 
insmod $src/usr/lib/modules/$kver/kernel/bad.ko "
	answers "$good" -o insmod --hardware machine
	answers "$bad
$good" -o insmod --hardware machine bad
	answers "$bad
$good" -o insmod --hardware machine 'ba*'
	answers "$good
$bad" -o insmod --no-config --hardware machine
	answers $'good\ndep\nbad' -o names --hardware machine
	copies --module pci:v00001234d00005678
	assert_equal "$(modules_in "$copy")" 'bad dep good'
}

@test 'insmod: lines end with a space, as modprobe prints them' {
	module f.ko
	answers "insmod $src/usr/lib/modules/$kver/kernel/f.ko " -o insmod f
}

@test 'why: every shortest chain from each request' {
	diamond
	answers 'a (operand): a -[depends]-> b -[depends]-> d
a (operand): a -[depends]-> c -[softdep pre]-> d
e (operand): e -[depends]-> d' --why=d a e f
}

@test 'why: the requested module itself, and a module requested by alias' {
	module real.ko alias=other-name
	answers 'other-name (operand): real' --why=real other-name
}

@test 'why: all kinds of an edge are shown' {
	module a.ko depends=b 'softdep=pre: b' weakdep=b
	module b.ko
	answers 'a (operand): a -[depends, softdep pre, weakdep]-> b' --why=b a
}

@test 'why: a module outside the closure is status 1' {
	diamond
	complains 1 'no request leads to module f' --why=f a
	complains 1 'no request leads to module nosuch' --why=nosuch a
}

# needed_by 'NAME...' ARGUMENT...: --reverse prints these names, with indexes and without
needed_by() {
	local indexes
	for indexes in unindex index; do
		"$indexes"
		closure -o names --reverse "${@:2}"
		assert_success
		assert_equal "$(printf '%s\n' "$output" | sort | paste -s -d ' ')" "$1"
	done
}

@test 'reverse: all modules that need a module, directly or not' {
	diamond
	needed_by 'a b c e' d
	needed_by 'a' b
	needed_by 'a b e' d --hard-only
}

@test 'reverse: --direct shows only direct dependents' {
	diamond
	needed_by 'b c e' d --direct
	needed_by 'b e' d --direct --hard-only
}

@test 'reverse: no dependents is status 1, and so is a missing module' {
	diamond
	complains 1 'no module needs any of the requested modules' --reverse f
	complains 1 'operand: no module nosuch in *' --reverse nosuch
	index
	complains 1 'operand: no module nosuch in *' --reverse --direct d nosuch
	closure -K -o names --reverse --direct d nosuch
	assert_failure 1
	assert_output --regexp '^[bce].*'
	assert_equal "${#stderr_lines[@]}" 1
	assert_regex "$stderr" 'warning: operand: no module nosuch in '
}

@test 'reverse: exclusions remove modules from the question' {
	diamond
	needed_by 'a b c e' d '!b'
	needed_by 'a b c e' '[bd]' '!b'
	needed_by 'a b e' '[bd]' '!b' --hard-only
	complains 1 'no module needs any of the requested modules' --reverse b '!b'
}

# sizes: print the file sizes of modules NAME in bytes
bytes() {
	stat -c %s "$tree/kernel/$1.ko"
}

@test "size: each request's total, and the saving if it is dropped" {
	diamond
	index
	closure --size a e f
	assert_success
	a=$(($(bytes a) + $(bytes b) + $(bytes c)))
	d=$(bytes d)
	# Columns: modules and bytes saved; modules and bytes in total; the request.
	assert_equal "$(printf '%s\n' "$output" | awk '!/^#/ { print $1, $2, $4, $5, $7 }')" "3 $a 4 $((a + d)) a
1 $(bytes e) 2 $(($(bytes e) + d)) e
1 $(bytes f) 1 $(bytes f) f"
	all=$((a + d + $(bytes e) + $(bytes f)))
	assert_regex "${lines[-1]}" "^# all: 6 modules, $all bytes of files, "
}

@test 'size: dropping one of two requests for the same module saves nothing' {
	module f.ko
	closure --size f kernel/f.ko
	assert_success
	assert_equal "$(printf '%s\n' "$output" | awk '!/^#/ { print $1, $2, $4 }')" '0 0 1
0 0 1'
}

@test 'hardware: a file of modaliases' {
	module nic.ko 'alias=pci:v00008086d00001533sv*sd*bc*sc*i*'
	module led.ko 'alias=of:NledsT*Cgpio-leds*'
	printf '%s\n' 'pci:v00008086d00001533sv00008086sd00000001bc02sc00i00' '# comment' '' \
		'of:NledsT(null)Cgpio-leds' >machine
	answers 'nic
led' -o names --hardware=machine
}

@test 'hardware: unmatched modaliases are counted, and listed with -v' {
	module nic.ko 'alias=pci:v00008086d*'
	printf '%s\n' pci:v00008086d1 usb:v1234 acpi:PNP0C09: >machine
	closure -o names --hardware=machine
	assert_success
	assert_output nic
	assert_equal "$stderr" 'modclosure: 2 of 3 modaliases match no module (--verbose lists them)'
	closure -v -o names --hardware=machine
	assert_output nic
	assert_equal "${#stderr_lines[@]}" 3
	assert_regex "$stderr" 'no module for usb:v1234'
}

@test 'hardware: a captured sysfs tree' {
	module virtio.ko 'alias=pci:v00001AF4d*'
	mkdir -p sys/devices/pci0/0000:00:01.0
	echo 'pci:v00001AF4d00001001sv00001AF4sd00000002bc01sc00i00' >sys/devices/pci0/0000:00:01.0/modalias
	ln -s ../devices sys/loop
	answers virtio -o names --hardware=sys
}

@test 'hardware: no match at all is status 1' {
	module f.ko
	echo usb:v1234 >machine
	closure --hardware=machine
	assert_failure 1
	assert_output ''
}

@test 'firmware: each requested file, or "missing"' {
	module nic.ko firmware=nic/a.bin firmware=nic/b.bin
	mkdir -p "$src/usr/lib/firmware/nic" "$src/usr/lib/firmware/updates/nic"
	echo 1 >"$src/usr/lib/firmware/nic/a.bin.xz"
	answers "nic/a.bin: usr/lib/firmware/nic/a.bin.xz (nic)
nic/b.bin: missing (nic)" --firmware nic
}

@test 'lists: patterns, directories, optional names, exclusions' {
	module kernel/net/one.ko
	module kernel/net/two-x.ko
	module kernel/fs/three.ko
	answers 'one
two_x' -o names kernel/net/
	answers 'three
two_x' -o names 't*'
	answers one -o names 'kernel/net/' '!two-*'
	answers three -o names three 'nosuch?'
}

@test 'lists: excluding a needed module is an error that names the dependent' {
	diamond
	complains 1 'b needs d, which operand excludes*' a '!d' --hard-only
	closure -o names c '!d'
	assert_success
	assert_output c
}

@test 'no match at all is status 1' {
	diamond
	complains 1 'no requested module exists' 'nosuch?' 'x*?'
	complains 1 'operand: no module x\* in *' 'x*'
	complains 5 'no module requested*'
	complains 5 'no module requested*' '!a'
}

@test 'status 1 if all requested modules are excluded' {
	diamond
	complains 1 'all requested modules are excluded' a '!a'
	complains 1 'all requested modules are excluded' '*' '!*'
}

@test 'insmod: a softdep disables an install command, as in libkmod' {
	module a.ko 'softdep=pre: b'
	module b.ko
	module c.ko 'softdep=pre: hidden-by'
	module d.ko 'softdep=pre: nothing'
	modprobe_d 'install a echo hi' 'install c echo hi' 'install d echo hi' 'alias hidden-* off'
	index
	closure -o insmod a
	assert_line "insmod $src/usr/lib/modules/$kver/kernel/a.ko "
	for name in a c d; do
		as_modprobe "$name"
	done
}

@test 'a request for a built-in alone succeeds' {
	builtin_module there.ko
	answers '' there
	answers 'builtin there' -o insmod there
}

@test 'cycles end, and are reported once' {
	module a.ko depends=b
	module b.ko depends=c
	module c.ko depends=a
	module d.ko depends=a,b,c
	closure -o names d
	assert_success
	assert_equal "$(printf '%s\n' "$output" | sort | tr '\n' ' ')" 'a b c d '
	assert_equal "${#stderr_lines[@]}" 1
	assert_regex "$stderr" 'depend on each other'
}

@test 'softdep cycles end silently' {
	module a.ko 'softdep=pre: b'
	module b.ko 'softdep=pre: a'
	closure -o names a
	assert_success
	assert_equal "$stderr" ''
	assert_equal "$(printf '%s\n' "$output" | sort | tr '\n' ' ')" 'a b '
}

@test 'a missing hard dependency is status 1, or a warning with -K' {
	module a.ko depends=gone
	complains 1 'a needs gone, which * does not have (if another root has it, give that with --overlay)' a
	closure -K -o names a
	assert_failure 1
	assert_output a
	assert_regex "$stderr" 'warning: a needs gone'
}

@test 'invalid options are status 2' {
	diamond
	complains 2 "unknown format 'xml'*" -o xml a
	complains 2 "invalid --color 'blue'; use auto, always or never*" --color=blue a
	complains 2 '*exclude each other*' --why=d --size a
	complains 2 '--direct needs --reverse*' --direct a
	complains 2 '--reverse needs the format paths or names*' --reverse -o dot a
	complains 2 '--size does not go with --format or --firmware*' --size -o json a
	complains 2 '--why needs a name*' --why= a
	complains 2 "*without '..'*" -M usr/../lib a
	run --separate-stderr "$MODBOX" modclosure
	assert_failure 2
}

@test 'a failed write of the result is status 4' {
	module f.ko
	run --separate-stderr bash -c '"$MODBOX" modclosure -k "$1" "$2" f >/dev/full' - "$kver" "$src"
	assert_failure 4
	assert_regex "$stderr" 'cannot write standard output'
}

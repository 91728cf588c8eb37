#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modlist-lint's rules for modprobe.d: a case that each rule reports, and one that it does not.
# shellcheck disable=SC1003,SC2016,SC2034 # texts for others; variables for those sourced

load ../lib/lint

# conf NAME LINE...: write a file of modprobe.d
conf() {
	mkdir -p "$src/etc/modprobe.d"
	printf '%s\n' "${@:2}" >"$src/etc/modprobe.d/$1"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	src=src
	add_tree
	module a.ko depends=b
	module b.ko
	module c.ko alias=crypto-c
	module own.ko 'softdep=pre: c' 'softdep=post: b'
	builtin_module g.ko
	list a
	at=src/etc/modprobe.d
}

@test 'a configuration without mistakes' {
	conf x.conf '# comment' '' 'blacklist c' 'options a x=1 \' '  y=2' 'options g z=1' 'alias net-pf-3 off' \
		'alias disk* a' 'softdep a pre: c' 'softdep b* pre: c' 'remove a rmmod a' 'weakdep a c' 'install nothing /bin/true' \
		'options crypto-c x=1'
	clean
}

@test 'blacklisted: a listed module, and one listed by alias' {
	conf x.conf 'blacklist c' 'blacklist b' 'blacklist none'
	list a crypto-c
	lints 0 "boot.list:2:1: warning: crypto-c: c is blacklisted by $at/x.conf:1 in $kver [blacklisted]"
	lints 0 '' --no-config
	mkdir -p src/opt
	echo 'blacklist a' >src/opt/y.conf
	lints 0 "boot.list:1:1: warning: a: a is blacklisted by src/opt/y.conf:1 in $kver [blacklisted]" -C /opt
}

@test 'install-command: for a listed module, for its dependency, for a name' {
	conf x.conf 'install b /bin/true' 'install zz /bin/false' 'install c /bin/true'
	list a zz
	lints 0 "boot.list:1:1: warning: a: modprobe runs $at/x.conf:1 instead of loading b in $kver [install-command]
boot.list:2:1: warning: zz: not a module but a modprobe.d command in $kver [install-command]"
	list own
	conf x.conf 'install zz /bin/false'
	clean
}

@test 'softdeps replace an install command; those of a built-in select modules; remove is no answer' {
	conf x.conf 'install own /bin/true' 'install group /bin/true' 'softdep group pre: c' 'softdep g pre: c' \
		'remove gone /bin/true'
	list own
	clean
	list group
	clean
	list g
	clean
	list gone
	lint
	assert_output "boot.list:1:1: error: gone: absent from $kver [unknown-name]"
}

@test 'install-needs: modules that a command loads and no list selects' {
	conf x.conf 'install a /sbin/modprobe --ignore-install a && /sbin/modprobe -q crypto-c; insmod /x/own.ko p=1'
	lints 0 "boot.list:1:1: warning: a: modprobe runs $at/x.conf:1 instead of loading a in $kver [install-command]
$at/x.conf:1:1: warning: install a: it loads c, which no list selects in $kver, it loads own, which no list selects in $kver [install-needs]"
	conf x.conf 'install a { /sbin/modprobe gone $CMDLINE_OPTS; modprobe -r c; echo modprobe; }'
	lints 0 "boot.list:1:1: warning: a: modprobe runs $at/x.conf:1 instead of loading a in $kver [install-command]
$at/x.conf:1:1: warning: install a: it loads gone, which is absent from $kver [install-needs]"
	conf x.conf 'install a modprobe c' 'install b modprobe $x'
	list a c
	lints 0 '' --ignore=install-command
}

@test "alias-chain: an alias of a modprobe.d alias, or of a module's alias" {
	conf x.conf 'alias one a' 'alias two one' 'alias three crypto-c' 'alias four off' 'alias five none' 'alias six g'
	lints 0 "$at/x.conf:2:1: warning: alias two: one is not a module but another alias in $kver [alias-chain]
$at/x.conf:3:1: warning: alias three: crypto_c is not a module but another alias in $kver [alias-chain]"
}

@test 'names hidden by a modprobe.d alias' {
	conf x.conf 'alias crypto-c off' 'alias one crypto-c'
	list crypto-c
	lints 1 "boot.list:1:1: error: crypto-c: absent from $kver; modprobe.d makes it an alias of 'off', which does not exist [unknown-name]
$at/x.conf:2:1: warning: alias one: crypto_c is not a module but another alias in $kver [alias-chain]"
	list 'crypto-c?'
	lints 0 '' --ignore=alias-chain
	list crypto-c
	lints 0 '' --no-config
}

@test 'conf-unknown-module: options and softdeps for modules that no kernel has' {
	conf x.conf 'options gone x=1' 'softdep gone pre: a' 'weakdep gone a' 'options a x=1' 'softdep go* pre: a' 'blacklist gone'
	lints 0 "$at/x.conf:1:1: info: options gone: absent from $kver [conf-unknown-module]
$at/x.conf:2:1: info: softdep gone: absent from $kver [conf-unknown-module]
$at/x.conf:3:1: info: weakdep gone: absent from $kver [conf-unknown-module]"
	another 6.2.0-test
	module a.ko
	module gone.ko
	lint_kernels 6.1.0-test 6.2.0-test
	assert_output ''
}

@test 'unreached-softdep: after another with the same name, or after a pattern' {
	conf a.conf 'softdep a pre: b' 'softdep x-* pre: b'
	conf b.conf 'softdep a post: c' 'softdep x_y pre: c' 'softdep b pre: c'
	lints 0 "$at/b.conf:1:1: warning: softdep a: libkmod never reaches it: $at/a.conf:1 comes first [unreached-softdep]
$at/b.conf:2:1: warning: softdep x_y: libkmod never reaches it: $at/a.conf:2 comes first [unreached-softdep]" --ignore=conf-unknown-module
	rm "$at/a.conf"
	conf b.conf 'softdep a post: c' 'softdep b pre: c'
	clean
}

@test "unreached-softdep: the modules' own softdeps sort as modules.softdep" {
	index
	conf a.conf 'softdep own pre: b'
	lint
	assert_output "$at/a.conf:1:1: warning: softdep own: it hides the module's own softdep in $kver [unreached-softdep]"
	conf a.conf 'softdep own pre: a c post: b'
	lint
	assert_output ''
	rm "$at/a.conf"
	conf z.conf 'softdep own pre: a c post: b'
	lint
	assert_output "$at/z.conf:1:1: warning: softdep own: the module's own softdep comes first in $kver [unreached-softdep]"
}

@test "unreached-softdep: kmod's own modprobe does the same" {
	index
	mkdir -p base/lib
	ln -s "$PWD/src/usr/lib/modules" base/lib/modules
	# loads: print the modules that modprobe would load for own
	loads() {
		"$ORACLE/modprobe" -d base -C "$at" -S "$kver" --show-depends own | names
	}
	conf a.conf 'softdep own pre: a'
	assert_equal "$(loads)" 'a b own'
	rm "$at/a.conf"
	conf z.conf 'softdep own pre: a'
	assert_equal "$(loads)" 'c own'
}

@test 'unknown-keyword, conf-syntax' {
	conf x.conf 'optoins a x=1' ' # indented' 'options a' 'alias x' 'softdep' 'blacklist' 'install a' 'alias x [ a' 'include y'
	lints 0 "$at/x.conf:1:1: warning: optoins: not a modprobe.d keyword [unknown-keyword]
$at/x.conf:2:2: warning: #: not a modprobe.d keyword [unknown-keyword]
$at/x.conf:3:1: warning: options a: incomplete [conf-syntax]
$at/x.conf:4:1: warning: alias x: incomplete [conf-syntax]
$at/x.conf:5:1: warning: softdep: incomplete [conf-syntax]
$at/x.conf:6:1: warning: blacklist: incomplete [conf-syntax]
$at/x.conf:7:1: warning: install a: incomplete [conf-syntax]
$at/x.conf:8:1: warning: alias x: incomplete [conf-syntax]
$at/x.conf:9:1: warning: include: not a modprobe.d keyword [unknown-keyword]"
}

@test 'dangling-line: before an empty line, a comment, the end of the file' {
	conf x.conf 'options a x=1 \' '' 'options a y=1 \' '# more' 'options b x=1 \' ' y=1'
	printf 'options a z=1 \\\n' >>"$at/x.conf"
	lints 0 "$at/x.conf:1:15: warning: nothing follows the backslash [dangling-line]
$at/x.conf:3:15: warning: nothing follows the backslash [dangling-line]
$at/x.conf:7:15: warning: nothing follows the backslash [dangling-line]"
	printf 'options a z=1 \\' >"$at/x.conf"
	lints 0 "$at/x.conf:1:15: warning: nothing follows the backslash [dangling-line]"
}

@test 'NUL bytes and megabyte lines are findings' {
	mkdir -p "$at"
	{ printf 'options a x\0y\n'; printf 'options b %01048576d\n' 0; head -c 300000 /dev/zero; } >"$at/x.conf"
	lints 1 "$at/x.conf:1:12: warning: libkmod stops reading at this NUL byte [conf-syntax]
$at/x.conf:2:1: error: the line has 1048586 bytes [long-line]
$at/x.conf:3:1: warning: libkmod stops reading at this NUL byte [conf-syntax]"
	# Random bytes.
	for seed in 1 2 3 4 5; do
		python3 -c "import random, sys
random.seed($seed)
sys.stdout.buffer.write(random.randbytes(200000))" >"$at/x.conf"
		lint --fail-on=info
		[[ $status = [01] ]]
		"$MODBOX" modlist-lint -k "$kver" -o sarif src boot.list >/dev/null
	done
}

@test 'many lines of one kind: the time per line is constant' {
	mkdir -p "$at"
	seq -f 'softdep m%.0f pre: a' 500000 >"$at/x.conf"
	# About a second; comparing each with all others would take an hour.
	run timeout 600 "$MODBOX" modlist-lint -k "$kver" --ignore=conf-unknown-module src boot.list
	assert_success
	assert_output ''
}

@test 'ignore comments work here too; an absent directory is an error' {
	conf x.conf '# modlist-lint: ignore unknown-keyword' 'optoins a x=1'
	clean
	refuses_lint 4 'cannot read src/opt: No such file or directory' -C opt
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Output of rpi-modcopy: none by default; with --verbose and --dry-run, files and reasons.

load ../lib/common

# A tree with every kind of edge.
some_modules() {
	module a.ko depends=b alias=some-a 'softdep=pre: c post: d' weakdep=e
	for name in b c d e; do module $name.ko; done
	builtin_module lib/x.ko alias=some-x
}

@test "no output by default" {
	some_modules
	copies -m a
	index
	copies -m a
}

@test "--verbose: each request, and the modules that it resolved to" {
	some_modules
	printf '%s\n' '# list' some-x b >list
	modcopy -v -m some-a -f list
	assert_success
	assert_equal "$stderr" ''
	assert_line '# some-a (--module): kernel/a.ko'
	assert_line '# some-x (list:2): built in as x'
	assert_line '# b (list:3): kernel/b.ko'
}

@test "--verbose: each module, with the edge and the module that pulled it in" {
	some_modules
	for _ in unindexed indexed; do
		modcopy -v -m some-a
		assert_line --regexp '^# a: requested by --module, as some-a$'
		assert_line --regexp '^# b: dependency of a$'
		assert_line --regexp '^# c: softdep pre of a$'
		assert_line --regexp '^# d: softdep post of a$'
		assert_line --regexp '^# e: weakdep of a$'
		index
	done
}

@test "--verbose: each file copied, and a summary" {
	some_modules
	modcopy -v -m a
	for name in a b c d e; do
		assert_line "usr/lib/modules/$kver/kernel/$name.ko"
	done
	assert_line "usr/lib/modules/$kver/modules.builtin"
	assert_line "usr/lib/modules/$kver/modules.builtin.modinfo"
	bytes=$(cat "$tree"/kernel/*.ko | wc -c)
	assert_line --regexp "^# .*5 modules, $bytes bytes; 0 built in"
	modcopy -v -m x -m b
	assert_line --regexp "^# .*1 module, .* bytes; 1 built in"
}

@test "--dry-run prints the same as --verbose, and writes nothing" {
	some_modules
	modcopy -n -m a
	assert_success
	local said=$output
	assert_not_exists "$dst"
	mkdir -p "$copy"
	local before
	before=$(fingerprint "$dst")
	modcopy --dry-run --verbose -m a
	assert_output "$said"
	assert_equal "$(fingerprint "$dst")" "$before"
	modcopy -v -m a
	assert_output "$said
# indexes: made by modbox from the modules"
}

@test "--dry-run without write permission, and without depmod" {
	some_modules
	mkdir -m 555 "$dst"
	under unprivileged env PATH=/nowhere
	modcopy -n -m a
	assert_success
}

@test "lines without # are paths below SOURCE, as cpio reads them" {
	some_modules
	rm -rf "${src:?}/lib"
	ln -s usr/lib "$src/lib"
	local dir
	for dir in usr/lib/modules lib/modules /usr/lib/modules; do
		rm -rf out
		mkdir out
		modcopy -n -m a -M $dir
		grep -v '^#' <<<"$output" >files
		run sh -c '(cd src && cpio --quiet -o -H newc) <files >archive &&
			(cd out && cpio --quiet -idm) <archive'
		assert_success
		assert_output ''
		assert_equal "$(cd out && find . -type f | sort)" "$(sed 's|^/*|./|' files | sort)"
		assert_equal "$(modules_in out)" 'a b c d e'
	done
}

@test "control characters in names and lists do not reach the terminal" {
	module a.ko $'softdep=pre: x\e[2J'
	printf 'b\e[31m\n' >list
	modcopy -n -m a
	assert_success
	[[ $output != *$'\e'* ]]
	modcopy -m a -f list
	assert_failure 1
	[[ $stderr != *$'\e'* ]]
	assert_equal "${#stderr_lines[@]}" 1
}

@test "no path can forge a line" {
	module a.ko
	local dir=$tree/kernel/$'x\n/etc/shadow\n'
	mkdir -p "$dir"
	mkmodule "$dir/b.ko" name=b
	modcopy -n -m a -m b
	assert_failure 1
	assert_output ''
	assert_regex "$stderr" 'no module b'
	rm -r "${dir%/etc*}"
	# Also by an index; the paths have the same length, so that the file stays valid.
	mkdir "$tree/kernel/long"
	module kernel/long/c.ko
	index
	cp "$tree/modules.dep.bin" index
	# A path that is not a module's is refused; the module's file is found without it.
	for path in 'k\n/etc/passwd.ko' 'kernel/long/c_ko'; do
		sed "s|kernel/long/c.ko:|$path:|" index >"$tree/modules.dep.bin"
		modcopy -n -m c
		assert_success
		assert_equal "$(listed)" "${tree#"$src/"}/kernel/long/c.ko"
		assert_equal "${#stderr_lines[@]}" 2
		assert_regex "${stderr_lines[0]}" '/modules.dep.bin: .* is not a module path below the module directory'
		assert_regex "${stderr_lines[1]}" ': stale indexes: kernel/long/c.ko is not in modules.dep; run depmod$'
	done
}

@test "a failed write of the output is an error: a full disk, a closed pipe" {
	some_modules
	for option in --dry-run --verbose; do
		rm -rf "$dst"
		run sh -c '"$@" 2>&1 >/dev/full' sh "$MODBOX" rpi-modcopy $option -k "$kver" -m a "$src" "$dst"
		assert_failure 4
		assert_output --regexp '^rpi-modcopy: cannot write standard output: No space left'
		assert_not_exists "$dst"
		run bash -c '{ "$@" 2>err; echo $? >status; } | true; cat status err' sh \
			"$MODBOX" rpi-modcopy $option -k "$kver" -m a "$src" "$dst"
		# The reader may have been there long enough.
		case ${lines[0]} in
		0) ;;
		4) assert_line --regexp '^rpi-modcopy: cannot write standard output: Broken pipe' ;;
		*) fail "status ${lines[0]}" ;;
		esac
	done
	# valgrind opens closed descriptors.
	if [ "$MODBOX_BUILD" != valgrind ]; then
		run sh -c '"$@" 2>&1 >&-' sh "$MODBOX" rpi-modcopy -n -k "$kver" -m a "$src" "$dst"
		assert_failure 4
	fi
	for option in --help --version; do
		run sh -c '"$@" 2>&1 >/dev/full' sh "$MODBOX" rpi-modcopy $option
		assert_failure 4
	done
}

@test "--help describes every option, on standard output" {
	run --separate-stderr "$MODBOX" rpi-modcopy --help
	assert_success
	assert_equal "$stderr" ''
	assert_line --partial 'rpi-modcopy [OPTION]... SOURCE [DEST]'
	for option in '-m, --module=' '-f, --module-file=' '-k, --kernel-version=' '-M, --module-dir=' \
		'-K, --keep-going' '-n, --dry-run' '-v, --verbose' '-h, --help' '-V, --version' \
		'-C, --config=' '    --no-softdep' '    --no-weakdep' '    --no-config' '    --depmod=' \
		'    --verify'; do
		assert_line --regexp "^ *${option}"
	done
	local help=$output
	run "$MODBOX" rpi-modcopy -h
	assert_output "$help"
}

@test "--version" {
	for option in -V --version; do
		run --separate-stderr "$MODBOX" rpi-modcopy $option
		assert_success
		assert_output --regexp '^rpi-modcopy \(modbox\) [0-9]+\.[0-9]+'
		assert_equal "$stderr" ''
	done
}

@test "options may follow operands, and -- ends them" {
	some_modules
	mv -- src -src && src=$BATS_TEST_TMPDIR/-src && set_module_dir usr/lib/modules
	run --separate-stderr "$MODBOX" rpi-modcopy -n -m b -k "$kver" -- -src -dst
	assert_success
	run --separate-stderr "$MODBOX" rpi-modcopy ./-src dst -n -m b -k "$kver"
	assert_success
}

@test "progress is shown on terminals only" {
	for ((i = 0; i < 300; i++)); do
		mkmodule "$tree/kernel/m$i.ko" name="m$i"
	done
	mkmodule "$tree/kernel/a.ko" name=a alias=wanted
	chooses a -m wanted
}

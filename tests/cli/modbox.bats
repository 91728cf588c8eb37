#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The multi-call binary.
# bats file_tags=native

load ../lib/common

# is_modcopy COMMAND...: check that COMMAND runs rpi-modcopy
is_modcopy() {
	run --separate-stderr "$@" --version
	assert_success
	assert_output --regexp '^rpi-modcopy \(modbox\)'
}

@test "modbox APPLET" {
	is_modcopy "$MODBOX" rpi-modcopy
	module a.ko
	run --separate-stderr "$MODBOX" rpi-modcopy -n -k "$kver" -m a "$src" "$dst"
	assert_success
}

@test "modbox --list: one applet per line" {
	run --separate-stderr "$MODBOX" --list
	assert_success
	assert_equal "$stderr" ''
	assert_line rpi-modcopy
	# initcheck is not in every configuration.
	assert_equal "$(grep -vx initcheck <<<"$output")" \
		"$(cd "$MODBOX_SRC/applets" && printf '%s\n' *.c | sed 's/\.c$//' | LC_ALL=C sort | grep -vx initcheck)"
}

@test "modbox, and modbox --help: the applets and their summaries" {
	run --separate-stderr "$MODBOX" --help
	assert_success
	assert_equal "$stderr" ''
	assert_line --regexp '^Usage: modbox APPLET'
	assert_line --regexp '^  rpi-modcopy +Copy kernel modules'
	local help=$output
	run --separate-stderr "$MODBOX"
	assert_output "$help"
}

@test "modbox --version" {
	run "$MODBOX" --version
	assert_success
	assert_output --regexp '^modbox [0-9]+\.[0-9]+'
}

@test "an unknown applet: status 2, and the list of applets" {
	for name in no-such-applet --nonsense rpi_modcopy ''; do
		run --separate-stderr "$MODBOX" "$name"
		assert_failure 2
		assert_output ''
		assert_regex "${stderr_lines[0]}" '^modbox: '
		assert_regex "$stderr" $'\n *rpi-modcopy'
	done
}

@test "symbolic links, hard links and copies named like an applet run it, by any path" {
	mkdir -p 'some dir' links
	ln -s "$MODBOX" links/rpi-modcopy
	is_modcopy links/rpi-modcopy
	is_modcopy "$PWD/links/rpi-modcopy"
	is_modcopy ./links/../links/rpi-modcopy
	PATH=$PWD/links:$PATH is_modcopy rpi-modcopy
	cp "$MODBOX" 'some dir/rpi-modcopy'
	is_modcopy 'some dir/rpi-modcopy'
	ln 'some dir/rpi-modcopy' hard
	mv hard links/hard && mkdir hard && mv links/hard hard/rpi-modcopy
	is_modcopy hard/rpi-modcopy
}

@test "any other name is modbox itself" {
	cp "$MODBOX" renamed
	run ./renamed --list
	assert_success
	assert_line rpi-modcopy
	is_modcopy ./renamed rpi-modcopy
}

@test "any argv[0] is safe" {
	run bash -c 'exec -a rpi-modcopy "$MODBOX" --version'
	assert_output --regexp '^rpi-modcopy'
	run bash -c 'exec -a -rpi-modcopy "$MODBOX" --version'
	assert_output --regexp '^rpi-modcopy'
	run bash -c 'exec -a /no/such/rpi-modcopy "$MODBOX" --version'
	assert_output --regexp '^rpi-modcopy'
	run bash -c 'exec -a "" "$MODBOX" --list'
	assert_line rpi-modcopy
}

@test "messages begin with the applet's name, whatever the name of the binary" {
	ln -s "$MODBOX" rpi-modcopy
	run --separate-stderr ./rpi-modcopy
	assert_failure 2
	assert_regex "$stderr" '^rpi-modcopy: '
	run --separate-stderr "$MODBOX" rpi-modcopy
	assert_regex "$stderr" '^rpi-modcopy: '
}

@test "modbox --install -s DIR: symbolic links that work" {
	mkdir bin
	run --separate-stderr "$MODBOX" --install -s bin
	assert_success
	assert_output ''
	assert_equal "$stderr" ''
	assert_equal "$(ls bin)" "$("$MODBOX" --list | grep -vE '^(depmod|dracut-install)$')"
	assert_link_exists bin/rpi-modcopy
	assert_equal "$(realpath bin/rpi-modcopy)" "$(realpath "$MODBOX")"
	is_modcopy bin/rpi-modcopy
	# It would shadow the system's depmod, so it is installed only on request.
	run "$MODBOX" --install -s bin depmod
	assert_success
	assert_link_exists bin/depmod
	# A second time: the links exist.
	run "$MODBOX" --install -s bin
	assert_success
	assert_output ''
}

@test "modbox --install DIR: hard links" {
	mkdir bin
	cp "$MODBOX" modbox
	run ./modbox --install bin
	assert_success
	assert_equal "$(stat -c %i bin/rpi-modcopy)" "$(stat -c %i modbox)"
	is_modcopy bin/rpi-modcopy
}

@test "modbox --install -s DIR APPLET: that link only" {
	mkdir bin
	run "$MODBOX" --install -s bin rpi-modcopy
	assert_success
	assert_equal "$(ls bin)" rpi-modcopy
	run "$MODBOX" --install -s bin no-such-applet
	assert_failure 2
	assert_output --partial 'no-such-applet'
}

# links BINARY DIR TEXT: rpi-modcopy in DIR is a link with this text, which works
links() {
	mkdir -p "${1%/*}" "$2"
	cp "$MODBOX" "$1"
	run --separate-stderr "$1" --install -s "$2"
	assert_success
	assert_equal "$(readlink "$2/rpi-modcopy")" "$3"
	is_modcopy "$2/rpi-modcopy"
	# A second time: the links exist.
	run "$1" --install -s "$2" rpi-modcopy
	assert_success
	rm -f "$1" "$2"/*
}

@test "modbox --install -s DIR: links are relative where the binary lies below DIR's root" {
	top=$(realpath .)
	links image/usr/bin/modbox image/usr/bin modbox
	links image/usr/bin/modbox image/usr/local/bin ../../bin/modbox
	links image/usr/bin/modbox image/sbin ../usr/bin/modbox
	links image/opt/m/modbox image/usr/sbin ../../opt/m/modbox
	links image/modbox image/bin ../modbox
	# A directory that is in no usual place: the nearest root above it.
	links image/usr/bin/modbox image/opt/links ../../usr/bin/modbox
	links build/modbox links ../build/modbox
	# The link of a merged /usr is resolved first.
	mkdir merged merged/usr merged/usr/bin
	ln -s usr/bin merged/bin
	links merged/usr/bin/modbox merged/bin modbox
	# Not in DIR's root: no relative link could be right there.
	links build/modbox image/usr/bin "$top/build/modbox"
	links image/usr/bin/modbox image/usr/share/root/usr/bin "$top/image/usr/bin/modbox"
	links image-2/usr/bin/modbox image/bin "$top/image-2/usr/bin/modbox"
	# The root can be moved.
	mkdir -p image/usr/bin
	cp "$MODBOX" image/usr/bin/modbox
	image/usr/bin/modbox --install -s image/bin
	mv image moved
	is_modcopy moved/bin/rpi-modcopy
}

@test "modbox --install run through one of its own links" {
	mkdir bin
	ln -s "$MODBOX" link
	run ./link --install -s bin
	assert_success
	assert_equal "$(realpath bin/rpi-modcopy)" "$(realpath "$MODBOX")"
}

@test "modbox --install: failures" {
	mkdir bin
	echo mine >bin/rpi-modcopy
	run "$MODBOX" --install -s bin
	assert_failure 4
	assert_output 'modbox: cannot create the link bin/rpi-modcopy: File exists'
	assert_equal "$(cat bin/rpi-modcopy)" mine
	run "$MODBOX" --install -s absent
	assert_failure 4
	assert_output --partial 'absent: No such file or directory'
	run "$MODBOX" --install -s
	assert_failure 2
	run "$MODBOX" --install
	assert_failure 2
}

@test "a failed write of the output is an error" {
	for option in --list --help --version; do
		run sh -c '"$@" 2>&1 >/dev/full' sh "$MODBOX" $option
		assert_failure 4
		assert_output --partial 'cannot write standard output'
	done
}

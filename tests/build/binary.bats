#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The release binary: static, within its size limit, and installed in the right places.

load build

# Records, strip and modinst took 8 KB more than the 576,000 bytes that they were to take.
@test "defconfig is at most 592 KB" {
	run stat -c %s "$MODBOX"
	[ "$output" -le 592000 ]
}

@test "make size lists the libraries, and the sum is right" {
	run make -s O="$built" size
	assert_success
	assert_line --regexp '^libkmod +[0-9]+$'
	assert_line --regexp "^total +$(stat -c %s "$MODBOX")$"
	assert_equal "$(awk '/^total/ { next } { sum += $2 } END { print sum }' <<<"$output")" \
		"$(stat -c %s "$MODBOX")"
}

@test "make install puts the binary, its links and man pages below DESTDIR" {
	root=$BATS_TEST_TMPDIR/root
	run make -s O="$built" install DESTDIR="$root" PREFIX=/opt/m
	assert_success
	assert_file_executable "$root/opt/m/bin/modbox"
	assert_equal "$(readlink "$root/opt/m/bin/rpi-modcopy")" modbox
	assert_file_exists "$root/opt/m/share/man/man1/modbox.1"
	assert_file_exists "$root/opt/m/share/man/man1/rpi-modcopy.1"
	for file in LICENSE README.md NEWS.md modclosure.schema.json licenses/musl licenses/xz-utils; do
		[ -s "$root/opt/m/share/doc/modbox/$file" ] || fail "$file"
	done
	for file in bash-completion/completions/{modbox,modclosure} zsh/site-functions/_modbox \
		fish/vendor_completions.d/{modbox,modclosure}.fish; do
		[ -s "$root/opt/m/share/$file" ] || fail "$file"
	done
	run "$root/opt/m/bin/rpi-modcopy" --version
	assert_success
	assert_output --regexp '^rpi-modcopy \(modbox\) [0-9]'

	run make -s O="$built" uninstall DESTDIR="$root" PREFIX=/opt/m
	assert_success
	assert_equal "$(find "$root" ! -type d)" ''
}

@test "bindir, mandir, docdir and the directories of completion are set one by one" {
	root=$BATS_TEST_TMPDIR/root
	local where=(DESTDIR="$root" PREFIX=/usr bindir=/usr/sbin mandir=/man docdir=/doc/modbox-1
		{bash,zsh,fish}completiondir=/completion)
	make -s O="$built" "${where[@]}" install
	assert_equal "$(cd "$root" && find . -mindepth 1 -maxdepth 2 | sort)" \
		"$(printf '%s\n' ./completion ./completion/{_modbox,mod{box,closure,inst,list-lint,order-filter}{,.fish},rpi-modcopy{,.fish}} \
			./doc ./doc/modbox-1 ./man ./man/man1 ./man/man5 ./man/man8 ./usr ./usr/sbin)"
	touch "$root/doc/modbox-1/other"
	make -s O="$built" "${where[@]}" uninstall
	assert_equal "$(find "$root" ! -type d)" "$root/doc/modbox-1/other"
}

@test "a second make does nothing" {
	run make O="$built"
	assert_success
	refute_output --partial CC
	refute_output --partial LD
}

@test "no file names a host or a path of the build machine" {
	[ -e .git ] || fail 'this is no git work tree: clone the repository'
	run git grep -nIE 'https?://[a-z0-9.-]*(debian|mirror)[a-z0-9.-]*/|/(root|home/[a-z]+)/\.cache' -- ':!LICENSE' ':!tests/build/binary.bats'
	# The name of a format is an address.
	assert_output --regexp '^packaging/debian/copyright:1:Format: https://[^ ]*/copyright-format/1.0/$'
}

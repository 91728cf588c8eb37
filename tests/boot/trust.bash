# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # boot.bash sets and uses $source, $kver and others
#
# Sourced by tests that boot kernels which trust a key of the test's own, and no other, with
# module.sig_enforce=1.

# shellcheck source=boot.bash
source "${BASH_SOURCE[0]%/*}/boot.bash"
# shellcheck source=../lib/full.bash
source "${BASH_SOURCE[0]%/*}/../lib/full.bash"

# certificate NAME [SIGNER]: of the key NAME.pem, by itself or by another
certificate() {
	local signer=()
	[ -z "${2:-}" ] || signer=(-CA "$2.crt" -CAkey "$2.pem")
	openssl req -x509 -subj "/CN=The key $1" -days 36500 -key "$1.pem" "${signer[@]}" -out "$1.crt"
	openssl x509 -in "$1.crt" -outform DER -out "$1.der"
}

# trusting NAME: the kernel to boot trusts this certificate
trusting() {
	"$MODBOX_SRC/tests/boot/vmlinux" "$source/boot/vmlinuz-$kver" vmlinux "$1.der"
	image=$PWD/vmlinux
}

# copied NAME...: make root/ with these modules and what they need
copied() {
	dir=usr/lib/modules/$kver
	requests "$@"
	"$MODBOX" rpi-modcopy -k "$kver" "${requests[@]}" "$source" root
}

# signs NAME OPTION...: modinst signs with this key, and proves that the kernel loads the result
signs() {
	run --separate-stderr "$FULL" modinst --prove --kernel-image=vmlinux --kernel-config="$source/boot/config-$kver" \
		--sig-enforce -k "$kver" --sign-key="$1.pem" --sign-cert="$1.crt" "${@:2}"
	assert_success
}

# tampered FILE: tampered.ko, which is the module with another description
tampered() {
	{ xz -dcq "$1" 2>/dev/null || cat "$1"; } >tampered.ko
	sed -i 's/description=./description=X/' tampered.ko
}

# add_key: put a program into root/ that lets the kernel trust p256.der
add_key() {
	mkdir -p root/usr/bin
	gcc -static -O1 -o root/usr/bin/addkey "$MODBOX_SRC/tests/boot/addkey.c"
	cp p256.der root
}

# boots_enforcing NAME...: the modules in root/ load, but not what was tampered with, nor what the
# distribution signed
boots_enforcing() {
	cp tampered.ko distribution.ko root
	archive root >modules.cpio
	boots -append "console=$tty panic=-1 loglevel=7 printk.devkmsg=on module.sig_enforce=1" <<-END
		use kmod
		say "\$(insmod /tampered.ko 2>&1)"
		say "\$(insmod /distribution.ko 2>&1)"
		! [ -e /p256.der ] || addkey \$(sed -n 's/ .*secondary_trusted_keys.*//p' /proc/keys) </p256.der
		load $*
		say_modules
	END
	prints "test: insmod: can't insert '/tampered.ko': Key was rejected by service" \
		"test: insmod: can't insert '/distribution.ko': Key was rejected by service"
	local names=("${@/#/test: }")
	prints "${names[@]/%/: loaded}"
}

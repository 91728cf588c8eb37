#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modinst signs and compresses modules: beside sign-file, strip, xz and openssl.  The default
# configuration does neither, so these tests build full_defconfig.
# shellcheck disable=SC2154 # setup_file sets $HEADERS, $keys and $FULL
# bats file_tags=static

load kernels
load ../lib/full

setup_file() {
	HEADERS=$("$MODBOX_SRC/scripts/fetch-headers" amd64)
	keys=$BATS_FILE_TMPDIR/keys
	export HEADERS keys
	cp -r "$MODBOX_SRC/tests/boot/external" "$BATS_FILE_TMPDIR/ext"
	make -s -C "$HEADERS" M="$BATS_FILE_TMPDIR/ext" modules 2>/dev/null
	mkdir "$keys"
	(cd "$keys" && "$MODBOX_SRC/tests/lib/signing-keys")
	full_build
}

setup() {
	kernel amd64
	ext=$BATS_FILE_TMPDIR/ext
	cp "$ext"/{boot_supplier,boot_user}.ko .
	updates=root/$dir/updates
	mkdir -p "root/$dir/kernel/lib"
	cp "$indexed/$dir"/modules.{order,builtin,builtin.modinfo} "root/$dir"
	sign_file=$(dirname "$(readlink -f "$HEADERS/scripts/sign-file" || find "${HEADERS%/src/*}" -name sign-file)")/sign-file
	[ -x "$sign_file" ] || sign_file=$(find "${HEADERS%/src/*}" -name sign-file | head -n 1)
}

# modinst OPTION...: run it on the root, without a check
modinst() {
	run --separate-stderr "$FULL" modinst --no-check -k "$kver" "$@" root boot_supplier.ko boot_user.ko
}

# key NAME: the options that name a key and its certificate
key() {
	by=("--sign-key=$keys/$1.pem" "--sign-cert=$keys/${2:-$1}.crt")
}

@test "sign: RSA as sign-file, byte for byte; ECDSA that openssl verifies" {
	local name hash
	for name in rsa p256 p384; do
		for hash in sha256 sha384 sha512; do
			rm -rf "$updates"
			key "$name"
			modinst "${by[@]}" --sign-hash="$hash"
			assert_success
			cp boot_user.ko theirs.ko
			"$sign_file" "$hash" "$keys/$name.pem" "$keys/$name.crt" theirs.ko
			[ "$name" != rsa ] || cmp theirs.ko "$updates/boot_user.ko"
			python3 - "$updates/boot_user.ko" <<-'END'
				import sys
				data = open(sys.argv[1], 'rb').read()[:-28]
				length = int.from_bytes(data[-4:], 'big')
				open('sig', 'wb').write(data[-12 - length:-12])
				open('content', 'wb').write(data[:-12 - length])
			END
			cmp content boot_user.ko
			openssl cms -verify -binary -inform DER -in sig -content content -noverify -nointern \
				-certfile "$keys/$name.crt" -out /dev/null
		done
	done
}

@test "sign: modinst strips, signs and compresses in this order, as kbuild does" {
	echo >"root/$dir/kernel/lib/x"
	key rsa
	modinst --strip-program=strip "${by[@]}" --sign-hash=sha256 --compress=xz
	assert_success
	assert_equal "$(ls "$updates")" "$(printf '%s\n' boot_{supplier,user}.ko.xz)"
	strip --strip-debug boot_user.ko
	"$sign_file" sha256 "$keys/rsa.pem" "$keys/rsa.crt" boot_user.ko
	cmp boot_user.ko <(xz -dc "$updates/boot_user.ko.xz")
	assert_equal "$(xz --robot -l "$updates/boot_user.ko.xz" | awk '$1 == "file" { print $7 }')" CRC32
	rm -rf "$updates"
	cp "$ext/boot_user.ko" .
	modinst --sign-program="$sign_file" --strip-program=strip "${by[@]}" --sign-hash=sha256
	assert_success
	strip --strip-debug boot_user.ko
	"$sign_file" sha256 "$keys/rsa.pem" "$keys/rsa.crt" boot_user.ko
	cmp boot_user.ko "$updates/boot_user.ko"
}

@test "sign: modinst: a signature is replaced, and goes with --strip" {
	"$sign_file" sha256 "$keys/p256.pem" "$keys/p256.crt" boot_user.ko
	key rsa
	modinst "${by[@]}" --sign-hash=sha256
	assert_success
	assert_equal "$(grep -c 'Module signature appended' "$updates/boot_user.ko")" 1
	modinst --strip
	assert_success
	assert_equal "$stderr" 'modinst: warning: boot_user.ko: its signature is gone: it does not fit the stripped module'
	run grep -c 'Module signature appended' "$updates/boot_user.ko"
	assert_output 0
}

@test "sign: modinst: passphrases, keys that do not fit, and certificates that have expired" {
	key v2-aes-256-cbc rsa
	modinst "${by[@]}" --sign-hash=sha256
	assert_failure 2
	KBUILD_SIGN_PIN=wrong modinst "${by[@]}" --sign-hash=sha256
	assert_failure 2
	[ ! -e "$updates" ]
	KBUILD_SIGN_PIN='correct horse' modinst "${by[@]}" --sign-hash=sha256
	assert_success
	echo 'correct horse' >pin
	modinst "${by[@]}" --sign-hash=sha256 --sign-pin-file=pin
	assert_success
	key rsa p256
	modinst "${by[@]}" --sign-hash=sha256
	assert_failure 2
	key p256 expired
	modinst "${by[@]}" --sign-hash=sha256
	assert_success
	[[ $stderr = "modinst: warning: "*"expired on 2002-03-04; the kernel does not look" ]]
	modinst --sign-key="$keys/rsa.pem" --sign-hash=sha256
	assert_failure 2
	modinst "${by[@]}"
	assert_failure 2
	[[ $stderr = *'--sign-hash is needed: no configuration of the kernel tells its hash'* ]]
}

@test "sign: modinst: compressed as the kernel's own modules, with its own hash, and proved by --cert" {
	cp -r "$indexed/boot" root
	mkdir -p "root/$dir/kernel"
	xz --check=crc32 -c "$indexed/$dir/kernel/lib/crc16.ko" >"root/$dir/kernel/lib/crc16.ko.xz"
	"$ORACLE/depmod" -b root "$kver"
	key rsa
	run --separate-stderr "$FULL" modinst --prove "${by[@]}" --cert="$keys/rsa.crt" --sig-enforce --strip root boot_user.ko boot_supplier.ko
	assert_success
	[[ ${stderr_lines[0]} = "modinst: 2 modules proved, 0 refused, 0 unproved; root/boot/vmlinuz-$kver, "*"all signed by 'The key'"* ]]
	[ -e "$updates/boot_user.ko.xz" ] && [ -e "$updates/boot_supplier.ko.xz" ]
	run --separate-stderr "$FULL" modinst "${by[@]}" --sign-hash=sha512 root boot_user.ko boot_supplier.ko
	assert_failure 1
	assert_equal "$stderr" 'modinst: refused: the kernel has not built in sha512, and could not verify a signature by it; use --sign-hash=sha256'
}

@test "compress: --process of all modules, some compressed: one kind at the end" {
	local file
	cp "$tree"/kernel/fs/{mbcache,jbd2/jbd2}.ko boot_supplier.ko "root/$dir/kernel/lib"
	gzip "root/$dir/kernel/lib/mbcache.ko"
	xz --check=crc32 -k "root/$dir/kernel/lib/jbd2.ko"
	rm "root/$dir/kernel/lib/jbd2.ko"
	file=$(stat -c %i "root/$dir/kernel/lib/jbd2.ko.xz")
	run --separate-stderr "$FULL" modinst --no-check --process --compress=xz root "$dir"
	assert_success
	assert_equal "$(cd "root/$dir/kernel/lib" && echo *)" 'boot_supplier.ko.xz jbd2.ko.xz mbcache.ko.xz'
	assert_equal "$(stat -c %i "root/$dir/kernel/lib/jbd2.ko.xz")" "$file"
	xz -dc "root/$dir/kernel/lib/mbcache.ko.xz" | cmp - "$tree/kernel/fs/mbcache.ko"
	xz -dc "root/$dir/kernel/lib/boot_supplier.ko.xz" | cmp - boot_supplier.ko
	grep -qx 'kernel/lib/mbcache.ko.xz:' "root/$dir/modules.dep"
}

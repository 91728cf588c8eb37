#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modclosure --prove: the signatures of modules, made by openssl as the kernel's sign-file makes them.
# The modules are for no machine, so another line refuses each of them.

load ../lib/common

# Keys, each with its certificate: NAME.pem, NAME.crt (PEM) and NAME.der
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	local name
	for name in rsa p256 p384 p521 other; do
		case $name in
		rsa | other) openssl genrsa -out $name.pem 2048 ;;
		p*) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-${name#p}" -out $name.pem ;;
		esac 2>/dev/null
		openssl req -x509 -new -key $name.pem -subj "/O=Test/CN=The $name key" -days 36500 -out $name.crt
		openssl x509 -in $name.crt -outform DER -out $name.der
	done
}

setup() {
	begin
	add_tree
	mkdir -p "$src/boot"
	ln -s "$BATS_FILE_TMPDIR"/* .
	cat rsa.der p384.der >keyring
	mkkernel -r "$kver" -v "$kver SMP mod_unload " -c keyring image
	config MODULE_SIG
	module a.ko
	ko=$tree/kernel/a.ko
}

# config SYMBOL...: a configuration with these and the algorithms of Debian's
config() {
	printf 'CONFIG_%s=y\n' MODULES CRYPTO_RSA CRYPTO_ECDSA CRYPTO_SHA256 "$@" >config
	echo '# CONFIG_CRYPTO_SHA512 is not set' >>config
}

# trailer FILE [LENGTH]: append it and what marks it to the module, as its signature
trailer() {
	local length=${2:-$(stat -c %s "$1")}
	cat "$1" >>"$ko"
	# shellcheck disable=SC2059 # a format
	printf "\\0\\0\\2\\0\\0\\0\\0\\0$(printf '\\x%02x' $((length >> 24)) $((length >> 16 & 255)) $((length >> 8 & 255)) $((length & 255)))~Module signature appended~\n" >>"$ko"
}

# signature KEY [OPTION...]: make that of the module in the file sig
signature() {
	openssl cms -sign -binary -nocerts -nosmimecap -outform DER -signer "$1.crt" -inkey "$1.pem" \
		-in "$ko" -out sig "${@:2}"
}

# signed KEY [OPTION...]: sign the module
signed() {
	signature "$1" -noattr -md sha256 "${@:2}"
	trailer sig
}

# judge [OPTION...]: what is said of the module but for its machine, in $said, and the sum in $signers
judge() {
	run --separate-stderr "$MODBOX" modclosure --prove --kernel-image=image --kernel-config=config -k "$kver" "$@" \
		"$src" a
	assert_failure 1
	said=$(sed '$d; s/^modclosure: //; s|^kernel/a.ko: ||; /it is for ELF machine/d' <<<"$stderr")
	signers=${stderr##*; }
}

# good NAME [OPTION...]: verified by this key
good() {
	judge "${@:2}"
	assert_equal "$said" ''
	assert_equal "$signers" "all signed by 'The $1 key'"
}

# says TEXT [OPTION...]
says() {
	judge "${@:2}"
	assert_equal "$said" "$1"
}

# not_enforced TEXT REASON: it is only said; refused if the kernel demands signatures
not_enforced() {
	says "$1; it loads, and taints the kernel"
	says "refused: $1 (EKEYREJECTED, \"Loading of $2 is rejected\")" --sig-enforce
	config MODULE_SIG MODULE_SIG_FORCE
	says "refused: $1 (EKEYREJECTED, \"Loading of $2 is rejected\")"
	config MODULE_SIG LOCK_DOWN_KERNEL_FORCE_INTEGRITY
	says "refused: $1, and the kernel is locked down (EPERM)"
	config
	says ''
}

# refused TEXT: in any case, unless the kernel has no MODULE_SIG
refused() {
	says "refused: $1"
	says "refused: $1" --sig-enforce
	config
	says ''
	assert_equal "$signers" 'signatures do not count (MODULE_SIG is off)'
}

@test "signed by a key of the image: RSA, P-384; by issuer or key identifier; compressed" {
	local key options
	for key in rsa p384; do
		for options in '' -keyid; do
			module a.ko
			# shellcheck disable=SC2086 # none, or one
			signed $key $options
			good $key
			good $key --sig-enforce
		done
	done
	xz --check=crc32 "$ko"
	good p384
}

@test "--cert: of more keys, PEM or DER" {
	local key suffix
	for key in p256 p521 other; do
		module a.ko
		signed $key
		for suffix in der crt; do
			good $key "--cert=$key.$suffix"
		done
	done
	cat rsa.crt p256.crt other.crt >all.crt
	good other --cert=all.crt
	good other --cert=p256.der --cert=other.der
}

@test "with its certificate in it" {
	openssl cms -sign -binary -noattr -nosmimecap -outform DER -md sha256 -signer rsa.crt -inkey rsa.pem -in "$ko" -out sig
	trailer sig
	good rsa
	module a.ko
	openssl cms -sign -binary -noattr -nosmimecap -outform DER -md sha256 -signer other.crt -inkey other.pem -in "$ko" -out sig
	trailer sig
	good other --cert=other.der
	not_enforced "it is signed by 'The other key', whose certificate the kernel does not have (--cert)" 'module with unavailable key'
	# One that does not fit its own certificate is refused without the kernel's.
	config MODULE_SIG
	printf X | dd of="$ko" bs=1 seek=100 conv=notrunc status=none
	refused 'its signature does not fit: it was changed after it was signed (EKEYREJECTED)'
}

@test "not signed; stripped after signing" {
	not_enforced 'it is not signed' 'unsigned module'
	config MODULE_SIG
	cp "$ko" unsigned
	signed rsa
	truncate -s "$(stat -c %s unsigned)" "$ko"
	cmp "$ko" unsigned
	not_enforced 'it is not signed' 'unsigned module'
}

@test "another key" {
	signed other
	not_enforced "it is signed by 'The other key', whose certificate the kernel does not have (--cert)" 'module with unavailable key'
	module a.ko
	config MODULE_SIG
	signed p256 -keyid
	judge
	assert_regex "$said" "^it is signed by the key [0-9a-f]{40}, whose certificate the kernel does not have \(--cert\); it loads, and taints the kernel$"
	assert_equal "$signers" 'no signature verified'
}

@test "a hash that the kernel has not built in; that is a module; that is not known" {
	signature rsa -noattr -md sha512
	trailer sig
	not_enforced 'its signature is by SHA-512, which the kernel has not built in' 'module with unsupported crypto'
	config MODULE_SIG
	sed -i 's/^# CONFIG_CRYPTO_SHA512 .*/CONFIG_CRYPTO_SHA512=m/' config
	says "$kver: unproved: it is not known whether the kernel has the algorithms of the signatures built in: --kernel-config"
	sed -i 's/=m/=y/' config
	good rsa
	module a.ko
	signature rsa -noattr -md sha384
	trailer sig
	good rsa
	module a.ko
	signature rsa -noattr -md sha224
	trailer sig
	says 'unproved: its signature has parts that are not verified here'
}

@test "a key of --cert that the kernel's algorithms do not read" {
	signed p256
	sed -i '/ECDSA/d' config
	judge --cert=p256.der
	assert_equal "$said" 'its signature is by ECDSA, which the kernel has not built in; it loads, and taints the kernel'
	# The image's own certificates are of keys that it can read.
	module a.ko
	signed p384
	good p384
}

@test "changed after it was signed" {
	signed rsa
	printf X | dd of="$ko" bs=1 seek=100 conv=notrunc status=none
	refused 'its signature does not fit: it was changed after it was signed (EKEYREJECTED)'
	module a.ko
	config MODULE_SIG
	signed p384
	printf X | dd of="$ko" bs=1 seek=100 conv=notrunc status=none
	refused 'its signature does not fit: it was changed after it was signed (EKEYREJECTED)'
}

@test "signed attributes" {
	signature rsa -md sha256
	trailer sig
	refused 'its signature has signed attributes (EKEYREJECTED)'
}

@test "a signature that is damaged, or holds what it signs" {
	signature rsa -noattr -md sha256
	head -c 200 sig >part
	trailer part
	refused 'its signature is damaged (EBADMSG)'
	module a.ko
	config MODULE_SIG
	trailer sig 100000
	refused 'its signature is damaged (EBADMSG)'
	module a.ko
	config MODULE_SIG
	signature rsa -noattr -md sha256 -nodetach
	trailer sig
	refused 'its signature is damaged (EBADMSG)'
	module a.ko
	config MODULE_SIG
	openssl pkcs8 -topk8 -nocrypt -in rsa.pem -outform DER -out sig
	trailer sig
	refused 'its signature is damaged (EBADMSG)'
}

@test "without a configuration, what counts is not known" {
	local unknown="$kver: unproved: no configuration tells whether the kernel checks signatures, and loads only signed modules: --kernel-config"
	judge_without() {
		run --separate-stderr "$MODBOX" modclosure --prove --kernel-image=image -k "$kver" "$@" "$src" a
		assert_failure 1
		said=$(sed '$d; s/^modclosure: //; s|^kernel/a.ko: ||; /it is for ELF machine/d' <<<"$stderr")
	}
	judge_without
	assert_equal "$said" "$unknown"
	judge_without --sig-enforce
	assert_equal "$said" 'refused: it is not signed (EKEYREJECTED, "Loading of unsigned module is rejected")'
	signed rsa
	judge_without
	assert_equal "$said" "$kver: unproved: it is not known whether the kernel has the algorithms of the signatures built in: --kernel-config"
}

@test "an image without certificates: of whom a signature is, is not known" {
	mkkernel -r "$kver" -v "$kver SMP mod_unload " image
	signed rsa
	says "$kver: unproved: not all certificates of the kernel are known, so its modules' signatures cannot be verified: --cert"
	good rsa --cert=rsa.der
}

@test "many modules without a signature are one line; the sum tells who signed" {
	local i
	signed rsa
	for i in 1 2 3 4 5 6 7 8 9 10 11; do
		module b$i.ko
	done
	run --separate-stderr "$MODBOX" modclosure --prove --kernel-image=image --kernel-config=config -k "$kver" "$src" kernel/
	assert_equal "$(grep -c 'taint' <<<"$stderr")" 1
	assert_equal "$(grep 'taint' <<<"$stderr")" \
		'modclosure: 11 modules have no signature that counts: loading them taints the kernel (-v names them)'
	assert_equal "${stderr##*; }" "1 signed by 'The rsa key', 11 not signed"
	run --separate-stderr "$MODBOX" modclosure --prove --kernel-image=image --kernel-config=config -k "$kver" -v "$src" kernel/
	assert_equal "$(grep -c 'it is not signed; it loads, and taints the kernel' <<<"$stderr")" 11
	ko=$tree/kernel/b1.ko
	signature p384 -noattr -md sha256
	trailer sig
	run --separate-stderr "$MODBOX" modclosure --prove --kernel-image=image --kernel-config=config -k "$kver" -o json "$src" b1 b2
	assert_equal "$(jq -c '.modules[] | [.findings[] | select(.rule == "signature") | .text]' <<<"$output" | paste -sd ' ')" \
		'[] ["it is not signed; it loads, and taints the kernel"]'
}

@test "options: --cert needs --prove, and a certificate" {
	run "$MODBOX" modclosure --cert=rsa.der -k "$kver" "$src" a
	assert_failure 2
	assert_line --partial '--cert needs --prove'
	run "$MODBOX" modclosure --sig-enforce -k "$kver" "$src" a
	assert_failure 2
	assert_line --partial '--sig-enforce needs --prove'
	openssl genpkey -algorithm ed25519 -out ed.pem
	openssl req -x509 -new -key ed.pem -subj /CN=ed -out ed.crt
	head -c 300 rsa.der >cut.der
	local file message
	while read -r file message; do
		run --separate-stderr "$MODBOX" modclosure --prove --kernel-image=image "--cert=$file" -k "$kver" "$src" a
		assert_failure 4
		assert_output ''
		assert_equal "$stderr" "modclosure: $message"
	done <<-END
		config config: not an X.509 certificate (PEM or DER)
		rsa.pem rsa.pem: not an X.509 certificate (PEM or DER)
		cut.der cut.der: not an X.509 certificate (PEM or DER)
		ed.crt ed.crt: its key is of a kind that is not known
		none cannot read none: No such file or directory
	END
}

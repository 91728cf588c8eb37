#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --loader: what loads the modules can decompress them, and the kernel the archive.
# bats file_tags=static

load kernels
load prove

# The config files none, plain (no MODULE_DECOMPRESS), gzip, xz, zstd.
configs() {
	local kind
	for kind in gzip xz zstd; do
		printf 'CONFIG_%s\n' MODULES=y XZ_DEC_X86=y MODULE_DECOMPRESS=y "MODULE_COMPRESS_${kind^^}=y" >"$kind.config"
	done
	printf 'CONFIG_%s\n' MODULES=y MODULE_COMPRESS_XZ=y >plain.config
}

# packed KIND: crc16, original.ko, as this kind of file
packed() {
	case $1 in
	ko) cat original.ko ;;
	gz) gzip -c original.ko ;;
	gz_extra) python3 -c 'import gzip, sys
data = bytearray(gzip.compress(open("original.ko", "rb").read()))
data[3] |= 16
sys.stdout.buffer.write(data[:10] + b"comment\0" + data[10:])' ;;
	xz) xz -c --check=crc32 original.ko ;;
	xz_none) xz -c --check=none original.ko ;;
	xz_crc64) xz -c original.ko ;;
	xz_sha256) xz -c --check=sha256 original.ko ;;
	xz_x86) xz -c --check=crc32 --x86 --lzma2 original.ko ;;
	xz_delta) xz -c --check=crc32 --delta --lzma2 original.ko ;;
	zst) zstd -q -c original.ko ;;
	zst_unsized) zstd -q -c <original.ko ;;
	esac
}

kinds=(ko gz gz_extra xz xz_none xz_crc64 xz_sha256 xz_x86 xz_delta zst zst_unsized)

# loads CONFIG LOADER VERDICT...: the loader's verdict on each kind; p, u, r for proved, unproved,
# refused
loads() {
	local options=(--kernel-config="$1.config")
	[ "$1" != unknown ] || options=()
	run --separate-stderr "$MODBOX" modclosure --prove=known --kernel-image=image --symvers=symvers \
		-k "$kver" "${options[@]}" --loader="$2" -o json src kernel/kinds/
	assert_equal "$1, $2: $(jq -r '[.modules[]
			| {(.name): ([.findings[] | select(.rule == "loader") | .verdict[:1]] | .[0] // "p")}]
		| add | [.[$ARGS.positional[]]] | join(" ")' --args "${kinds[@]}" <<<"$output")" "$1, $2: ${*:3}"
}

@test "amd64: what each loader can decompress, by what the kernel does" {
	prepare
	copy_source
	rm src/boot/config-*
	cp "src/$dir/kernel/lib/crc16.ko" original.ko
	mkdir "src/$dir/kernel/kinds"
	local kind suffix
	for kind in "${kinds[@]}"; do
		suffix=${kind%%_*}
		packed "$kind" >"src/$dir/kernel/kinds/$kind.ko${suffix/#ko/}"
	done
	(cd "src/$dir/kernel/kinds" && for kind in *gz *xz *zst; do mv "$kind" "${kind/.ko/.ko.}"; done)
	configs
	#                     ko gz extra xz none crc64 sha256 x86 delta zst unsized
	loads unknown kmod    p  u  u     p  p    u     u      u   u     p   u
	loads plain   kmod    p  u  u     p  p    p     p      p   p     p   u
	loads gzip    kmod    p  p  r     p  p    p     p      p   p     p   u
	loads xz      kmod    p  u  u     p  p    r     r      p   r     p   u
	loads zstd    kmod    p  u  u     p  p    p     p      p   p     p   p
	loads unknown kernel  p  u  u     u  u    u     u      u   u     u   u
	loads plain   kernel  p  r  r     r  r    r     r      r   r     r   r
	loads gzip    kernel  p  p  r     r  r    r     r      r   r     r   r
	loads xz      kernel  p  r  r     p  p    r     r      p   r     r   r
	loads zstd    kernel  p  r  r     r  r    r     r      r   r     p   p
	loads unknown busybox p  p  p     p  p    p     p      u   u     u   u
	loads plain   busybox p  p  p     p  p    p     p      r   r     r   r
	loads gzip    busybox p  p  p     p  p    p     p      r   r     r   r
	loads xz      busybox p  p  p     p  p    p     p      u   r     r   r
	loads zstd    busybox p  p  p     p  p    p     p      r   r     u   u
}

@test "amd64: the messages name the fault, and the remedy where something is not known" {
	prepare
	copy_source
	crc16=src/$dir/kernel/lib/crc16.ko
	cp "$crc16" original.ko
	configs
	packed xz_crc64 >"$crc16.xz"
	rm "$crc16"
	run --separate-stderr "$MODBOX" modclosure --prove --kernel-image=image --symvers=symvers -k "$kver" \
		--kernel-config=xz.config src crc16
	refuses "kernel/lib/crc16.ko.xz: refused: its xz check is not crc32: the kernel's decoder knows no other; kmod 31 and later hand it to the kernel (EINVAL)"
	mv "$crc16.xz" "$crc16"
	run --separate-stderr "$MODBOX" modclosure --prove --kernel-image=image --symvers=symvers -k "$kver" \
		--kernel-config=xz.config --loader=kernel src crc16
	refuses 'kernel/lib/crc16.ko: refused: its name does not say that xz compressed it (ENOEXEC)'
	run "$MODBOX" modclosure --prove --loader=insmod -k "$kver" src crc16
	assert_failure 2
	assert_output --partial "invalid --loader 'insmod'; use kmod, kernel or busybox"
	run "$MODBOX" modclosure --loader=kernel -k "$kver" src crc16
	assert_failure 2
	assert_output --partial '--loader needs --prove'
}

@test "amd64: rpi-modcopy --prove judges what it writes: other compression, an archive" {
	prepare
	copy_source
	crc16=src/$dir/kernel/lib/crc16.ko
	cp "$crc16" original.ko
	configs
	packed xz_crc64 >"$crc16.xz"
	rm "$crc16"
	by=(--prove --kernel-image=image --symvers=symvers -k "$kver" -m crc16 src)
	run --separate-stderr "$MODBOX" rpi-modcopy --kernel-config=xz.config "${by[@]}" dst
	assert_failure 1
	[ ! -e dst ]
	run --separate-stderr "$MODBOX" rpi-modcopy --kernel-config=xz.config --decompress "${by[@]}" dst
	assert_success
	printf 'CONFIG_%s\n' MODULES=y BLK_DEV_INITRD=y RD_XZ=y >archive.config
	run --separate-stderr "$MODBOX" rpi-modcopy --kernel-config=archive.config --cpio=out "${by[@]}"
	assert_success
	rm out
	run --separate-stderr "$MODBOX" rpi-modcopy --kernel-config=xz.config --decompress --cpio=out "${by[@]}"
	refuses "$kver: refused: the kernel does not unpack an archive: BLK_DEV_INITRD is off in xz.config"
	[ ! -e out ]
}

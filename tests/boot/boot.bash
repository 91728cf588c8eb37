# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # the tests use what is set here
#
# Sourced by the tests that boot kernels of the distribution in QEMU, with software emulation.  The
# initramfs is three archives in sequence: a base shared by all tests, the modules that modbox
# chose, and the commands of the test.  Results are read from the machine's console.

# shellcheck source=../lib/failure.bash
source "${BASH_SOURCE[0]%/*}/../lib/failure.bash"

# Seconds per boot.  An idle processor needs at most 30, but this one may be busy.
boot_limit=300

# -- what the tests of a file share, for its setup_file -------------------------------------

# prepare KERNEL...: set up kernels of scripts/fetch-kernel. $BATS_FILE_TMPDIR/KERNEL then holds the
# root that provides modules, the base of its initramfs, and for amd64 its vmlinux.
prepare() {
	set -e
	local name
	for name; do
		mkdir "$BATS_FILE_TMPDIR/$name"
		cd "$BATS_FILE_TMPDIR/$name"
		source_root "$name"
		base_archive "$name"
		[[ $name = *arm64 ]] || "$MODBOX_SRC/tests/boot/vmlinux" source/boot/vmlinuz-* vmlinux
	done
}

# source_root KERNEL: its package, as installed on a system where /lib is a link to /usr/lib
source_root() {
	local package
	package=$("$MODBOX_SRC/scripts/fetch-kernel" "$1")
	if [ -d "$package/usr/lib/modules" ]; then
		ln -s "$package" source
		return
	fi
	mkdir -p source/usr
	cp -al "$package/lib" source/usr 2>/dev/null || cp -a "$package/lib" source/usr
	cp -a "$package/boot" source
	ln -s usr/lib source/lib
}

# base_archive KERNEL: make base.cpio with init, busybox, kmod, cryptsetup and the links of a merged
# /usr, but nothing below lib/modules
base_archive() {
	local packages program
	packages=$("$MODBOX_SRC/scripts/fetch-packages" "$1" busybox-static kmod cryptsetup-bin)
	mkdir -p base/{dev,proc,sys,mnt} base/usr/{bin,sbin,lib,busybox}
	ln -s usr/{bin,sbin,lib} base
	cp "$MODBOX_SRC/tests/boot/init" base/init
	for program in busybox kmod cryptsetup; do
		add_program "$packages" "$program" base
	done
	archive base >base.cpio
}

# add_program PACKAGES NAME ROOT: copy a program with its loader and libraries into ROOT
add_program() {
	local file name needed=("$2") i
	for ((i = 0; i < ${#needed[@]}; i++)); do
		name=${needed[i]}
		file=$(find "$1" ! -type d -name "${name##*/}" -path '*/*bin/*' -o \
			! -type d -name "${name##*/}" -path '*/lib*' ! -path '*/gconv/*')
		[ -n "$file" ] || { echo "$2 needs $name, which $1 has not" >&2; return 1; }
		case $name in
		/*) install -D "${file%%$'\n'*}" "$3$name" ;;
		*.so*) install -D "${file%%$'\n'*}" "$3/usr/lib/$name" ;;
		*) install -D "${file%%$'\n'*}" "$3/usr/bin/$name" ;;
		esac
		mapfile -t -O ${#needed[@]} needed < <(readelf -ld "${file%%$'\n'*}" |
			sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p; s/.*interpreter: \(.*\)\]/\1/p' |
			grep -vxF "$(printf '%s\n' "${needed[@]}")")
	done
}

# archive DIRECTORY: make an initramfs archive of it
archive() {
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet)
}

# -- in a test ----------------------------------------------------------------------------------

# kernel NAME: use a prepared kernel: $source provides modules, $kver is its version, $image boots
kernel() {
	cd "$BATS_TEST_TMPDIR" || return
	base=$BATS_FILE_TMPDIR/$1
	source=$(realpath "$base/source")
	kver=$(ls "$source/usr/lib/modules")
	image=$base/vmlinux
	case $1 in
	# The architected algorithm for pointer authentication takes twice as long.
	*arm64)
		machine=(qemu-system-aarch64 -M virt -cpu 'max,pauth-impdef=on') tty=ttyAMA0
		image=$source/boot/vmlinuz-$kver
		;;
	*) machine=(qemu-system-x86_64 -M q35 -cpu max) tty=ttyS0 ;;
	esac
}

# requests NAME...: put options that request these into $requests
requests() {
	mapfile -t requests < <(printf -- '-m\n%s\n' "$@")
}

# module_archive OPTION...: make modules.cpio with rpi-modcopy from $source
module_archive() {
	"$MODBOX" rpi-modcopy --cpio=modules.cpio -k "$kver" "$@" "$source"
}

# stripped_archive OPTION...: the same; modinst strips a third of the modules of debugging information
# and a third of symbols, which leaves these uncompressed
stripped_archive() {
	local files
	"$MODBOX" rpi-modcopy -k "$kver" "$@" "$source" root
	mapfile -t files < <(cd root && find . -name '*.ko*' -printf '%P\n' | LC_ALL=C sort)
	printf '%s\n' "${files[@]}" | sed -n 1~3p | xargs "$MODBOX" modinst --process --no-check -k "$kver" --strip root
	printf '%s\n' "${files[@]}" | sed -n 2~3p | xargs "$MODBOX" modinst --process --no-check -k "$kver" --strip=unneeded root
	archive root >modules.cpio
}

# The modules in modules.cpio, relative to the module directory, sorted.
archived() {
	cpio -it --quiet <modules.cpio | sed -n "s|^usr/lib/modules/$kver/\(.*\.ko\)|\1|p" | LC_ALL=C sort
}

# boots [QEMU_OPTION]... <COMMANDS: as starts; and no module lacks anything
boots() {
	starts "$@"
	! grep -E 'Unknown symbol|disagrees about version|[Ii]nvalid module format|^test: .*[Nn]ot found|^test: the archive' \
		console >wrong || fail_on_console "$(head -n 5 wrong)"
}

# starts [QEMU_OPTION]... <COMMANDS: boot with modules.cpio and run these commands (see
# tests/boot/init).  The file console then holds the output without timestamps.
starts() {
	mkdir commands
	cat >commands/commands
	archive commands >commands.cpio
	cat "$base/base.cpio" modules.cpio commands.cpio >initramfs
	start_machine initramfs '' "$@"
	rm initramfs
}

# start_machine INITRAMFS PARAMETERS [QEMU_OPTION]...: boot $image with it, to the end of a test, and make
# console
start_machine() {
	local status=0
	timeout -k 10 "$boot_limit" "${machine[@]}" -m 1G -nodefaults -no-user-config -display none -no-reboot \
		-serial stdio -kernel "$image" -initrd "$1" \
		-append "console=$tty panic=-1 loglevel=7 printk.devkmsg=on $2" "${@:3}" \
		</dev/null >serial 2>messages 3>&- || status=$?
	sed 's/\r$//; s/^\[ *[0-9.]*\] //' serial >console
	[ $status != 124 ] || fail_on_console "it was not done after $boot_limit seconds"
	[ $status = 0 ] || fail_on_console "${machine[0]}: status $status: $(cat messages)"
	prints 'test: the end'
	! grep 'Kernel panic' console >wrong || fail_on_console "$(<wrong)"
}

fail_on_console() {
	tail -n 25 console
	fail "$*"
}

# prints LINE...: the console has these lines
prints() {
	local line
	for line; do
		grep -qxF -- "$line" console || fail_on_console "there is no line '$line'"
	done
}

# prints_not LINE...: the console has none of these
prints_not() {
	local line
	for line; do
		! grep -qxF -- "$line" console || fail_on_console "there is a line '$line'"
	done
}

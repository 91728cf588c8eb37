# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154 # common.sh, and its users, set them
#
# Sourced after common.sh by the scripts that need a whole system of a release, as root: made by
# debootstrap, with the machine's own apt and npm configuration.  $work is where it lies, $logs a directory
# for the output of debootstrap.

# sources RELEASE: the machine's package sources, of that release
sources() {
	targets=$(apt_targets)
	[ -n "$targets" ] || { apt-get update -qq >&2; targets=$(apt_targets); }
	[ -n "$targets" ] || die "apt knows no package source of Debian $(codename)"
	echo "$targets" | while read -r uri release component; do
		echo "deb [signed-by=$keyring] $uri $1${release#"$(codename)"} $component"
	done
}

# make_system RELEASE: a minimal system in $work/RELEASE, which is then $system
make_system() {
	system=$work/$1
	sources "$1" >"$work/sources.list"
	mirror=$(awk -v release="$1" '$4 == release { print $3; exit }' "$work/sources.list")
	# The tool of an older release has no script of this name, and they are all the same.
	script=/usr/share/debootstrap/scripts/$1
	[ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
	debootstrap --variant=minbase --include=make,git,ca-certificates,debian-archive-keyring \
		--keyring="$keyring" "$1" "$system" "$mirror" "$script" >"$logs/$1-debootstrap.log" 2>&1 ||
		{ tail "$logs/$1-debootstrap.log" >&2; return 1; }
	# How this machine reaches the mirror: proxy, keys, certificates, names.
	cp -R /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/apt/keyrings "$system/etc/apt"
	[ ! -e /etc/apt/apt.conf ] || cp /etc/apt/apt.conf "$system/etc/apt"
	cp "$work/sources.list" "$system/etc/apt/sources.list"
	cp /etc/resolv.conf /etc/hosts "$system/etc"
	cp -R /usr/local/share/ca-certificates/. "$system/usr/local/share/ca-certificates" 2>/dev/null || :
	chroot "$system" update-ca-certificates >/dev/null 2>&1
	[ ! -e /etc/npmrc ] || cp /etc/npmrc "$system/etc"
	chroot "$system" apt-get update -qq
}

# add_user: a user who may use sudo
add_user() {
	chroot "$system" apt-get install -qq -y --no-install-recommends sudo >/dev/null 2>&1
	chroot "$system" useradd --create-home --shell /bin/sh user
	echo 'user ALL=(ALL) NOPASSWD: ALL' >"$system/etc/sudoers.d/user"
}

# in_system [--offline] USER COMMAND: run it in the system, whose mounts are those of a container (/ is
# one, as tests that mount need), without a network if offline.  Mounts and processes end with the command.
in_system() {
	offline=
	[ "$1" != --offline ] || { offline=--net; shift; }
	# shellcheck disable=SC2016,SC2086 # that shell's; an option, or none
	unshare $offline --mount --pid --fork --kill-child sh -ec '
		mount --bind "$1" "$1"
		mount -t proc proc "$1/proc"
		mount --rbind /sys "$1/sys"
		mount --rbind /dev "$1/dev"
		cd "$1"
		pivot_root . .
		umount -l .
		exec chroot . setpriv --reuid "$2" --regid "$2" --init-groups --reset-env sh -c "$3"
	' sh "$system" "$1" "$2" </dev/null
}

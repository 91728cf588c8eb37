# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Sourced by the other scripts, which set -eu: the cache directory, and a private apt.
#
# Sources and kernels come from the distribution through its package manager, which verifies them.
# The machine's apt configuration provides the mirror and is never changed; a private configuration
# in the cache adds other architectures and releases, and source packages.

scripts=$(cd "${0%/*}" && pwd)
me=${0##*/}
cache=${MODBOX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/modbox}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
apt_sources=sources.list apt_fresh=

# With SOURCES=DIR, source packages are tarballs in DIR that sources.sha256 lists, nothing is asked of
# apt, and dpkg need not be there.
if [ -n "${SOURCES:-}" ]; then
	SOURCES=$(realpath "$SOURCES")
	command -v dpkg >/dev/null || dpkg() {
		case $1 in --print-architecture) uname -m ;; *) return 1 ;; esac
	}
fi

die() {
	echo "$me: $*" >&2
	exit 1
}

say() {
	echo "$me: $*" >&2
}

# Tests compare with the kernels and the kmod of these two releases, whichever the machine has.
# shellcheck disable=SC2034 # the scripts that source this file
older_release=bookworm newer_release=trixie

codename() {
	# shellcheck source=/dev/null
	(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
}

# The distribution's package sources configured on this machine, one a line: URI, release,
# component.  The base release comes first: if the security archive has the same version, only the
# base is certain to keep it.
apt_targets() {
	# shellcheck disable=SC2016 # apt's variables, not ours
	apt-get indextargets 'Created-By: Packages' \
		--format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(ORIGIN)' |
		awk -v ours="$(codename)" '
			$4 == "Debian" && index($2, ours) == 1 && $3 == "main" { print $1, $2, $3 }' |
		LC_ALL=C sort -u -k2
}

# apt_setup TYPE RELEASE ARCH: prepare the private configuration for packages of TYPE (deb or
# deb-src). $apt is its directory; apt_run runs a tool with it.
apt_setup() {
	[ -z "${SOURCES:-}" ] || [ "$1" != deb-src ] || return 0
	apt=$cache/apt/$1-$2-$3
	apt_type=$1 apt_release=$2 apt_arch=$3 apt_sources=sources.list apt_fresh=
	mkdir -p "$apt/lists/partial" "$apt/archives/partial"
	# Only one run at a time may fetch an index.
	exec 9>"$apt/lock"
	flock 9
	if [ ! -s "$apt/fetched" ] || [ -n "${MODBOX_REFRESH:-}" ]; then
		apt_fetch_index || die "cannot fetch the package index of $2 $3"
	fi
	exec 9>&-
}

apt_fetch_index() {
	targets=$(apt_targets)
	if [ -z "$targets" ]; then
		say "fetching this machine's package index, which is empty (apt-get update)"
		as_root apt-get update -qq || die "apt-get update failed"
		targets=$(apt_targets)
	fi
	[ -n "$targets" ] || die "apt knows no package source of Debian $(codename)"
	signed=
	[ ! -e "$keyring" ] || signed="[signed-by=$keyring] "
	echo "$targets" | while read -r uri release component; do
		echo "$apt_type $signed$uri $apt_release${release#"$(codename)"} $component"
	done >"$apt/sources.list"
	grep " $apt_release [^ ]*$" "$apt/sources.list" >"$apt/base.list" || :
	: >"$apt/status"
	apt_run apt-get update -qq >&2 || return
	date >"$apt/fetched"
	apt_fresh=y
}

# or_refresh COMMAND...: run it, which downloads packages.  If it fails, fetch the package index
# again, once in a run, and repeat.
or_refresh() {
	"$@" && return
	[ -z "$apt_fresh" ] || return
	say "cannot download it; fetching the package index of $apt_release again"
	apt_fetch_index && "$@"
}

# or_older COMMAND...: the same, and then without the release's updates, whose files mirrors drop
or_older() {
	or_refresh "$@" && return
	[ -s "$apt/base.list" ] || return
	say "cannot download it; trying the version without updates of $apt_release"
	apt_sources=base.list
	"$@"
	set -- $?
	apt_sources=sources.list
	return "$1"
}

# What to do when a download has failed.
remedy='is the network there?  If so, the mirror lacks files: try later, or another in /etc/apt'

apt_run() {
	tool=$1
	shift
	"$tool" "$@" \
		-o Dir::Etc::sourcelist="$apt/$apt_sources" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::State="$apt" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt" \
		-o APT::Architecture="$apt_arch" -o APT::Architectures::="$apt_arch" \
		-o APT::Sandbox::User=root -o APT::Get::List-Cleanup=false
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n true 2>/dev/null || [ -t 0 ] || return 1
		sudo "$@"
	fi
}

# apt_versions PACKAGE: print all available versions, the highest first
apt_versions() {
	apt_run apt-cache show "$1" | sed -n 's/^Version: //p' | sort -ruV
}

# apt_version PACKAGE, apt_source_version SOURCE: print the highest available version
apt_version() {
	apt_versions "$1" | head -n 1
}

apt_source_version() {
	if [ -n "${SOURCES:-}" ]; then
		sed -n "s/^[0-9a-f]*  $1_\(.*\)\.orig\.tar\..*/\1/p" "$scripts/sources.sha256"
		return
	fi
	apt_run apt-cache showsrc --only-source "$1" | sed -n 's/^Version: //p' | sort -V | tail -n 1
}

# all_architectures: print those that modbox is built for, as Debian calls them
all_architectures() {
	echo amd64 arm64 armhf i386 ppc64el riscv64 s390x
}

# gnu_triplet ARCH: print the name that compilers have for it
gnu_triplet() {
	case $1 in
	amd64) echo x86_64-linux-gnu ;;
	arm64) echo aarch64-linux-gnu ;;
	armhf) echo arm-linux-gnueabihf ;;
	i386) echo i686-linux-gnu ;;
	ppc64el) echo powerpc64le-linux-gnu ;;
	riscv64 | s390x) echo "$1-linux-gnu" ;;
	*) die "unknown architecture '$1'; it is one of $(all_architectures)" ;;
	esac
}

# qemu_name ARCH: print the name that QEMU's emulators have for it
qemu_name() {
	case $1 in
	amd64) echo x86_64 ;;
	arm64) echo aarch64 ;;
	armhf) echo arm ;;
	ppc64el) echo ppc64le ;;
	*) echo "$1" ;;
	esac
}

# A working directory on the same file system as the result, removed on any exit.
work_dir() {
	mkdir -p "$cache/tmp"
	work=$(mktemp -d "$cache/tmp/$me.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# one_at_a_time NAME: wait for another run that makes the same, and let the next wait for this one
one_at_a_time() {
	mkdir -p "$cache/tmp"
	exec 8>"$cache/tmp/$1.lock"
	flock 8
}

# publish TREE NAME: move a complete tree to its name in the cache, atomically.  If another run was
# faster, use its result.
publish() {
	mkdir -p "${2%/*}"
	mv -T "$1" "$2" 2>/dev/null || [ -d "$2" ] || die "cannot write $2"
}

# fetch_packages [--alone] DIR PACKAGE=VERSION...: unpack packages in DIR, with all dependencies
# unless --alone; returns non-zero if they cannot be downloaded
fetch_packages() {
	packages_alone=
	[ "$1" != --alone ] || { packages_alone=y; shift; }
	packages_dir=$1
	shift
	rm -rf "$work/archives"
	mkdir -p "$work/archives/partial" "$packages_dir"
	if [ -n "$packages_alone" ]; then
		(cd "$work/archives" && apt_run apt-get download -qq "$@" >&2)
	else
		apt_run apt-get install -qq -y --download-only --no-install-recommends \
			-o Dir::Cache::archives="$work/archives" -o Debug::NoLocking=1 "$@" >&2
	fi || return
	for package in "$work"/archives/*.deb; do
		dpkg-deb -x "$package" "$packages_dir" || return
	done
}

# fetch_sources DIR PACKAGE=VERSION...: unpack source packages to DIR/PACKAGE, and add to
# DIR/versions what was had: PACKAGE=VERSION, or without Debian's patches PACKAGE=UPSTREAM-VERSION.
# If a version cannot be had, it is another one of the same release.
fetch_sources() {
	sources_dir=$1
	shift
	mkdir -p "$sources_dir"
	for source; do
		if [ -n "${SOURCES:-}" ]; then
			unpack_source "$sources_dir/${source%%=*}" "${source%%=*}" "${source#*=}"
			echo "$source" >>"$sources_dir/versions"
			continue
		fi
		or_older fetch_into "$sources_dir/fetch" "${source%%=*}" "${source#*=}" || {
			cat "$sources_dir/fetch/log" >&2
			die "cannot fetch the sources of $source: $remedy"
		}
		mv -T "$sources_dir"/fetch/source "$sources_dir/${source%%=*}"
		cat "$sources_dir/fetch/version" >>"$sources_dir/versions"
		rm -r "$sources_dir/fetch"
	done
}

# fetch_into DIR PACKAGE VERSION: fetch_source in the new directory DIR; what it says is in DIR/log.
# If the package index lacks VERSION, it is the highest.
fetch_into() {
	rm -rf "$1"
	mkdir "$1"
	(
		cd "$1" || return
		if apt_run apt-cache showsrc --only-source "$2" | grep -qx "Version: $3"; then
			fetch_source "$2" "$3"
		else
			fetch_source "$2" "$(apt_source_version "$2")"
		fi 2>log
	)
}

# fetch_source PACKAGE VERSION: unpack a source package in ./source, and write ./version
fetch_source() {
	if apt_run apt-get source -qq "$1=$2" >&2; then
		mv -T "$1"-[0-9]*/ source
		echo "$1=$2" >version
	else
		fetch_source_files "$1" "$2"
	fi
}

# The same file by file, as a mirror may lack some: each has its SHA256 in the signed index.  A
# missing .dsc is made from the index.  Without the archive of Debian's patches, the source is that
# of its authors.
fetch_source_files() {
	mkdir files
	(cd files && apt_run apt-get source --print-uris -qq "$1=$2") | tr -d "'" |
		grep -v '\.\(dsc\|asc\) ' >uris
	complete=y
	while read -r uri file _ hash; do
		case $hash in SHA256:*) ;; *) echo "the index has no SHA256 of $file" >&2; return 1 ;; esac
		apt_run /usr/lib/apt/apt-helper -qq download-file "$uri" "files/$file" "$hash" >&2 || {
			rm -f "files/$file"
			complete=
		}
	done <uris
	if [ -n "$complete" ]; then
		{
			echo "Format: $(apt_run apt-cache showsrc --only-source "$1" |
				sed -n 's/^Format: //p;T;q')"
			printf '%s\n' "Source: $1" "Version: $2" Files:
			(cd files && for file in *; do
				echo " $(md5sum <"$file" | tr -d ' -') $(stat -L -c %s "$file") $file"
			done)
		} >made.dsc
		mv made.dsc files
		dpkg-source -x files/made.dsc source >&2 || return
		echo "$1=$2" >version
	else
		set -- "$1" "${2%-*}" files/*.orig.tar.*
		mkdir source
		tar -xf "$3" -C source --strip-components=1 >&2 || return
		echo "$1=${2#*:}" >version
	fi
}

# make_tarball PARENT NAME DIR: make DIR/NAME.tar.xz of PARENT/NAME, whole or not at all.  All files
# are root's, and of the time SOURCE_DATE_EPOCH.
make_tarball() {
	tar --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w \
		--mtime="@$SOURCE_DATE_EPOCH" -C "$1" -cf "$1/$2.tar" "$2"
	xz -9 -T1 "$1/$2.tar"
	mv "$1/$2.tar.xz" "$3"
}

# unpack_source DIR PACKAGE VERSION: unpack a tarball of $SOURCES in the new directory DIR
unpack_source() {
	listed=$(grep "  $2_$3\.orig\.tar\." "$scripts/sources.sha256")
	file=$SOURCES/${listed#*  }
	[ -e "$file" ] || die "$file is missing: scripts/fetch-sources $SOURCES downloads it"
	echo "${listed%%  *}  $file" | sha256sum --check --status ||
		die "$file is not the one in scripts/sources.sha256: its SHA256 differs"
	mkdir "$1"
	tar -xf "$file" -C "$1" --strip-components=1 || die "cannot unpack $file"
}

# npm_pack DIR NAME-VERSION.tgz: download that tarball of a package of this name to DIR, from the registry
# that the machine's npm configuration provides
npm_pack() {
	command -v npm >/dev/null || die "npm is missing: install it, or run scripts/install-packages html"
	npm_package=${2%.tgz}
	(cd "$1" && npm pack --silent --cache "$1/npm" "${npm_package%-*}@${npm_package##*-}" >/dev/null) ||
		die "cannot download $2: is the network there?"
	rm -rf "$1/npm"
}

# kmod_config SOURCE DIR CC: write DIR/config.h for kmod's sources; CC is a compiler and its options
kmod_config() {
	mkdir -p "$2"
	{
		echo '#define PACKAGE "kmod"'
		sed -n "s/^kmod \([0-9.]*\)$/#define VERSION \"\1\"/p;T;q" "$1/NEWS"
		! grep -qs "set10('ENABLE" "$1/meson.build" || echo '#define KMOD_ASKS_VALUES'
		# shellcheck disable=SC2086 # one word each
		! echo '#include <string.h>' | $3 -E -D_GNU_SOURCE - | grep -q '[ *]basename *(' ||
			echo '#define HAVE_DECL_BASENAME 1'
		cat "$scripts/kmod-config.h"
	} >"$2/config.h"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Sourced by the scripts that fetch kernels and what belongs to them, after common.sh.  A mirror may lack
# files that its index lists: of the versions that the index has, take the newest that is there whole.
# The cache has a tree for each version, and a link that is called as scripts/fetch-kernel's NAME.

# shellcheck disable=SC2154 # common.sh sets $cache, work_dir $work
trees=$cache/kernels

# kernel_package NAME: for a NAME of scripts/fetch-kernel, or the one before, previous-NAME, set $distribution, $arch, and $meta, which is the
# package that depends on its newest version
# shellcheck disable=SC2034 # the scripts that call it use them
previous=
kernel_package() {
	case $1 in
	previous-*) kernel_package "${1#previous-}"; previous=y; return ;;
	amd64 | arm64 | armel-rpi | mips64el | s390x) distribution=$older_release arch=${1%-*} ;;
	next-amd64 | next-arm64) distribution=$newer_release arch=${1#next-} ;;
	old-amd64 | old-arm64) distribution=bullseye arch=${1#old-} ;;
	native) distribution=$(codename) arch=$(dpkg --print-architecture) ;;
	*) die "unknown kernel '$1'; it is one of amd64 arm64 armel-rpi mips64el s390x next-amd64 next-arm64 old-amd64 old-arm64 native" ;;
	esac
	case $arch in
	armel) meta=linux-image-rpi ;;
	armhf) meta=linux-image-armmp ;;
	i386) meta=linux-image-686-pae ;;
	mips64el) meta=linux-image-5kc-malta ;;
	ppc64el) meta=linux-image-powerpc64le ;;
	*) meta=linux-image-$arch ;;
	esac
}

# depends PACKAGE=VERSION PATTERN: print the names of its dependencies that match PATTERN
depends() {
	apt_run apt-cache show "$1" | sed -n 's/^Depends: //p;T;q' | tr ',' '\n' |
		sed 's/^ *//; s/[ (|].*//' | grep "$2"
}

# images: print the packages of kernels that the index has, PACKAGE=VERSION, the newest first: those
# that $meta names, then other ones of the same series, such as 6.1.
images() {
	for version in $(apt_versions "$meta"); do
		depends "$meta=$version" '^linux-image-' || :
	done >"$work/images"
	series=$(sed -n '1s/\(linux-image-[0-9]*\.[0-9]*\)[.-].*/\1/p' "$work/images" | sed 's/\./\\./g')
	apt_run apt-cache pkgnames linux-image- |
		grep -x "${series:-none}[.-][^-]*\(-[0-9.]*\)\?-${meta#linux-image-}" | sort -rV >>"$work/images" || :
	awk '!seen[$0]++' "$work/images" | while read -r package; do
		for version in $(apt_versions "$package"); do
			echo "$package=$version"
		done
	done
}

# fetch_image PACKAGE=VERSION: unpack it to the cache, with the packages that hold its parts; the package
# itself remains beside it, as TREE.deb
fetch_image() {
	package=${1%%=*} version=${1#*=}
	result=$trees/${package}_${version}_$arch
	[ ! -d "$result" ] || return 0
	say "fetching $package $version ($distribution $arch)"
	rm -rf "$work/root"
	# shellcheck disable=SC2046 # one word each
	fetch_packages --alone "$work/root" "$1" \
		$(depends "$1" '^linux-\(base\|binary\|modules\)-[0-9]' | sed "s/$/=$version/") || return
	mv "$work/archives/${package}_"*.deb "$result.deb"
	publish "$work/root" "$result"
}

# newest_image COMMAND: run COMMAND PACKAGE=VERSION, which downloads, for the newest kernel of the index, then of
# a new index, then for older ones, until it succeeds
newest_image() {
	or_refresh try_images 1 "$1" || try_images 20 "$1"
}

# try_images NUMBER COMMAND: the same for the newest of this many
try_images() {
	for image in $(images | sed "${previous:+1d}" | head -n "$1"); do
		! "$2" "$image" || return 0
	done
	return 1
}

# link_tree TREE NAME: from now on, NAME in the cache is this tree, which is beside it
link_tree() {
	ln -sfn "${1##*/}" "$work/link"
	mv -T "$work/link" "$2"
}

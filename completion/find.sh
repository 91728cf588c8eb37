#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What SOURCE has, for the completion of every shell, which runs this text:
#
#     modules|versions|below SOURCE VERSION MODULE-DIR TYPED
#
# Prints what begins with TYPED, one a line: modules of VERSION, the kernels' versions, or directories
# below SOURCE.  Without VERSION, that is the running kernel, or else all of SOURCE's; with ".", the module
# directory itself.  Names with characters that a shell could take for something else are left out.
export LC_ALL=C typed="${5-}"
source=${2:-/} version=${3-} dir=${4-}
# shellcheck disable=SC2088 # not expanded, since it comes from a line that is not run yet
case $source in
'~' | '~/'*) source=$HOME${source#'~'} ;;
/*) ;;
*) source=./$source ;; # no option, no assignment
esac

# kernels VERSION: print its module directories; *: of all
kernels() {
	for k in "$source/${dir:-usr/lib/modules}"/$1/ "$source/${dir:-lib/modules}"/$1/; do
		if [ -d "$k/kernel" ] || [ -f "$k/modules.order" ] || [ -f "$k/modules.dep" ] ||
			[ -f "$k/modules.builtin" ]; then
			printf '%s\n' "${k%/}"
		fi
	done
}

# modules: print the paths of the modules in each directory that standard input names
modules() {
	while read -r k; do
		if [ ! -d "$k" ]; then
			continue
		elif [ -f "$k/modules.dep" ]; then
			cat "$k/modules.dep"
		elif [ -f "$k/modules.order" ]; then
			cat "$k/modules.order"
		else
			find "$k/" -name '*.ko*'
		fi
	done
}

case $1 in
versions)
	kernels '*' | awk '{
		sub(/.*\//, "")
		if (index($0, ENVIRON["typed"]) == 1 && !/[^A-Za-z0-9.+_~-]/ && !seen[$0]++)
			print
	}' ;;
below)
	for k in "$source/$typed"*/; do
		name=${k#"$source/"}
		case $name in *[!A-Za-z0-9._+~@,/-]*) continue ;; esac
		[ ! -d "$k" ] || echo "$name"
	done ;;
modules)
	case $version in
	.) printf '%s\n' "$source/${dir:-usr/lib/modules}" "$source/${dir:-lib/modules}" ;;
	'' | auto)
		k=$([ -n "$version" ] || kernels "$(uname -r)")
		if [ -n "$k" ]; then printf '%s\n' "$k"; else kernels '*'; fi ;;
	*[!A-Za-z0-9.+_~-]*) ;;
	*) kernels "$version" ;;
	esac | modules | awk -F : '
		BEGIN { plain = ENVIRON["typed"]; gsub(/-/, "_", plain) }
		{
			name = $1
			sub(/.*\//, "", name)
			if (!sub(/\.ko(\.gz|\.xz|\.zst)?$/, "", name) || name ~ /[^A-Za-z0-9_.+-]/)
				next
			same = name
			gsub(/-/, "_", same)
			# as it is typed: - and _ are the same
			if (index(same, plain) == 1 && !seen[same]++)
				print ENVIRON["typed"] substr(name, length(plain) + 1)
		}' ;;
esac

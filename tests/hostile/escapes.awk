# SPDX-License-Identifier: GPL-2.0-or-later
#
# escapes.awk -v modbox=PATH -v roots=DIR:... -v named=PATH:... -v forbidden=DIR TRACE...
#
# Read traces of `strace -ff -y -e trace=%file` and print every call of modbox that reaches outside
# roots, or that a link could lead there.  Allowed are:
#
#   - paths that the user named, verbatim, and their prefixes for realpath(3) and mkdir -p;
#     anything below TMPDIR, which is among the roots
#   - openat2(2) relative to a root, with RESOLVE_IN_ROOT
#   - a single name relative to a directory inside, if links are not followed; below TMPDIR,
#     where modbox made everything, any path
#   - /proc/self/fd/N, and the exceptions in the last lines of permitted()
#
# The result of every openat() must lie inside, whatever its argument.  Other programs (depmod)
# may open anything except the forbidden directory.
BEGIN {
	split(roots, root, ":")
	split(named, name, ":")
}

function inside(path, i) {
	for (i in root)
		if (path == root[i] || index(path, root[i] "/") == 1)
			return 1
	return path ~ /^(\/memfd:modbox|pipe:|\/dev\/null$|\/proc\/cmdline$)/
}

function permitted(call, path, i) {
	sub(/\/[\/.]*$/, "", path) # "dir/."
	for (i in name)
		if (path == name[i] || (call ~ /^(readlink|mkdir)$/ && index(name[i], path "/") == 1))
			return 1
	if (index(path, TMPDIR "/") == 1 || path == TMPDIR || index(TMPDIR, path "/") == 1)
		return 1
	# /dev/null is standard input, and stands in for libkmod's configuration; libkmod always
	# reads /proc/cmdline
	return path ~ /^\/proc\/self\/fd\/[0-9]+$/ || path ~ /^\/dev\/null(\/[a-z.]+)?$/ || path == "/proc/cmdline"
}

# Whether a call on a single name does not follow a link of that name.
function unfollowed(call, path, line) {
	if (call == "openat")
		return path == "." || line ~ /O_NOFOLLOW|O_EXCL/
	if (call ~ /^(unlinkat|renameat|renameat2|mkdirat|symlinkat|readlinkat|linkat|mknodat)$/)
		return line !~ /AT_SYMLINK_FOLLOW[^_]/
	return line ~ /AT_SYMLINK_NOFOLLOW|AT_EMPTY_PATH/
}

# Check a path relative to dir: the path of a descriptor, or "" for the current directory.
function check(call, dir, path, line) {
	if (path == "")
		return
	if (path ~ /^\// || dir == "") {
		if (!permitted(call, path) && call != "openat2")
			print "by path: " line
	} else if (call == "openat2") {
		if (line !~ /RESOLVE_IN_ROOT/)
			print "not in the root: " line
	} else if (index(dir, TMPDIR "/") != 1 && (path ~ /\// || path == ".." || !unfollowed(call, path, line))) {
		print "follows links: " line
	}
}

FNR == 1 { other = 0 }
/^execve\(/ { other = index($0, "execve(\"" modbox "\"") != 1; next }
/^(---|\+\+\+)/ { next }
index($0, forbidden) && / = [0-9]+</ && substr($0, match($0, / = [0-9]+<[^>]*>/)) ~ "<" forbidden "[/>]" {
	print "came there: " $0
}
other { next }

{
	line = rest = $0
	call = substr($0, 1, index($0, "(") - 1)
	if (match(line, / = [0-9]+<[^>]*>(\(deleted\))?$/)) {
		path = substr(line, RSTART)
		sub(/^[^<]*</, "", path)
		sub(/>(\(deleted\))?$/, "", path)
		if (!inside(path))
			print "opened: " line
	}
	# Descriptors, each perhaps followed by a path relative to it.
	while (match(rest, /(AT_FDCWD|[0-9]+)<[^>]*>(\(deleted\))?, ("([^"\\]|\\.)*")?/)) {
		pair = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		dir = path = pair
		sub(/^[^<]*</, "", dir)
		sub(/>.*/, "", dir)
		if (sub(/^[^"]*"/, "", path))
			sub(/"$/, "", path)
		else
			path = ""
		if (pair ~ /^AT_FDCWD/)
			dir = ""
		else if (!inside(dir))
			print "outside: " line
		check(call, dir, path, line)
	}
	# Calls without descriptors.  The first path of symlink(2) is mere text.
	if (call !~ /at2?$|^statx$/ && match(line, /"([^"\\]|\\.)*"/)) {
		path = substr(line, RSTART + 1, RLENGTH - 2)
		rest = substr(line, RSTART + RLENGTH)
		if (call != "symlink")
			check(call, "", path, line)
		if (call ~ /^(rename|link|symlink)$/ && match(rest, /"([^"\\]|\\.)*"/))
			check(call, "", substr(rest, RSTART + 1, RLENGTH - 2), line)
	}
}

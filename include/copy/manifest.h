/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MANIFEST_H
#define MODBOX_MANIFEST_H

#include "base/strbuf.h"
#include "base/strlist.h"
#include "copy/filelist.h"
#include "fs/rootfs.h"

/*
 * A record of the files that a run copies, for keeping and comparing:
 *
 *	# modbox manifest 1
 *	# kernel<TAB>usr/lib/modules/6.12.107       one line per kernel, in order
 *	# path<TAB>size<TAB>sha256<TAB>why
 *	usr/lib/modules/6.12.107/kernel/lib/crc16.ko<TAB>1842<TAB>3f5c...<TAB>crc16: ...
 *
 * Rows are sorted by path.  For a symbolic link, sha256 is "->" and the target.  A
 * backslash, a control character, or a '#' at the start of a field is written as a
 * backslash and three octal digits.
 */
struct manifest {
	char *text; /* holds the strings of rows and kernels; owned */
	struct manifest_row {
		const char *path, *size, *sha256, *reason;
	} * rows;
	size_t n, capacity;
	struct string_list kernels;
};

/*
 * Write the manifest of a list to text, which the caller frees. kernels are its
 * kernels' module directories; directories get no row.  Returns 0, or -1 (reported).
 */
int manifest_write(struct strbuf *text, const struct filelist *list,
		   const struct rootfs *source, const struct string_list *kernels);

/*
 * Parse a manifest of size bytes, followed by a NUL, named label in messages.  Takes
 * ownership of text, also on failure.  Returns 0, or -1 (reported, status 2).
 */
int manifest_parse(struct manifest *manifest, char *text, size_t size, const char *label);
void manifest_free(struct manifest *manifest);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MANIFEST_H
#define MODBOX_MANIFEST_H

#include "base/strbuf.h"
#include "base/strlist.h"
#include "copy/filelist.h"
#include "fs/rootfs.h"

/*
 * What a run copies, as a text that can be kept and compared:
 *
 *	# modbox manifest 1
 *	# kernel<TAB>usr/lib/modules/6.12.107       a line for each kernel, in their order
 *	# path<TAB>size<TAB>sha256<TAB>why
 *	usr/lib/modules/6.12.107/kernel/lib/crc16.ko<TAB>1842<TAB>3f5c...<TAB>crc16: ...
 *
 * Rows are sorted by their paths.  Of a symbolic link, sha256 is "->" and where it leads
 * to.  A backslash, a control character or a '#' at a field's beginning is written as a
 * backslash and three octal digits.
 */
struct manifest {
	char *text; /* which the rows and kernels are in; owned */
	struct manifest_row {
		const char *path, *size, *sha256, *reason;
	} * rows;
	size_t n, capacity;
	struct string_list kernels;
};

/*
 * Write the manifest of a list of files, whose kernels have these module directories, to
 * text, which the caller frees.  Directories are left out.  Returns 0, or -1, reported.
 */
int manifest_write(struct strbuf *text, const struct filelist *list,
		   const struct rootfs *source, const struct string_list *kernels);

/*
 * Take a manifest of size bytes, with a NUL behind them, apart; text is the manifest's
 * from then on.  shown names it in messages.  Returns 0, or -1, reported (status 2).
 */
int manifest_parse(struct manifest *manifest, char *text, size_t size, const char *label);
void manifest_free(struct manifest *manifest);

#endif

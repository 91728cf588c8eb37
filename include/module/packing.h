/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PACKING_H
#define MODBOX_PACKING_H

#include <stdbool.h>
#include <stddef.h>

#include "module/decode.h"

/* How a module is compressed, as far as decoders differ in what they can read. */
struct packing {
	enum codec codec;
	bool other_check;   /* xz: crc64 or sha256, not crc32 or none */
	bool filtered;	    /* xz: there is a filter before LZMA2: */
	const char *filter; /* the symbol of the kernel's configuration for it,
			       XZ_DEC_X86; NULL: the kernel never knows it, as delta */
	bool unsized;	    /* zstd: the first frame lacks the size of its contents */
	bool several;	    /* streams, frames or members: only decoding tells */
	bool extra_header;  /* gzip: fields beside the name */
};

/* The suffix of a compressed file's name: ".xz"; "" for CODEC_NONE. */
const char *codec_suffix(enum codec codec);

enum { PACKING_HEAD = 1024 + 12 }; /* bytes of a file that tell all of it */

/* Read it from the first bytes of a file: PACKING_HEAD of them, or all. */
struct packing packing_read(const void *head, size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRANSCODER_H
#define MODBOX_TRANSCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "fs/rootfs.h"
#include "module/decode.h"

/* The form of one of SOURCE's files in DEST. */
struct transcoded {
	bool changed;	  /* false: copy SOURCE's file verbatim */
	const void *data; /* if changed, the new contents */
	uint64_t size;	  /* bytes in DEST */
	struct stat st;	  /* of SOURCE's file */
};

/*
 * Files of SOURCE to recompress with codec (CODEC_NONE: decompress), many at a time in
 * parallel.  Files are numbered in the order of adding; transcoder_get() is fastest in
 * this order.
 */
struct transcoder;

/* source is borrowed; max limits the decompressed bytes of a file. */
struct transcoder *transcoder_new(const struct rootfs *source, enum codec codec,
				  uint64_t max);
void transcoder_free(struct transcoder *transcoder);

/*
 * Add a file. path, below SOURCE, is borrowed; size is in bytes, or SIZE_UNKNOWN. For a
 * module, the ELF file inside is checked too.  Returns the file's number.
 */
size_t transcoder_add(struct transcoder *transcoder, const char *path, uint64_t size,
		      bool module);

/*
 * Transcode every file once, to find damaged ones before anything is written.  Keeps up
 * to 128 MiB of results.  Returns 0, or -1 (every bad file reported, status 4).
 */
int transcoder_check(struct transcoder *transcoder);

/* Return the result for a file after transcoder_check(), possibly without data. */
const struct transcoded *transcoder_found(const struct transcoder *transcoder,
					  size_t number);

/* Whether the file of SOURCE that st describes is recompressed. */
bool transcoder_changes(const struct transcoder *transcoder, const struct stat *st);

/*
 * Get a file's result, which is borrowed until transcoder_release() or
 * transcoder_free().  Returns 0, or -1 (status 4, reported; or a signal).
 */
int transcoder_get(struct transcoder *transcoder, size_t number,
		   struct transcoded *transcoded);
void transcoder_release(struct transcoder *transcoder, size_t number);

#endif

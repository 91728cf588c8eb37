/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRANSCODER_H
#define MODBOX_TRANSCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "fs/rootfs.h"
#include "module/decode.h"

/* What a file of SOURCE becomes in DEST. */
struct transcoded {
	bool changed;	  /* else it is that already, and is copied */
	const void *data; /* changed: its contents */
	uint64_t size;	  /* bytes in DEST */
	struct stat st;	  /* SOURCE's file */
};

/*
 * Files of SOURCE that are to be compressed by codec (CODEC_NONE: not at all), made in
 * parallel, many at a time.  Their number is their place in the order of adding, which
 * should be the order of asking.
 */
struct transcoder;

/* source is borrowed; max: bytes that a file may have when it is decompressed. */
struct transcoder *transcoder_new(const struct rootfs *source, enum codec codec,
				  uint64_t max);
void transcoder_free(struct transcoder *transcoder);

/*
 * Add a file, whose path below SOURCE is borrowed, and whose size there is known (or is
 * SIZE_UNKNOWN).  Of a module, the ELF file inside is checked.  Returns its number.
 */
size_t transcoder_add(struct transcoder *transcoder, const char *path, uint64_t size,
		      bool module);

/*
 * Make each once, so that whatever is damaged is found before anything is written.
 * They are kept in memory, up to 128 MiB of them.
 * Returns 0, or -1, each bad file reported (status 4).
 */
int transcoder_check(struct transcoder *transcoder);

/* What that found, without data; and whether it changes the file that st tells. */
const struct transcoded *transcoder_found(const struct transcoder *transcoder,
					  size_t number);
bool transcoder_changes(const struct transcoder *transcoder, const struct stat *st);

/*
 * What a file becomes: it is borrowed until transcoder_release(), or transcoder_free().
 * Returns 0, or -1, reported (status 4, or a signal).
 */
int transcoder_get(struct transcoder *transcoder, size_t number,
		   struct transcoded *transcoded);
void transcoder_release(struct transcoder *transcoder, size_t number);

#endif

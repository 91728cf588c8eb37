/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_RECODER_H
#define MODBOX_RECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "fs/rootfs.h"
#include "module/decode.h"

/* What a file of SOURCE becomes in DEST. */
struct recoded {
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
struct recoder;

/* source is borrowed; max: bytes that a file may have when it is decompressed. */
struct recoder *recoder_new(const struct rootfs *source, enum codec codec, uint64_t max);
void recoder_free(struct recoder *recoder);

/*
 * Add a file, whose path below SOURCE is borrowed, and whose size there is known (or is
 * SIZE_UNKNOWN).  Of a module, the ELF file inside is checked.  Returns its number.
 */
size_t recoder_add(struct recoder *recoder, const char *path, uint64_t size, bool module);

/*
 * Make each once, so that whatever is damaged is found before anything is written.
 * They are kept in memory, up to 128 MiB of them.
 * Returns 0, or -1, each bad file reported (status 4).
 */
int recoder_check(struct recoder *recoder);

/* What that found, without data; and whether it changes the file that st tells. */
const struct recoded *recoder_found(const struct recoder *recoder, size_t number);
bool recoder_changes(const struct recoder *recoder, const struct stat *st);

/*
 * What a file becomes: it is borrowed until recoder_release(), or recoder_free().
 * Returns 0, or -1, reported (status 4, or a signal).
 */
int recoder_get(struct recoder *recoder, size_t number, struct recoded *recoded);
void recoder_release(struct recoder *recoder, size_t number);

#endif

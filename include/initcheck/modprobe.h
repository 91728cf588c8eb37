/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODPROBE_H
#define MODBOX_MODPROBE_H

#include <stdbool.h>

#include "base/util.h"
#include "initcheck/initimage.h"
#include "module/decode.h"

enum modprobe_kind { MODPROBE_NONE, MODPROBE_OTHER, MODPROBE_KMOD, MODPROBE_BUSYBOX };

/* Whether a program decompresses a codec itself. */
enum reads { READS_UNKNOWN, READS_NOT, READS };

/* The modprobe of an image, as far as its file tells. */
struct modprobe {
	enum modprobe_kind kind;
	const char *path;      /* in the image; NULL: there is none */
	const char *name;      /* "kmod 34" */
	unsigned major, minor; /* of its version; 0: unknown */
	enum reads reads[CODEC_ZSTD + 1];
	bool linked[CODEC_ZSTD + 1];	     /* without the library it does not start */
	const char *library[CODEC_ZSTD + 1]; /* that it needs for that, and is not in
						the image; or NULL */
};

/*
 * Find it. Strings are allocated in arena. Returns 0, or -1 and reports it: a file cannot
 * be read.
 */
int modprobe_find(struct modprobe *modprobe, struct arena *arena,
		  const struct init_image *image);

#endif

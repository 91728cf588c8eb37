/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_STAGE_H
#define MODBOX_STAGE_H

#include "fs/tempdir.h"
#include "install/candidate.h"
#include "module/decode.h"
#include "module/strip.h"
#include "signature/sign.h"

/* What is done to each module before it is installed. */
struct preparation {
	bool strip;
	enum strip_level level;
	const char *strip_program; /* NULL: in process */

	struct signer *signer;					     /* or NULL */
	const char *sign_program, *sign_hash, *sign_key, *sign_cert; /* or by a program */

	enum codec codec;
	bool encodes; /* else what changes is stored as .ko: this build lacks the encoder */
	uint64_t max; /* bytes when decompressed */
};

/* A root in TMPDIR with the modules as they will be installed. Zero-initialise it. */
struct stage {
	struct tempdir dir;
	char *top; /* the module directory in it: lib/modules/VERSION */
};

/*
 * Make the root, and write all candidates to it: stripped, signed, and compressed, in
 * this order. A signature is verified as it is read back.
 * Returns 0, or -1 and reports it. stage_free() is needed either way.
 */
int stage_modules(struct stage *stage, struct candidates *candidates, const char *version,
		  const struct preparation *preparation);

/* Whether a preparation needs the root, for programs, or to verify signatures. */
bool stage_is_needed(const struct preparation *preparation);

/*
 * Make all candidates without a root, if it is not needed, and give each, with its
 * number, to put(), which threads call and which returns 0, or -1 and reports it.
 * Modules that are as they should be are left out: unchanged. Returns as stage_modules().
 */
int stage_each(struct candidates *candidates, const struct preparation *preparation,
	       int (*put)(void *context, size_t i, const void *data, size_t size),
	       void *context);

/* Open a module there. Returns a descriptor that the caller owns, or -1 with errno. */
int stage_open(const struct stage *stage, const struct candidate *candidate);

void stage_free(struct stage *stage);

#endif

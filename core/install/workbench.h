/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_WORKBENCH_H
#define MODBOX_WORKBENCH_H

#include "install/stage.h"

/* A thread's buffers and coders, and the module that it works on. */
struct workbench {
	struct budget_share share;
	struct decoder *decoder;
	struct encoder *encoder;
	struct strbuf in, out; /* the module before a step; and as compressed */
	const struct candidate *candidate;
	enum codec was;	 /* how its file is compressed */
	const char *err; /* why a step failed */
};

/* max: bytes of a module when decompressed, or 0. Free it with workbench_free(). */
struct workbench *workbench_new(uint64_t max);
void workbench_free(struct workbench *b);

/* Report b->err, of b->candidate. Returns -1. */
int workbench_fail(const struct workbench *b);

/*
 * Whether a file can stay as it is, compressed or not: nothing changes it, and every
 * loader reads it. Sets b->was.
 */
bool workbench_leaves(struct workbench *b, const struct preparation *p, int fd);

/*
 * Read the file into b->in, decompressed or as it is; check that it is a whole module.
 * Returns 0, or -1 with b->err.
 */
int workbench_read(struct workbench *b, int fd, bool decode, uint64_t max);
int workbench_check(struct workbench *b);

/*
 * Strip and sign b->in in process, if the preparation says so; compress it into b->out.
 * Returns 0, or -1 and reports it.
 */
int workbench_strip(struct workbench *b, const struct preparation *p,
		    struct candidate *item);
int workbench_sign(struct workbench *b, const struct preparation *p);
int workbench_compress(struct workbench *b, const struct preparation *p);

#endif

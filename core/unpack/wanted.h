/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_WANTED_H
#define MODBOX_UNPACK_WANTED_H

#include <stdbool.h>

#include "base/strlist.h"
#include "base/util.h"
#include "unpack/source.h"

/* What of an archive is unpacked: a policy, in one place. Zero-initialise it. */
struct wanted {
	unsigned want;			/* enum unpack_want */
	struct string_list directories; /* more of them, all that is below */
	struct arena arena;
};

void wanted_begin(struct wanted *wanted, const struct source_options *options);
void wanted_free(struct wanted *wanted);

/*
 * Whether a file or directory is wanted, by its path, as path_clean() returns it; and a
 * symbolic link, which may also lead to what is wanted.
 */
bool is_wanted(const struct wanted *wanted, const char *path);
bool is_wanted_link(const struct wanted *wanted, const char *path);

/*
 * A link at path, with this text, was unpacked: what it leads to is wanted as what is at
 * path is.
 */
void wanted_follow(struct wanted *wanted, const char *path, const char *text);

#endif

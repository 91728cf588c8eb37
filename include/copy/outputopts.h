/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OUTPUTOPTS_H
#define MODBOX_OUTPUTOPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "config.h"
#include "copy/archive.h"

/* The options that say where what is copied goes, and what it may come to. */
struct output_options {
	const char *cpio, *align, *compress, *owner, *max_size, *manifest, *check;
	/* What they come to, after output_options_check(). */
	struct archive_policy policy;
	enum codec codec;
	uint64_t limit; /* bytes, of --max-size */
};

#define OUTPUT_OPTION(type, member, name) \
	(offsetof(type, member) + offsetof(struct output_options, name))

/* Their rows of an option table, for a struct type with such a member. */
/* clang-format off */
#define OUTPUT_OPTION_ROWS(type, member) \
	IF_ENABLED(FEATURE_CPIO, \
	{ 0, "cpio", "FILE", OPTION_STRING, OUTPUT_OPTION(type, member, cpio), \
	  "write a cpio archive for the kernel instead of DEST; '-' for standard output" }, \
	{ 0, "cpio-align", "BYTES", OPTION_STRING, OUTPUT_OPTION(type, member, align), \
	  "align contents in it, so that a file system can share them: 4096" }, \
	{ 0, "cpio-compress", "HOW", OPTION_STRING, OUTPUT_OPTION(type, member, compress), \
	  "compress it: gzip, xz, zstd or none (default)" }, \
	{ 0, "owner", "UID:GID", OPTION_STRING, OUTPUT_OPTION(type, member, owner), \
	  "who owns what is in it (default: 0:0)" },) \
	IF_ENABLED(FEATURE_MAX_SIZE, \
	{ 0, "max-size", "BYTES", OPTION_STRING, OUTPUT_OPTION(type, member, max_size), \
	  "copy nothing if it is more than this, as 500K or 20M" },) \
	IF_ENABLED(FEATURE_MANIFEST, \
	{ 0, "manifest", "FILE", OPTION_STRING, OUTPUT_OPTION(type, member, manifest), \
	  "write path, size, SHA-256 and reason of every file here" }, \
	{ 0, "check", "MANIFEST", OPTION_STRING, OUTPUT_OPTION(type, member, check), \
	  "copy nothing, show what was added, removed or changed since then" },)
/* clang-format on */

/*
 * Check their values, and how many operands go with them, and SOURCE_DATE_EPOCH.
 * Returns 0, or -1, reported (status 2).
 */
int output_options_check(const struct applet *applet, struct output_options *options,
			 int operands);

#endif

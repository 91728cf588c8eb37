// SPDX-License-Identifier: GPL-2.0-or-later
/* Options for the destination and the limits of a copy. */
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "config.h"
#include "copy/cpio.h"
#include "copy/outputopts.h"

#define FIELD(name) offsetof(struct output_options, name)

const struct option_row output_option_rows[] = {
	/* clang-format off */
	IF_ENABLED(FEATURE_PLACE,
	{ "dest-module-dir", ELSEWHERE("DIR"), 0, OPTION_STRING, FIELD(module_dir),
	  "the directory of kernels in DEST (default: SOURCE's)" },)
	IF_ENABLED(FEATURE_CPIO,
	{ "cpio", "FILE", 0, OPTION_STRING, FIELD(cpio),
	  "write a cpio archive for the kernel instead of DEST ('-': standard output)" },
	{ "cpio-align", "SIZE", 0, OPTION_STRING, FIELD(align),
	  "align file contents to this (4K), so that a file system can share them" },
	{ "cpio-compress", "HOW", 0, OPTION_STRING, FIELD(compress),
	  "compress it: " VALUES("gzip", "xz", "zstd", "none (default)") },
	{ "owner", "UID:GID", 0, OPTION_STRING, FIELD(owner),
	  "owner of the files in it (default: 0:0)" },)
	IF_ENABLED(FEATURE_MAX_SIZE,
	{ "max-size", "SIZE", 0, OPTION_STRING, FIELD(max_size),
	  "copy nothing if the total is larger than this, e.g. 500K or 20M" },)
	IF_ENABLED(FEATURE_MANIFEST,
	{ "manifest", "FILE", 0, OPTION_STRING, FIELD(manifest),
	  "write the path, size, SHA-256 and reason of every file here" },
	{ "check", "MANIFEST", 0, OPTION_STRING, FIELD(check),
	  "copy nothing; show files added, removed or changed since MANIFEST" },)
	/* clang-format on */
	{ 0 },
};

static int read_owner(const struct applet *applet, struct output_options *o)
{
	const char *text = o->owner ? o->owner : "0:0";
	uint64_t uid, gid;

	/* UINT32_MAX is (uid_t)-1, which means no user. */
	if (!option_number(&text, UINT32_MAX - 1, &uid) || *text++ != ':' ||
	    !option_number(&text, UINT32_MAX - 1, &gid) || *text) {
		usage_error(applet, "--owner must be UID:GID, two numbers, not '%s'",
			    o->owner);
		return -1;
	}
	o->policy.uid = (uint32_t)uid;
	o->policy.gid = (uint32_t)gid;
	return 0;
}

static int read_align(const struct applet *applet, struct output_options *o)
{
	uint64_t align = 4;

	if ((o->align && !option_bytes(o->align, &align)) || align < 4 ||
	    align > CPIO_NAME_MAX || (align & (align - 1))) {
		usage_error(applet,
			    "--cpio-align must be a power of two from 4 to %d, not '%s'",
			    CPIO_NAME_MAX, o->align);
		return -1;
	}
	o->policy.align = (unsigned)align;
	return 0;
}

static int read_codec(const struct applet *applet, struct output_options *o)
{
	const char *missing;

	if (!o->compress)
		return 0;
	if (encoder_codec(o->compress, &o->codec) < 0) {
		usage_error(applet,
			    "--cpio-compress must be gzip, xz, zstd or none, not '%s'",
			    o->compress);
		return -1;
	}
	missing = encoder_missing(o->codec);
	if (o->codec != CODEC_NONE && !missing && !ENABLED(FEATURE_CPIO_COMPRESS))
		missing = "FEATURE_CPIO_COMPRESS";
	if (missing)
		usage_error(applet,
			    "--cpio-compress=%s: this modbox was built without %s",
			    o->compress, missing);
	return missing ? -1 : 0;
}

/* The time to use for all files of a build (reproducible-builds.org). */
static int read_epoch(const struct applet *applet, struct output_options *o)
{
	const char *given = getenv("SOURCE_DATE_EPOCH"), *text = given;
	uint64_t time;

	if (!given || !*given)
		return 0;
	if (!option_number(&text, UINT32_MAX, &time) || *text) {
		usage_error(
			applet,
			"SOURCE_DATE_EPOCH must be seconds since 1970, up to 2106, not '%s'",
			given);
		return -1;
	}
	o->policy.fixed_time = true;
	o->policy.time = (uint32_t)time;
	return 0;
}

/* Find options that contradict each other.  Returns the problem, or NULL. */
static const char *find_conflict(const struct output_options *o)
{
	if (!o->cpio && (o->align || o->compress || o->owner))
		return "--cpio-align, --cpio-compress and --owner require --cpio";
	if ((o->cpio && !*o->cpio) || (o->manifest && !*o->manifest))
		return "--cpio and --manifest need a FILE";
	if (o->check && !*o->check)
		return "--check needs a MANIFEST";
	if (o->check && o->manifest)
		return "--check and --manifest exclude each other";
	if (o->cpio && o->manifest && strcmp(o->cpio, o->manifest) == 0)
		return "--cpio and --manifest need different files";
	return NULL;
}

/* DEST is required unless --cpio or --check replaces it. */
static const char *check_operands(const struct output_options *o, int n)
{
	bool check = ENABLED(FEATURE_MANIFEST) && o->check;
	bool cpio = ENABLED(FEATURE_CPIO) && o->cpio;

	if (n > 2)
		return "too many operands; expected SOURCE and DEST";
	if (n < 2 && !check && !cpio)
		return "SOURCE and DEST are needed";
	if (n < 1)
		return "SOURCE is needed";
	return n > 1 && cpio ? "--cpio replaces DEST; give only one of them" : NULL;
}

int output_options_check(const struct applet *applet, struct output_options *o,
			 int operands)
{
	const char *conflict = check_operands(o, operands);

	if ((ENABLED(FEATURE_CPIO) || ENABLED(FEATURE_MANIFEST)) && !conflict)
		conflict = find_conflict(o);
	if (conflict) {
		usage_error(applet, "%s", conflict);
		return -1;
	}
	if (ENABLED(FEATURE_PLACE) && o->module_dir &&
	    option_directory(applet, "dest-module-dir", o->module_dir, "DEST") < 0)
		return -1;
	if (ENABLED(FEATURE_MAX_SIZE) && o->max_size &&
	    option_size(applet, "max-size", o->max_size, &o->limit) < 0)
		return -1;
	if (!ENABLED(FEATURE_CPIO) || !o->cpio)
		return 0;
	return read_owner(applet, o) < 0 || read_align(applet, o) < 0 ||
			       read_codec(applet, o) < 0 || read_epoch(applet, o) < 0 ?
		       -1 :
		       0;
}

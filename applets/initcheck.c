// SPDX-License-Identifier: GPL-2.0-or-later
/* initcheck: what is in an initramfs, and what is wrong with it. */
#include <string.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "cli/applet.h"
#include "cli/options.h"
#include "config.h"
#include "initcheck/initcheck.h"
#include "initcheck/initreport.h"
#include "plan/kernelopts.h"

struct initcheck_options {
	struct init_options init;
	const char *format, *max_module_size, *max_unpacked;
};

#define FIELD(name) offsetof(struct initcheck_options, name)

static const struct option_row rows[] = {
	{ "kernel", "SOURCE", 0, OPTION_STRING, FIELD(init.kernel),
	  "the root with the kernel: prove that it loads the modules, and compare" },
	{ "against", "IMAGE", 0, OPTION_STRING, FIELD(init.against),
	  "show what was added, removed or grew since this image" },
	{ "format", "FORMAT", 'o', OPTION_STRING, FIELD(format),
	  "output format: " VALUES("text (default)", "json", "sarif") },
	{ "kernel-version", "VERSION", 'k', OPTION_LIST, FIELD(init.versions),
	  "check the modules of this kernel only; repeatable" },
	{ "module-dir", IN_SOURCE("DIR"), 'M', OPTION_STRING, FIELD(init.module_dir),
	  "the directory of kernels in IMAGE (default: usr/lib/modules, lib/modules)" },
	{ "max-module-size", "SIZE", 0, OPTION_STRING, FIELD(max_module_size),
	  "refuse modules larger than this when decompressed (default: 256M)" },
	/* clang-format off */
	IF_ENABLED(FEATURE_ARCHIVE_SOURCE,
	{ "max-unpacked", "SIZE", 0, OPTION_STRING, FIELD(max_unpacked),
	  "unpack at most this of an archive (default: 4G)" },)
	/* clang-format on */
	{ 0 },
};

static const struct option_group options[] = {
	{ rows, 0 },
	{ common_option_rows, 0 },
	{ 0 },
};

static const struct format {
	const char *name;
	void (*write)(const struct initcheck *check);
} formats[] = {
	{ "text", init_report_text },
	{ "json", init_report_json },
	{ "sarif", init_report_sarif },
};

enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

static const struct format *find_format(const struct applet *self, const char *name)
{
	for (size_t i = 0; i < N_FORMATS; i++)
		if (strcmp(name ? name : "text", formats[i].name) == 0)
			return &formats[i];
	usage_error(self, "unknown format '%s'", name);
	return NULL;
}

static int check_options(const struct applet *self, struct initcheck_options *o)
{
	const struct string_list *versions = &o->init.versions;

	for (size_t i = 0; i < versions->n; i++)
		if (kernel_options_version(self, versions->items[i]) < 0)
			return -1;
	if (o->init.module_dir &&
	    option_directory(self, "module-dir", o->init.module_dir, "IMAGE") < 0)
		return -1;
	if (o->max_module_size && option_size(self, "max-module-size", o->max_module_size,
					      &o->init.max_module_size) < 0)
		return -1;
	return o->max_unpacked ? option_size(self, "max-unpacked", o->max_unpacked,
					     &o->init.max_unpacked) :
				 0;
}

static void check_image(const struct initcheck_options *o, const struct format *format,
			const char *image)
{
	struct initcheck check;

	if (initcheck_run(&check, image, &o->init) == 0) {
		format->write(&check);
		if (check.n_findings)
			message_latch(STATUS_MISSING);
	}
	initcheck_free(&check);
	output_finish();
}

static int initcheck_main(const struct applet *self, int argc, char **argv)
{
	struct initcheck_options o = { 0 };
	int first = options_parse(self, argc, argv, &o);
	const struct format *format = first >= 0 ? find_format(self, o.format) : NULL;

	if (format && argc - first != 1)
		usage_error(self,
			    argc == first ? "IMAGE is needed" : "one IMAGE at a time");
	else if (format && check_options(self, &o) == 0) {
		interrupt_ignore_pipe();
		check_image(&o, format, argv[first]);
	}
	string_list_free(&o.init.versions);
	return message_status();
}

const struct applet applet_initcheck = {
	.name = "initcheck",
	.args = "IMAGE",
	.summary = "Say what is in an initramfs, and what is wrong with it.",
	.options = options,
	.main = initcheck_main,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/* The place of a kernel in DEST: its name there, and that it is not SOURCE's place. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "cli/applet.h"
#include "copy/place.h"

#define FIELD(name) offsetof(struct kernel_options, name)

const struct option_row place_option_rows[] = {
	/* clang-format off */
	IF_ENABLED(FEATURE_PLACE,
	{ "as-version", "VERSION", 0, OPTION_STRING, FIELD(as_version),
	  "with --kernel-version=., the kernel's name in DEST" },)
	/* clang-format on */
	{ 0 },
};

int place_options_check(const struct applet *applet, const struct kernel_options *o)
{
	bool flat = string_list_has(&o->versions, ".");

	if (!ENABLED(FEATURE_PLACE) || (!flat && !o->as_version))
		return 0;
	if (flat && !o->as_version)
		usage_error(applet, "--kernel-version=. needs --as-version, the kernel's "
				    "name in DEST");
	else if (!flat)
		usage_error(applet, "--as-version needs --kernel-version=.");
	else if (kernel_options_version(applet, o->as_version) < 0)
		return -1;
	else if (string_list_has(&o->versions, o->as_version))
		usage_error(applet, "--as-version is the name of another kernel, %s",
			    o->as_version);
	else
		return 0;
	return -1;
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* Check one root.  name is what messages call it; only SOURCE must have the directory. */
static int check_root(const struct applet *applet, const struct rootfs *root,
		      const char *name, const struct kernel_job *job,
		      const char *dest_path)
{
	bool over = ENABLED(FEATURE_OVERLAY) && root != rootfs_base(job->tree.root);
	const char *dir = job->tree.dir;
	CLEANUP_FD int from = rootfs_openat(root, dir, O_PATH), to = -1;
	struct rootfs dest;
	bool same = false;

	if ((from >= 0 || over) && rootfs_open(&dest, dest_path) == 0) {
		same = ENABLED(FEATURE_PLACE) && same_file(root->fd, dest.fd);
		to = rootfs_openat(&dest, job->dest_dir, O_PATH);
		rootfs_close(&dest);
	}
	if ((from < 0 && !over) || (to < 0 && !rootfs_is_absent(errno))) {
		error(STATUS_IO, "cannot read %s/%s: %m",
		      from < 0 ? root->path : dest_path, from < 0 ? dir : job->dest_dir);
		return -1;
	}
	if (from >= 0 && to >= 0 && same_file(from, to))
		usage_error(applet, "%s and DEST share the directory %s", name, dir);
	else if (same)
		usage_error(applet, "%s and DEST are the same directory", name);
	else
		return 0;
	return -1;
}

int place_check(const struct applet *applet, const struct kernel_job *job,
		const char *dest_path)
{
	const struct rootfs *root = job->tree.root;
	int result = check_root(applet, rootfs_base(root), "SOURCE", job, dest_path);

	if (!ENABLED(FEATURE_OVERLAY) || !root->merged)
		return result;
	for (size_t i = 1; i < root->set->n && result == 0; i++)
		result = check_root(applet, &root->set->roots[i], "the overlay", job,
				    dest_path);
	return result;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Extended attributes and ACLs: the only user of libattr. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <sys/xattr.h>

#include <attr/error_context.h>
#include <attr/libattr.h>

#include "config.h"
#include "fs/xattr.h"

/* What libattr hands back to us: its context, and what is ours. */
struct outcome {
	struct error_context context; /* first: libattr knows this one */
	bool remade;
	int failure; /* the first errno that counts, or 0 */
};

/*
 * Without a callback libattr reads the build host's xattr.conf and leaves ACLs out.
 * security.evm is the kernel's own signature of the inode: it cannot be set. security.ima
 * is a hash or signature of the contents: with a wrong one the kernel would refuse them.
 */
static int wanted(const char *name, struct error_context *context)
{
	const struct outcome *outcome = (const struct outcome *)context;

	return strcmp(name, "security.evm") != 0 &&
	       !(outcome->remade && strcmp(name, "security.ima") == 0);
}

/* Any failure but that a file system or a policy does not let a file have them. */
static bool counts(int failure)
{
	return failure != EPERM && failure != EACCES && failure != EOPNOTSUPP &&
	       failure != ENOSYS && failure != EINVAL && failure != ENODATA &&
	       failure != E2BIG;
}

static void note_failure(struct error_context *context, const char *format, ...)
{
	struct outcome *outcome = (struct outcome *)context;

	(void)format;
	if (!outcome->failure && counts(errno))
		outcome->failure = errno;
}

int xattr_copy(int src, int dst, bool remade)
{
	struct outcome outcome = { .context = { .error = note_failure },
				   .remade = remade };
	ssize_t size;

	if (!ENABLED(FEATURE_XATTR))
		return 0;
	if (flistxattr(dst, NULL, 0) > 0)
		fremovexattr(dst, "system.posix_acl_access");
	size = flistxattr(src, NULL, 0);
	if (size == 0 || (size < 0 && !counts(errno)))
		return 0;
	if (size > 0)
		attr_copy_fd("", src, "", dst, wanted, &outcome.context);
	else
		outcome.failure = errno;
	if (!outcome.failure)
		return 0;
	errno = outcome.failure;
	return -1;
}

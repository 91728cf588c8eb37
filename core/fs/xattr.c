// SPDX-License-Identifier: GPL-2.0-or-later
/* Extended attributes and ACLs. The only user of libattr. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <sys/xattr.h>

#include <attr/error_context.h>
#include <attr/libattr.h>

#include "config.h"
#include "fs/xattr.h"

/* Passed back by libattr: its context, extended. */
struct outcome {
	struct error_context context; /* must be first */
	bool remade;
	int failure; /* first errno that counts, or 0 */
};

/*
 * Without a callback libattr would read the build host's xattr.conf and skip ACLs.
 * security.evm is the kernel's signature of the inode and cannot be set. security.ima is
 * a hash or signature of the contents: with a wrong one the kernel would refuse the file.
 */
static int wanted(const char *name, struct error_context *context)
{
	const struct outcome *outcome = (const struct outcome *)context;

	return strcmp(name, "security.evm") != 0 &&
	       !(outcome->remade && strcmp(name, "security.ima") == 0);
}

/* Whether an errno is a failure, not just a limit of the file system or a policy. */
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

enum { NAMES_MOST = 1024, VALUE_MOST = 4096 }; /* bytes */

/* Both have the same names, in the same order, as file systems list them. */
bool xattr_is_same(int src, int dst, bool remade)
{
	char a[NAMES_MOST], b[NAMES_MOST], x[VALUE_MOST], y[VALUE_MOST];
	ssize_t n, size;

	if (!ENABLED(FEATURE_XATTR))
		return true;
	n = flistxattr(src, a, sizeof(a));
	size = flistxattr(dst, b, sizeof(b));
	/* A file system without them has none. */
	n = n < 0 && errno == EOPNOTSUPP ? 0 : n;
	size = size < 0 && errno == EOPNOTSUPP ? 0 : size;
	if (n < 0 || n != size || (n && (remade || memcmp(a, b, (size_t)n) != 0)))
		return false;
	for (const char *name = a; name < a + n; name += strlen(name) + 1) {
		size = fgetxattr(src, name, x, sizeof(x));
		if (size < 0 || fgetxattr(dst, name, y, sizeof(y)) != size ||
		    memcmp(x, y, (size_t)size) != 0)
			return false;
	}
	return true;
}

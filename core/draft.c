// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * New files before they have their name.
 *
 * A draft is nameless (O_TMPFILE) at first: the kernel drops it when we die.  It is
 * linked to its name where that is free, else to a temporary one that is renamed over
 * it.  File systems without O_TMPFILE (NFS, FAT) get the temporary name at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"
#include "draft.h"
#include "util.h"

#define TEMP_PREFIX ".modbox-"

enum { MAX_TEMPS = 1000 }; /* names to try before giving up */

bool copy_is_leftover(const char *name)
{
	return strncmp(name, TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0;
}

static void next_temp(struct draft *d, unsigned i)
{
	snprintf(d->temp, sizeof(d->temp), TEMP_PREFIX "%ld-%u", (long)getpid(), i);
}

/* Make a file, or a link to target, under a temporary name that is free. */
static int make_named(struct draft *d, const char *target)
{
	unsigned i;

	for (i = 0; i < MAX_TEMPS; i++) {
		next_temp(d, i);
		if (target && symlinkat(target, d->dir, d->temp) == 0)
			return 0;
		if (!target)
			d->fd = openat(d->dir, d->temp,
				       O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				       d->mode);
		if (d->fd >= 0)
			return 0;
		if (errno != EEXIST && errno != EINTR)
			break;
	}
	d->temp[0] = '\0';
	return -1;
}

int draft_open_named(struct draft *d, int dir, mode_t mode)
{
	*d = (struct draft){ .dir = dir, .mode = mode, .fd = -1 };
	return make_named(d, NULL);
}

int draft_symlink(struct draft *d, int dir, const char *target)
{
	*d = (struct draft){ .dir = dir, .fd = -1 };
	return make_named(d, target);
}

int draft_open(struct draft *d, int dir, mode_t mode)
{
	*d = (struct draft){ .dir = dir, .mode = mode };
	d->fd = openat(dir, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
	/* Why it fails differs from one file system to the next: just try the other way. */
	return d->fd >= 0 ? 0 : draft_open_named(d, dir, mode);
}

int draft_link(const struct draft *d, const char *name)
{
	char path[32];

	if (d->temp[0]) {
		errno = EEXIST;
		return -1;
	}
	/* The short way needs CAP_DAC_READ_SEARCH, but no /proc. */
	if (linkat(d->fd, "", d->dir, name, AT_EMPTY_PATH) == 0)
		return 0;
	if (errno == EEXIST)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", d->fd);
	return linkat(AT_FDCWD, path, d->dir, name, AT_SYMLINK_FOLLOW);
}

int draft_name(struct draft *d)
{
	struct draft named = *d;
	unsigned i;

	for (i = 0; i < MAX_TEMPS; i++) {
		next_temp(&named, i);
		if (draft_link(d, named.temp) == 0) {
			*d = named;
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return -1;
}

int draft_rename(struct draft *d, const char *name)
{
	if (renameat(d->dir, d->temp, d->dir, name) < 0)
		return -1;
	d->temp[0] = '\0';
	return 0;
}

void draft_drop(struct draft *d)
{
	close_fd(&d->fd);
	if (d->temp[0])
		unlinkat(d->dir, d->temp, 0);
}

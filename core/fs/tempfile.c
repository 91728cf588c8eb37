// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * New files before they have their name.
 *
 * A temporary file is nameless (O_TMPFILE) at first: if we die, the kernel removes it. If
 * its name is free it is linked to it, else to a temporary name and renamed over the old
 * file. File systems without O_TMPFILE (NFS, FAT) get the temporary name at once.
 *
 * A run that is killed meanwhile leaves a file with a temporary name. A later run removes
 * it, because nobody holds its lock any more.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "fs/tempfile.h"

#define TEMP_PREFIX ".modbox-"
#define DIGITS "0123456789"

enum {
	MAX_TEMPS = 1000, /* names to try before giving up */
	MAX_WATCHED = 4,
};

static const struct tempfile *watched[MAX_WATCHED];

bool tempfile_is_name(const char *name)
{
	size_t prefix = strlen(TEMP_PREFIX), pid, number;

	if (strncmp(name, TEMP_PREFIX, prefix) != 0)
		return false;
	pid = strspn(name += prefix, DIGITS);
	if (!pid || name[pid] != '-')
		return false;
	number = strspn(name += pid + 1, DIGITS);
	return number && !name[number];
}

void tempfile_remove_stale(int dir, const char *name, bool links)
{
	int fd = openat(dir, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 ? errno == ELOOP && links :
		     fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
			     flock(fd, LOCK_SH | LOCK_NB) == 0)
		unlinkat(dir, name, 0);
	close_fd(&fd);
}

void tempfile_sweep(int dir, bool links)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!entries) {
		close_fd(&fd);
		return;
	}
	while ((entry = readdir(entries)))
		if (tempfile_is_name(entry->d_name))
			tempfile_remove_stale(dir, entry->d_name, links);
	closedir(entries);
}

/*
 * Lock a temporary file to show that it is in use. Without lock support nothing is swept.
 */
static void hold(int fd)
{
	while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
		;
}

/* Lock a file that was just created. Returns false if it was swept before that. */
static bool hold_new(struct tempfile *d)
{
	struct stat st;

	hold(d->fd);
	if (fstat(d->fd, &st) < 0 || st.st_nlink > 0)
		return true;
	close_fd(&d->fd);
	errno = EEXIST;
	return false;
}

/* A directory can get any number of temporary files: no name is tried twice. */
static void next_temp(struct tempfile *d)
{
	static atomic_uint number;

	snprintf(d->temp, sizeof(d->temp), TEMP_PREFIX "%ld-%u", (long)getpid(),
		 atomic_fetch_add(&number, 1));
}

/* Create a file, or a link to target, under a free temporary name. */
static int make_named(struct tempfile *d, const char *target)
{
	for (unsigned i = 0; i < MAX_TEMPS; i++) {
		next_temp(d);
		if (target && symlinkat(target, d->dir, d->temp) == 0)
			return 0;
		if (!target)
			d->fd = openat(d->dir, d->temp,
				       O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				       d->mode);
		if (d->fd >= 0 && hold_new(d))
			return 0;
		if (errno != EEXIST && errno != EINTR)
			break;
	}
	d->temp[0] = '\0';
	return -1;
}

int tempfile_open_named(struct tempfile *d, int dir, mode_t mode)
{
	*d = (struct tempfile){ .dir = dir, .mode = mode, .fd = -1 };
	return make_named(d, NULL);
}

int tempfile_symlink(struct tempfile *d, int dir, const char *target)
{
	*d = (struct tempfile){ .dir = dir, .fd = -1 };
	return make_named(d, target);
}

int tempfile_open(struct tempfile *d, int dir, mode_t mode)
{
	*d = (struct tempfile){ .dir = dir, .mode = mode };
	d->fd = openat(dir, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
	/*
	 * The errno for missing support differs between file systems, so always try the
	 * other way.
	 */
	return d->fd >= 0 ? 0 : tempfile_open_named(d, dir, mode);
}

int tempfile_link(const struct tempfile *d, const char *name)
{
	char path[32];

	if (d->temp[0]) {
		errno = EEXIST;
		return -1;
	}
	/* AT_EMPTY_PATH needs CAP_DAC_READ_SEARCH; the other way needs /proc. */
	if (linkat(d->fd, "", d->dir, name, AT_EMPTY_PATH) == 0)
		return 0;
	if (errno == EEXIST)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", d->fd);
	return linkat(AT_FDCWD, path, d->dir, name, AT_SYMLINK_FOLLOW);
}

int tempfile_name(struct tempfile *d)
{
	struct tempfile named = *d;

	hold(d->fd);
	for (unsigned i = 0; i < MAX_TEMPS; i++) {
		next_temp(&named);
		if (tempfile_link(d, named.temp) == 0) {
			*d = named;
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return -1;
}

int tempfile_rename(struct tempfile *d, const char *name)
{
	if (renameat(d->dir, d->temp, d->dir, name) < 0)
		return -1;
	d->temp[0] = '\0';
	return 0;
}

void kept_make(struct kept *kept, int dir, const char *name)
{
	struct tempfile *d = &kept->file;

	*kept = (struct kept){ .file = { .dir = dir, .fd = -1 } };
	for (unsigned i = 0; i < MAX_TEMPS; i++) {
		next_temp(d);
		if (linkat(dir, name, dir, d->temp, 0) < 0) {
			if (errno == EEXIST)
				continue;
			break;
		}
		d->fd = openat(dir, d->temp,
			       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (d->fd >= 0)
			hold(d->fd);
		return;
	}
	d->temp[0] = '\0';
	kept->none = faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
		     errno == ENOENT;
}

int kept_restore(struct kept *kept, const char *name)
{
	if (kept->none)
		return unlinkat(kept->file.dir, name, 0);
	return kept->file.temp[0] ? tempfile_rename(&kept->file, name) : 0;
}

static void remove_watched(void)
{
	for (size_t i = 0; i < MAX_WATCHED; i++)
		if (watched[i])
			unlinkat(watched[i]->dir, watched[i]->temp, 0);
}

void tempfile_watch(const struct tempfile *d)
{
	size_t i = 0;

	at_out_of_memory(remove_watched);
	while (i < MAX_WATCHED - 1 && watched[i])
		i++;
	if (d->temp[0])
		watched[i] = d;
}

void tempfile_close(struct tempfile *d)
{
	for (size_t i = 0; i < MAX_WATCHED; i++)
		if (watched[i] == d)
			watched[i] = NULL;
	close_fd(&d->fd);
	if (d->temp[0])
		unlinkat(d->dir, d->temp, 0);
	d->temp[0] = '\0';
}

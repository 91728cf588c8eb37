// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A machine's modaliases, from its sysfs.
 *
 * A device shows its modalias in a file of that name, and in its uevent file, where udev
 * reads it. Most devices have both, but neither can be relied on: AMBA devices have it in
 * uevent only, some devices that drivers create in modalias only. So both are read.
 * Duplicates are dropped, as a machine has many devices of the same kind.
 *
 * A saved tree may come from tar(1), which pads each file with NUL bytes to the page that
 * sysfs gives as its size; it may have lost files or permissions. It is read in the order
 * of names, because no two file systems list a directory in the same order.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/message.h"
#include "base/strlist.h"
#include "plan/hardware.h"

enum {
	MAX_FILE = 64 << 10, /* bytes: a sysfs file holds at most a page, and this is the
				largest */
	MAX_DEPTH = 64, /* directories: each stays open while those below it are read */
};

static const char MODALIAS[] = "MODALIAS=";
enum { MODALIAS_LEN = sizeof(MODALIAS) - 1 };

struct seen {
	const char *alias; /* the request's name */
	UT_hash_handle hh;
};

/* State of reading a machine. */
struct machine {
	struct request_list *wanted;
	struct seen *seen;
	struct arena arena;
	dev_t device; /* the tree's file system */
	size_t n_unread;
	const char *unread;	  /* the first path that could not be read, */
	int err;		  /* and its error number */
	char path[PATH_MAX + 16]; /* of the walk */
	char text[MAX_FILE + 2];
};

static void take_alias(struct machine *m, const char *alias, const char *origin)
{
	struct seen *seen;

	if (!*alias)
		return;
	HASH_FIND_STR(m->seen, alias, seen);
	if (seen)
		return;
	request_add_literal(m->wanted, alias, origin);
	seen = arena_alloc(&m->arena, sizeof(*seen));
	seen->alias = m->wanted->items[m->wanted->n - 1].name;
	HASH_ADD_KEYPTR(hh, m->seen, seen->alias, strlen(seen->alias), seen);
}

/*
 * Take a line of a list or a sysfs file. uevent lines begin with a key in upper case; no
 * modalias does.
 */
static void add_modalias_line(void *context, const char *line, const char *origin)
{
	size_t key = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (strncmp(line, MODALIAS, MODALIAS_LEN) == 0)
		take_alias(context, line + MODALIAS_LEN, origin);
	else if (key == 0 || line[key] != '=')
		take_alias(context, line, origin);
}

/* Take m->text, the contents of m->path. An ACPI device can have two lines. */
static void take_text(struct machine *m, bool uevent)
{
	char *line, *rest;

	for (line = strtok_r(m->text, "\r\n", &rest); line;
	     line = strtok_r(NULL, "\r\n", &rest))
		if (!uevent || strncmp(line, MODALIAS, MODALIAS_LEN) == 0)
			add_modalias_line(m, line, m->path);
}

/*
 * Note that m->path could not be read. Devices can vanish at any time; those do not
 * count.
 */
static void skip(struct machine *m, int error_number)
{
	if (error_number == ENOENT || error_number == ENODEV)
		return;
	if (m->n_unread++ == 0) {
		m->unread = arena_strdup(&m->arena, m->path);
		m->err = error_number;
	}
}

/* Read a file into m->text. Returns its size in bytes, or -1 with errno. */
static ssize_t read_text(struct machine *m, int fd)
{
	ssize_t size = 0, n;

	do {
		n = read(fd, m->text + size, (size_t)(MAX_FILE + 1 - size));
		if (n > 0)
			size += n;
	} while ((n > 0 && size <= MAX_FILE) || (n < 0 && errno == EINTR));
	m->text[size] = '\0';
	return n < 0 ? -1 : size;
}

/* Buses and drivers have uevent files that can only be written. */
static bool is_write_only(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !(st.st_mode & 0444);
}

/* Whether a buffer holds a text followed by nothing but NUL bytes. */
static bool is_text(const char *data, size_t size)
{
	for (size_t i = strlen(data); i < size; i++)
		if (data[i])
			return false;
	return true;
}

/*
 * Take the file name of the directory dir; m->path is its path. Returns 0, or -1,
 * reported.
 */
static int take_file(struct machine *m, int dir, const char *name)
{
	CLEANUP_FD int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read_text(m, fd);

	if (size < 0) {
		if (!is_write_only(dir, name))
			skip(m, errno);
		return 0;
	}
	if (size > MAX_FILE || !is_text(m->text, (size_t)size)) {
		error(STATUS_USAGE, "%s: %s: not a sysfs file", m->path,
		      size > MAX_FILE ? "more than 64 KiB" : "contains a NUL byte");
		return -1;
	}
	take_text(m, strcmp(name, "uevent") == 0);
	return 0;
}

/* The entries of a directory that matter. */
struct listing {
	bool modalias, uevent;
	struct string_list directories;
};

static unsigned char type_of(int dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type;
	if (fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return DT_UNKNOWN;
	return S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
}

static void list_directory(struct machine *m, DIR *dir, struct listing *listing)
{
	struct dirent *entry;

	while ((errno = 0, entry = readdir(dir))) {
		const char *name = entry->d_name;
		unsigned char type = type_of(dirfd(dir), entry);

		if (type == DT_REG) {
			listing->modalias |= strcmp(name, "modalias") == 0;
			listing->uevent |= strcmp(name, "uevent") == 0;
		} else if (type == DT_DIR && strcmp(name, ".") != 0 &&
			   strcmp(name, "..") != 0) {
			string_list_add(&listing->directories,
					arena_strdup(&m->arena, name));
		}
	}
	if (errno)
		skip(m, errno);
}

static int walk(struct machine *m, int fd, size_t length, int depth);

/* Walk a subdirectory of dir, whose path has length bytes. */
static int walk_below(struct machine *m, int dir, const char *name, size_t length,
		      int depth)
{
	size_t len = strlen(name);
	struct stat st;
	int fd;

	m->path[length] = '\0';
	if (depth == MAX_DEPTH || length + len + sizeof("//modalias") > sizeof(m->path)) {
		skip(m, ENAMETOOLONG);
		return 0;
	}
	m->path[length] = '/';
	memcpy(m->path + length + 1, name, len + 1);
	/*
	 * File systems mounted below sysfs (debugfs) hold no devices, and may be
	 * unreadable.
	 */
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_dev != m->device)
		return 0;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return walk(m, fd, length + 1 + len, depth + 1);
	skip(m, errno);
	return 0;
}

/*
 * Take the files in the directory fd and below it. Takes over fd. Its path is the first
 * length bytes of m->path. Returns 0, or -1, reported.
 */
static int walk(struct machine *m, int fd, size_t length, int depth)
{
	struct listing listing = { 0 };
	DIR *dir = fdopendir(fd);
	int result = 0;

	if (!dir) {
		skip(m, errno);
		close_fd(&fd);
		return 0;
	}
	list_directory(m, dir, &listing);
	strcpy(m->path + length, "/modalias");
	if (listing.modalias)
		result = take_file(m, fd, "modalias");
	strcpy(m->path + length, "/uevent");
	if (listing.uevent && result == 0)
		result = take_file(m, fd, "uevent");
	string_list_sort(&listing.directories);
	for (size_t i = 0; i < listing.directories.n && result == 0; i++)
		result = walk_below(m, fd, listing.directories.items[i], length, depth);
	string_list_free(&listing.directories);
	closedir(dir);
	return result;
}

static int read_tree(struct machine *m, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t length = strlen(path); /* below PATH_MAX, or open(2) would have failed */
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		error(STATUS_IO, "cannot read %s: %m", path);
		close_fd(&fd);
		return -1;
	}
	m->device = st.st_dev;
	memcpy(m->path, path, length + 1);
	while (length > 0 && path[length - 1] == '/')
		length--;
	return walk(m, fd, length, 0);
}

static void report_unread(const struct machine *m, const char *path)
{
	if (m->n_unread == 1)
		warning("cannot read %s: %s", m->unread, strerror(m->err));
	else if (m->n_unread)
		warning("cannot read %s and %zu more in %s: %s", m->unread,
			m->n_unread - 1, path, strerror(m->err));
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int hardware_read(struct request_list *wanted, const char *path)
{
	struct machine m = { .wanted = wanted };
	int result;

	if (is_directory(path))
		result = read_tree(&m, path);
	else
		result = listfile_lines(path, "modaliases", add_modalias_line, &m);
	report_unread(&m, path);
	if (result == 0 && !m.seen) {
		error(STATUS_EMPTY, "no modalias in %s", path);
		result = -1;
	}
	HASH_CLEAR(hh, m.seen);
	arena_free(&m.arena);
	return result;
}

int hardware_report(const struct plan *plan, bool listed, bool keep_going)
{
	size_t asked = 0, unmatched = 0, i;

	for (i = 0; i < plan->n_requests; i++) {
		asked += plan->names[i].literal;
		unmatched += plan->names[i].literal &&
			     plan->names[i].answer == ANSWER_NONE;
	}
	if (!unmatched)
		return 0;
	notice("%zu of %zu modaliases match no module%s", unmatched, asked,
	       listed ? "" : " (--verbose lists them)");
	if (unmatched < plan->n_requests)
		return 0;
	if (keep_going)
		message_latch(STATUS_MISSING);
	else
		error(STATUS_MISSING, "no requested module exists");
	return keep_going ? 0 : -1;
}

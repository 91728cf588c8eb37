// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making and using a record of a run of depmod.
 *
 * The seal says that nothing has changed, so that the indexes need not be made again. It
 * is a SHA-256 of what they were made from, beside the modules (modules.order and the
 * files about built-in modules, and options), and of the index files' state: size, inode,
 * and both times.  Whoever writes to an index changes these, if the clock of the file
 * system has ticked since they were noted: so a seal waits for that.
 */
#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "config.h"
#include "fs/copy.h"
#include "fs/tempfile.h"
#include "index/recording.h"

enum { TICKS = 12, TICK = 1000000 }; /* the longest wait, and its parts in ns */

/* Read the clock of the file system that a file is on. Returns false if it fails. */
static bool read_clock(int fd, struct timespec *now)
{
	struct stat st;

	if (fd < 0 || futimens(fd, NULL) < 0 || fstat(fd, &st) < 0)
		return false;
	*now = st.st_ctim;
	return true;
}

static int open_directory(const struct recording *r)
{
	if (r->out)
		return rootfs_openat(r->out, r->tree->dir, O_RDONLY | O_DIRECTORY);
	errno = ENOENT;
	return -1;
}

static bool is_there(const struct recording *r)
{
	CLEANUP_FD int dir = open_directory(r);

	return dir >= 0 && faccessat(dir, RECORD_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Open a file whose times are the clock's. */
static void start_clock(struct recording *r)
{
	CLEANUP_FD int dir = open_directory(r);
	struct tempfile temp;

	if (dir < 0 || tempfile_open(&temp, dir, 0600) < 0)
		return;
	r->clock = fcntl(temp.fd, F_DUPFD_CLOEXEC, 0);
	tempfile_close(&temp);
	if (!read_clock(r->clock, &r->began))
		r->began = (struct timespec){ 0 };
}

void recording_begin(struct recording *r, enum recording_use use, bool full, bool verbose)
{
	r->clock = -1;
	r->tree->record_sought = true;
	if (use == RECORD_NONE)
		return;
	r->tree->recording = use == RECORD_MAKE || (use == RECORD_KEEP && is_there(r));
	if (!full && r->out)
		record_open(r->tree, r->out);
	if (r->tree->record_err && verbose) {
		CLEANUP_FREE char *label = rootfs_show(r->out, r->tree->dir);

		printf("# %s/%s: passed over: %s\n", label, RECORD_NAME,
		       r->tree->record_err);
	}
	if (r->tree->recording)
		start_clock(r);
}

void recording_end(struct recording *r)
{
	close_fd(&r->clock);
}

/* -- the seal ------------------------------------------------------------------- */

static void seal_numbers(SHA2_CTX *sha, const uint64_t *numbers, size_t n)
{
	SHA256Update(sha, (const uint8_t *)numbers, n * sizeof(*numbers));
}

static bool seal_input(const struct recording *r, SHA2_CTX *sha, const char *name)
{
	const struct rootfs *root = rootfs_base(r->tree->root);
	CLEANUP_FREE char *path = path_join(r->tree->dir, name);
	size_t size = 0;
	CLEANUP_FREE char *data = rootfs_read(root, path, &size);
	const uint64_t numbers[] = { data != NULL, size, record_sum(data, size) };

	if (!data && errno != ENOENT)
		return false;
	seal_numbers(sha, numbers, 3);
	return true;
}

/* *newest gets the latest change of an index, if it is later. */
static bool seal_index(int dir, SHA2_CTX *sha, const char *name, struct timespec *newest)
{
	struct stat st;
	uint64_t numbers[6];

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return false;
	numbers[0] = (uint64_t)st.st_size;
	numbers[1] = st.st_ino;
	numbers[2] = (uint64_t)st.st_mtim.tv_sec;
	numbers[3] = (uint64_t)st.st_mtim.tv_nsec;
	numbers[4] = (uint64_t)st.st_ctim.tv_sec;
	numbers[5] = (uint64_t)st.st_ctim.tv_nsec;
	seal_numbers(sha, numbers, 6);
	if (is_earlier(newest, &st.st_ctim))
		*newest = st.st_ctim;
	return true;
}

/* Returns false if there is no seal: a file cannot be read. */
static bool make_seal(const struct recording *r, const struct index_policy *policy,
		      uint8_t seal[RECORD_HASH], struct timespec *newest)
{
	static const char *const inputs[] = { "modules.order", "modules.builtin",
					      "modules.builtin.modinfo" };
	const uint64_t options[] = { r->tree->kmod30, policy->no_weakdep,
				     policy->root_last, (unsigned char)r->prefix };
	CLEANUP_FD int dir = open_directory(r);
	SHA2_CTX sha;

	if (dir < 0)
		return false;
	SHA256Init(&sha);
	seal_numbers(&sha, options, sizeof(options) / sizeof(options[0]));
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
		if (!seal_input(r, &sha, inputs[i]))
			return false;
	for (size_t i = 0; i < INDEXES; i++)
		if (index_is_written(&indexes[i], policy) &&
		    !seal_index(dir, &sha, indexes[i].name, newest))
			return false;
	SHA256Final(seal, &sha);
	return true;
}

/* Whether all modules are those of the record. */
static bool is_all_recorded(const struct recording *r,
			    const struct index_modules *modules)
{
	if (!r->tree->record || modules->n != r->tree->record->n ||
	    modules->n != HASH_COUNT(r->tree->modules))
		return false;
	for (size_t i = 0; i < modules->n; i++)
		if (!modules->items[i]->recorded)
			return false;
	return true;
}

bool recording_holds(const struct recording *r, const struct index_modules *modules,
		     const struct index_policy *policy)
{
	struct timespec newest = { 0 };
	uint8_t seal[RECORD_HASH];

	return is_all_recorded(r, modules) && make_seal(r, policy, seal, &newest) &&
	       memcmp(seal, r->tree->record->seal, RECORD_HASH) == 0;
}

/* Wait until whatever changes a file gets a later time. Returns false if it takes long. */
static bool wait_beyond(const struct recording *r, const struct timespec *time)
{
	const struct timespec tick = { .tv_nsec = TICK };
	struct timespec now;

	for (int i = 0; i < TICKS && read_clock(r->clock, &now); i++) {
		if (is_earlier(time, &now))
			return true;
		nanosleep(&tick, NULL);
	}
	return false;
}

static int write_record(const struct recording *r, const struct index_modules *modules,
			const struct record_head *head)
{
	CLEANUP_FREE char *path = path_join(r->tree->dir, RECORD_NAME);
	CLEANUP_FREE char *label = rootfs_show(r->out, path);
	CLEANUP_FD int dir = open_directory(r);
	struct strbuf data = { 0 };
	int result = -1;

	record_make(&data, head, modules->items, modules->n, r->tree->record);
	if (data.size > RECORD_MAX)
		error(STATUS_IO, "%s: larger than a record can be (16 MiB)", label);
	else if (dir < 0)
		error(STATUS_IO, "cannot write %s: %m", label);
	else
		result = copy_data(data.data, data.size, NULL, -1, dir, RECORD_NAME,
				   label);
	strbuf_free(&data);
	return result;
}

int recording_write(const struct recording *r, const struct index_modules *modules,
		    const struct index_policy *policy, bool sealed)
{
	struct record_head head = { .version = r->tree->version, .made = r->began };
	struct timespec newest = { 0 };

	if (!r->tree->recording)
		return 0;
	if (!sealed || !make_seal(r, policy, head.seal, &newest) ||
	    !wait_beyond(r, &newest))
		memset(head.seal, 0, sizeof(head.seal));
	return write_record(r, modules, &head);
}

int recording_renew(const struct recording *r, const struct index_modules *modules)
{
	struct record_head head = { .version = r->tree->version, .made = r->began };

	if (!r->tree->recording || record_is_current(r->tree, modules->items, modules->n))
		return 0;
	memcpy(head.seal, r->tree->record->seal, sizeof(head.seal));
	return write_record(r, modules, &head);
}

void recording_report(const struct recording *r, const struct index_modules *modules)
{
	CLEANUP_FREE char *label = rootfs_show(r->out, r->tree->dir);
	size_t n = 0;

	if (!r->tree->record)
		return;
	for (size_t i = 0; i < modules->n; i++)
		n += modules->items[i]->recorded != NULL;
	printf("# %s/%s: %zu modules as recorded, %zu read\n", label, RECORD_NAME, n,
	       HASH_COUNT(r->tree->modules) - n);
}

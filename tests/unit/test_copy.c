// SPDX-License-Identifier: GPL-2.0-or-later
/* Copying files: completely, with all metadata, or not at all. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "config.h"
#include "fs/copy.h"
#include "fs/fileset.h"
#include "tempdir.h"

static int copy(const char *from, const char *to)
{
	int src = open(from, O_RDONLY), dir = open_dir("."), result;

	assert_true(src >= 0);
	result = copy_file(src, from, dir, to, to, true);
	close(src);
	close(dir);
	return result;
}

static void make_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (size_t i = 0; i < size; i++)
		putc((int)(i * 7 + i / 251), f);
	assert_int_equal(fclose(f), 0);
}

static void assert_same_contents(const char *a, const char *b)
{
	FILE *x = fopen(a, "r"), *y = fopen(b, "r");
	int c;

	assert_non_null(x);
	assert_non_null(y);
	do {
		c = getc(x);
		assert_int_equal(c, getc(y));
	} while (c != EOF);
	fclose(x);
	fclose(y);
}

static void assert_no_leftovers(void)
{
	DIR *dir = opendir(".");
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		assert_false(tempfile_is_name(entry->d_name));
	closedir(dir);
}

static void contents(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 128 << 10, (128 << 10) + 1, 17 << 20 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make_file("a", sizes[i]);
		assert_int_equal(copy("a", "b"), 0);
		assert_same_contents("a", "b");
	}
	assert_no_leftovers();
}

/* A memfd is on a separate file system, which copy_file_range() cannot copy from. */
static void contents_of_another_file_system(void **state)
{
	int src = memfd_create("elsewhere", 0), dir = open_dir("."), from;

	make_file("a", 17 << 20);
	from = open("a", O_RDONLY);
	assert_int_equal(sendfile(src, from, NULL, 17 << 20), 17 << 20);
	assert_int_equal(copy_file(src, "memfd", dir, "b", "b", true), 0);
	assert_same_contents("a", "b");
	close(from);
	close(dir);
	close(src);
}

/* Files in /proc claim 0 bytes; in some kernels copy_file_range() copies none of them. */
static void contents_of_unknown_size(void **state)
{
	assert_int_equal(copy("/proc/version", "b"), 0);
	assert_same_contents("/proc/version", "b");
}

static void facts(void **state)
{
	const struct timespec times[2] = { { 1000000000, 123456789 },
					   { 1100000000, 987654321 } };
	bool root = geteuid() == 0;
	struct stat a, b;

	put("a", "text");
	if (root)
		assert_int_equal(chown("a", 1234, 5678), 0);
	assert_int_equal(chmod("a", root ? 04751 : 0751), 0);
	assert_int_equal(utimensat(AT_FDCWD, "a", times, 0), 0);
	assert_int_equal(copy("a", "b"), 0);
	assert_int_equal(stat("a", &a), 0);
	assert_int_equal(stat("b", &b), 0);
	assert_int_equal(a.st_mode, b.st_mode);
	assert_int_equal(a.st_uid, b.st_uid);
	assert_int_equal(a.st_gid, b.st_gid);
	assert_int_equal(b.st_mtim.tv_sec, 1100000000);
	assert_int_equal(b.st_mtim.tv_nsec, 987654321);
	assert_int_equal(b.st_atim.tv_sec, 1000000000);
	assert_int_equal(b.st_atim.tv_nsec, 123456789);
}

/* As cp -a: without the owner, no set-id bits. */
static void foreign_file_without_privilege(void **state)
{
	bool root = geteuid() == 0;
	uid_t user = root ? 65534 : geteuid();
	const char *foreign = "/usr/bin/su"; /* a user cannot give files away */
	struct stat st;
	int status;

	if (root) {
		foreign = "a";
		put(foreign, "text");
		assert_int_equal(chmod(foreign, 06755), 0);
		assert_int_equal(chmod(".", 0777), 0);
	}
	assert_int_equal(stat(foreign, &st), 0);
	assert_int_not_equal(st.st_uid, user);
	assert_int_not_equal(st.st_mode & 06000, 0);
	if (fork() == 0) {
		if (root && (setgid(65534) != 0 || setuid(user) != 0))
			_exit(1);
		_exit(copy(foreign, "b") ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	assert_int_equal(stat("b", &st), 0);
	assert_int_equal(st.st_uid, user);
	assert_int_equal(st.st_mode & 07777, 0755);
}

static void attributes(void **state)
{
	/* ACLs as the kernel's interface has them: version 2, then tag, permissions, id. */
	static const unsigned char acl[] = {
		2, 0,	0,   0,	  1,   0,   6,	0, 255, 255, 255, 255, 2,   0,	 4,
		0, 210, 4,   0,	  0,   4,   0,	4, 0,	255, 255, 255, 255, 16,	 0,
		4, 0,	255, 255, 255, 255, 32, 0, 4,	0,   255, 255, 255, 255,
	};
	char value[256];

	put("a", "text");
	assert_true(ENABLED(FEATURE_XATTR));
	assert_int_equal(setxattr("a", "user.note", "kept", 4, 0), 0);
	assert_int_equal(setxattr("a", "system.posix_acl_access", acl, sizeof(acl), 0),
			 0);
	assert_int_equal(copy("a", "b"), 0);
	assert_int_equal(getxattr("b", "user.note", value, sizeof(value)), 4);
	assert_memory_equal(value, "kept", 4);
	assert_int_equal(getxattr("b", "system.posix_acl_access", value, sizeof(value)),
			 sizeof(acl));
	assert_memory_equal(value, acl, sizeof(acl));
	/* An ACL inherited from the directory is removed. */
	put("c", "text");
	assert_int_equal(setxattr(".", "system.posix_acl_default", acl, sizeof(acl), 0),
			 0);
	assert_int_equal(copy("c", "d"), 0);
	assert_true(getxattr("d", "system.posix_acl_access", value, sizeof(value)) < 0);
}

static void replaces(void **state)
{
	put("a", "new");
	put("b", "old and longer");
	put("target", "untouched");
	assert_int_equal(symlink("target", "c"), 0);
	assert_int_equal(symlink("nowhere", "d"), 0);
	assert_int_equal(copy("a", "b"), 0);
	assert_int_equal(copy("a", "c"), 0);
	assert_int_equal(copy("a", "d"), 0);
	assert_string_equal(get("b"), "new");
	assert_string_equal(get("c"), "new");
	assert_string_equal(get("d"), "new");
	assert_string_equal(get("target"), "untouched");
	assert_false(exists("nowhere"));
	assert_no_leftovers();
}

static void replaces_its_own_hard_link(void **state)
{
	put("a", "text");
	assert_int_equal(link("a", "b"), 0);
	assert_int_equal(copy("a", "b"), 0);
	assert_string_equal(get("a"), "text");
	assert_string_equal(get("b"), "text");
}

static void directory_in_the_way(void **state)
{
	int err;

	put("a", "text");
	assert_int_equal(mkdir("b", 0755), 0);
	err = begin_stderr();
	assert_int_equal(copy("a", "b"), -1);
	assert_string_equal(end_stderr(err), "modbox: cannot write b: Is a directory\n");
	assert_int_equal(message_status(), STATUS_IO);
	assert_no_leftovers();
}

/* A limit on file sizes stands for a full disk. */
static void limit_size(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void full_disk(void **state)
{
	enum { LIMIT = 4096, SIZE = 5000 }; /* the messages must fit too */
	static const char large[SIZE];
	const struct copy_part parts[] = { { "one", "new", 3 }, { "two", large, SIZE } };
	int dir = open_dir("."), err = begin_stderr();
	const char *text;

	make_file("a", SIZE);
	put("b", "old");
	put("one", "old");
	limit_size(LIMIT);
	assert_int_equal(copy("a", "b"), -1);
	assert_int_equal(copy_data(large, SIZE, NULL, -1, dir, "c", "c"), -1);
	assert_int_equal(copy_set(parts, 2, dir, "dir"), -1);
	limit_size(RLIM_INFINITY);
	text = end_stderr(err);
	assert_string_equal(
		text,
		"modbox: cannot write b: File too large (limit: RLIMIT_FSIZE, ulimit -f)\n"
		"modbox: cannot write c: File too large (limit: RLIMIT_FSIZE, ulimit -f)\n"
		"modbox: cannot write dir/two: File too large (limit: RLIMIT_FSIZE, ulimit -f)\n");
	assert_string_equal(get("b"), "old");
	assert_string_equal(get("one"), "old");
	assert_false(exists("c"));
	assert_false(exists("two"));
	assert_no_leftovers();
	close(dir);
}

static void data(void **state)
{
	const struct copy_part parts[] = { { "one", "1", 1 }, { "two", "22", 2 } };
	struct stat attrs = { .st_mode = S_IFREG | 0640,
			      .st_uid = geteuid(),
			      .st_gid = getegid(),
			      .st_mtim = { 1100000000, 5 } };
	int dir = open_dir(".");
	struct stat st;

	umask(027);
	assert_int_equal(copy_data("text", 4, NULL, -1, dir, "a", "a"), 0);
	umask(022);
	assert_int_equal(stat("a", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(copy_data("more text", 9, &attrs, -1, dir, "a", "a"), 0);
	assert_string_equal(get("a"), "more text");
	assert_int_equal(stat("a", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_mtim.tv_sec, 1100000000);
	assert_int_equal(st.st_mtim.tv_nsec, 5);
	assert_int_equal(copy_set(parts, 2, dir, "."), 0);
	assert_int_equal(copy_set(parts, 2, dir, "."), 0);
	assert_string_equal(get("one"), "1");
	assert_string_equal(get("two"), "22");
	assert_no_leftovers();
	close(dir);
}

static void stops_at_a_signal(void **state)
{
	int status;

	put("a", "new");
	put("b", "old");
	if (fork() == 0) {
		begin_stderr();
		interrupt_catch();
		if (interrupted())
			_exit(1);
		raise(SIGTERM);
		_exit(copy("a", "b") == -1 && message_status() == STATUS_IO ? 0 : 2);
	}
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	assert_string_equal(get("stderr"), "modbox: interrupted by SIGTERM\n");
	assert_string_equal(get("b"), "old");
	assert_no_leftovers();
}

static void leftovers(void **state)
{
	assert_true(tempfile_is_name(".modbox-123-0"));
	assert_false(tempfile_is_name("modbox-123-0"));
	assert_false(tempfile_is_name(".modbox-123-"));
	assert_false(tempfile_is_name(".modbox--1"));
	assert_false(tempfile_is_name(".modbox-123-0x"));
	assert_false(tempfile_is_name("ext4.ko"));
}

static void sweeping(void **state)
{
	int dir = open_dir(".");
	struct tempfile named, nameless;
	char held[sizeof(named.temp)];

	put(".modbox-1-0", "left");
	put(".modbox-notes", "mine");
	assert_int_equal(mkdir(".modbox-1-1", 0755), 0);
	assert_int_equal(symlink("nowhere", ".modbox-1-2"), 0);
	assert_int_equal(tempfile_open_named(&named, dir, 0600), 0);
	assert_int_equal(tempfile_open(&nameless, dir, 0600), 0);
	assert_int_equal(tempfile_name(&nameless), 0);
	/* Files that are, or may be, in use are kept. */
	tempfile_sweep(dir, false);
	assert_false(exists(".modbox-1-0"));
	assert_true(exists(".modbox-notes"));
	assert_true(exists(".modbox-1-1"));
	assert_int_equal(unlink(".modbox-1-2"), 0);
	assert_true(exists(named.temp));
	assert_true(exists(nameless.temp));
	/* A link that no other run can be using. */
	assert_int_equal(symlink("nowhere", ".modbox-1-2"), 0);
	tempfile_sweep(dir, true);
	assert_int_equal(unlink(".modbox-1-2"), -1);
	assert_true(exists(named.temp));
	strcpy(held, named.temp);
	tempfile_close(&named);
	assert_false(exists(held));
	assert_int_equal(tempfile_rename(&nameless, "done"), 0);
	tempfile_close(&nameless);
	assert_true(exists("done"));
	close(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TEMPDIR(contents),
		IN_TEMPDIR(contents_of_another_file_system),
		IN_TEMPDIR(contents_of_unknown_size),
		IN_TEMPDIR(facts),
		IN_TEMPDIR(foreign_file_without_privilege),
		IN_TEMPDIR(attributes),
		IN_TEMPDIR(replaces),
		IN_TEMPDIR(replaces_its_own_hard_link),
		IN_TEMPDIR(directory_in_the_way),
		IN_TEMPDIR(full_disk),
		IN_TEMPDIR(data),
		IN_TEMPDIR(stops_at_a_signal),
		IN_TEMPDIR(leftovers),
		IN_TEMPDIR(sweeping),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

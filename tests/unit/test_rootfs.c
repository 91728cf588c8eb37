// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Resolving paths inside a root. Each test runs twice: normally, and with openat2(2)
 * blocked by seccomp, so that the walk does all the work.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/util.h"
#include "fs/rootfs.h"
#include "tempdir.h"

static struct rootfs root;

static int refuse_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	/* QEMU's emulation of processes has neither openat2 nor seccomp. */
	if (syscall(SYS_openat2, -1, "", NULL, 0) < 0 && errno == ENOSYS)
		return 0;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
			       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ?
		       -1 :
		       0;
}

/* Run a check here, and in a child without openat2. */
static void both_ways(void (*check)(void))
{
	int status;
	pid_t pid;

	check();
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (refuse_openat2() < 0)
			_exit(99);
		check();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int setup(void **state)
{
	if (tempdir_setup(state) < 0)
		return -1;
	put("outside/file", "outside");
	put("root-more/file", "outside");
	put("root/usr/lib/file", "lib");
	put("root/etc/file", "etc");
	put("root/file", "top");
	return rootfs_open(&root, "root");
}

static int teardown(void **state)
{
	rootfs_close(&root);
	return tempdir_teardown(state);
}

static void put_link(const char *target, const char *path)
{
	unlink(path);
	assert_int_equal(symlink(target, path), 0);
}

static void put_host_link(const char *below, const char *path)
{
	char here[4096], target[8192];

	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(target, sizeof(target), "%s/%s", here, below);
	put_link(target, path);
}

/* Check that path leads to a file with this text. */
static void assert_reads(const char *path, const char *text)
{
	size_t size;
	char *data = rootfs_read(&root, path, &size);

	if (!data)
		print_error("%s: %s\n", path, strerror(errno));
	assert_non_null(data);
	assert_string_equal(data, text);
	assert_int_equal(size, strlen(text));
	free(data);
}

static void assert_fails(const char *path, int failure)
{
	int fd = rootfs_openat(&root, path, O_RDONLY);

	if (fd >= 0)
		print_error("%s leads somewhere\n", path);
	assert_int_equal(fd, -1);
	assert_int_equal(errno, failure);
}

static void check_plain(void)
{
	assert_reads("file", "top");
	assert_reads("/file", "top");
	assert_reads("///usr//lib/./file", "lib");
	assert_reads("usr/lib/../../etc/file", "etc");
	assert_reads("../../../etc/file", "etc"); /* ".." stops at the root */
	assert_reads("/../file", "top");
	assert_fails("absent", ENOENT);
	assert_fails("usr/absent/file", ENOENT);
	assert_fails("file/more", ENOTDIR);
	assert_fails("file/..", ENOTDIR);
	assert_fails("../outside/file", ENOENT);
}

static void plain_paths(void **state)
{
	both_ways(check_plain);
}

static void check_links(void)
{
	assert_reads("lib/file", "lib");
	assert_reads("abs/file", "lib");
	assert_reads("up/file", "etc");
	assert_reads("chain/file", "lib");
	assert_reads("to-file", "top");
	assert_reads("usr/back/file", "top");
	assert_fails("loop", ELOOP);
	assert_fails("loop/file", ELOOP);
	assert_fails("dangling", ENOENT);
}

static void links(void **state)
{
	put_link("usr/lib", "root/lib");
	put_link("/usr/lib", "root/abs");
	put_link("../../../../etc", "root/up");
	put_link("abs/../lib", "root/chain");
	put_link("/file", "root/to-file");
	put_link("..", "root/usr/back");
	put_link("loop", "root/loop");
	put_link("usr/nothing", "root/dangling");
	both_ways(check_links);
}

static void check_hostile(void)
{
	assert_fails("host/file", ENOENT);
	assert_fails("host-file", ENOENT);
	assert_fails("climb/file", ENOENT);
	assert_fails("beside/file", ENOENT);
	assert_fails("proc-root/etc/passwd", ENOENT);
}

static void links_out_of_root(void **state)
{
	put_host_link("outside", "root/host");
	put_host_link("outside/file", "root/host-file");
	put_link("../outside", "root/climb");
	put_host_link("root-more", "root/beside");
	put_link("/proc/self/root", "root/proc-root");
	both_ways(check_hostile);
}

static void check_own_path(void)
{
	assert_reads("own/file", "lib");
	assert_reads("own-file", "top");
	assert_reads("own-root/file", "top");
	assert_reads("own-chain/file", "lib");
	assert_fails("own-absent/file", ENOENT);
	/* ".." after the root's own path does not lead out either. */
	assert_fails("own-climb/file", ENOENT);
}

static void links_with_its_own_path(void **state)
{
	put_host_link("root/usr/lib", "root/own");
	put_host_link("root/file", "root/own-file");
	put_host_link("root", "root/own-root");
	put_host_link("root/own", "root/own-chain");
	put_host_link("root/nothing", "root/own-absent");
	put_host_link("root/../outside", "root/own-climb");
	both_ways(check_own_path);
}

/* Check that path is a link to text or, if text is NULL, the errno. */
static void assert_holds(const char *path, const char *text, int failure)
{
	char *held = rootfs_readlink(&root, path);
	int saved = errno;

	if (text) {
		assert_non_null(held);
		assert_string_equal(held, text);
	} else {
		assert_null(held);
		assert_int_equal(saved, failure);
	}
	free(held);
}

static void check_readlink(void)
{
	assert_holds("read-me", "../x/./y", 0);
	assert_holds("/through/held", "usr/nothing", 0);
	assert_holds("held-loop", "held-loop", 0);
	assert_holds("held-own", "/usr/lib", 0);
	assert_holds("held-root", "/", 0);
	assert_holds("held-climb", "/../outside", 0);
	assert_holds("usr", NULL, EINVAL);
	assert_holds("file", NULL, EINVAL);
	assert_holds("", NULL, EINVAL);
	assert_holds("file/x", NULL, ENOTDIR);
	assert_holds("held-loop/x", NULL, ELOOP);
	assert_holds("absent", NULL, ENOENT);
	assert_holds("../outside/link", NULL, ENOENT);
}

static void reading_links(void **state)
{
	put_link("../x/./y", "root/read-me");
	put_link("/usr", "root/through");
	put_link("usr/nothing", "root/usr/held");
	put_link("held-loop", "root/held-loop");
	put_link("x", "outside/link");
	put_host_link("root/usr/lib", "root/held-own");
	put_host_link("root", "root/held-root");
	put_host_link("root/../outside", "root/held-climb");
	both_ways(check_readlink);
}

static void check_flags(void)
{
	CLEANUP_FD int dir = rootfs_openat(&root, "usr/lib", O_PATH | O_DIRECTORY);
	CLEANUP_FD int top = rootfs_openat(&root, "/", O_RDONLY | O_DIRECTORY);
	CLEANUP_FD int empty = rootfs_openat(&root, "", O_RDONLY | O_DIRECTORY);
	struct stat st, expected;

	assert_true(dir >= 0 && top >= 0 && empty >= 0);
	assert_true(fcntl(dir, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(stat("root", &expected), 0);
	assert_int_equal(fstat(top, &st), 0);
	assert_int_equal(st.st_ino, expected.st_ino);
	assert_int_equal(fstat(empty, &st), 0);
	assert_int_equal(st.st_ino, expected.st_ino);
	assert_int_equal(rootfs_openat(&root, "file", O_PATH | O_DIRECTORY), -1);
	assert_int_equal(errno, ENOTDIR);
	/* O_NOFOLLOW affects the last component only. */
	assert_int_equal(rootfs_openat(&root, "link", O_RDONLY | O_NOFOLLOW), -1);
	assert_int_equal(errno, ELOOP);
	close_fd(&dir);
	dir = rootfs_openat(&root, "lib/file", O_RDONLY | O_NOFOLLOW);
	assert_true(dir >= 0);
}

static void flags(void **state)
{
	put_link("usr/lib", "root/lib");
	put_link("file", "root/link");
	both_ways(check_flags);
}

static void check_long(void)
{
	char name[600], path[9000] = "";

	memset(name, 'a', sizeof(name));
	name[599] = '\0';
	assert_fails(name, ENAMETOOLONG);
	for (size_t i = 0; i < 100; i++)
		strcat(path, "usr/lib/../../");
	strcat(path, "file");
	assert_reads(path, "top");
}

static void long_paths(void **state)
{
	both_ways(check_long);
}

static void check_reading(void)
{
	size_t size = 1;
	char *text = rootfs_read(&root, "empty", &size);

	assert_non_null(text);
	assert_int_equal(size, 0);
	assert_string_equal(text, "");
	free(text);
	assert_null(rootfs_read(&root, "usr", &size));
	assert_int_equal(errno, EISDIR);
	assert_null(rootfs_read(&root, "fifo", &size)); /* does not wait for a writer */
	assert_int_equal(errno, EINVAL);
}

static void reading(void **state)
{
	put("root/empty", "");
	assert_int_equal(mkfifo("root/fifo", 0600), 0);
	both_ways(check_reading);
}

static void check_making(void)
{
	int fd;

	tempdir_clear("root/made");
	tempdir_clear("root/host-made");
	fd = rootfs_mkdirs(&root, "made/a/b", 0755);
	assert_true(fd >= 0);
	close(fd);
	assert_true(exists("root/made/a/b"));
	/* It exists. */
	fd = rootfs_mkdirs(&root, "/made/a/b/", 0755);
	assert_true(fd >= 0);
	close(fd);
	/* Through a link whose target does not exist yet. */
	fd = rootfs_mkdirs(&root, "to-made/c", 0755);
	assert_true(fd >= 0);
	close(fd);
	assert_true(exists("root/made/linked/c"));
	/* A target that seems to be on the host is created inside. */
	fd = rootfs_mkdirs(&root, "to-host/c", 0755);
	assert_true(fd >= 0);
	close(fd);
	assert_true(exists("root/host-made/c"));
	assert_false(exists("outside/c"));
	assert_int_equal(rootfs_mkdirs(&root, "file/c", 0755), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(rootfs_mkdirs(&root, "loop/c", 0755), -1);
	assert_int_equal(errno, ELOOP);
}

static void making_directories(void **state)
{
	put_link("/made/linked", "root/to-made");
	put_link("/../../host-made", "root/to-host");
	put_link("loop", "root/loop");
	both_ways(check_making);
}

/* -- any tree: the walk and openat2 agree ---------------------------------------- */

static unsigned seed;

static unsigned number(unsigned below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16 & 0x7fff) % below;
}

/* A path of up to four components from a few names, so that many exist. */
static const char *random_path(char *path)
{
	static const char *const names[] = { "a", "b", "c", "..", "." };
	unsigned n = 1 + number(4), i;

	path[0] = '\0';
	if (number(3) == 0)
		strcat(path, "/");
	for (i = 0; i < n; i++)
		strcat(strcat(path, names[number(5)]), i + 1 < n ? "/" : "");
	return path;
}

static void make_random_tree(void)
{
	char path[64], target[64];

	tempdir_clear("root/a");
	tempdir_clear("root/b");
	tempdir_clear("root/c");
	for (unsigned i = 0; i < 30; i++) {
		snprintf(path, sizeof(path), "root/%c/%c/%c", "abc"[number(3)],
			 "abc"[number(3)], "abc"[number(3)]);
		path[number(3) * 2 + 6] = '\0';
		switch (number(3)) {
		case 0:
			if (symlink(random_path(target), path) < 0)
				continue;
			break;
		case 1:
			close(open(path, O_WRONLY | O_CREAT, 0644));
			break;
		default:
			mkdir(path, 0755);
		}
	}
}

/* The results for many paths: an inode or an errno. */
static void look_all_up(unsigned long long *results, size_t n)
{
	char path[64];
	struct stat st;

	for (size_t i = 0; i < n; i++) {
		int fd = rootfs_openat(&root, random_path(path), O_PATH);

		results[i] = fd < 0		 ? (unsigned long long)errno << 48 :
			     fstat(fd, &st) == 0 ? st.st_ino :
						   0;
		close_fd(&fd);
	}
}

static void walks_as_openat2(void **state)
{
	enum { TREES = 40, PATHS = 200 };
	static unsigned long long direct[PATHS], walked[PATHS];
	unsigned tree, i;

	for (tree = 1; tree <= TREES; tree++) {
		int pipes[2], status;
		pid_t pid;

		seed = tree;
		make_random_tree();
		assert_int_equal(pipe(pipes), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			seed = 1000 + tree;
			if (refuse_openat2() < 0)
				_exit(99);
			look_all_up(walked, PATHS);
			if (write(pipes[1], walked, sizeof(walked)) != sizeof(walked))
				_exit(1);
			_exit(0);
		}
		close(pipes[1]);
		seed = 1000 + tree;
		look_all_up(direct, PATHS);
		assert_int_equal(read(pipes[0], walked, sizeof(walked)), sizeof(walked));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		close(pipes[0]);
		for (i = 0; i < PATHS; i++)
			assert_int_equal(walked[i], direct[i]);
	}
}

static void opening(void **state)
{
	struct rootfs other;

	assert_int_equal(rootfs_open(&other, "absent"), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(rootfs_open(&other, "root/file"), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(rootfs_open(&other, "root//"), 0);
	assert_string_equal(other.path, "root");
	rootfs_close(&other);
	assert_int_equal(rootfs_open(&other, "/"), 0);
	assert_string_equal(other.path, "");
	assert_string_equal(rootfs_absolute(&other), "");
	rootfs_close(&other);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(opening),
	cmocka_unit_test(plain_paths),
	cmocka_unit_test(links),
	cmocka_unit_test(links_out_of_root),
	cmocka_unit_test(links_with_its_own_path),
	cmocka_unit_test(reading_links),
	cmocka_unit_test(flags),
	cmocka_unit_test(long_paths),
	cmocka_unit_test(reading),
	cmocka_unit_test(making_directories),
	cmocka_unit_test(walks_as_openat2),
};
UNIT_TEST_MAIN(setup, teardown)

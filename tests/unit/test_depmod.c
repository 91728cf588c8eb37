// SPDX-License-Identifier: GPL-2.0-or-later
/* Running depmod(8) and checking its output, with scripts in its place. */
#include "base/message.h"
#include "copy/superseded.h"
#include "index/depmod.h"
#include "index/run_depmod.h"
#include "tempdir.h"

#define DIR "root/lib/modules/1.0"

/* Replace depmod by a shell script; $dir is the private module directory. */
static void make_depmod(const char *body)
{
	char script[4096];

	snprintf(script, sizeof(script), "#!/bin/sh\ndir=$2/lib/modules/$6\n%s\n", body);
	put("bin/depmod", script);
	assert_int_equal(chmod("bin/depmod", 0755), 0);
}

#define WRITE_ALL                                                                            \
	"cd $dir; find -L . -name '*.ko*' | sed 's/^..//; s/$/:/' >modules.dep\n"            \
	"for i in dep.bin alias alias.bin softdep symbols symbols.bin builtin.bin devname\n" \
	"do echo new >modules.$i; done"

static struct conf_text texts[] = {
	{ "etc/depmod.d/a.conf", "search updates\nexternal 1.0 /opt\nbad\n", 37 },
	{ "etc/depmod.d/b.conf", "exclude x\n", 10 },
};
static const struct conf_files conf = { .items = texts, .n = 2 };

/* Index DIR; planned is the module that was just copied there. */
static int index_with_depmod(const char *planned)
{
	char path[256];
	struct file_entry file = { .path = path, .from = path };
	const struct filelist list = { .items = &file, .n = planned ? 1 : 0 };
	struct installed installed;
	struct depmod_target of = { .installed = &installed,
				    .module_dir = open_dir(DIR),
				    .version = "1.0",
				    .label = "DEST/1.0",
				    .conf = &conf };
	struct rootfs root;
	int result;

	snprintf(path, sizeof(path), "lib/modules/1.0/%s", planned ? planned : "");
	setenv("TMPDIR", "tmp", 1);
	mkdir("tmp", 0755);
	assert_int_equal(rootfs_open(&root, "root"), 0);
	assert_int_equal(installed_scan(&installed, &root, "lib/modules/1.0", DIR,
					of.module_dir, true),
			 0);
	superseded_mark(&installed, &list, 0, "lib/modules/1.0");
	result = run_depmod("bin/depmod", &of);
	installed_free(&installed);
	rootfs_close(&root);
	close(of.module_dir);
	assert_int_equal(rmdir("tmp"), 0); /* nothing is left in it */
	return result;
}

static void indexes(void **state)
{
	put(DIR "/kernel/a.ko", "");
	put(DIR "/kernel/b.ko.xz", "");
	put(DIR "/kernel/b.ko", "");
	put(DIR "/modules.weakdep", "old");
	put(DIR "/modules.other", "not an index");
	put(DIR "/modules.dep", "old");
	make_depmod(WRITE_ALL);
	assert_int_equal(index_with_depmod("kernel/b.ko.xz"), 0);
	/* depmod does not see modules that the plan supersedes. */
	assert_null(strstr(get(DIR "/modules.dep"), "kernel/b.ko:"));
	assert_non_null(strstr(get(DIR "/modules.dep"), "kernel/b.ko.xz:\n"));
	assert_non_null(strstr(get(DIR "/modules.dep"), "kernel/a.ko:\n"));
	assert_string_equal(get(DIR "/modules.symbols.bin"), "new\n");
	assert_string_equal(get(DIR "/modules.other"), "not an index");
	assert_false(exists(DIR "/modules.weakdep"));
}

static void follows_links_inside(void **state)
{
	put("outside/x.ko", "");
	put("root/opt/y.ko", "inside");
	put(DIR "/kernel/a.ko", "");
	assert_int_equal(symlink("/opt", DIR "/extra"), 0);
	assert_int_equal(symlink(tempdir_path, DIR "/kernel/out"), 0);
	make_depmod(WRITE_ALL "; cat extra/y.ko >modules.devname");
	assert_int_equal(index_with_depmod("kernel/a.ko"), 0);
	assert_non_null(strstr(get(DIR "/modules.dep"), "extra/y.ko:\n"));
	assert_null(strstr(get(DIR "/modules.dep"), "x.ko"));
	assert_string_equal(get(DIR "/modules.devname"), "inside");
}

/* Index with a failing depmod: nothing may change. */
static const char *assert_refused(const char *body, const char *planned)
{
	int err;

	put(DIR "/kernel/a.ko.gz", "");
	put(DIR "/modules.dep", "old");
	make_depmod(body);
	err = begin_stderr();
	assert_int_equal(index_with_depmod(planned), -1);
	assert_int_equal(message_status(), STATUS_IO);
	assert_string_equal(get(DIR "/modules.dep"), "old");
	assert_false(exists(DIR "/modules.alias"));
	return end_stderr(err);
}

static void refuses(void **state)
{
	assert_string_equal(
		assert_refused("exit 3", "kernel/a.ko.gz"),
		"modbox: DEST/1.0: bin/depmod failed (status 3): no indexes were "
		"made\n");
	assert_string_equal(
		assert_refused("kill -9 $$", "kernel/a.ko.gz"),
		"modbox: DEST/1.0: bin/depmod was killed by signal 9 (Killed): no "
		"indexes were made\n");
	assert_string_equal(
		assert_refused("exit 0", "kernel/a.ko.gz"),
		"modbox: DEST/1.0: depmod did not make modules.dep: no indexes were "
		"made\n");
	assert_string_equal(
		assert_refused(WRITE_ALL "; rm modules.symbols", "kernel/a.ko.gz"),
		"modbox: DEST/1.0: depmod did not make modules.symbols: no indexes "
		"were made\n");
	assert_string_equal(
		assert_refused(WRITE_ALL "; : >modules.dep", "kernel/a.ko.gz"),
		"modbox: DEST/1.0/kernel/a.ko.gz: depmod left it out of modules.dep: "
		"it probably cannot read .ko.gz files; name another depmod with "
		"--depmod=PATH\n");
	assert_string_equal(assert_refused(WRITE_ALL "; echo updates/a.ko: >modules.dep",
					   "kernel/a.ko.gz"),
			    "modbox: DEST/1.0/kernel/a.ko.gz: depmod indexed updates/a.ko "
			    "instead, which has the same name; remove one of them\n");
}

static void passes_on_depmod_messages(void **state)
{
	int err;

	put(DIR "/kernel/a.ko", "");
	make_depmod("echo depmod: WARNING: $dir/kernel/a.ko: odd\n"
		    "echo depmod: ERROR: $2/usr/lib/modules/1.0: odd >&2\n"
		    "cat $4/*.conf\n"
		    "echo $4/000000.conf:3: bad\n"
		    "printf 'no newline'\n" WRITE_ALL);
	err = begin_stderr();
	assert_int_equal(index_with_depmod("kernel/a.ko"), 0);
	assert_string_equal(end_stderr(err),
			    "modbox: warning: depmod: DEST/1.0/kernel/a.ko: odd\n"
			    "modbox: warning: depmod: ERROR: DEST/1.0: odd\n"
			    "modbox: warning: depmod: search updates\n"
			    "modbox: warning: depmod: bad\n"
			    "modbox: warning: depmod: exclude x\n"
			    "modbox: warning: depmod: etc/depmod.d/a.conf:3: bad\n"
			    "modbox: warning: depmod: no newline\n");
}

static void does_not_wait_for_background_processes(void **state)
{
	put(DIR "/kernel/a.ko", "");
	make_depmod("sleep 100 &\necho $! >pid\n" WRITE_ALL);
	assert_int_equal(index_with_depmod("kernel/a.ko"), 0);
	assert_int_equal(system("kill $(cat pid)"), 0);
}

static void found(const char *given, const char *expected)
{
	char *path = depmod_find(given);

	if (expected)
		assert_string_equal(path, expected);
	else
		assert_null(path);
	free(path);
}

static void finds_depmod(void **state)
{
	int err = begin_stderr();

	make_depmod("");
	put("text/depmod", "");
	assert_int_equal(mkdir("dir", 0755), 0);
	assert_int_equal(mkdir("dir/depmod", 0755), 0);
	setenv("PATH", "/nowhere:text:dir:bin:/bin", 1);
	found(NULL, "bin/depmod");
	found("depmod", "bin/depmod");
	found("./bin/depmod", "./bin/depmod");
	found("./text/depmod", NULL);
	found("./dir/depmod", NULL);
	found("nosuchdepmod", NULL);
	assert_string_equal(
		end_stderr(err),
		"modbox: --depmod=./text/depmod: Permission denied\n"
		"modbox: --depmod=./dir/depmod: Permission denied\n"
		"modbox: --depmod=nosuchdepmod: not in PATH, /sbin or /usr/sbin\n");
}

static const struct CMUnitTest tests[] = {
	IN_TEMPDIR(indexes),
	IN_TEMPDIR(follows_links_inside),
	IN_TEMPDIR(refuses),
	IN_TEMPDIR(passes_on_depmod_messages),
	IN_TEMPDIR(does_not_wait_for_background_processes),
	IN_TEMPDIR(finds_depmod),
};
UNIT_TEST_MAIN(NULL, NULL)

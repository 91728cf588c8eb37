// SPDX-License-Identifier: GPL-2.0-or-later
/* Initramfs images, unpacked: odd ones, damaged ones, hostile ones. */
#include "tempdir.h"

#include <sys/sysmacros.h>

#include "base/message.h"
#include "base/strbuf.h"
#include "unpack/initramfs.h"

#define MODULES "lib/modules/6.1"

static struct strbuf archive;
static struct image_listing listing;
static char problem[512];
static unsigned inode;

/* A header's numbers, as far as tests choose them. */
struct entry {
	const char *name;
	const char *data; /* NULL: none */
	mode_t mode;
	unsigned ino, nlink, check, name_size;
	const char *magic;
};

static void pad(void)
{
	while (archive.size % 4)
		strbuf_add(&archive, "", 1);
}

static void add_entry(const struct entry *e)
{
	unsigned size = e->data ? (unsigned)strlen(e->data) : 0;
	unsigned name_size = e->name_size ? e->name_size : (unsigned)strlen(e->name) + 1;
	char header[128];

	snprintf(header, sizeof(header), "%s%08X%08X%08X%08X%08X%08X%08X%032X%08X%08X",
		 e->magic ? e->magic : "070701", e->ino ? e->ino : ++inode,
		 (unsigned)e->mode, 0, 0, e->nlink ? e->nlink : 1, 1234567890, size, 0,
		 name_size, e->check);
	strbuf_add(&archive, header, 110);
	strbuf_add(&archive, e->name, strlen(e->name));
	for (size_t n = strlen(e->name); n < name_size; n++)
		strbuf_add(&archive, "", 1);
	pad();
	if (e->data)
		strbuf_add(&archive, e->data, size);
	pad();
}

static void file(const char *name, const char *data)
{
	add_entry(&(struct entry){ name, data, S_IFREG | 0644 });
}

static void directory(const char *name)
{
	add_entry(&(struct entry){ name, NULL, S_IFDIR | 0755 });
}

static void symbolic(const char *name, const char *text)
{
	add_entry(&(struct entry){ name, text, S_IFLNK | 0777 });
}

static void hard(const char *name, unsigned ino, const char *data)
{
	add_entry(&(struct entry){ name, data, S_IFREG | 0644, ino, 2 });
}

static void trailer(void)
{
	add_entry(&(struct entry){ "TRAILER!!!" });
}

static void nuls(size_t n)
{
	while (n--)
		strbuf_add(&archive, "", 1);
}

/* Unpack the first bytes of the archive into "root". */
static int unpack_options(size_t size, struct source_options *options)
{
	struct rootfs root;
	struct sink *sink;
	int result, fd;

	image_free(&listing);
	tempdir_clear("root");
	assert_int_equal(mkdir("root", 0700), 0);
	put_bytes("archive", archive.data, size);
	fd = open("archive", O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(rootfs_open(&root, "root"), 0);
	options->listing = &listing;
	sink = sink_new(&root, "/tmp", options);
	result = initramfs_read(sink, fd);
	snprintf(problem, sizeof(problem), "%s",
		 sink_problem(sink, NULL) ? sink_problem(sink, NULL) : "");
	assert_int_equal(*problem != 0, result < 0);
	sink_free(sink);
	rootfs_close(&root);
	close(fd);
	return result;
}

static int unpack(void)
{
	return unpack_options(archive.size, &(struct source_options){ 0 });
}

static int begin(void **state)
{
	archive.size = 0;
	inode = 0;
	return tempdir_setup(state);
}

static int end(void **state)
{
	strbuf_free(&archive);
	archive = (struct strbuf){ 0 };
	image_free(&listing);
	return tempdir_teardown(state);
}

static const char *link_text(const char *path)
{
	static char text[256];
	ssize_t n = readlink(path, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void unpacks_what_is_wanted_and_lists_all(void **state)
{
	struct stat st;

	directory(".");
	directory("./lib/modules");
	file("./" MODULES "/a.ko", "module");
	file("/etc//modprobe.d/./x.conf", "options");
	file("bin/sh", "shell");
	file("boot/vmlinuz-6.1", "kernel");
	file("boot/initrd.img-6.1", "other");
	symbolic("sbin", "usr/sbin");
	add_entry(&(struct entry){ MODULES "/null", NULL, S_IFCHR | 0666 });
	add_entry(&(struct entry){ MODULES "/fifo", NULL, S_IFIFO | 0666 });
	trailer();
	assert_int_equal(unpack(), 1);
	assert_string_equal(get("root/" MODULES "/a.ko"), "module");
	assert_string_equal(get("root/etc/modprobe.d/x.conf"), "options");
	assert_string_equal(get("root/boot/vmlinuz-6.1"), "kernel");
	assert_string_equal(link_text("root/sbin"), "usr/sbin");
	assert_false(exists("root/bin/sh"));
	assert_false(exists("root/boot/initrd.img-6.1"));
	assert_false(exists("root/" MODULES "/null"));
	assert_false(exists("root/" MODULES "/fifo"));
	assert_int_equal(stat("root/" MODULES "/a.ko", &st), 0);
	assert_int_equal(st.st_mtime, 1234567890);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	assert_int_equal(listing.n, 10);
	assert_int_equal(listing.n_segments, 1);
	assert_string_equal(listing.segments[0].codec, "none");
	assert_int_equal(listing.segments[0].size, archive.size);
	assert_null(listing.segments[0].problem);
	assert_string_equal(listing.entries[0].path, "");
	assert_string_equal(listing.entries[3].path, "etc/modprobe.d/x.conf");
	assert_true(listing.entries[3].unpacked);
	assert_int_equal(listing.entries[4].size, 5);
	assert_false(listing.entries[4].unpacked);
	assert_string_equal(listing.entries[7].link, "usr/sbin");
}

static void reads_one_archive_after_the_other(void **state)
{
	file("kernel/x86/microcode/GenuineIntel.bin", "microcode");
	trailer();
	nuls(512 - archive.size % 512);
	file(MODULES "/a.ko", "first");
	trailer();
	nuls(8);
	file(MODULES "/a.ko", "2nd");
	file(MODULES "/b.ko", "b");
	trailer();
	nuls(3);
	assert_int_equal(unpack(), 1);
	assert_int_equal(listing.n_segments, 3);
	assert_int_equal(listing.segments[1].offset, 512);
	assert_int_equal(listing.entries[3].segment, 2);
	assert_string_equal(get("root/" MODULES "/a.ko"), "2nd");
	assert_string_equal(get("root/" MODULES "/b.ko"), "b");
}

static void stops_where_the_kernel_does(void **state)
{
	file(MODULES "/a.ko", "first");
	trailer();
	nuls(2); /* at a multiple of 4 only */
	strbuf_add(&archive, "0707010000", 10);
	assert_int_equal(unpack(), -1);
	assert_string_equal(problem, "is no archive, nor a compressed one");
	assert_int_equal(listing.n_segments, 2);
	assert_string_equal(listing.segments[1].codec, "unknown");
	assert_string_equal(listing.segments[1].problem, problem);
	assert_string_equal(get("root/" MODULES "/a.ko"), "first");
}

static void is_no_archive(void **state)
{
	static const char *const texts[] = { "", "x", "07070", "070707", "#!/bin/sh\n" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		archive.size = 0;
		strbuf_add(&archive, texts[i], strlen(texts[i]));
		assert_int_equal(unpack(), 0);
		assert_int_equal(listing.n_segments, 0);
	}
}

static void checks_sums(void **state)
{
	struct entry e = { MODULES "/a.ko", "ab\xff", S_IFREG | 0644, .magic = "070702",
			   .check = 'a' + 'b' + 0xff };

	add_entry(&e);
	e.name = "unwanted";
	add_entry(&e);
	trailer();
	assert_int_equal(unpack(), 1);
	archive.size = 0;
	add_entry(&e);
	e.check++;
	add_entry(&e);
	trailer();
	assert_int_equal(unpack(), -1);
	assert_string_equal(problem, "is damaged: the sum of unwanted is wrong");
}

static void takes_names_with_padding(void **state)
{
	add_entry(&(struct entry){ MODULES "/a.ko", "aligned", S_IFREG | 0644,
				   .name_size = 4096 });
	trailer();
	assert_int_equal(unpack(), 1);
	assert_string_equal(get("root/" MODULES "/a.ko"), "aligned");
	archive.size = 0;
	add_entry(&(struct entry){ MODULES "/a.ko", "aligned", S_IFREG | 0644,
				   .name_size = 4097 });
	assert_int_equal(unpack(), -1);
	assert_string_equal(problem, "is damaged: there is no name");
}

static void needs_the_trailer(void **state)
{
	file(MODULES "/a.ko", "all of it");
	assert_int_equal(unpack(), -1);
	assert_string_equal(problem,
			    "is truncated: it has no TRAILER!!! behind " MODULES "/a.ko");
	assert_string_equal(get("root/" MODULES "/a.ko"), "all of it");
}

static void later_entries_replace_earlier_ones(void **state)
{
	file(MODULES "/file", "1");
	symbolic(MODULES "/file", "target");
	symbolic(MODULES "/link", "file");
	file(MODULES "/link", "2");
	symbolic(MODULES "/dir", "elsewhere");
	directory(MODULES "/dir");
	file(MODULES "/dir/x", "3");
	symbolic(MODULES "/dir", "is not empty");
	file(MODULES "/empty/x", "4");
	directory(MODULES "/hollow");
	file(MODULES "/hollow", "5");
	file(MODULES "/hollow", "6");
	trailer();
	assert_int_equal(unpack(), 1);
	assert_string_equal(link_text("root/" MODULES "/file"), "target");
	assert_string_equal(get("root/" MODULES "/link"), "2");
	assert_false(exists("root/" MODULES "/elsewhere"));
	assert_string_equal(get("root/" MODULES "/dir/x"), "3");
	assert_string_equal(get("root/" MODULES "/hollow"), "6");
}

static void hard_links_share_contents(void **state)
{
	hard(MODULES "/a", 7, NULL);
	hard(MODULES "/b", 7, "contents");
	hard("opt/c", 8, NULL);
	hard(MODULES "/c", 8, "c");
	hard(MODULES "/d", 9, NULL);
	hard("opt/d", 9, "d");
	trailer();
	hard(MODULES "/e", 7, NULL); /* another archive's inode */
	trailer();
	assert_int_equal(unpack(), 1);
	assert_string_equal(get("root/" MODULES "/a"), "contents");
	assert_string_equal(get("root/" MODULES "/b"), "contents");
	assert_string_equal(get("root/" MODULES "/c"), "c");
	assert_string_equal(get("root/" MODULES "/d"), "d");
	assert_string_equal(get("root/" MODULES "/e"), "");
	assert_false(exists("root/opt"));
	assert_true(listing.entries[1].hardlink);
}

static void follows_links_to_where_modules_are(void **state)
{
	symbolic("lib", "nix/store/x-modules/lib");
	file("nix/store/x-modules/lib/modules/6.1/a.ko", "a");
	file("nix/store/x-modules/share/y", "y");
	symbolic("usr/lib/firmware", "/opt/../vendor/./fw");
	file("vendor/fw/z", "z");
	symbolic(MODULES "/build", "/usr/src/linux");
	file("usr/src/linux/Makefile", "all");
	trailer();
	assert_int_equal(unpack(), 1);
	assert_string_equal(get("root/" MODULES "/a.ko"), "a");
	assert_string_equal(get("root/nix/store/x-modules/lib/modules/6.1/a.ko"), "a");
	assert_false(exists("root/nix/store/x-modules/share/y"));
	assert_string_equal(get("root/vendor/fw/z"), "z");
	assert_false(exists("root/usr/src"));
}

static void nothing_outside_is_touched(void **state)
{
	char outside[128], text[256];

	snprintf(outside, sizeof(outside), "%s/outside", tempdir_path);
	assert_int_equal(mkdir("outside", 0755), 0);
	symbolic("lib", outside);
	file("lib/modules/6.1/a.ko", "through an absolute link");
	symbolic("run", "../../../../../../../../tmp");
	file("run/modprobe.d/x.conf", "through dots");
	snprintf(text, sizeof(text), "%s/victim", outside);
	symbolic("etc/modprobe.d/y.conf", text);
	file("etc/modprobe.d/y.conf", "a file in the place of a link");
	symbolic("boot", "/proc/self/cwd");
	file("boot/vmlinuz-x", "a magic link");
	symbolic("usr/lib/modules", "modules");
	file("usr/lib/modules/x", "a loop");
	trailer();
	assert_int_equal(unpack(), 1);
	assert_int_equal(rmdir("outside"), 0);
	assert_false(exists("vmlinuz-x"));
	assert_false(exists("/tmp/modprobe.d"));
	assert_string_equal(get("root/etc/modprobe.d/y.conf"),
			    "a file in the place of a link");

	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "../lib/modules/x", "lib/modules/..",
						     "etc/../../x" };

		archive.size = 0;
		file(names[i], "x");
		trailer();
		assert_int_equal(unpack(), -1);
		assert_non_null(strstr(problem, "has a name with \"..\": "));
	}
}

static void limits_what_it_makes(void **state)
{
	char deep[1024] = MODULES;

	for (int i = 0; i < 64; i++)
		strcat(deep, "/d");
	file(deep, "too deep");
	file(MODULES "/a.ko", "0123456789");
	file(MODULES "/b.ko", "0123456789");
	trailer();
	assert_int_equal(unpack(), 1);
	assert_false(exists("root/" MODULES "/d"));
	assert_int_equal(unpack_options(archive.size,
					&(struct source_options){ .max_unpacked = 20 }),
			 1);
	assert_int_equal(unpack_options(archive.size,
					&(struct source_options){ .max_unpacked = 19 }),
			 -1);
	assert_string_equal(problem, "has more than the 19 that --max-unpacked allows");
	assert_true(exists("root/" MODULES "/a.ko"));
	assert_false(exists("root/" MODULES "/b.ko"));
}

static void unpacks_lz4(void **state)
{
	struct strbuf plain = { 0 };
	uint32_t size;

	file("README", "more than 270 bytes in all");
	file(MODULES "/a.ko", "from lz4");
	trailer();
	plain = archive;
	archive = (struct strbuf){ 0 };
	/* One block, of literals alone. */
	strbuf_add(&archive, "\x02\x21\x4c\x18", 4);
	size = (uint32_t)(1 + (plain.size - 15) / 255 + 1 + plain.size);
	assert_true(plain.size > 15 + 255);
	strbuf_add(&archive, &(unsigned char[]){ size & 255, size >> 8, 0, 0 }, 4);
	strbuf_add(&archive, "\xf0", 1);
	for (size_t left = plain.size - 15;; left -= 255) {
		unsigned char more = left < 255 ? (unsigned char)left : 255;

		strbuf_add(&archive, &more, 1);
		if (more < 255)
			break;
	}
	strbuf_add(&archive, plain.data, plain.size);
	nuls(4);
	pad();
	file(MODULES "/b.ko", "behind it");
	trailer();
	assert_int_equal(unpack(), 1);
	assert_string_equal(get("root/" MODULES "/a.ko"), "from lz4");
	assert_int_equal(listing.segments[0].decoded, plain.size);
	assert_int_equal(listing.n_segments, 2);
	strbuf_free(&plain);
}

/* What comes before the end stays, and nothing else. */
static void is_truncated_anywhere(void **state)
{
	static const char contents[] = "the contents of a module";

	file(MODULES "/a.ko", contents);
	symbolic("sbin", "usr/sbin");
	file("bin/sh", "a shell");
	trailer();
	for (size_t size = 6; size < archive.size - 3; size++) {
		assert_int_equal(unpack_options(size, &(struct source_options){ 0 }), -1);
		assert_non_null(strstr(problem, "is truncated"));
		assert_int_equal(listing.n_segments, 1);
		assert_string_equal(listing.segments[0].problem, problem);
		if (!listing.n || listing.entries[0].incomplete)
			assert_false(exists("root/" MODULES "/a.ko"));
		else
			assert_string_equal(get("root/" MODULES "/a.ko"), contents);
	}
}

/* Every byte may be wrong: no crash, and nothing that is not below root. */
static void is_damaged_anywhere(void **state)
{
	file(MODULES "/a.ko", "module");
	symbolic("lib/firmware", "elsewhere");
	hard(MODULES "/b", 7, NULL);
	hard(MODULES "/c", 7, "x");
	trailer();
	for (size_t i = 0; i < archive.size; i++) {
		char byte = archive.data[i];

		for (int change = 1; change < 256; change <<= 1) {
			archive.data[i] = (char)(byte ^ change);
			unpack();
		}
		archive.data[i] = byte;
	}
	assert_int_equal(unpack(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

static const struct CMUnitTest tests[] = {
	TEST(unpacks_what_is_wanted_and_lists_all),
	TEST(reads_one_archive_after_the_other),
	TEST(stops_where_the_kernel_does),
	TEST(is_no_archive),
	TEST(checks_sums),
	TEST(takes_names_with_padding),
	TEST(needs_the_trailer),
	TEST(later_entries_replace_earlier_ones),
	TEST(hard_links_share_contents),
	TEST(follows_links_to_where_modules_are),
	TEST(nothing_outside_is_touched),
	TEST(limits_what_it_makes),
	TEST(unpacks_lz4),
	TEST(is_truncated_anywhere),
	TEST(is_damaged_anywhere),
};

UNIT_TEST_MAIN(NULL, NULL)

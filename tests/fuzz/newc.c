// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An initramfs: archives, plain or compressed; or a package. It is unpacked into a
 * directory that lies beside another one, which nothing may touch.
 */
#include "fuzz.h"

#include <sys/wait.h>

#include "base/path.h"
#include "config.h"
#include "unpack/initramfs.h"
#include "unpack/package.h"

static struct rootfs root;
static char kept[300], copy[300];

static void begin(void)
{
	if (scratch < 0) {
		make_scratch();
		snprintf(kept, sizeof(kept), "%s/kept", scratch_path);
		snprintf(copy, sizeof(copy), "%s/copy", scratch_path);
		write_file("kept/file", "kept", 4);
	}
	REQUIRE(mkdir(copy, 0700) == 0);
	REQUIRE(rootfs_open(&root, copy) == 0);
}

static int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path, (void)type, (void)ftw;
	REQUIRE(S_ISREG(st->st_mode) || S_ISDIR(st->st_mode) || S_ISLNK(st->st_mode));
	return 0;
}

static void end(void)
{
	struct stat st;

	REQUIRE(nftw(copy, count_one, 16, FTW_PHYS) == 0);
	REQUIRE(nftw(copy, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
	rootfs_close(&root);
	REQUIRE(lstat(kept, &st) == 0 && st.st_nlink == 2);
	REQUIRE(fstatat(scratch, "kept/file", &st, 0) == 0 && st.st_size == 4);
}

static void check(const struct image_listing *listing, size_t size)
{
	uint64_t at = 0;

	for (size_t i = 0; i < listing->n_segments; i++) {
		const struct image_segment *segment = &listing->segments[i];

		REQUIRE(segment->offset >= at && segment->offset <= size);
		at = segment->offset + segment->size;
		REQUIRE(segment->codec);
		REQUIRE(!segment->problem || i + 1 == listing->n_segments);
	}
	for (size_t i = 0; i < listing->n; i++) {
		const struct image_entry *entry = &listing->entries[i];

		REQUIRE(!*entry->path || is_path_below(entry->path));
		REQUIRE(entry->segment < listing->n_segments);
		REQUIRE(!entry->incomplete || i + 1 == listing->n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image_listing listing = { 0 };
	const struct source_options options = { .max_unpacked = 1 << 20,
						.want = UNPACK_SOURCE | UNPACK_MODPROBE,
						.listing = &listing };
	struct sink *sink;
	int fd, result;

	begin();
	be_quiet();
	sink = sink_new(&root, scratch_path, &options);
	fd = memory_file(data, size);
	result = initramfs_read(sink, fd);
	REQUIRE((result < 0) == (sink_problem(sink, NULL) != NULL));
	REQUIRE(result != 0 || (listing.n == 0 && listing.n_segments <= 1));
	if (ENABLED(FEATURE_ARCHIVE_SOURCE) && result == 0) {
		listing.n_segments = 0;
		result = package_read(sink, fd);
		REQUIRE((result < 0) == (sink_problem(sink, NULL) != NULL));
		REQUIRE(result != 0 || listing.n == 0);
	}
	check(&listing, size);
	sink_free(sink);
	image_free(&listing);
	end();
	return 0;
}

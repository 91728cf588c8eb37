// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Archives: a letter for the alignment, then names and contents in turn, each ended by
 * a NUL. Whatever the names, a strict reader must get back the same entries.
 */
#include "fuzz.h"

#include "copy/cpio.h"
#include "fs/rootfs.h"

enum { MAX_ENTRIES = 64, HEADER = 110 };

struct entry {
	const char *name, *contents;
	mode_t mode;
};

/* Take the next string of an input, in place. */
static const char *next_string(struct part *input)
{
	const char *string = input->data;
	size_t length = strlen(string);

	length += length < input->size;
	input->data += length;
	input->size -= length;
	return string;
}

/* Returns false, with nothing added, if the archive cannot hold the entry. */
static bool add(struct cpio *cpio, const struct entry *entry)
{
	const struct cpio_entry header = { .name = entry->name,
					   .mode = entry->mode,
					   .mtime = 1,
					   .size = strlen(entry->contents) };
	uint64_t before = cpio->out->size;

	if (cpio_begin(cpio, &header) < 0) {
		REQUIRE(cpio->out->size == before);
		REQUIRE(strlen(entry->name) >= CPIO_NAME_MAX ||
			strcmp(entry->name, "TRAILER!!!") == 0);
		return false;
	}
	REQUIRE(strcmp(entry->name, "TRAILER!!!") != 0); /* readers stop there */
	REQUIRE(outfile_add(cpio->out, entry->contents, header.size) == 0);
	REQUIRE(cpio_pad(cpio) == 0);
	return true;
}

static uint32_t number(const char *p)
{
	uint32_t n = 0;

	for (int i = 0; i < 8; i++) {
		REQUIRE((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'A' && p[i] <= 'F'));
		n = n << 4 | (uint32_t)(p[i] <= '9' ? p[i] - '0' : p[i] - 'A' + 10);
	}
	return n;
}

/* The next multiple of align at or after at; only NULs may lie between. */
static size_t pad(struct part archive, size_t at, size_t align)
{
	for (; at % align; at++)
		REQUIRE(at < archive.size && archive.data[at] == '\0');
	return at;
}

/* Read the entry at offset at as the kernel does.  Returns the offset of the next. */
static size_t read_entry(struct part archive, size_t at, const struct entry *expected,
			 unsigned align)
{
	const char *p = archive.data + at;
	size_t name_size, size = strlen(expected->contents), data;

	REQUIRE(at + HEADER <= archive.size && memcmp(p, "070701", 6) == 0);
	for (int i = 0; i < 13; i++)
		number(p + 6 + 8 * i);
	name_size = number(p + 6 + 8 * 11);
	data = at + HEADER + name_size;
	REQUIRE(name_size <= CPIO_NAME_MAX && data <= archive.size);
	REQUIRE(archive.data[data - 1] == '\0');
	REQUIRE(strcmp(p + HEADER, expected->name) == 0);
	data = pad(archive, data, 4);
	REQUIRE(number(p + 6 + 8) == expected->mode);
	REQUIRE(number(p + 6 + 8 * 6) == size && size <= archive.size - data);
	REQUIRE(memcmp(archive.data + data, expected->contents, size) == 0);
	if (S_ISREG(expected->mode) && size >= align &&
	    strlen(expected->name) + 1 + align <= CPIO_NAME_MAX)
		REQUIRE(data % align == 0);
	return pad(archive, data + size, 4);
}

static void read_all(const char *path, const struct entry *entries, size_t n,
		     unsigned align)
{
	static const struct entry trailer = { "TRAILER!!!", "", 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct part archive;
	size_t at = 0, i;
	char *data;

	REQUIRE(fd >= 0);
	archive.data = data = read_whole(fd, &archive.size);
	REQUIRE(data);
	close(fd);
	for (i = 0; i < n; i++)
		at = read_entry(archive, at, &entries[i], align);
	at = read_entry(archive, at, &trailer, align);
	REQUIRE(pad(archive, at, 512) == archive.size);
	free(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const mode_t modes[] = { S_IFREG | 0644, S_IFLNK | 0777, S_IFDIR | 0755 };
	static char path[sizeof(scratch_path) + 16];
	struct entry entries[MAX_ENTRIES];
	struct part input;
	struct outfile out;
	struct cpio cpio = { .out = &out, .align = 4 };
	char *copy = part_string((struct part){ (const char *)data, size });
	size_t n = 0;

	be_quiet();
	if (scratch < 0) {
		make_scratch();
		snprintf(path, sizeof(path), "%s/archive", scratch_path);
	}
	if (size)
		cpio.align = 4U << (unsigned char)copy[0] % 11;
	input = (struct part){ copy + (size > 0), size - (size > 0) };
	REQUIRE(outfile_open(&out, path) == 0);
	while (input.size && n < MAX_ENTRIES) {
		entries[n].name = next_string(&input);
		entries[n].contents = next_string(&input);
		entries[n].mode = modes[n % 3];
		n += add(&cpio, &entries[n]);
	}
	REQUIRE(cpio_end(&cpio) == 0 && outfile_finish(&out) == 0);
	outfile_drop(&out);
	read_all(path, entries, n, cpio.align);
	free(copy);
	return 0;
}

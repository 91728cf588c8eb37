// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a file to the kernel in it:
 *
 *	file ──► format ──► payload ──► decompressed ──► format ──► ... ──► kernel
 *
 * At most LEVELS times: an EFI zboot file can hold an Image, and a .gz either. The kernel
 * is a raw image or an ELF file. Two buffers take turns, and the one that is no longer
 * needed is freed at once: a decoded kernel has 70 MiB.
 *
 * Where a format does not say where its payload begins (arm, s390x), every place that
 * looks like a stream's beginning is tried. What it holds is a kernel if it has a
 * kernel's banner.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/readat.h"
#include "kernel/format.h"
#include "kernel/imagefile.h"
#include "kernel/imagetext.h"
#include "kernel/unpack.h"

enum {
	LEVELS = 4,
	TRIES = 64, /* streams tried in one file; false beginnings end soon */
};

static int fail(const char **err, const char *text)
{
	*err = text;
	return -1;
}

static int read_file(struct strbuf *out, int fd, const char **err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(err, read_failure(errno));
	if (!S_ISREG(st.st_mode))
		return fail(err, "not a regular file");
	if ((uint64_t)st.st_size > IMAGE_MAX)
		return fail(err,
			    "larger than 160 MiB; a vmlinux needs no debug sections: "
			    "strip --strip-debug");
	if (strbuf_reserve(out, (uint64_t)st.st_size + 1, err) < 0)
		return -1;
	out->size = (size_t)st.st_size;
	return read_at(fd, out->data, out->size, 0, err);
}

static struct bytes contents(const struct strbuf *buffer)
{
	return (struct bytes){ (const unsigned char *)buffer->data, buffer->size };
}

/* The decoded size that kbuild appends to all streams but gzip's, which has its own. */
static uint64_t claimed_size(struct bytes payload)
{
	return payload.size > 4 ? bytes_le32(payload, payload.size - 4) : 0;
}

/* Decode the first stream in payload that holds a kernel. */
static int unpack_within(struct decoder *decoder, struct bytes payload,
			 struct strbuf *out, struct kernel_image *image, const char **err)
{
	unsigned tries = 0;

	for (size_t at = 1; at < payload.size && tries < TRIES; at++) {
		struct bytes rest = bytes_part(payload, at, payload.size);
		const char *codec = unpack_codec(rest), *ignored;

		if (!codec)
			continue;
		tries++;
		if (unpack(decoder, rest, 0, out, &ignored) == 0 &&
		    has_banner(contents(out))) {
			image->codec = codec;
			return 0;
		}
	}
	return fail(err, "no compressed kernel is in it, or it is truncated");
}

static int unpack_payload(struct decoder *decoder, enum image_payload kind,
			  struct bytes payload, struct strbuf *out,
			  struct kernel_image *image, const char **err)
{
	if (kind == PAYLOAD_BROKEN)
		return fail(err, "its header is damaged, or it is truncated");
	if (kind == PAYLOAD_WITHIN)
		return unpack_within(decoder, payload, out, image, err);
	image->codec = unpack_codec(payload);
	return unpack(decoder, payload, claimed_size(payload), out, err);
}

/* Unpack until the kernel itself is found. now: the buffer that holds it. */
static int unpack_all(struct imagefile *file, struct decoder *decoder,
		      struct kernel_image *image, const char **err)
{
	bool packed = false; /* a format without a header follows: a raw image */
	unsigned now = 0;

	for (unsigned level = 0; level < LEVELS; level++, now = !now) {
		const struct image_format *format;
		enum image_payload kind;
		struct bytes payload;

		file->kernel = contents(&file->buffers[now]);
		format = image_format(file->kernel);
		if (!format)
			return packed ? 0 : fail(err, "not a kernel image that is known");
		if (!image->format || strcmp(image->format, "compressed file") == 0)
			image->format = format->name;
		kind = format->find(file->kernel, image, &payload);
		file->elf = kind == PAYLOAD_ELF;
		if (kind == PAYLOAD_NONE || file->elf)
			return 0;
		if (unpack_payload(decoder, kind, payload, &file->buffers[!now], image,
				   err) < 0)
			return -1;
		packed = kind == PAYLOAD_WITHIN;
		strbuf_free(&file->buffers[now]);
	}
	return fail(err, "packed too often");
}

int imagefile_read(struct imagefile *file, int fd, struct kernel_image *image,
		   const char **err)
{
	struct budget_share share = { 0 };
	struct decoder *decoder = decoder_new(IMAGE_MAX, &share);
	int result = read_file(&file->buffers[0], fd, err);

	image->codec = "none";
	if (result == 0)
		result = unpack_all(file, decoder, image, err);
	decoder_free(decoder);
	budget_settle(&share);
	return result;
}

void imagefile_free(struct imagefile *file)
{
	strbuf_free(&file->buffers[0]);
	strbuf_free(&file->buffers[1]);
}

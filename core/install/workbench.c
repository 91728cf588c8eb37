// SPDX-License-Identifier: GPL-2.0-or-later
/* The steps between a module's file and its new contents, in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "config.h"
#include "copy/encode.h"
#include "module/elfcheck.h"
#include "module/packing.h"
#include "workbench.h"

enum { SIGNATURE_ROOM = 1 << 20 }; /* bytes: more than any certificate's names take */

struct workbench *workbench_new(uint64_t max)
{
	struct workbench *b = xcalloc(1, sizeof(*b));

	b->decoder = decoder_new(max, &b->share);
	b->in.share = &b->share;
	return b;
}

void workbench_free(struct workbench *b)
{
	strbuf_free(&b->in);
	strbuf_free(&b->out);
	decoder_free(b->decoder);
	if (b->encoder)
		encoder_free(b->encoder);
	free(b);
}

int workbench_fail(const struct workbench *b)
{
	error(STATUS_IO, "%s: %s", b->candidate->label, b->err);
	return -1;
}

int workbench_read(struct workbench *b, int fd, bool decode, uint64_t max)
{
	unsigned char magic[CODEC_MAGIC];
	struct stat st;
	size_t head;

	if (fstat(fd, &st) < 0) {
		b->err = read_failure(errno);
		return -1;
	}
	head = st.st_size < CODEC_MAGIC ? (size_t)st.st_size : CODEC_MAGIC;
	if (read_at(fd, magic, head, 0, &b->err) < 0)
		return -1;
	b->was = codec_of(magic, head);
	if (decode && b->was != CODEC_NONE)
		return decoder_decode(b->decoder, b->was, fd, (uint64_t)st.st_size,
				      &b->in, &b->err);
	if ((uint64_t)st.st_size > (max ? max : DECODED_MAX)) {
		b->err = "larger than --max-module-size allows";
		return -1;
	}
	if (strbuf_reserve(&b->in, (uint64_t)st.st_size, &b->err) < 0)
		return -1;
	b->in.size = (size_t)st.st_size;
	return read_at(fd, b->in.data, b->in.size, 0, &b->err);
}

int workbench_check(struct workbench *b)
{
	const struct elf_source source = { .memory = (const unsigned char *)b->in.data,
					   .size = b->in.size };
	struct elf_scratch unused = { 0 }; /* it is in memory */
	struct elf_layout layout;

	return elf_check(&source, &unused, &layout, &b->err);
}

/* Make memory from malloc() the module. */
static int take(struct workbench *b, void *data, size_t size)
{
	int result = strbuf_reserve(&b->in, size, &b->err);

	if (result == 0) {
		memcpy(b->in.data, data, size);
		b->in.size = size;
	}
	free(data);
	return result < 0 ? workbench_fail(b) : 0;
}

int workbench_strip(struct workbench *b, const struct preparation *p,
		    struct candidate *item)
{
	bool unsigned_now;
	size_t size;
	void *out;

	if (!ENABLED(FEATURE_STRIP) || !p->strip || p->strip_program)
		return 0;
	if (module_strip(b->in.data, b->in.size, p->level, &out, &size, &unsigned_now,
			 &b->err) < 0)
		return workbench_fail(b);
	item->unsigned_now = unsigned_now;
	return take(b, out, size);
}

int workbench_sign(struct workbench *b, const struct preparation *p)
{
	if (!ENABLED(FEATURE_SIGN) || !p->signer)
		return 0;
	b->in.size = signature_content(b->in.data, b->in.size);
	/* The share pays for what is reserved, not for what is added. */
	if (strbuf_reserve(&b->in, b->in.size + SIGNATURE_ROOM, &b->err) < 0)
		return workbench_fail(b);
	return signer_sign(p->signer, b->in.data, b->in.size, &b->in);
}

static int add_output(void *context, const void *data, size_t size)
{
	struct workbench *b = context;

	strbuf_add(&b->out, data, size);
	return 0;
}

int workbench_compress(struct workbench *b, const struct preparation *p)
{
	if (!b->encoder)
		b->encoder = encoder_new(p->codec);
	b->out.size = 0;
	if (encoder_begin(b->encoder, b->in.size, add_output, b) < 0 ||
	    encoder_write(b->encoder, b->in.data, b->in.size) < 0 ||
	    encoder_end(b->encoder) < 0)
		return -1;
	return 0;
}

bool workbench_leaves(struct workbench *b, const struct preparation *p, int fd)
{
	unsigned char head[PACKING_HEAD];
	ssize_t size = pread(fd, head, sizeof(head), 0);
	struct packing packing;

	if (size < 0)
		return false;
	packing = packing_read(head, (size_t)size);
	b->was = packing.codec;
	return !p->strip && !p->signer && !p->sign_program &&
	       (b->was == p->codec || (!p->encodes && b->was == CODEC_NONE)) &&
	       !packing.other_check && !packing.filtered && !packing.unsized;
}

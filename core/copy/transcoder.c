// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Decompress or recompress files on all cores.
 *
 * Each file is made once before anything is written, to find damaged ones.  Results are
 * kept up to BUDGET bytes, which covers usual sets of modules.  The rest is dropped and
 * made again for writing.  Files are written one at a time, but workers are fastest
 * without waiting for each other; so they make a window of files, as many as fit in the
 * memory that is free, and a request for a file outside the window starts the next.
 * Memory use is bounded by BUDGET, what all decoders may use (base/budget.h), and the
 * result of one file per worker.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/workers.h"
#include "copy/encode.h"
#include "copy/transcoder.h"
#include "module/elfcheck.h"

#define BUDGET ((size_t)128 << 20)

#define CHANGED "it changed during this run; try again"

struct item {
	const char *path;
	uint64_t planned; /* bytes in SOURCE */
	bool module;
	bool made; /* data, is and err are valid */
	struct strbuf data;
	struct transcoded is; /* dropping a result only resets is.data */
	const char *err;
};

struct transcoder {
	const struct rootfs *source;
	enum codec codec;
	uint64_t max;
	struct item *items;
	size_t n, capacity;
	size_t first;	    /* first item of the window */
	atomic_size_t held; /* bytes of results in memory */
	bool checking;	    /* make every item, even if it cannot be kept */
	bool keep;	    /* every result fits: keep them all */
};

struct worker {
	const struct transcoder *transcoder;
	struct budget_share share; /* of the decoder and plain */
	struct decoder *decoder;
	struct encoder *encoder;
	struct strbuf plain;
	struct elf_scratch scratch;
	struct item *item; /* being made */
};

struct transcoder *transcoder_new(const struct rootfs *source, enum codec codec,
				  uint64_t max)
{
	struct transcoder *t = xcalloc(1, sizeof(*t));

	t->source = source;
	t->codec = codec;
	t->max = max ? max : DECODED_MAX;
	return t;
}

void transcoder_free(struct transcoder *t)
{
	for (size_t i = 0; t && i < t->n; i++)
		strbuf_free(&t->items[i].data);
	free(t ? t->items : NULL);
	free(t);
}

size_t transcoder_add(struct transcoder *t, const char *path, uint64_t size, bool module)
{
	t->items = grow(t->items, t->n, &t->capacity, sizeof(*t->items));
	t->items[t->n] = (struct item){ .path = path, .planned = size, .module = module };
	return t->n++;
}

static void *begin(void *context)
{
	const struct transcoder *t = context;
	struct worker *w = xcalloc(1, sizeof(*w));

	w->transcoder = t;
	w->decoder = decoder_new(t->max, &w->share);
	w->plain.share = &w->share;
	w->encoder = encoder_new(t->codec);
	return w;
}

static void end(void *worker)
{
	struct worker *w = worker;

	elf_scratch_free(&w->scratch);
	strbuf_free(&w->plain);
	encoder_free(w->encoder);
	decoder_free(w->decoder);
	free(w);
}

static int fail(struct item *item, const char *err)
{
	item->err = err;
	return -1;
}

/*
 * Open SOURCE's file, and check that it did not change since planning or the last open.
 */
static int open_item(const struct transcoder *t, struct item *item)
{
	/* O_NONBLOCK: do not block on a FIFO without a writer. */
	int fd = rootfs_openat(t->source, item->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		fail(item, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		fail(item, "not a regular file");
	else if (item->planned != SIZE_UNKNOWN && (uint64_t)st.st_size != item->planned)
		fail(item, CHANGED);
	else if (item->is.st.st_mode &&
		 (st.st_mtim.tv_sec != item->is.st.st_mtim.tv_sec ||
		  st.st_mtim.tv_nsec != item->is.st.st_mtim.tv_nsec))
		fail(item, CHANGED);
	else {
		item->is.st = st;
		item->planned = (uint64_t)st.st_size;
		return fd;
	}
	close_fd(&fd);
	return -1;
}

/* Read the decoded file into the worker's buffer. */
static int read_plain(struct worker *w, int fd, enum codec codec)
{
	struct item *item = w->item;

	if (codec != CODEC_NONE)
		return decoder_decode(w->decoder, codec, fd, item->planned, &w->plain,
				      &item->err);
	if (item->planned > w->transcoder->max)
		return fail(item, "larger than --max-module-size allows");
	if (strbuf_reserve(&w->plain, item->planned, &item->err) < 0)
		return -1;
	w->plain.size = (size_t)item->planned;
	return read_at(fd, w->plain.data, w->plain.size, 0, &item->err);
}

static int append(void *context, const void *data, size_t size)
{
	struct item *item = context;

	if (strbuf_reserve(&item->data, item->is.size + size, &item->err) < 0)
		return -1;
	memcpy(item->data.data + item->is.size, data, size);
	item->is.size += size;
	return 0;
}

static int encode(struct worker *w)
{
	struct item *item = w->item;

	item->is.size = 0;
	/* Ensure a non-NULL pointer even for empty output. */
	if (strbuf_reserve(&item->data, 1, &item->err) < 0)
		return -1;
	if (encoder_begin(w->encoder, w->plain.size, append, item) < 0 ||
	    encoder_write(w->encoder, w->plain.data, w->plain.size) < 0 ||
	    encoder_end(w->encoder) < 0)
		return item->err ? -1 : fail(item, "it cannot be compressed");
	item->is.data = item->data.data;
	item->is.changed = true;
	return 0;
}

static int make_open(struct worker *w, int fd)
{
	struct item *item = w->item;
	unsigned char magic[CODEC_MAGIC];
	size_t size = item->planned < sizeof(magic) ? item->planned : sizeof(magic);
	struct elf_source source = { .fd = -1 };
	struct elf_layout layout;
	enum codec codec;

	if (read_at(fd, magic, size, 0, &item->err) < 0)
		return -1;
	codec = codec_of(magic, size);
	if (codec == CODEC_NONE && w->transcoder->codec == CODEC_NONE) {
		item->is.size = item->planned;
		return 0;
	}
	if (read_plain(w, fd, codec) < 0)
		return -1;
	source.memory = (const unsigned char *)w->plain.data;
	source.size = w->plain.size;
	if (item->module && elf_check(&source, &w->scratch, &layout, &item->err) < 0)
		return -1;
	return encode(w);
}

static void drop(struct item *item)
{
	strbuf_free(&item->data);
	item->is.data = NULL;
	item->made = false;
}

static void make(void *worker, size_t i, void *context)
{
	struct transcoder *t = context;
	struct worker *w = worker;
	struct item *item = &t->items[t->first + i];
	CLEANUP_FD int fd = -1;
	int result;

	if (item->made || interrupted())
		return;
	/* Over budget: leave it for the next window. */
	if (!t->checking && i > 0 && atomic_load(&t->held) >= BUDGET)
		return;
	w->item = item;
	item->err = NULL;
	item->made = true;
	fd = open_item(t, item);
	result = fd < 0 ? -1 : make_open(w, fd);
	strbuf_trim(&w->plain);
	decoder_trim(w->decoder);
	budget_settle(&w->share);
	if (result < 0 || !item->is.data)
		return;
	if (t->checking && atomic_load(&t->held) >= BUDGET)
		drop(item);
	else
		atomic_fetch_add(&t->held, item->is.size);
}

/* Make the items from first on, as far as the budget allows. */
static void make_window(struct transcoder *t, size_t first)
{
	const struct work work = { t->n - first, begin, make, end, t };

	t->first = first;
	workers_run(&work);
}

static int report(const struct transcoder *t, const struct item *item)
{
	CLEANUP_FREE char *label = rootfs_show(t->source, item->path);

	error(STATUS_IO, "%s: %s", label, item->err);
	return -1;
}

int transcoder_check(struct transcoder *t)
{
	int result = 0;

	t->checking = t->keep = true;
	make_window(t, 0);
	t->checking = false;
	if (interrupted())
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		if (t->items[i].err)
			result = report(t, &t->items[i]);
		if (!t->items[i].made)
			t->keep = false;
	}
	return result;
}

const struct transcoded *transcoder_found(const struct transcoder *t, size_t number)
{
	return &t->items[number].is;
}

bool transcoder_changes(const struct transcoder *t, const struct stat *st)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->items[i].is.changed && t->items[i].is.st.st_ino == st->st_ino &&
		    t->items[i].is.st.st_dev == st->st_dev)
			return true;
	return false;
}

int transcoder_get(struct transcoder *t, size_t number, struct transcoded *transcoded)
{
	struct item *item = &t->items[number];

	if (!item->made)
		make_window(t, number);
	if (!item->made)
		return -1; /* interrupted by a signal */
	if (item->err)
		return report(t, item);
	*transcoded = item->is;
	return 0;
}

void transcoder_release(struct transcoder *t, size_t number)
{
	struct item *item = &t->items[number];

	if (t->keep || !item->made)
		return;
	if (item->is.data)
		atomic_fetch_sub(&t->held, item->is.size);
	drop(item);
}

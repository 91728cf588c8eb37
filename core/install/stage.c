// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules as they will be installed, in a private root:
 *
 *	FILE ──► decompress ──► strip ──► sign ──► compress ──► x.ko.xz
 *
 * That is TMPDIR/.../lib/modules/V/updates/x.ko.xz. The proof is about these, and these
 * are copied: whatever happens to FILE meanwhile. Without a proof, modules that are
 * installed already need no root: their new files are made beside them (stage_each()).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/path.h"
#include "base/workers.h"
#include "config.h"
#include "copy/encode.h"
#include "fs/copy.h"
#include "install/stage.h"
#include "module/elfcheck.h"
#include "module/packing.h"
#include "program.h"

enum { SIGNATURE_ROOM = 1 << 20 }; /* bytes: more than any certificate's names take */

struct stage_job {
	const struct stage *stage; /* NULL: put() takes them */
	struct candidates *candidates;
	const struct preparation *preparation;
	int top; /* the module directory, open */
	int (*put)(void *context, size_t i, const void *data, size_t size);
	void *context;
	atomic_bool failed;
};

/* A thread's buffers and coders. */
struct bench {
	struct budget_share share;
	struct decoder *decoder;
	struct encoder *encoder;
	struct strbuf in, out; /* the module before a step, and after it */
	const struct candidate *candidate;
	enum codec was;
	const char *err;
};

static void *bench_new(void *context)
{
	const struct stage_job *job = context;
	struct bench *b = xcalloc(1, sizeof(*b));

	b->decoder = decoder_new(job->preparation->max, &b->share);
	b->in.share = &b->share;
	return b;
}

static void bench_free(void *worker)
{
	struct bench *b = worker;

	strbuf_free(&b->in);
	strbuf_free(&b->out);
	decoder_free(b->decoder);
	if (b->encoder)
		encoder_free(b->encoder);
	free(b);
}

static int fail(const struct bench *b)
{
	error(STATUS_IO, "%s: %s", b->candidate->label, b->err);
	return -1;
}

/* Read the file, decompressed unless it stays as it is. */
static int read_module(struct bench *b, int fd, bool decode, uint64_t max)
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

/* Check that what was read is a whole module. */
static int check_module(struct bench *b)
{
	const struct elf_source source = { .memory = (const unsigned char *)b->in.data,
					   .size = b->in.size };
	struct elf_scratch unused = { 0 }; /* it is in memory */
	struct elf_layout layout;

	return elf_check(&source, &unused, &layout, &b->err);
}

/* Make memory from malloc() the module. */
static int take(struct bench *b, void *data, size_t size)
{
	int result = strbuf_reserve(&b->in, size, &b->err);

	if (result == 0) {
		memcpy(b->in.data, data, size);
		b->in.size = size;
	}
	free(data);
	return result < 0 ? fail(b) : 0;
}

static int strip(struct bench *b, const struct preparation *p, struct candidate *item)
{
	bool unsigned_now;
	size_t size;
	void *out;

	if (!ENABLED(FEATURE_STRIP) || !p->strip || p->strip_program)
		return 0;
	if (module_strip(b->in.data, b->in.size, p->level, &out, &size, &unsigned_now,
			 &b->err) < 0)
		return fail(b);
	item->unsigned_now = unsigned_now;
	return take(b, out, size);
}

static int sign(struct bench *b, const struct preparation *p)
{
	if (!ENABLED(FEATURE_SIGN) || !p->signer)
		return 0;
	b->in.size = signature_content(b->in.data, b->in.size);
	/* The share pays for what is reserved, not for what is added. */
	if (strbuf_reserve(&b->in, b->in.size + SIGNATURE_ROOM, &b->err) < 0)
		return fail(b);
	return signer_sign(p->signer, b->in.data, b->in.size, &b->in);
}

/* -- writing ------------------------------------------------------------------------ */

static int add_output(void *context, const void *data, size_t size)
{
	struct bench *b = context;

	strbuf_add(&b->out, data, size);
	return 0;
}

static int compress(struct bench *b, const struct preparation *p)
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

static int cannot_write(const struct stage_job *job)
{
	return tempdir_failed(job->stage->dir.parent);
}

static int write_file(const struct stage_job *job, const char *path, const void *data,
		      size_t size)
{
	CLEANUP_FREE char *changeable = xstrdup(path);
	int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
	CLEANUP_FD int fd = -1;

	if (tempdir_parents(job->top, changeable) < 0)
		return cannot_write(job);
	fd = openat(job->top, path, flags, 0644);
	return fd < 0 || copy_bytes(fd, data, size) < 0 ? cannot_write(job) : 0;
}

static int run_programs(const struct stage_job *job, const char *file, const char *label)
{
	const struct preparation *p = job->preparation;
	const char *strip[] = { p->strip_program,
				p->level == STRIP_DEBUG ? "--strip-debug" :
							  "--strip-unneeded",
				file, NULL };
	const char *sign[] = { p->sign_program, p->sign_hash, p->sign_key,
			       p->sign_cert,	file,	      NULL };

	if (p->strip && p->strip_program && run_program(strip, label) < 0)
		return -1;
	return p->sign_program ? run_program(sign, label) : 0;
}

/* Programs change a file that is not compressed; read it back then. */
static int use_programs(struct bench *b, const struct stage_job *job,
			struct candidate *item)
{
	const struct preparation *p = job->preparation;
	CLEANUP_FREE char *file = NULL;
	CLEANUP_FD int fd = -1;
	const char *place;
	size_t content;
	int result;

	if (!(p->strip && p->strip_program) && !p->sign_program)
		return 0;
	content = signature_content(b->in.data, b->in.size);
	item->unsigned_now |= p->strip_program && content < b->in.size;
	b->in.size = content;
	file = xasprintf("%s/%s/%s.tmp", job->stage->dir.path, job->stage->top,
			 item->place);
	place = file + strlen(job->stage->dir.path) + strlen(job->stage->top) + 2;
	if (write_file(job, place, b->in.data, b->in.size) < 0 ||
	    run_programs(job, file, item->label) < 0)
		return -1;
	fd = openat(job->top, place, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return cannot_write(job);
	result = read_module(b, fd, false, p->max);
	unlinkat(job->top, place, 0);
	return result < 0 ? fail(b) : 0;
}

/* Read back what was written, and verify its signature. */
static int verify(struct bench *b, const struct stage_job *job,
		  const struct candidate *item)
{
	const struct preparation *p = job->preparation;
	struct signature signature;
	struct arena arena = { 0 };
	CLEANUP_FD int fd = -1;
	int result;

	if (!ENABLED(FEATURE_SIGN) || !p->signer)
		return 0;
	fd = stage_open(job->stage, item);
	result = fd < 0 ? cannot_write(job) : read_module(b, fd, true, p->max);
	if (result == 0) {
		struct signature_verifier *verifier =
			signature_verifier_new(signer_cert(p->signer), 1);

		signature_read(b->in.data, b->in.size, &arena, &signature);
		signature_verify(verifier, &signature);
		signature_verifier_free(verifier);
		if (signature.state != SIGNATURE_GOOD) {
			b->err = "its new signature does not verify";
			result = fail(b);
		}
	} else if (fd >= 0) {
		fail(b);
	}
	arena_free(&arena);
	return result;
}

/*
 * Whether a file can stay as it is, compressed or not: nothing changes it, and every
 * loader reads it. Sets b->was.
 */
static bool stays(struct bench *b, const struct preparation *p, int fd)
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

/* Whether it has its name already. */
static bool is_in_place(const struct candidate *item)
{
	CLEANUP_FREE char *path = candidate_path(item);

	return item->root && !item->linked &&
	       strcmp(path_base(path), path_base(item->from)) == 0;
}

static int change(struct bench *b, struct stage_job *job, struct candidate *item, int fd)
{
	const struct preparation *p = job->preparation;

	if (read_module(b, fd, true, p->max) < 0 || check_module(b) < 0)
		return fail(b);
	if (strip(b, p, item) < 0 || use_programs(b, job, item) < 0 || sign(b, p) < 0)
		return -1;
	item->codec = p->encodes ? p->codec : CODEC_NONE;
	return item->codec == CODEC_NONE ? 0 : compress(b, p);
}

static int put_staged(struct bench *b, struct stage_job *job,
		      const struct candidate *item, const struct strbuf *result)
{
	CLEANUP_FREE char *path = candidate_path(item);

	if (write_file(job, path, result->data, result->size) < 0)
		return -1;
	return verify(b, job, item);
}

static int stage_one(struct bench *b, struct stage_job *job, size_t i)
{
	struct candidate *item = &job->candidates->items[i];
	CLEANUP_FD int fd = candidate_open(item);
	const struct strbuf *result = &b->in;

	b->candidate = item;
	if (fd < 0) {
		error(STATUS_IO, "cannot read %s: %m", item->label);
		return -1;
	}
	if (stays(b, job->preparation, fd)) {
		item->codec = b->was;
		item->unchanged = is_in_place(item);
		if (item->unchanged && !job->stage)
			return 0;
		if (read_module(b, fd, false, job->preparation->max) < 0)
			return fail(b);
	} else if (change(b, job, item, fd) < 0) {
		return -1;
	} else if (item->codec != CODEC_NONE) {
		result = &b->out;
	}
	return job->stage ? put_staged(b, job, item, result) :
			    job->put(job->context, i, result->data, result->size);
}

static void stage_item(void *worker, size_t i, void *context)
{
	struct stage_job *job = context;
	struct bench *b = worker;

	if (atomic_load(&job->failed))
		return;
	if (interrupted() || stage_one(b, job, i) < 0)
		atomic_store(&job->failed, true);
	decoder_trim(b->decoder);
	budget_settle(&b->share);
}

static void say_uncompressed(const struct candidates *c, const struct preparation *p)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += !p->encodes && c->items[i].codec == CODEC_NONE;
	if (n)
		notice("%zu module%s not compressed, as the kernel's are: this modbox was "
		       "built without %s",
		       n, n == 1 ? " is" : "s are", encoder_missing(p->codec));
}

/* Make the root's module directory. */
static int make_root(struct stage *stage, const char *version)
{
	CLEANUP_FREE char *path = NULL;

	if (tempdir_make(&stage->dir) < 0)
		return -1;
	stage->top = path_join("lib/modules", version);
	path = path_join(stage->top, "x");
	return tempdir_parents(stage->dir.lock, path) < 0 ?
		       tempdir_failed(stage->dir.parent) :
		       0;
}

static int make_all(struct stage_job *job)
{
	size_t n = job->candidates->n;
	const struct work work = { n,	       bench_new, stage_item,
				   bench_free, job,	  .small = n < 2 };

	message_only_first(true);
	workers_run(&work);
	message_only_first(false);
	if (job->failed)
		return -1;
	say_uncompressed(job->candidates, job->preparation);
	return 0;
}

int stage_modules(struct stage *stage, struct candidates *candidates, const char *version,
		  const struct preparation *preparation)
{
	struct stage_job job = { .stage = stage,
				 .candidates = candidates,
				 .preparation = preparation,
				 .top = -1 };
	int result;

	if (make_root(stage, version) < 0)
		return -1;
	job.top = openat(stage->dir.lock, stage->top,
			 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (job.top < 0)
		return cannot_write(&job);
	result = make_all(&job);
	close_fd(&job.top);
	return result;
}

bool stage_is_needed(const struct preparation *p)
{
	return (p->strip && p->strip_program) || p->sign_program || p->signer;
}

int stage_each(struct candidates *candidates, const struct preparation *preparation,
	       int (*put)(void *context, size_t i, const void *data, size_t size),
	       void *context)
{
	struct stage_job job = { .candidates = candidates,
				 .preparation = preparation,
				 .top = -1,
				 .put = put,
				 .context = context };

	return make_all(&job);
}

int stage_open(const struct stage *stage, const struct candidate *item)
{
	CLEANUP_FREE char *name = candidate_path(item);
	CLEANUP_FREE char *path = path_join(stage->top, name);

	return openat(stage->dir.lock, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

void stage_free(struct stage *stage)
{
	if (stage->dir.path)
		tempdir_remove(&stage->dir);
	free(stage->top);
	*stage = (struct stage){ 0 };
}

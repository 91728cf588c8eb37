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
#include "program.h"
#include "workbench.h"

struct stage_job {
	const struct stage *stage; /* NULL: put() takes them */
	struct candidates *candidates;
	const struct preparation *preparation;
	int top; /* the module directory, open */
	int (*put)(void *context, size_t i, const void *data, size_t size);
	void *context;
	atomic_bool failed;
};

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
static int use_programs(struct workbench *b, const struct stage_job *job,
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
	result = workbench_read(b, fd, false, p->max);
	unlinkat(job->top, place, 0);
	return result < 0 ? workbench_fail(b) : 0;
}

/* Read back what was written, and verify its signature. */
static int verify(struct workbench *b, const struct stage_job *job,
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
	result = fd < 0 ? cannot_write(job) : workbench_read(b, fd, true, p->max);
	if (result == 0) {
		struct signature_verifier *verifier =
			signature_verifier_new(signer_cert(p->signer), 1);

		signature_read(b->in.data, b->in.size, &arena, &signature);
		signature_verify(verifier, &signature);
		signature_verifier_free(verifier);
		if (signature.state != SIGNATURE_GOOD) {
			b->err = "its new signature does not verify";
			result = workbench_fail(b);
		}
	} else if (fd >= 0) {
		workbench_fail(b);
	}
	arena_free(&arena);
	return result;
}

/* Whether it has its name already. */
static bool is_in_place(const struct candidate *item)
{
	CLEANUP_FREE char *path = candidate_path(item);

	return item->root && !item->linked &&
	       strcmp(path_base(path), path_base(item->from)) == 0;
}

static int change(struct workbench *b, struct stage_job *job, struct candidate *item,
		  int fd)
{
	const struct preparation *p = job->preparation;

	if (workbench_read(b, fd, true, p->max) < 0 || workbench_check(b) < 0)
		return workbench_fail(b);
	if (workbench_strip(b, p, item) < 0 || use_programs(b, job, item) < 0 ||
	    workbench_sign(b, p) < 0)
		return -1;
	item->codec = p->encodes ? p->codec : CODEC_NONE;
	return item->codec == CODEC_NONE ? 0 : workbench_compress(b, p);
}

static int put_staged(struct workbench *b, struct stage_job *job,
		      const struct candidate *item, const struct strbuf *result)
{
	CLEANUP_FREE char *path = candidate_path(item);

	if (write_file(job, path, result->data, result->size) < 0)
		return -1;
	return verify(b, job, item);
}

static int stage_one(struct workbench *b, struct stage_job *job, size_t i)
{
	struct candidate *item = &job->candidates->items[i];
	CLEANUP_FD int fd = candidate_open(item);
	const struct strbuf *result = &b->in;

	b->candidate = item;
	if (fd < 0) {
		error(STATUS_IO, "cannot read %s: %m", item->label);
		return -1;
	}
	if (workbench_leaves(b, job->preparation, fd)) {
		item->codec = b->was;
		item->unchanged = is_in_place(item);
		if (item->unchanged && !job->stage)
			return 0;
		if (workbench_read(b, fd, false, job->preparation->max) < 0)
			return workbench_fail(b);
	} else if (change(b, job, item, fd) < 0) {
		return -1;
	} else if (item->codec != CODEC_NONE) {
		result = &b->out;
	}
	return job->stage ? put_staged(b, job, item, result) :
			    job->put(job->context, i, result->data, result->size);
}

static void *begin_work(void *context)
{
	const struct stage_job *job = context;

	return workbench_new(job->preparation->max);
}

static void end_work(void *worker)
{
	workbench_free(worker);
}

static void stage_item(void *worker, size_t i, void *context)
{
	struct stage_job *job = context;
	struct workbench *b = worker;

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
	const struct work work = { n,	     begin_work, stage_item,
				   end_work, job,	 .small = n < 2 };

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

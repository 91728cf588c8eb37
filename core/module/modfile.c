// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading module files: decompression, a check of their structure, and their .modinfo
 * through libkmod, which sees an excerpt of each (excerpt.h).
 */
#include <errno.h>
#include <libkmod.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/budget.h"
#include "config.h"
#include "excerpt.h"
#include "module/decode.h"
#include "module/elfcheck.h"
#include "module/elfsymbols.h"
#include "module/modfacts.h"
#include "module/modfile.h"
#include "module/modinfo.h"
#include "module/packing.h"

struct modreader {
	struct budget_share share; /* of all buffers */
	struct decoder *decoder;
	struct strbuf decoded;
	struct elf_scratch scratch;
	struct excerpt excerpt;
	struct kmod_ctx *kmod; /* created when the first .modinfo is read */
};

static int fail(const char **err, const char *text)
{
	*err = text;
	return -1;
}

struct modreader *modreader_new(uint64_t max)
{
	struct modreader *reader = xcalloc(1, sizeof(*reader));

	reader->decoder = decoder_new(max, &reader->share);
	reader->decoded.share = &reader->share;
	reader->scratch.names.share = reader->scratch.symbols.share = &reader->share;
	reader->excerpt.fd = -1;
	return reader;
}

void modreader_free(struct modreader *reader)
{
	if (!reader)
		return;
	kmod_unref(reader->kmod);
	excerpt_close(&reader->excerpt);
	elf_scratch_free(&reader->scratch);
	strbuf_free(&reader->decoded);
	decoder_free(reader->decoder);
	free(reader);
}

static void log_nothing(void *data, int priority, const char *file, int line,
			const char *fn, const char *format, va_list args)
{
	(void)data, (void)priority, (void)file, (void)line, (void)fn, (void)format,
		(void)args;
}

/* Create a libkmod context without module directory and configuration. */
static int kmod_open(struct modreader *reader, const char **err)
{
	const char *none = NULL;

	if (reader->kmod)
		return 0;
	if (excerpt_open(&reader->excerpt, err) < 0)
		return -1;
	reader->kmod = kmod_new("/dev/null", &none);
	if (!reader->kmod) {
		excerpt_close(&reader->excerpt);
		return fail(err, read_failure(ENOMEM));
	}
	kmod_set_log_fn(reader->kmod, log_nothing, NULL);
	return 0;
}

/* Copy libkmod's list into the arena: the array and all strings in one allocation. */
static void copy_fields(const struct kmod_list *list, struct arena *arena,
			struct modinfo *info)
{
	const struct kmod_list *l;
	size_t n = 0, bytes = 0;
	char *strings;

	kmod_list_foreach(l, list) {
		n++;
		bytes += strlen(kmod_module_info_get_key(l)) + 1;
		bytes += strlen(kmod_module_info_get_value(l)) + 1;
	}
	if (n == 0)
		return;
	info->fields = arena_alloc(arena, n * sizeof(*info->fields) + bytes);
	strings = (char *)(info->fields + n);
	kmod_list_foreach(l, list) {
		struct modinfo_field *field = &info->fields[info->n++];

		field->key = strings;
		strings = stpcpy(strings, kmod_module_info_get_key(l)) + 1;
		field->value = strings;
		strings = stpcpy(strings, kmod_module_info_get_value(l)) + 1;
	}
}

static int read_fields(struct modreader *reader, struct arena *arena,
		       struct modinfo *info, const char **err)
{
	struct kmod_list *list = NULL;
	struct kmod_module *module;
	int ret;

	ret = kmod_module_new_from_path(reader->kmod, reader->excerpt.path, &module);
	if (ret >= 0) {
		ret = kmod_module_get_info(module, &list);
		kmod_module_unref(module);
	}
	if (ret == -EINVAL || ret == -ENOEXEC || ret == -ENODATA)
		return fail(err, "libkmod cannot read .modinfo");
	if (ret < 0)
		return fail(err, read_failure(-ret));
	copy_fields(list, arena, info);
	kmod_module_info_free_list(list);
	return 0;
}

/* Determine fd's size and codec. */
static int identify(int fd, struct elf_source *source, enum codec *codec,
		    const char **err)
{
	unsigned char magic[CODEC_MAGIC];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(err, read_failure(errno));
	if (!S_ISREG(st.st_mode))
		return fail(err, "not a regular file");
	if (st.st_size < (off_t)sizeof(magic))
		return fail(err, st.st_size == 0 ? "empty" :
						   "too short to be a kernel module");
	if (read_at(fd, magic, sizeof(magic), 0, err) < 0)
		return -1;
	*codec = codec_of(magic, sizeof(magic));
	*source = (struct elf_source){ .fd = fd, .size = (uint64_t)st.st_size };
	return 0;
}

/* Decode a compressed module; source then refers to the decoded bytes. */
static int decode(struct modreader *reader, enum codec codec, struct elf_source *source,
		  const char **err)
{
	if (codec == CODEC_NONE)
		return 0;
	if (decoder_decode(reader->decoder, codec, source->fd, source->size,
			   &reader->decoded, err) < 0)
		return -1;
	source->memory = (const unsigned char *)reader->decoded.data;
	source->size = reader->decoded.size;
	return 0;
}

/* Read a module that is not compressed into memory, as if it were decoded. */
static int load(struct modreader *reader, struct elf_source *source, const char **err)
{
	if (source->memory)
		return 0;
	if (strbuf_reserve(&reader->decoded, source->size, err) < 0 ||
	    read_at(source->fd, reader->decoded.data, source->size, 0, err) < 0)
		return -1;
	source->memory = (const unsigned char *)reader->decoded.data;
	return 0;
}

/*
 * Open a module: source then refers to its bytes (in memory, if whole), layout to their
 * structure.
 */
static int open_module(struct modreader *reader, int fd, bool whole,
		       struct elf_source *source, struct elf_layout *layout,
		       const char **err)
{
	enum codec codec;

	if (identify(fd, source, &codec, err) < 0 ||
	    decode(reader, codec, source, err) < 0 ||
	    (ENABLED(FEATURE_PROOF) && whole && load(reader, source, err) < 0))
		return -1;
	return elf_check(source, &reader->scratch, layout, err);
}

/* split: without libkmod; key: only the fields with it, or NULL. */
static int read_modinfo(struct modreader *reader, const struct elf_source *source,
			struct elf_layout *layout, struct arena *arena,
			struct modinfo *info, bool split, const char *key,
			const char **err)
{
	info->decoded = source->size;
	info->memory = layout->memory;
	if (ENABLED(MODLIST_LINT))
		info->debug = layout->debug;
	/* A module without .modinfo is valid: it has no fields. */
	if (layout->modinfo.size == 0)
		return 0;
	if (!layout->modinfo.data) {
		struct strbuf *buffer = &reader->decoded;

		if (strbuf_reserve(buffer, layout->modinfo.size, err) < 0 ||
		    read_at(source->fd, buffer->data, layout->modinfo.size,
			    layout->modinfo.offset, err) < 0)
			return -1;
		layout->modinfo.data = (const unsigned char *)buffer->data;
	}
	if (split) {
		modinfo_split(info, arena, layout->modinfo.data, layout->modinfo.size,
			      key);
		return 0;
	}
	if (kmod_open(reader, err) < 0 ||
	    excerpt_fill(&reader->excerpt, layout, source->size, err) < 0)
		return -1;
	return read_fields(reader, arena, info, err);
}

/* symbols: NULL if not wanted. key: of the fields to read, without libkmod; or NULL. */
static int read_module(struct modreader *reader, int fd, struct arena *arena,
		       struct modinfo *info, struct modsymbols *symbols, const char *key,
		       const char **err)
{
	bool split = (ENABLED(FEATURE_STALE_INDEXES) && key) || (WITH_SYMBOLS && symbols);
	struct elf_source source;
	struct elf_layout layout;

	*info = (struct modinfo){ 0 };
	if (open_module(reader, fd, false, &source, &layout, err) < 0)
		return -1;
	if (WITH_SYMBOLS && symbols &&
	    elf_symbols(&source, &reader->scratch, &layout, arena, symbols, err) < 0)
		return -1;
	return read_modinfo(reader, &source, &layout, arena, info, split, key, err);
}

/* Free what the next file most likely does not need. */
static void end_file(struct modreader *reader)
{
	strbuf_trim(&reader->decoded);
	if (!ENABLED(FEATURE_THREADS))
		return;
	elf_scratch_trim(&reader->scratch);
	decoder_trim(reader->decoder);
	budget_settle(&reader->share);
}

int modreader_modinfo(struct modreader *reader, int fd, struct arena *arena,
		      struct modinfo *info, const char **err)
{
	return modreader_symbols(reader, fd, arena, info, NULL, err);
}

int modreader_symbols(struct modreader *reader, int fd, struct arena *arena,
		      struct modinfo *info, struct modsymbols *symbols, const char **err)
{
	int result = read_module(reader, fd, arena, info, symbols, NULL, err);

	strbuf_trim(&reader->decoded);
	return result;
}

int modreader_depends(struct modreader *reader, int fd, struct arena *arena,
		      struct modinfo *info, const char **err)
{
	int result = read_module(reader, fd, arena, info, NULL, "depends", err);

	end_file(reader);
	return result;
}

static struct packing read_packing(int fd)
{
	unsigned char head[PACKING_HEAD];
	ssize_t n = pread(fd, head, sizeof(head), 0);

	return packing_read(head, n > 0 ? (size_t)n : 0);
}

int modreader_facts(struct modreader *reader, int fd, struct arena *arena,
		    struct modinfo *info, struct module_facts *facts, const char **err)
{
	struct signature signature = { 0 };
	struct elf_source source = { 0 };
	struct elf_layout layout;
	int result = -1;

	if (!ENABLED(FEATURE_PROOF))
		return -1; /* so that the compiler can inline what it calls */
	if (info)
		*info = (struct modinfo){ 0 };
	if (open_module(reader, fd, true, &source, &layout, err) < 0) {
		*facts = (struct module_facts){ .err = *err };
	} else {
		module_facts_read(facts, &source, &layout, arena);
		*err = facts->err;
		result = facts->err ? -1 : 0;
		if (info)
			result = read_modinfo(reader, &source, &layout, arena, info,
					      false, NULL, err);
	}
	/* The kernel looks at the signature first, whatever it signs. */
	if (ENABLED(FEATURE_SIGNATURE) && source.memory)
		signature_read(source.memory, (size_t)source.size, arena, &signature);
	facts->signature = signature;
	facts->packing = read_packing(fd);
	facts->undecoded = facts->packing.codec != CODEC_NONE && !source.memory;
	facts->packing.several =
		facts->packing.codec != CODEC_NONE && !facts->undecoded &&
		decoder_was_several(reader->decoder, facts->packing.codec);
	end_file(reader);
	return result;
}

static int check(struct modreader *reader, int fd, bool decode_all, const char **err)
{
	struct elf_source source;
	struct elf_layout layout;
	enum codec codec;

	if (identify(fd, &source, &codec, err) < 0)
		return -1;
	if (codec != CODEC_NONE && !decode_all)
		return decoder_check(reader->decoder, codec, fd, source.size,
				     &reader->decoded, err);
	if (decode(reader, codec, &source, err) < 0)
		return -1;
	return elf_check(&source, &reader->scratch, &layout, err);
}

int modreader_check(struct modreader *reader, int fd, bool decode_all, const char **err)
{
	int result = check(reader, fd, decode_all, err);

	end_file(reader);
	return result;
}

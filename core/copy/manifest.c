// SPDX-License-Identifier: GPL-2.0-or-later
/* Write and parse manifests; manifest.h describes the format. */
#include <inttypes.h>
#include <sha2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "copy/manifest.h"
#include "copy/source.h"

#define TITLE "# modbox manifest "
#define VERSION "1"
#define KERNEL "# kernel\t"

struct writing {
	struct arena arena;
	struct string_list rows;
};

static char *escape(struct arena *arena, const char *s)
{
	char *text = arena_alloc(arena, 4 * strlen(s) + 1), *end = text;

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		/* A row that starts with '#' would be a comment. */
		if (c < ' ' || c == 0x7f || c == '\\' || (c == '#' && end == text))
			end += sprintf(end, "\\%03o", c);
		else
			*end++ = *s;
	}
	*end = '\0';
	return text;
}

static int hash(void *context, const void *data, uint64_t size)
{
	SHA256Update(context, data, size);
	return 0;
}

static const char *finish_hash(struct arena *arena, SHA2_CTX *sha)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char *text = arena_alloc(arena, 2 * sizeof(digest) + 1);

	SHA256Final(digest, sha);
	for (size_t i = 0; i < sizeof(digest); i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
	return text;
}

static int manifest_put(void *context, const struct source_file *c)
{
	struct writing *w = context;
	const struct file_entry *file = c->file;
	const char *sum;
	SHA2_CTX sha;

	if (file->kind == FILE_DIR)
		return 0;
	if (file->kind == FILE_LINK) {
		sum = arena_printf(&w->arena, "->%s", escape(&w->arena, file->data));
	} else {
		SHA256Init(&sha);
		if (source_read(c, hash, &sha) < 0)
			return -1;
		sum = finish_hash(&w->arena, &sha);
	}
	string_list_add(&w->rows,
			arena_printf(&w->arena, "%s\t%" PRIu64 "\t%s\t%s\n",
				     escape(&w->arena, file->path), c->size, sum,
				     escape(&w->arena,
					    file->reason ? file->reason : "")));
	return 0;
}

/* Files that two kernels share appear once. */
static bool same_path(const char *a, const char *b)
{
	size_t len = strcspn(a, "\t");

	return strncmp(a, b, len + 1) == 0;
}

static void join(struct strbuf *text, struct writing *w,
		 const struct string_list *kernels)
{
	struct string_list *rows = &w->rows;

	strbuf_add_text(text, TITLE VERSION "\n");
	for (size_t i = 0; i < kernels->n; i++) {
		strbuf_add_text(text, KERNEL);
		strbuf_add_text(text, escape(&w->arena, kernels->items[i]));
		strbuf_add_text(text, "\n");
	}
	strbuf_add_text(text, "# path\tsize\tsha256\twhy\n");
	string_list_sort(rows);
	for (size_t i = 0; i < rows->n; i++)
		if (i == 0 || !same_path(rows->items[i - 1], rows->items[i]))
			strbuf_add_text(text, rows->items[i]);
}

int manifest_write(struct strbuf *text, const struct filelist *list,
		   const struct rootfs *source, const struct string_list *kernels)
{
	struct writing w = { 0 };
	int result = filelist_each(list, ALL_KERNELS, source, manifest_put, &w);

	if (result == 0)
		join(text, &w, kernels);
	string_list_free(&w.rows);
	arena_free(&w.arena);
	return result;
}

/*
 * Returns false if a row does not have four fields or contains a character that is
 * always escaped.
 */
static bool take_row(struct manifest *m, char *line)
{
	struct manifest_row row;
	const char *p;

	for (p = line; *p; p++)
		if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
			return false;
	row.path = strsep(&line, "\t");
	row.size = strsep(&line, "\t");
	row.sha256 = strsep(&line, "\t");
	row.reason = line;
	if (!row.reason || !*row.path || strchr(row.reason, '\t'))
		return false;
	m->rows = grow(m->rows, m->n, &m->capacity, sizeof(*m->rows));
	m->rows[m->n++] = row;
	return true;
}

static bool manifest_take_line(struct manifest *m, char *line)
{
	if (strncmp(line, KERNEL, strlen(KERNEL)) == 0)
		string_list_add(&m->kernels, line + strlen(KERNEL));
	else if (*line != '#')
		return take_row(m, line);
	return true;
}

/* Check a text as a whole.  Returns the problem, or NULL. */
static const char *check_text(const char *text, size_t size)
{
	if (strncmp(text, TITLE, strlen(TITLE)) != 0)
		return "not a manifest written by rpi-modcopy --manifest";
	if (strncmp(text, TITLE VERSION "\n", strlen(TITLE VERSION "\n")) != 0)
		return "unsupported manifest version; make it again with this modbox";
	if (memchr(text, '\0', size) || text[size - 1] != '\n')
		return "truncated or damaged manifest; make it again";
	return NULL;
}

int manifest_parse(struct manifest *manifest, char *text, size_t size, const char *label)
{
	const char *wrong = check_text(text, size);
	char *rest = text, *line;
	size_t number = 1;

	*manifest = (struct manifest){ .text = text };
	if (wrong)
		error(STATUS_USAGE, "%s: %s", label, wrong);
	for (; !wrong && (line = strsep(&rest, "\n")) && rest; number++) {
		if (manifest_take_line(manifest, line))
			continue;
		wrong = "invalid row; expected path, size, sha256 and why, separated by tabs";
		error(STATUS_USAGE, "%s:%zu: %s", label, number, wrong);
	}
	return wrong ? -1 : 0;
}

void manifest_free(struct manifest *manifest)
{
	free(manifest->text);
	free(manifest->rows);
	string_list_free(&manifest->kernels);
	*manifest = (struct manifest){ 0 };
}

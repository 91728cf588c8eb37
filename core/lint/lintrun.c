// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modlist-lint: opening kernels, reading files, and running the checks in order.
 *
 * Checks of text come first: they find the name in each line.  closure_resolve() then
 * resolves all names against each kernel, as rpi-modcopy would, and the remaining checks
 * judge its plans.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "fs/rootfs.h"
#include "lint/lintchecks.h"
#include "lint/lintrun.h"
#include "plan/closure.h"
#include "plan/firmware.h"
#include "plan/selection.h"
#include "tree/lookup.h"
#include "tree/modopen.h"
#include "tree/overlay.h"

/* Split a text into the lines of a file. */
static void split(struct lint_file *file, const char *text, size_t size)
{
	struct list_lines lines;
	size_t capacity = 0;

	list_lines_begin(&lines, text, size);
	while (list_lines_next(&lines)) {
		file->lines = grow(file->lines, file->n, &capacity, sizeof(*file->lines));
		file->lines[file->n] = (struct lint_line){
			.file = file,
			.text = lines.line,
			.len = lines.len,
			.ended = lines.ended,
			.number = lines.number,
			.origin = file->n,
		};
		file->n++;
	}
	if (file->n)
		return;
	/* Give an empty file one empty line, so that a finding has a place. */
	file->lines = xcalloc(1, sizeof(*file->lines));
	file->lines[file->n++] =
		(struct lint_line){ .file = file, .text = text, .number = 1 };
}

static int open_kernels(struct lint *lint, const struct kernel_options *options)
{
	size_t n = kernel_options_count(options);

	lint->kernels = xcalloc(n, sizeof(*lint->kernels));
	for (; lint->n_kernels < n; lint->n_kernels++) {
		struct modtree *tree = &lint->kernels[lint->n_kernels];

		if (kernel_options_open(options, lint->n_kernels, &lint->source.root,
					tree) < 0) {
			modtree_close(tree);
			return -1;
		}
	}
	return 0;
}

/* Check whether SOURCE has firmware; a kernel package has none.  0, or -1 (reported). */
static int find_firmware(struct lint *lint)
{
	for (size_t i = 0; i < 2 && !lint->has_firmware; i++) {
		CLEANUP_FD int fd = rootfs_openat(&lint->source.root, firmware_bases[i],
						  O_PATH | O_DIRECTORY);

		lint->has_firmware = fd >= 0;
		if (fd < 0 &&
		    rootfs_unless_absent(&lint->source.root, firmware_bases[i]) < 0)
			return -1;
	}
	return 0;
}

int lint_open(struct lint *lint, const char *source, const struct kernel_options *options,
	      bool all)
{
	struct kernel_options chosen = *options;
	struct string_list versions = { 0 };
	int result = 0;

	if (kernel_options_source(options, NULL, source, &lint->source) < 0)
		return -1;
	lint->flags = kernel_options_flags(options) | CLOSURE_QUIET;
	if (lint->proof)
		lint->flags |= CLOSURE_FACTS;
	result = find_firmware(lint);
	if (result == 0)
		result = lint_find_leftovers(lint, options->module_dir);
	if (result == 0 && all) {
		result = modtree_versions(&versions, &lint->kept, &lint->source.root,
					  options->module_dir);
		lint_drop_leftovers(lint, &versions);
		chosen.versions = versions;
	}
	if (result == 0)
		result = open_kernels(lint, &chosen);
	if (result == 0 && !options->no_config)
		result = modconf_files(&lint->conf, &lint->source.root,
				       options->config_dirs.items,
				       options->config_dirs.n);
	string_list_free(&versions);
	return result;
}

/* Read one list.  Returns 0, or -1 on error (reported). */
static int read_list(struct lint_file *file)
{
	struct list_lines lines;
	size_t size;

	file->data = list_read(file->path, &size);
	if (!file->data)
		return -1;
	if (strcmp(file->path, "-") != 0 && stat(file->path, &file->st) < 0) {
		error(STATUS_IO, "cannot read the list %s: %m", file->path);
		return -1;
	}
	list_lines_begin(&lines, file->data, size);
	while (list_lines_next(&lines))
		if (list_check(&lines, file->path, "modules") < 0)
			return -1;
	split(file, file->data, size);
	return 0;
}

int lint_read(struct lint *lint, char *const *lists, size_t n)
{
	lint->n_lists = n;
	lint->n_files = n + lint->conf.n;
	lint->files = xcalloc(lint->n_files, sizeof(*lint->files));
	for (size_t i = 0; i < n; i++) {
		lint->files[i].path = lists[i];
		lint->files[i].name = list_shown(lists[i]);
		if (read_list(&lint->files[i]) < 0)
			return -1;
	}
	for (size_t i = 0; i < lint->conf.n; i++) {
		const struct conf_text *conf = &lint->conf.items[i];
		CLEANUP_FREE char *shown = rootfs_show(&lint->source.root, conf->name);

		lint->files[n + i].name = arena_strdup(&lint->kept, shown);
		split(&lint->files[n + i], conf->text, conf->size);
	}
	return 0;
}

/*
 * Parse "# modlist-lint: ignore RULE...".  Returns the set of rules in ignored plus those
 * of the comment.
 */
static uint64_t read_comment(struct lint *lint, struct lint_line *line, uint64_t ignored)
{
	static const char marker[] = "modlist-lint:", ignore[] = "ignore";
	const char *end = line->text + line->len, *p = memchr(line->text, '#', line->len);
	size_t words = 0, len;

	for (p++; p < end && (*p == ' ' || *p == '\t'); p++)
		;
	if ((size_t)(end - p) < sizeof(marker) - 1 ||
	    memcmp(p, marker, sizeof(marker) - 1) != 0)
		return ignored;
	for (p += sizeof(marker) - 1; p < end; p += len ? len : 1) {
		enum lint_rule_number rule;

		for (len = 0; p + len < end && !strchr(" \t\r,", p[len]);)
			len++;
		if (!len)
			continue;
		if (words++ == 0 && len == sizeof(ignore) - 1 &&
		    memcmp(p, ignore, len) == 0)
			continue;
		rule = lint_rule_find(p, len);
		if (rule < LINT_RULES)
			ignored |= UINT64_C(1) << rule;
		else
			lint_add(lint, line, (size_t)(p - line->text), LINT_BAD_IGNORE,
				 NULL, NULL, "unknown rule %.*s", (int)len, p);
	}
	if (words < 2)
		lint_add(lint, line, 0, LINT_BAD_IGNORE, NULL, NULL, "it names no rule");
	return ignored;
}

/* Reset the lines of a file.  Ignore comments apply up to the next non-comment line. */
static void prepare(struct lint *lint, struct lint_file *file)
{
	uint64_t ignored = 0;

	file->crlf = false;
	for (size_t i = 0; i < file->n; i++) {
		struct lint_line *line = &file->lines[i];
		size_t first = 0;

		line->findings = NULL;
		line->ignored = ignored;
		line->name = NULL;
		line->duplicate = false;
		while (first < line->len && strchr(" \t", line->text[first]))
			first++;
		if (first < line->len && line->text[first] == '#')
			ignored = read_comment(lint, line, ignored);
		else
			ignored = 0;
	}
}

static void reset(struct lint *lint)
{
	for (size_t i = 0; lint->asked && i < lint->wanted.n; i++)
		free(lint->asked[i].answers);
	free(lint->asked);
	lint->asked = NULL;
	lint->n_statements = 0;
	lint->n_hints = 0;
	request_list_free(&lint->wanted);
	arena_free(&lint->arena);
}

/* Make a request of each name in the lists. */
static void build_requests(struct lint *lint)
{
	size_t i, j, n = 0;

	for (i = 0; i < lint->n_lists; i++)
		n += lint->files[i].n;
	lint->asked = xcalloc(n, sizeof(*lint->asked));
	for (i = 0; i < lint->n_lists; i++) {
		for (j = 0; j < lint->files[i].n; j++) {
			struct lint_line *line = &lint->files[i].lines[j];
			CLEANUP_FREE char *place = NULL;

			if (!line->name)
				continue;
			place = lint_place(line);
			lint->asked[lint->wanted.n].line = line;
			request_add(&lint->wanted, line->name, place);
		}
	}
	for (i = 0; i < lint->wanted.n; i++) {
		lint->asked[i].request = &lint->wanted.items[i];
		lint->asked[i].answers =
			xcalloc(lint->n_kernels, sizeof(*lint->asked[i].answers));
	}
}

/* Look up the name of an exclusion, which the plan does not hold. */
static int look_up(struct lint_kernel_result *kernel, const struct lint_asked *asked,
		   struct lint_answer *answer)
{
	struct lookup found;

	if (selection_find(kernel->tree, asked->request, &found) < 0)
		return -1;
	answer->answer = found.answer;
	if (found.answer == ANSWER_BUILTIN)
		answer->builtin =
			arena_strdup(&kernel->lint->arena, lookup_builtin(&found));
	lookup_free(&found);
	return 0;
}

/* Record the kernel's answers, which outlive its plan.  Returns 0, or -1 (reported). */
static int note_answers(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	size_t i, n = 0;

	kernel->names = xcalloc(lint->wanted.n, sizeof(*kernel->names));
	for (i = 0; i < lint->wanted.n; i++) {
		struct lint_answer *answer = &lint->asked[i].answers[kernel->number];

		if (lint->asked[i].request->exclude) {
			if (look_up(kernel, &lint->asked[i], answer) < 0)
				return -1;
			continue;
		}
		kernel->names[i] = &kernel->plan.names[n++];
		answer->answer = kernel->names[i]->n_modules ? ANSWER_MODULES :
							       kernel->names[i]->answer;
		if (answer->answer == ANSWER_BUILTIN)
			answer->builtin =
				arena_strdup(&lint->arena, kernel->names[i]->builtins[0]);
	}
	return 0;
}

static int check_kernel(struct lint *lint, size_t number)
{
	struct lint_kernel_result kernel = { .lint = lint,
					     .tree = &lint->kernels[number],
					     .number = number };
	int result;

	/* A finding takes the place of the warning. */
	kernel.tree->outdated_warned = lint_wants(lint, LINT_STALE_INDEX);
	result = closure_resolve(&kernel.plan, kernel.tree, &lint->wanted, lint->flags);
	if (result == 0)
		result = note_answers(&kernel);
	if (result == 0) {
		lint_find_redundant(&kernel);
		lint_check_aliases(&kernel);
		result = lint_check_indexes(&kernel);
	}
	if (result == 0) {
		lint_check_modules(&kernel);
		result = lint_check_deps(&kernel);
	}
	if (result == 0 && ENABLED(FEATURE_PROOF) && lint->proof)
		result = lint_check_proof(&kernel);
	if (result == 0)
		result = lint_check_conf_kernel(&kernel);
	if (result == 0)
		result = lint_check_conf_known(&kernel);
	/* The next kernel takes as much. */
	if (lint->n_kernels > 1)
		modtree_forget(kernel.tree);
	free(kernel.pulled_by);
	free(kernel.names);
	plan_free(&kernel.plan);
	return result;
}

int lint_run(struct lint *lint)
{
	reset(lint);
	for (size_t i = 0; i < lint->n_files; i++)
		prepare(lint, &lint->files[i]);
	for (size_t i = 0; i < lint->n_lists; i++)
		lint_check_text(lint, &lint->files[i]);
	build_requests(lint);
	lint_check_leftovers(lint);
	lint_check_lists(lint);
	lint_read_conf(lint);
	lint_check_softdeps(lint);
	for (size_t i = 0; i < lint->n_kernels; i++)
		if (check_kernel(lint, i) < 0 ||
		    overlay_check(&lint->kernels[i], i + 1 == lint->n_kernels) < 0)
			return -1;
	lint_check_names(lint);
	lint_check_conf_names(lint);
	return 0;
}

void lint_close(struct lint *lint)
{
	reset(lint);
	for (size_t i = 0; i < lint->n_files; i++) {
		if (lint->files[i].old != lint->files[i].lines)
			free(lint->files[i].old);
		free(lint->files[i].lines);
		free(lint->files[i].data);
	}
	free(lint->files);
	for (size_t i = 0; i < lint->n_kernels; i++)
		modtree_close(&lint->kernels[i]);
	free(lint->kernels);
	string_list_free(&lint->leftovers);
	free(lint->statements);
	conf_files_free(&lint->conf);
	source_close(&lint->source);
	arena_free(&lint->kept);
}

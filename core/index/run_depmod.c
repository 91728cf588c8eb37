// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Have depmod(8) make the indexes in private, and install them together.
 *
 * Run in place, depmod writes next to the modules, leaves a truncated index under its
 * final name on a full disk, carries on without an index that it cannot create, skips
 * modules that it cannot read, and follows links out of the root.  So it gets a private
 * root instead (depmod_root.c); its output is checked, then copied.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "fs/fileset.h"
#include "index/depmod.h"
#include "index/indexwrite.h"
#include "index/run_depmod.h"
#include "module/names.h"

/* The files that depmod wrote.  Owns everything. */
struct written {
	struct arena arena;
	struct copy_part *parts;
	size_t n, capacity;
};

static int run_program(const char *program, const struct depmod_root *root)
{
	const struct installed *installed = root->target->installed;
	int *fds = xcalloc(installed->n_links + 2, sizeof(*fds));
	bool unread = false;
	struct depmod_call call = {
		.program = program,
		.base = root->path,
		.config = root->config,
		.version = root->target->version,
		.fds = fds,
		.n_fds = installed->n_links + 2,
		.replacements = root->replacements,
		.n_replacements = root->n_replacements,
		.label = root->target->label,
		.unread = &unread,
	};
	int result;

	fds[0] = root->target->module_dir;
	fds[1] = root->base.lock;
	for (size_t i = 0; i < installed->n_links; i++)
		fds[i + 2] = installed->links[i].fd;
	result = depmod_run(&call);
	free(fds);
	if (result == 0 && unread) {
		error(STATUS_IO,
		      "%s: depmod could not read a module: it is damaged, or not compressed "
		      "as its name says; no indexes were made",
		      root->target->label);
		return -1;
	}
	return result;
}

static int read_index(const struct depmod_root *root, const char *name, struct written *w)
{
	CLEANUP_FD int fd = openat(root->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct copy_part part = { .name = arena_strdup(&w->arena, name) };
	CLEANUP_FREE char *text = NULL;

	if (fd < 0 && errno == ELOOP)
		return 0; /* a link of the private root */
	if (fd >= 0)
		text = read_whole(fd, &part.size);
	if (!text) {
		error(STATUS_IO, "cannot read depmod's %s: %m", name);
		return -1;
	}
	part.data = arena_strndup(&w->arena, text, part.size);
	w->parts = grow(w->parts, w->n, &w->capacity, sizeof(*w->parts));
	w->parts[w->n++] = part;
	return 0;
}

static int read_indexes(const struct depmod_root *root, struct written *w)
{
	int fd = openat(root->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int result = 0;

	if (!dir) {
		error(STATUS_IO, "cannot read depmod's output: %m");
		close_fd(&fd);
		return -1;
	}
	while (result == 0 && (errno = 0, entry = readdir(dir)))
		if (strncmp(entry->d_name, "modules.", strlen("modules.")) == 0)
			result = read_index(root, entry->d_name, w);
	if (result == 0 && errno) {
		error(STATUS_IO, "cannot read depmod's output: %m");
		result = -1;
	}
	closedir(dir);
	return result;
}

static const struct copy_part *find_part(const struct written *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->parts[i].name, name) == 0)
			return &w->parts[i];
	return NULL;
}

/*
 * kmod's depmod exits with 0 even if it could not create a file. busybox's writes only
 * text indexes.
 */
static int check_complete(const struct written *w, const char *label)
{
	bool binary = find_part(w, "modules.alias.bin") ||
		      find_part(w, "modules.dep.bin");

	for (size_t i = 0; i < INDEXES && (binary || i == 0); i++) {
		if (!indexes[i].always || find_part(w, indexes[i].name))
			continue;
		error(STATUS_IO, "%s: depmod did not make %s: no indexes were made",
		      label, indexes[i].name);
		return -1;
	}
	return 0;
}

/* The module of a line of modules.dep. */
struct indexed {
	const char *name;
	const char *path;
};

static int compare_indexed(const void *a, const void *b)
{
	return strcmp(((const struct indexed *)a)->name,
		      ((const struct indexed *)b)->name);
}

/*
 * List the modules in dep, sorted by name.  Strings are in the arena; the caller frees
 * the array.
 */
static struct indexed *list_indexed(struct arena *arena, const struct copy_part *dep,
				    size_t *n)
{
	const char *line = dep->data, *end = line + dep->size;
	struct indexed *list = NULL;
	size_t capacity = 0;

	for (*n = 0; line < end; line += strcspn(line, "\n") + 1) {
		struct indexed module = {
			.path = arena_strndup(arena, line, strcspn(line, ":\n")),
		};

		module.name = module_name(arena, module.path);
		list = grow(list, *n, &capacity, sizeof(*list));
		list[(*n)++] = module;
	}
	if (*n > 0)
		qsort(list, *n, sizeof(*list), compare_indexed);
	return list;
}

/* The modules missing from modules.dep: the first, and the count. */
struct lacking {
	const struct installed_file *first;
	const struct indexed *instead; /* the module indexed under the first one's name */
	size_t n;
};

static void note_lacking(struct lacking *lacking, const struct installed_file *file,
			 const struct indexed *instead)
{
	if (lacking->n++ == 0) {
		lacking->first = file;
		lacking->instead = instead;
	}
}

static void report_lacking(const struct lacking *lacking, const char *label)
{
	const char *path = lacking->first->path, *base = path_base(path);
	CLEANUP_FREE char *more = lacking->n > 1 ?
					  xasprintf(" (and %zu more)", lacking->n - 1) :
					  xstrdup("");

	if (lacking->instead)
		error(STATUS_IO,
		      "%s/%s%s: depmod indexed %s instead, which has the same name; "
		      "remove one of them",
		      label, path, more, lacking->instead->path);
	else if (strcmp(base + module_stem(base), ".ko") == 0)
		error(STATUS_IO, "%s/%s%s: depmod left it out of modules.dep", label,
		      path, more);
	else
		error(STATUS_IO,
		      "%s/%s%s: depmod left it out of modules.dep: it probably cannot read "
		      "%s files; name another depmod with --depmod=PATH",
		      label, path, more, base + module_stem(base));
}

/* A planned module missing from modules.dep is an error; for others, warn. */
static int check_modules(struct written *w, const struct depmod_target *target)
{
	size_t n, i;
	CLEANUP_FREE struct indexed *list =
		list_indexed(&w->arena, find_part(w, "modules.dep"), &n);
	struct lacking planned = { 0 }, others = { 0 };

	for (i = 0; i < target->installed->n; i++) {
		const struct installed_file *file = &target->installed->files[i];
		struct indexed wanted, *found;

		if (file->superseded)
			continue;
		wanted.name = module_name(&w->arena, file->path);
		found = n ? bsearch(&wanted, list, n, sizeof(*list), compare_indexed) :
			    NULL;
		if (file->planned && (!found || strcmp(found->path, file->path) != 0))
			note_lacking(&planned, file, found);
		else if (!found)
			note_lacking(&others, file, NULL);
	}
	if (planned.n) {
		report_lacking(&planned, target->label);
		return -1;
	}
	if (others.n)
		warning("%s/%s: depmod left it out of modules.dep (%zu such modules, "
			"none of them copied now)",
			target->label, others.first->path, others.n);
	return 0;
}

/* Remove old indexes that depmod did not rewrite.  Returns 0, or -1 (reported). */
static int remove_stale(const struct written *w, const struct depmod_target *target)
{
	for (size_t i = 0; i < INDEXES; i++) {
		if (find_part(w, indexes[i].name) ||
		    unlinkat(target->module_dir, indexes[i].name, 0) == 0 ||
		    errno == ENOENT)
			continue;
		error(STATUS_IO, "cannot remove the outdated %s/%s: %m", target->label,
		      indexes[i].name);
		return -1;
	}
	return 0;
}

int run_depmod_check(const char *version)
{
	static const char digits[] = "0123456789";
	size_t n = strspn(version, digits);

	if (n == 0 || version[n] != '.' || !strspn(version + n + 1, digits)) {
		error(STATUS_IO,
		      "%s: depmod(8) requires a version that begins with two numbers; use "
		      "--depmod=builtin",
		      version);
		return -1;
	}
	return depmod_root_check();
}

int run_depmod(const char *depmod, const struct depmod_target *target)
{
	struct written w = { 0 };
	struct depmod_root root;
	int result = -1;

	if (depmod_root_make(&root, target) < 0)
		return -1;
	if (run_program(depmod, &root) == 0 && read_indexes(&root, &w) == 0 &&
	    check_complete(&w, target->label) == 0 && check_modules(&w, target) == 0)
		result = copy_set(w.parts, w.n, target->module_dir, target->label);
	if (result == 0)
		result = remove_stale(&w, target);
	depmod_root_remove(&root);
	free(w.parts);
	arena_free(&w.arena);
	return result;
}

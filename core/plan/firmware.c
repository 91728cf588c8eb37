// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The firmware that modules and the user request, and the file that the kernel would load
 * for each.
 *
 * The kernel searches /lib/firmware only. In a root, that directory may be in usr/lib,
 * with or without a link to it, or in both places; see firmware.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "base/path.h"
#include "module/names.h"
#include "plan/firmware.h"
#include "tree/modload.h"

const char *const firmware_bases[] = { "lib/firmware", "usr/lib/firmware" };
static const char WILDCARDS[] = "*?[";

/* An existing directory. */
struct place {
	const char *path; /* below the root */
	size_t base;	  /* index of its base in the list's bases */
};

/* The directories that one kernel searches, in its order. */
struct search {
	const struct rootfs *root;
	struct firmware_list *list;
	struct place *places;
	size_t n, capacity;
	bool failed; /* a directory or file could not be read; reported */
};

/*
 * Handle a failed access (errno): an error unless the path does not exist, because
 * firmware may be there.
 */
static void note_failure(struct search *search, const char *path)
{
	if (rootfs_unless_absent(search->root, path) < 0)
		search->failed = true;
}

static bool stat_directory_in(struct search *search, const struct rootfs *root,
			      const char *path, struct stat *st)
{
	CLEANUP_FD int fd = rootfs_openat(root, path, O_PATH | O_DIRECTORY);

	if (fd >= 0 && fstat(fd, st) == 0)
		return true;
	note_failure(search, path);
	return false;
}

static bool stat_directory(struct search *search, const char *path, struct stat *st)
{
	return stat_directory_in(search, search->root, path, st);
}

/* If firmware is not in SOURCE because of a link to its directory, say so. */
static void warn_of_lost(const struct search *search, const char *path, bool is_base)
{
	CLEANUP_FREE char *lost =
		is_base ? rootfs_lost_link(search->root, path, "SOURCE") : NULL;

	if (lost)
		warning("%s", lost);
}

static void add_place(struct search *search, size_t base, const char *below)
{
	struct firmware_list *list = search->list;
	const char *path =
		arena_printf(&list->arena, "%s%s", list->bases.items[base], below);
	struct stat st;

	if (!stat_directory(search, path, &st)) {
		warn_of_lost(search, path, *below == '\0');
		return;
	}
	search->places = grow(search->places, search->n, &search->capacity,
			      sizeof(*search->places));
	search->places[search->n++] = (struct place){ path, base };
}

/*
 * If lib is a link to usr/lib, show paths without the link: start with base 1.  In
 * overlays they are alike anyway.
 */
static size_t first_usual_base(struct search *search)
{
	const struct rootfs *root = rootfs_base(search->root);
	struct stat a, b;

	return stat_directory_in(search, root, firmware_bases[0], &a) &&
	       stat_directory_in(search, root, firmware_bases[1], &b) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Add a directory that must exist. Returns 0, or -1, reported. */
static int add_base(struct search *search, const char *dir)
{
	struct stat st;

	string_list_add(&search->list->bases, dir);
	if (stat_directory(search, dir, &st))
		return 0;
	if (!search->failed)
		rootfs_cannot_read(search->root, dir);
	return -1;
}

/* Returns 0, or -1, reported. */
static int open_search(struct search *search, const char *version,
		       const struct string_list *dirs)
{
	struct firmware_list *list = search->list;
	const char *const below[] = {
		arena_printf(&list->arena, "/updates/%s", version),
		"/updates",
		arena_printf(&list->arena, "/%s", version),
		"",
	};
	size_t i, k, n;

	for (i = 0; i < dirs->n; i++)
		if (add_base(search, dirs->items[i]) < 0)
			return -1;
	for (i = dirs->n ? 2 : first_usual_base(search); i < 2; i++)
		string_list_add(&list->bases, firmware_bases[i]);
	n = list->bases.n;
	for (i = 0; i < sizeof(below) / sizeof(*below); i++) {
		if (i % 2 == 0 && strcmp(version, ".") == 0)
			continue; /* the version is not known */
		for (k = 0; k < n; k++)
			add_place(search, k, below[i]);
	}
	for (i = 0; i < 2; i++)
		string_list_add(&list->bases, firmware_bases[i]);
	return 0;
}

/* Returns 0 if the kernel would load path for item, else an errno as in the kernel. */
static int try_file(struct search *search, const char *path, struct firmware *item)
{
	CLEANUP_FD int fd = rootfs_openat(search->root, path, O_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		int failure = errno;

		note_failure(search, path);
		return failure;
	}
	item->size = (uint64_t)st.st_size;
	item->directory |= S_ISDIR(st.st_mode);
	item->empty |= S_ISREG(st.st_mode) && st.st_size == 0;
	return S_ISREG(st.st_mode) && st.st_size > 0 ? 0 : EINVAL;
}

/* Note the link, if any, that keeps us from a missing file. */
static void find_lost(struct search *search, struct firmware *item)
{
	for (size_t k = 0; k < search->n; k++)
		for (size_t i = 0; i < FIRMWARE_SUFFIXES; i++) {
			CLEANUP_FREE char *path =
				xasprintf("%s/%s%s", search->places[k].path, item->name,
					  firmware_suffixes[i]);
			CLEANUP_FREE char *lost =
				rootfs_lost_link(search->root, path, "SOURCE");

			if (!lost)
				continue;
			item->lost = arena_strdup(&search->list->arena, lost);
			return;
		}
}

/*
 * Find the file of a name; item->path stays NULL if there is none. The kernel tries the
 * next suffix only if its last attempt found nothing (ENOENT): an unusable file (a
 * directory or an empty file) in the last directory ends the search.
 */
static void find_file(struct search *search, struct firmware *item)
{
	int error_number = ENOENT;
	size_t i, k;

	if (!is_path_below(item->name))
		return;
	for (i = 0; i < FIRMWARE_SUFFIXES && error_number == ENOENT; i++) {
		for (k = 0; k < search->n; k++) {
			const struct place *place = &search->places[k];
			CLEANUP_FREE char *path = xasprintf("%s/%s%s", place->path,
							    item->name,
							    firmware_suffixes[i]);

			error_number = try_file(search, path, item);
			if (error_number)
				continue;
			item->path = arena_strdup(&search->list->arena, path);
			item->base = place->base;
			return;
		}
	}
	if (ENABLED(FEATURE_HINTS) && error_number == ENOENT)
		find_lost(search, item);
}

static void add_item(struct firmware_list *list, const struct firmware *item)
{
	list->items = grow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = *item;
}

/* module must be in the list's arena, or NULL: the user's request. */
static void add_field(struct firmware_list *list, const char *name, const char *module,
		      bool builtin)
{
	const struct firmware item = {
		.name = arena_strdup(&list->arena, name),
		.module = module,
		.builtin = builtin,
		.number = list->n,
	};

	if (*name)
		add_item(list, &item);
}

static int by_name(const void *a, const void *b)
{
	const struct firmware *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* Sort by name, and keep only the first request of each name. */
static void sort_items(struct firmware_list *list)
{
	size_t i, n = 0;

	if (!list->n)
		return;
	qsort(list->items, list->n, sizeof(*list->items), by_name);
	for (i = 0; i < list->n; i++)
		if (!n || strcmp(list->items[n - 1].name, list->items[i].name) != 0)
			list->items[n++] = list->items[i];
	list->n = n;
}

static void add_files(struct firmware_list *list, const struct string_list *names)
{
	for (size_t i = 0; i < names->n; i++)
		add_field(list, names->items[i], NULL, false);
}

/* Add the fields of a module that was loaded.  Returns 0, or -1, reported. */
static int read_module(struct firmware_list *list, const struct modtree *tree,
		       const struct module *module)
{
	const char *name = arena_strdup(&list->arena, module->name);

	if (module->err || !module->info_loaded)
		return modtree_blame(tree, module,
				     module->err ? module->err :
						   "it is newer than modules.dep.bin");
	for (size_t i = 0; i < module->info.n; i++)
		if (strcmp(module->info.fields[i].key, "firmware") == 0)
			add_field(list, module->info.fields[i].value, name, false);
	return 0;
}

/* Add the fields of the plan's modules. Returns 0, or -1, reported. */
static int read_modules(struct firmware_list *list, struct modtree *tree,
			const struct plan *plan)
{
	CLEANUP_FREE struct module **modules =
		xcalloc(plan->n_modules, sizeof(struct module *));
	size_t i, n = 0;
	int result = 0;

	for (i = 0; i < plan->n_modules; i++) {
		if (modtree_find(tree, plan->modules[i].name, &modules[n]) < 0)
			return -1;
		n += modules[n] != NULL;
	}
	modload(tree, modules, n, LOAD_INFO, "reading modules:");
	for (i = 0; i < n; i++)
		if (read_module(list, tree, modules[i]) < 0)
			result = -1;
	return result;
}

/* Whether a request of the plan is a built-in module, whose name has len bytes. */
static bool is_requested(const struct plan *plan, const char *builtin, size_t len)
{
	size_t i, j;

	for (i = 0; i < plan->n_requests; i++)
		for (j = 0; j < plan->names[i].n_builtins; j++)
			if (strncmp(plan->names[i].builtins[j], builtin, len) == 0 &&
			    plan->names[i].builtins[j][len] == '\0')
				return true;
	return false;
}

/* Add the fields of built-in modules, requested or all: MODULE.firmware=NAME. */
static void read_builtins(struct firmware_list *list, const struct builtins *builtins,
			  const struct plan *plan, bool all)
{
	static const char key[] = ".firmware=";

	for (size_t i = 0; i < builtins->modinfo_size;
	     i += strlen(builtins->modinfo + i) + 1) {
		const char *entry = builtins->modinfo + i, *dot = strchr(entry, '.');

		if (dot && strncmp(dot, key, sizeof(key) - 1) == 0 &&
		    (all || is_requested(plan, entry, (size_t)(dot - entry))))
			add_field(list, dot + sizeof(key) - 1,
				  arena_strndup(&list->arena, entry,
						(size_t)(dot - entry)),
				  true);
	}
}

/* Add the file of a name that a field with wildcards matched. */
static void add_match(struct search *search, const struct firmware *field,
		      const char *name)
{
	struct firmware item = *field;

	item.name = name;
	item.pattern = field->name;
	find_file(search, &item);
	if (!item.path)
		return;
	item.name = arena_strdup(&search->list->arena, name);
	add_item(search->list, &item);
}

/*
 * Return a directory entry's name if pattern matches it, else NULL. A file's name is the
 * one that the kernel requests: without the compression suffix.
 */
static char *matching_name(const char *pattern, const char *entry, bool file)
{
	char *name = xasprintf("%.*s", (int)(file ? firmware_stem(entry) : strlen(entry)),
			       entry);

	if (fnmatch(pattern, name, FNM_PERIOD | FNM_NOESCAPE) == 0)
		return name;
	free(name);
	return NULL;
}

/*
 * Match rest (a field's components from its first wildcard on) against the entries of the
 * directory path. The firmware's name begins skip bytes into each path. Links to
 * directories are followed only before the first wildcard, so that no file is found
 * twice.
 */
static void match_below(struct search *search, const struct firmware *field,
			const char *path, size_t skip, const char *rest, int flags)
{
	size_t len = strcspn(rest, "/");
	CLEANUP_FREE char *pattern = xasprintf("%.*s", (int)len, rest);
	int fd = rootfs_openat(search->root, path, O_RDONLY | O_DIRECTORY | flags);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (errno = 0, entry = readdir(dir))) {
		bool last = rest[len] == '\0';
		CLEANUP_FREE char *match = matching_name(pattern, entry->d_name, last);
		CLEANUP_FREE char *below = match ? path_join(path, match) : NULL;

		if (below && last)
			add_match(search, field, below + skip);
		else if (below)
			match_below(search, field, below, skip, rest + len + 1,
				    O_NOFOLLOW);
	}
	if (errno)
		note_failure(search, path);
	if (dir)
		closedir(dir);
	else
		close_fd(&fd);
}

/* Add all files that a field with wildcards matches. */
static void expand(struct search *search, const struct firmware *field)
{
	size_t fixed = strcspn(field->name, WILDCARDS), i;

	while (fixed > 0 && field->name[fixed] != '/')
		fixed--;
	for (i = 0; is_path_below(field->name) && i < search->n; i++) {
		const char *dir = search->places[i].path;
		CLEANUP_FREE char *path = xasprintf("%s%s%.*s", dir, fixed ? "/" : "",
						    (int)fixed, field->name);

		match_below(search, field, path, strlen(dir) + 1,
			    field->name + fixed + (fixed > 0), 0);
	}
}

static void look_up(struct search *search)
{
	struct firmware_list *list = search->list;
	size_t i, fields = list->n;

	for (i = 0; i < fields; i++) {
		struct firmware item = list->items[i];
		size_t before = list->n;

		/* A file of that very name is the one that the kernel requests. */
		find_file(search, &list->items[i]);
		if (list->items[i].path || !strpbrk(item.name, WILDCARDS))
			continue;
		expand(search, &item);
		if (list->n > before) /* the matches replace it */
			list->items[i] = list->items[--list->n];
		else
			list->items[i].pattern = item.name;
	}
}

static bool is_excluded(const char *name, const struct string_list *patterns)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (fnmatch(patterns->items[i], name, 0) == 0)
			return true;
	return false;
}

static void exclude(struct firmware_list *list, const struct string_list *patterns)
{
	size_t i, n = 0;

	for (i = 0; i < list->n; i++)
		if (!is_excluded(list->items[i].name, patterns))
			list->items[n++] = list->items[i];
	list->n = n;
}

int firmware_read(struct firmware_list *list, struct modtree *tree,
		  const struct plan *plan, const struct firmware_options *options)
{
	struct search search = { .root = tree->root, .list = list };
	bool declared = options->wanted || !options->files.n;
	int result;

	*list = (struct firmware_list){ 0 };
	result = open_search(&search, tree->version, &options->dirs);
	add_files(list, &options->files);
	if (result == 0 && declared)
		result = read_modules(list, tree, plan);
	if (declared)
		read_builtins(list, &tree->builtins, plan, options->builtins);
	sort_items(list);
	look_up(&search);
	sort_items(list);
	exclude(list, &options->excluded);
	free(search.places);
	return search.failed ? -1 : result;
}

void firmware_free(struct firmware_list *list)
{
	free(list->items);
	string_list_free(&list->bases);
	arena_free(&list->arena);
	*list = (struct firmware_list){ 0 };
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The directory given to depmod(8) in place of the real module directory.  It lies in
 * TMPDIR and holds symbolic links to depmod's input:
 *
 *     BASE/lib/modules/VERSION/kernel        -> /proc/self/fd/7/kernel
 *     BASE/lib/modules/VERSION/modules.order -> /proc/self/fd/7/modules.order
 *     BASE/lib/modules/VERSION/modules.dep      (output of depmod)
 *     BASE/usr/lib                           -> ../lib (for a depmod that looks there)
 *     BASE/depmod.d/000000.conf                 (its only configuration)
 *
 * If "kernel" contains links or superseded files, it becomes a directory with one link
 * per module instead.
 *
 * depmod inherits descriptor 7, the module directory.  Without /proc the links hold the
 * directory's path.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "index/depmod_root.h"
#include "module/names.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void show_as(struct depmod_root *s, const char *from, const char *to)
{
	s->replacements = grow(s->replacements, s->n_replacements, &s->capacity,
			       sizeof(*s->replacements));
	s->replacements[s->n_replacements++] = (struct replacement){ from, to };
}

/*
 * A path by which a child that inherits fd reaches it.  Returns NULL with errno set on
 * failure.
 */
static const char *path_of(struct depmod_root *s, int fd)
{
	const char *path = arena_printf(&s->arena, "/proc/self/fd/%d", fd);
	CLEANUP_FD int here = -1;
	CLEANUP_FREE char *real = NULL;

	if (access(path, F_OK) == 0)
		return path;
	here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (here < 0 || fchdir(fd) < 0)
		return NULL;
	real = getcwd(NULL, 0);
	if (fchdir(here) < 0 || !real)
		return NULL;
	return arena_strdup(&s->arena, real);
}

static int link_module(struct depmod_root *s, const struct installed_file *file)
{
	const char *dir = file->base == s->target->module_dir ? s->real :
								path_of(s, file->base);
	CLEANUP_FREE char *target = NULL, *path = xstrdup(file->path);

	if (!dir)
		return -1;
	target = xasprintf("%s%s%s", dir, *file->below ? "/" : "", file->below);
	if (symlinkat(target, s->fd, path) == 0)
		return 0;
	return errno == ENOENT && tempdir_parents(s->fd, path) == 0 ?
		       symlinkat(target, s->fd, path) :
		       -1;
}

/* Link to a direct entry of the module directory. */
static int link_one(struct depmod_root *s, const char *name)
{
	CLEANUP_FREE char *target = path_join(s->real, name);

	return symlinkat(target, s->fd, name);
}

/*
 * Link a directory as a whole if depmod may see all of it: making and removing hundreds
 * of links takes longer than depmod itself.
 */
static int link_all(struct depmod_root *s)
{
	static const char *const files[] = { "modules.order", "modules.builtin",
					     "modules.builtin.modinfo" };
	const struct installed *installed = s->target->installed;
	struct stat st;

	for (size_t i = 0; i < COUNT(files); i++) {
		if (fstatat(s->target->module_dir, files[i], &st, AT_SYMLINK_NOFOLLOW) <
		    0) {
			if (errno != ENOENT)
				return -1;
		} else if (S_ISREG(st.st_mode) && link_one(s, files[i]) < 0) {
			return -1;
		}
	}
	for (size_t i = 0; i < installed->n_tops; i++)
		if (installed->tops[i].plain && link_one(s, installed->tops[i].name) < 0)
			return -1;
	for (size_t i = 0; i < installed->n; i++) {
		const struct installed_file *file = &installed->files[i];
		bool linked = file->top != NO_TOP && installed->tops[file->top].plain;

		if (!linked && !file->superseded && !is_external(file->path) &&
		    link_module(s, file) < 0)
			return -1;
	}
	return 0;
}

/*
 * Write a configuration file without "external" lines, which name directories of the
 * host.  The other lines keep their numbers.
 */
static int write_config(const struct conf_text *conf, const char *path)
{
	struct conf_lines lines = { .conf = conf };
	FILE *out = fopen(path, "we");
	char *line;

	if (!out)
		return -1;
	while ((line = conf_next_line(&lines))) {
		size_t blank = strspn(line, " \t"), word = strcspn(line + blank, " \t");
		unsigned n;

		if (!(word == 8 && strncmp(line + blank, "external", 8) == 0))
			fputs(line, out);
		for (n = lines.number; n <= lines.next; n++)
			putc('\n', out);
	}
	return (ferror(out) | fclose(out)) ? -1 : 0;
}

static int write_configs(struct depmod_root *s)
{
	const struct conf_files *conf = s->target->conf;

	if (mkdir(s->config, 0700) < 0)
		return -1;
	for (size_t i = 0; conf && i < conf->n; i++) {
		/* Numbered names keep the order: depmod sorts by name. */
		const char *path = arena_printf(&s->arena, "%s/%06zu.conf", s->config, i);

		show_as(s, path, conf->items[i].name);
		if (write_config(&conf->items[i], path) < 0)
			return -1;
	}
	return 0;
}

static int make_dirs(struct depmod_root *s)
{
	const char *dirs[] = { "lib", "lib/modules", s->modules, "usr" };

	for (size_t i = 0; i < COUNT(dirs); i++) {
		const char *dir = dirs[i];

		if (*dir != '/')
			dir = arena_join(&s->arena, s->path, dir);
		if (mkdir(dir, 0700) < 0)
			return -1;
	}
	if (symlink("../lib", arena_printf(&s->arena, "%s/usr/lib", s->path)) < 0)
		return -1;
	s->fd = open(s->modules, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return s->fd < 0 ? -1 : 0;
}

static int build(struct depmod_root *s)
{
	const char *path;

	if (tempdir_make(&s->base) < 0)
		return -1;
	path = s->path = s->base.path;
	s->config = arena_printf(&s->arena, "%s/depmod.d", path);
	s->modules =
		arena_printf(&s->arena, "%s/lib/modules/%s", path, s->target->version);
	s->real = path_of(s, s->target->module_dir);
	if (!s->real || make_dirs(s) < 0 || write_configs(s) < 0 || link_all(s) < 0)
		return tempdir_failed(s->base.parent);
	show_as(s, s->modules, s->target->label);
	show_as(s,
		arena_printf(&s->arena, "%s/usr/lib/modules/%s", path,
			     s->target->version),
		s->target->label);
	show_as(s, s->real, s->target->label);
	show_as(s, path, s->base.parent);
	/* depmod writes nowhere else. */
	show_as(s, "No space left on device",
		arena_printf(&s->arena, "No space left on device in %s (TMPDIR)",
			     s->base.parent));
	return 0;
}

int depmod_root_make(struct depmod_root *s, const struct depmod_target *target)
{
	*s = (struct depmod_root){ .target = target, .fd = -1 };
	if (build(s) == 0)
		return 0;
	depmod_root_remove(s);
	return -1;
}

void depmod_root_remove(struct depmod_root *s)
{
	close_fd(&s->fd);
	tempdir_remove(&s->base);
	free(s->replacements);
	arena_free(&s->arena);
}

int depmod_root_check(void)
{
	struct tempdir dir;

	if (tempdir_make(&dir) < 0)
		return -1;
	tempdir_remove(&dir);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding and reading the files of modprobe.d and depmod.d inside a root. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "conf/conffile.h"

/*
 * Return the index where name belongs among the files; *taken if one has this base name.
 */
static size_t position(const struct conf_files *files, const char *name, bool *taken)
{
	size_t i;
	int cmp = 1;

	for (i = 0; i < files->n; i++) {
		cmp = strcmp(name, path_base(files->items[i].name));
		if (cmp <= 0)
			break;
	}
	*taken = cmp == 0;
	return i;
}

static bool is_masked(int error_number)
{
	/* kmod skips dangling links and links to things that are not files. */
	return error_number == ENOENT || error_number == EINVAL || error_number == ELOOP;
}

/* Read the file path unless its base name is taken. Returns 0, or -1, reported. */
static int add_file(struct conf_files *files, const struct rootfs *root, const char *path)
{
	CLEANUP_FREE char *text = NULL;
	size_t at, size = 0;
	bool taken;

	at = position(files, path_base(path), &taken);
	if (taken)
		return 0;
	text = rootfs_read(root, path, &size);
	if (!text && errno == EISDIR)
		return 0;
	if (!text && !is_masked(errno))
		return rootfs_cannot_read(root, path);
	files->items =
		grow(files->items, files->n, &files->capacity, sizeof(*files->items));
	memmove(files->items + at + 1, files->items + at,
		(files->n - at) * sizeof(*files->items));
	files->items[at] = (struct conf_text){
		.name = arena_strdup(&files->arena, path),
		.text = arena_strndup(&files->arena, text, size),
		.size = size,
	};
	files->n++;
	return 0;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len > n && strcmp(name + len - n, suffix) == 0;
}

static int add_directory(struct conf_files *files, const struct rootfs *root,
			 const char *dir, int fd, bool aliases)
{
	DIR *d = fdopendir(fd);
	struct dirent *entry;
	int result = 0;

	if (!d) {
		close_fd(&fd);
		return rootfs_cannot_read(root, dir);
	}
	while (result == 0 && (errno = 0, entry = readdir(d))) {
		const char *name = entry->d_name;
		CLEANUP_FREE char *path = NULL;

		if (name[0] == '.' || !(has_suffix(name, ".conf") ||
					(aliases && has_suffix(name, ".alias"))))
			continue;
		path = path_join(dir, name);
		result = add_file(files, root, path);
	}
	if (result == 0 && errno)
		result = rootfs_cannot_read(root, dir);
	closedir(d);
	return result;
}

int conf_files_read(struct conf_files *files, const struct rootfs *root,
		    const char *const *dirs, size_t n_dirs, bool aliases, bool must_exist)
{
	for (size_t i = 0; i < n_dirs; i++) {
		const char *dir = dirs[i] + strspn(dirs[i], "/");
		int fd = rootfs_openat(root, dir, O_RDONLY | O_DIRECTORY);
		int result = 0;

		if (fd >= 0)
			result = add_directory(files, root, dir, fd, aliases);
		else if (errno == ENOTDIR && must_exist)
			result = add_file(files, root, dir);
		else if (must_exist || (errno != ENOENT && errno != ENOTDIR))
			result = rootfs_cannot_read(root, dir);
		if (result < 0)
			return -1;
	}
	return 0;
}

void conf_files_free(struct conf_files *files)
{
	free(files->items);
	arena_free(&files->arena);
	*files = (struct conf_files){ 0 };
}

/* As kmod's freadline_wrapped(): a backslash joins lines, and is dropped elsewhere. */
char *conf_next_line(struct conf_lines *lines)
{
	const struct conf_text *conf = lines->conf;
	size_t n = 0, joined = SIZE_MAX;

	if (lines->at >= conf->size) {
		free(lines->line);
		lines->line = NULL;
		return NULL;
	}
	if (!lines->line)
		lines->line = xmalloc(conf->size + 1);
	lines->number = ++lines->next;
	lines->dangling = 0;
	while (lines->at < conf->size) {
		char c = conf->text[lines->at++];

		if (c == '\n')
			break;
		if (c == '\\' && lines->at == conf->size)
			lines->dangling = lines->next;
		if (c == '\\' && lines->at < conf->size) {
			c = conf->text[lines->at++];
			if (c == '\n') {
				lines->next++;
				joined = n;
				continue;
			}
		}
		lines->line[n++] = c;
	}
	lines->line[n] = '\0';
	if (joined != SIZE_MAX) {
		joined += strspn(lines->line + joined, " \t\r");
		if (!lines->line[joined] || lines->line[joined] == '#')
			lines->dangling = lines->next - 1;
	}
	return lines->line;
}

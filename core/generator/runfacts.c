// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The facts that the calls of one generator run hand on.
 *
 * They are a record of the modules that were read so far, with the files' times but
 * without their hashes.  A call that reads a module writes it anew, with what it had.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "config.h"
#include "fs/copy.h"
#include "generator/runfacts.h"
#include "tree/record.h"

static void read_kept(struct runfacts *facts)
{
	CLEANUP_FD int fd = openat(facts->fd, RECORD_NAME,
				   O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	/* Others could have made it up. */
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid())
		record_read(facts->tree, fd);
}

void runfacts_open(struct runfacts *facts, struct modtree *tree)
{
	*facts = (struct runfacts){ .tree = tree, .fd = -1 };
	if (!ENABLED(FEATURE_RECORD))
		return;
	tree->record_sought = true;
	record_open(tree, tree->root);
	if (tree->record)
		return;
	facts->dir = getenv("MODBOX_FACTS");
	if (!facts->dir)
		facts->dir = getenv("DRACUT_TMPDIR");
	if (facts->dir)
		facts->fd = open(facts->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (facts->fd < 0) {
		facts->dir = NULL;
		return;
	}
	/* The clock of file systems. */
	clock_gettime(CLOCK_REALTIME_COARSE, &facts->began);
	tree->passing = tree->recording = true;
	read_kept(facts);
}

/* A module of the old record that this call did not ask for. */
static struct module *keep(struct arena *arena, const struct record_module *from)
{
	static struct modsymbols none;
	struct module *module = arena_alloc(arena, sizeof(*module));

	*module = (struct module){
		.path = from->path,
		.stamp = &from->stamp,
		.recorded = from,
		.symbols = &none,
	};
	return module;
}

static void write_kept(const struct runfacts *facts, struct module *const *modules,
		       size_t n)
{
	const struct record_head head = {
		.version = facts->tree->version,
		.made = facts->began,
		.grows = true,
	};
	struct strbuf data = { 0 };

	record_make(&data, &head, modules, n, facts->tree->record);
	if (data.size <= RECORD_MAX)
		copy_data(data.data, data.size, NULL, -1, facts->fd, RECORD_NAME,
			  facts->dir);
	strbuf_free(&data);
}

static bool is_known(const struct module *module)
{
	return module->stamp && module->symbols && !module->err;
}

void runfacts_close(struct runfacts *facts)
{
	const struct record *old = facts->tree->record;
	struct module **modules, *module, *next;
	struct arena arena = { 0 };
	size_t n = 0, fresh = 0;

	if (!facts->dir)
		return;
	modules = xcalloc(HASH_COUNT(facts->tree->modules) + (old ? old->n : 0),
			  sizeof(*modules));
	HASH_ITER(hh, facts->tree->modules, module, next) {
		if (!is_known(module))
			continue;
		modules[n++] = module;
		fresh += !module->recorded;
	}
	for (size_t i = 0; old && fresh && i < old->n; i++) {
		const char *path = old->modules[i].path;

		module = modtree_of_path(facts->tree, path, strlen(path));
		if (!module || !is_known(module))
			modules[n++] = keep(&arena, &old->modules[i]);
	}
	if (fresh)
		write_kept(facts, modules, n);
	free(modules);
	arena_free(&arena);
	close_fd(&facts->fd);
}

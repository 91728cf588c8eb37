// SPDX-License-Identifier: GPL-2.0-or-later
/* The modules that this host uses, for -H and --modalias: from /sys and /proc. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "fs/rootfs.h"
#include "generator/hostset.h"
#include "plan/hardware.h"

static void sort(struct string_list *names)
{
	size_t n = 0;

	string_list_sort(names);
	for (size_t i = 0; i < names->n; i++)
		if (!n || strcmp(names->items[n - 1], names->items[i]) != 0)
			names->items[n++] = names->items[i];
	names->n = n;
}

/* Add the names of the modules that have a name or an alias. */
static void add_answer(struct generator *g, struct string_list *names, const char *alias)
{
	bool known;
	struct module_list modules = generator_lookup(g, alias, &known);

	for (size_t i = 0; i < modules.n; i++)
		string_list_add(names, modules.items[i]->name);
	free(modules.items);
}

/* Add the first word of each line of a file.  Returns 0, or -1 with errno. */
static int add_lines(struct generator *g, struct string_list *names, const char *path,
		     bool loaded)
{
	size_t size;
	CLEANUP_FREE char *text = read_path(path, &size);
	char *rest = text, *line;

	if (!text)
		return -1;
	while ((line = strtok_r(rest, "\n", &rest))) {
		if (loaded)
			line[strcspn(line, " ")] = '\0';
		string_list_add(names, arena_strdup(&g->arena, line));
		/* A new kernel can have it by another name. */
		if (loaded)
			add_answer(g, names, line);
	}
	return 0;
}

int hostset_read(struct generator *g, struct string_list *names, bool env)
{
	const char *file = env ? getenv("DRACUT_KERNEL_MODALIASES") : NULL;
	struct request_list aliases = { 0 };
	int result = 0;

	if (file) {
		add_lines(g, names, file, false);
		sort(names);
		return 0;
	}
	if (access("/sys/devices", F_OK) == 0)
		hardware_read(&aliases, "/sys/devices");
	for (size_t i = 0; i < aliases.n; i++)
		add_answer(g, names, aliases.items[i].name);
	request_list_free(&aliases);
	if (add_lines(g, names, "/proc/modules", true) < 0) {
		error(STATUS_IO, "Could not get list of loaded modules: %m. Switching to "
				 "non-hostonly mode.");
		result = -1;
	}
	sort(names);
	return result;
}

bool hostset_has(const struct string_list *names, const char *name)
{
	return names->n &&
	       bsearch(&name, names->items, names->n, sizeof(name), compare_strings);
}

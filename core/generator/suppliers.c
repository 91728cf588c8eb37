// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The devices that a module's own devices need before they work, as sysfs shows them:
 * their suppliers (clocks, regulators, ...), by fw_devlink's links,
 *
 *     /sys/devices/platform/CONSUMER/supplier:BUS:SUPPLIER/supplier -> SUPPLIER
 *
 * and the devices that it lies below, with their suppliers.  As in dracut-ng, this begins
 * at devices of the platform, which are all that a device tree describes.  Up to
 * dracut-ng 107, and with --compat, only devices of the platform bus are suppliers, and
 * the devices above are not.
 *
 * dracut-install walks through all of /sys/devices/platform and climbs up from each
 * device.  Here the devices come from the lists of the buses, once a call, and only those
 * of modules that are installed are looked at.
 */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "suppliers.h"
#include "tree/lookup.h"

/* A device of the platform, and one of its modules. */
struct device {
	const struct module *module;
	const char *path;
	struct device *next;
};

#define SYS_DEVICES "/sys/devices/"

/* List names with a part in a directory, in its own order.  They are the generator's. */
static void list_directory(struct generator *g, struct string_list *names,
			   const char *path, const char *part)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	*names = (struct string_list){ 0 };
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && strstr(entry->d_name, part))
			string_list_add(names, arena_strdup(&g->arena, entry->d_name));
	if (dir)
		closedir(dir);
}

struct module_list suppliers_modules(struct generator *g, const char *device, bool *known)
{
	struct module_list modules = { 0 };
	CLEANUP_FREE char *text = NULL;
	char target[PATH_MAX];
	ssize_t len = readlink(arena_join(&g->arena, device, "driver/module"), target,
			       sizeof(target) - 1);
	struct module *module = NULL;
	size_t n = 0;

	*known = len > 0;
	if (len > 0) {
		target[len] = '\0';
		modtree_find(g->tree, path_base(target), &module);
		if (module)
			module_list_add(&modules, module);
		return modules;
	}
	text = read_path(arena_join(&g->arena, device, "modalias"), &n);
	if (!text || !n)
		return modules;
	text[n - 1] = '\0';
	return generator_lookup(g, text, known);
}

/* Add a device, once for each of its modules. */
static void add_device(struct generator *g, const char *path)
{
	bool known;
	struct module_list modules = suppliers_modules(g, path, &known);

	for (size_t i = 0; i < modules.n; i++) {
		struct device *device = arena_alloc(&g->arena, sizeof(*device));

		*device = (struct device){ modules.items[i], path, NULL };
		*g->devices_end = device;
		g->devices_end = &device->next;
	}
	free(modules.items);
}

/* Add the devices of the platform that a directory has links to. */
static void add_devices(struct generator *g, const char *dir)
{
	struct string_list names;

	list_directory(g, &names, dir, "");
	for (size_t i = 0; i < names.n; i++) {
		const char *link = arena_join(&g->arena, dir, names.items[i]);
		char target[PATH_MAX];
		ssize_t len = readlink(link, target, sizeof(target) - 1);
		const char *path;

		target[len < 0 ? 0 : len] = '\0';
		path = strstr(target, "/devices/platform/");
		if (path && access(arena_join(&g->arena, link, "modalias"), F_OK) == 0)
			add_device(g, arena_printf(&g->arena, "/sys%s", path));
	}
	string_list_free(&names);
}

static void find_devices(struct generator *g)
{
	struct string_list buses;

	g->devices_end = &g->devices;
	list_directory(g, &buses, "/sys/bus", "");
	for (size_t i = 0; i < buses.n; i++)
		add_devices(g, arena_printf(&g->arena, "/sys/bus/%s/devices",
					    buses.items[i]));
	/* Of devices on no bus, only these have a modalias. */
	add_devices(g, "/sys/class/input");
	string_list_free(&buses);
}

static void add_once(struct generator *g, struct string_list *paths, const char *path)
{
	if (!string_list_has(paths, path))
		string_list_add(paths, arena_strdup(&g->arena, path));
}

static void add_of_device(struct generator *g, const char *device,
			  struct string_list *paths)
{
	const char *part = g->compat ? "supplier:platform" : "supplier:";
	struct string_list names;
	char path[PATH_MAX];

	while (strncmp(device, SYS_DEVICES, strlen(SYS_DEVICES)) == 0) {
		list_directory(g, &names, device, part);
		for (size_t i = 0; i < names.n; i++) {
			const char *link = arena_printf(&g->arena, "%s/%s/supplier",
							device, names.items[i]);

			if (realpath(link, path))
				add_once(g, paths, path);
		}
		string_list_free(&names);
		device = arena_strndup(&g->arena, device,
				       (size_t)(path_base(device) - device) - 1);
		if (!g->compat)
			add_once(g, paths, device);
	}
}

void suppliers_find(struct generator *g, const struct module *module, const char *device,
		    struct string_list *paths)
{
	if (device && (!module || g->compat)) {
		add_of_device(g, device, paths);
		return;
	}
	if (!g->devices_end)
		find_devices(g);
	for (const struct device *one = g->devices; one; one = one->next)
		if (one->module == module)
			add_of_device(g, one->path, paths);
}

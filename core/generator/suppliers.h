/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SUPPLIERS_H
#define MODBOX_SUPPLIERS_H

#include "generator/generator.h"

/*
 * Collect the devices without which those of a module do not work, or, if it is NULL, a
 * device: paths below /sys, each once. With --compat only the device counts, if it is not
 * NULL: up to dracut-ng 107 it is what the module was added for. The caller frees the
 * list; the paths are the generator's.
 */
void suppliers_find(struct generator *g, const struct module *module, const char *device,
		    struct string_list *paths);

/*
 * Return the modules of a device: that of its driver, or else those of its modalias. The
 * caller frees them; *known tells whether there are any, also without a file.
 */
struct module_list suppliers_modules(struct generator *g, const char *device,
				     bool *known);

#endif

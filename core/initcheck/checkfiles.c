// SPDX-License-Identifier: GPL-2.0-or-later
/* Modules as files: damaged ones, and two files of one module. */
#include "initchecks.h"

int init_check_files(struct initcheck *check, struct init_kernel *kernel)
{
	for (size_t i = 0; i < kernel->n; i++) {
		struct module *module = kernel->modules[i];

		if (module->rival)
			init_find(check, INIT_DUPLICATE_MODULE, kernel,
				  init_module_path(check, kernel, module->path),
				  "%s is the same module, and no rule of depmod.d prefers "
				  "one",
				  module->rival);
		module->rival = NULL; /* a closure would warn of it */
	}
	for (size_t i = 0; i < kernel->n_damaged; i++)
		init_find(check, INIT_TRUNCATED, kernel,
			  init_module_path(check, kernel, kernel->damaged[i]->path), "%s",
			  kernel->damaged[i]->err);
	return 0;
}

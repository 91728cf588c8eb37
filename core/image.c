// SPDX-License-Identifier: GPL-2.0-or-later
/* What goes into DEST: a list of files, whoever asked for them, and wherever it goes. */
#include <stdlib.h>

#include "config.h"
#include "image.h"
#include "recoder.h"

void image_add(struct image *image, const struct image_file *file)
{
	image->files =
		grow(image->files, image->n, &image->capacity, sizeof(*image->files));
	image->files[image->n++] = *file;
}

static void add_copy(struct image *image, const struct plan *plan, size_t kernel,
		     const char *path, uint64_t size, const char *why)
{
	const char *full = arena_printf(&image->arena, "%s/%s/%s", plan->module_dir,
					plan->version, path);

	image_add(image, &(struct image_file){ .kind = IMAGE_COPY,
					       .path = full,
					       .from = full,
					       .size = size,
					       .kernel = kernel,
					       .why = why });
}

void image_add_plan(struct image *image, const struct plan *plan, size_t kernel)
{
	size_t i;

	for (i = 0; i < plan->n_modules; i++) {
		const struct plan_module *module = &plan->modules[i];

		add_copy(image, plan, kernel, module->path, module->size,
			 plan_why(&image->arena, module));
	}
	for (i = 0; i < plan->builtin_files.n; i++)
		add_copy(image, plan, kernel, plan->builtin_files.items[i],
			 IMAGE_ANY_SIZE, "describes built-in modules");
}

void image_free(struct image *image)
{
	if (ENABLED(FEATURE_RECODE))
		recoder_free(image->recoder);
	free(image->files);
	arena_free(&image->arena);
	*image = (struct image){ 0 };
}

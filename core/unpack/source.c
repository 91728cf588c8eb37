// SPDX-License-Identifier: GPL-2.0-or-later
/* SOURCE: a directory, or a private copy of what an archive has. */
#include "unpack/source.h"

int source_open(struct source *source, const char *path,
		const struct source_options *options)
{
	static const struct string_list none;

	source->dir = (struct tempdir){ .lock = -1 };
	return rootset_open(&source->roots, &source->root, path,
			    options->overlays ? options->overlays : &none);
}

void source_close(struct source *source)
{
	rootset_close(&source->roots, &source->root);
}

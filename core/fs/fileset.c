// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sets of files that belong together:
 *
 *	write all under temporary names ──► give what they replace temporary names too
 *	──► give them their own ──► remove what they replaced
 *
 * Until the set is closed as complete, a failure brings back what was there.
 */
#include "fs/fileset.h"

#include "base/interrupt.h"
#include "base/message.h"
#include "base/util.h"
#include "config.h"
#include "fs/copy.h"

/*
 * Whether what a set replaces is kept until all of it has its names, for a rename that
 * fails. Without an index writer, whose sets are large, it is not worth its 600 bytes.
 */
#define KEEPS_REPLACED \
	(ENABLED(FEATURE_INDEX_WRITER) || ENABLED(DEPMOD) || ENABLED(MODINST))

int fileset_publish(struct fileset_item *items, size_t n)
{
	for (size_t i = 0; KEEPS_REPLACED && i < n; i++)
		kept_make(&items[i].kept, items[i].temp.dir, items[i].name);
	if (interrupted())
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (copy_publish(&items[i].temp, items[i].name, items[i].label) < 0)
			return -1;
		items[i].published = true;
	}
	return 0;
}

void fileset_close(struct fileset_item *items, size_t n, bool complete)
{
	for (size_t i = 0; i < n; i++) {
		struct fileset_item *item = &items[i];

		if (KEEPS_REPLACED && item->published && !complete &&
		    kept_restore(&item->kept, item->name) < 0)
			error(STATUS_IO, "cannot bring back the old %s: %m", item->label);
		item->published = false;
		tempfile_close(&item->temp);
		if (KEEPS_REPLACED)
			tempfile_close(&item->kept.file);
	}
}

int copy_set(const struct copy_part *parts, size_t n, int dir, const char *label)
{
	/* Allocate before any temporary file exists: running out of memory exits. */
	CLEANUP_FREE struct fileset_item *items = xcalloc(n, sizeof(*items));
	struct arena labels = { 0 };
	int result = 0;

	for (size_t i = 0; i < n; i++)
		items[i] = (struct fileset_item){
			.temp.fd = -1,
			.kept.file.fd = -1,
			.name = parts[i].name,
			.label = arena_join(&labels, label, parts[i].name),
		};
	tempfile_sweep(dir, false);
	for (size_t i = 0; result == 0 && i < n; i++)
		result = copy_prepare_data(&items[i].temp, parts[i].data, parts[i].size,
					   NULL, -1, dir, items[i].label);
	if (result == 0)
		result = fileset_publish(items, n);
	fileset_close(items, n, result == 0);
	arena_free(&labels);
	return result;
}

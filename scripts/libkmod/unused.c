// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replaces libkmod-config.c, libkmod-builtin.c and libkmod-index.c. libkmod is used only
 * to read module files. modbox reads SOURCE's modprobe.d, built-in modules and indexes
 * itself, and nothing of the host, where libkmod would always read /proc/cmdline.
 */
#include <errno.h>
#include <stdlib.h>

#include <libkmod/libkmod-internal.h>
#include <libkmod/libkmod.h>

/* An empty configuration. */
int kmod_config_new(struct kmod_ctx *ctx, struct kmod_config **config,
		    const char *const *paths)
{
	(void)ctx, (void)paths;
	*config = calloc(1, sizeof(**config));
	return *config ? 0 : -ENOMEM;
}

void kmod_config_free(struct kmod_config *config)
{
	free(config);
}

ssize_t kmod_builtin_get_modinfo(struct kmod_ctx *ctx, const char *name, char ***modinfo)
{
	(void)ctx, (void)name, (void)modinfo;
	return -ENOENT;
}

/*
 * No index is ever opened (core/tree/trie.c reads them), so none of these is called.
 * Their types differ from release to release of libkmod.
 */
#define NEVER_CALLED(name)   \
	void *name(void);    \
	void *name(void)     \
	{                    \
		return NULL; \
	}
NEVER_CALLED(index_dump)
NEVER_CALLED(index_file_close)
NEVER_CALLED(index_file_open)
NEVER_CALLED(index_mm_close)
NEVER_CALLED(index_mm_dump)
NEVER_CALLED(index_mm_open)
NEVER_CALLED(index_mm_search)
NEVER_CALLED(index_mm_searchwild)
NEVER_CALLED(index_search)
NEVER_CALLED(index_searchwild)
NEVER_CALLED(index_values_free)

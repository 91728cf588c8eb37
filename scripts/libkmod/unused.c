// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replaces libkmod-config.c and libkmod-builtin.c. libkmod is used only to read module
 * files. modbox reads SOURCE's modprobe.d and built-in modules itself, and nothing of
 * the host, where libkmod would always read /proc/cmdline.
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

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libkmod's configuration, which stays empty: modbox reads SOURCE's modprobe.d itself, and
 * nothing of the host's, where libkmod's own would read /proc/cmdline in any case.
 */
#include <errno.h>
#include <stdlib.h>

#include <libkmod/libkmod.h>
#include <libkmod/libkmod-internal.h>

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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_KCONFIG_H
#define MODBOX_KCONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"
#include "signature/signature.h"

/* A symbol that is set, without CONFIG_. */
struct kconfig_symbol {
	const char *name, *value; /* "y", "m", a number, or a string without its quotes */
};

/* A kernel's configuration, sorted by name. Its arena owns the strings. */
struct kconfig {
	struct kconfig_symbol *symbols;
	size_t n;
	const char *arch, *version; /* "x86", "6.12.118": of its head; or NULL */
};

/*
 * Parse a .config, which gzip may have compressed; its strings are allocated in arena. Of
 * a symbol that is set twice the last line counts, as for kbuild. Returns 0, or -1 with
 * *err set to a constant text: it is no configuration.
 */
int kconfig_parse(struct kconfig *config, struct arena *arena, const char *text,
		  size_t size, const char **err);

/* Return the value of a symbol ("MODULES"), or NULL if it is not set. */
const char *kconfig_get(const struct kconfig *config, const char *name);

/* Whether a symbol is y or m. */
bool kconfig_on(const struct kconfig *config, const char *name);

/* Whether a symbol is y. */
bool kconfig_built_in(const struct kconfig *config, const char *name);

/* The name of a hash in MODULE_SIG_HASH, "sha256"; not of HASH_NONE. */
const char *kconfig_hash_name(enum signature_hash hash);

/* The symbol that builds it in; SHA-384 comes with SHA-512. */
const char *kconfig_hash_symbol(enum signature_hash hash);

/* Whether a hash is built in, so that the kernel can verify signatures by it. */
bool kconfig_has_hash(const struct kconfig *config, enum signature_hash hash);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel's .config, as kbuild writes it:
 *
 *	CONFIG_MODULES=y
 *	CONFIG_LOCALVERSION="-amd64"
 *	# CONFIG_MODULE_SIG_FORCE is not set
 *
 * Lines that set nothing are comments; the first has the architecture and the version.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/bytes.h"
#include "kernel/kconfig.h"
#include "kernel/unpack.h"

static const char prefix[] = "CONFIG_";
enum { PREFIX = sizeof(prefix) - 1 };

static int compare(const void *a, const void *b)
{
	const struct kconfig_symbol *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	/* The lines' order, where the values lie one behind the other. */
	return order ? order : (x->value > y->value) - (x->value < y->value);
}

static int compare_name(const void *name, const void *item)
{
	const struct kconfig_symbol *symbol = item;

	return strcmp(name, symbol->name);
}

const char *kconfig_get(const struct kconfig *config, const char *name)
{
	const struct kconfig_symbol *found = NULL;

	if (config->n)
		found = bsearch(name, config->symbols, config->n,
				sizeof(*config->symbols), compare_name);
	return found ? found->value : NULL;
}

bool kconfig_on(const struct kconfig *config, const char *name)
{
	const char *value = kconfig_get(config, name);

	return value && (strcmp(value, "y") == 0 || strcmp(value, "m") == 0);
}

bool kconfig_built_in(const struct kconfig *config, const char *name)
{
	const char *value = kconfig_get(config, name);

	return value && strcmp(value, "y") == 0;
}

const char *kconfig_hash_name(enum signature_hash hash)
{
	static const char *const names[] = {
		[HASH_SHA256] = "sha256",
		[HASH_SHA384] = "sha384",
		[HASH_SHA512] = "sha512",
	};

	return names[hash];
}

const char *kconfig_hash_symbol(enum signature_hash hash)
{
	return hash == HASH_SHA256 ? "CRYPTO_SHA256" : "CRYPTO_SHA512";
}

bool kconfig_has_hash(const struct kconfig *config, enum signature_hash hash)
{
	const char *own = kconfig_get(config, "MODULE_SIG_HASH");

	return (own && strcmp(own, kconfig_hash_name(hash)) == 0) ||
	       kconfig_built_in(config, kconfig_hash_symbol(hash));
}

/* Take a line, which may be changed, if it sets a symbol. */
static void take_line(struct kconfig *config, char *line)
{
	char *value = strchr(line, '=');
	size_t n;

	if (strncmp(line, prefix, PREFIX) != 0 || !value)
		return;
	*value++ = '\0';
	n = strlen(value);
	if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
		value[n - 1] = '\0';
		value++;
	}
	config->symbols[config->n++] = (struct kconfig_symbol){ line + PREFIX, value };
}

/* Of each name keep the last. */
static void drop_doubles(struct kconfig *config)
{
	size_t kept = 0;

	for (size_t i = 0; i < config->n; i++) {
		const struct kconfig_symbol *symbol = &config->symbols[i];

		if (kept && strcmp(config->symbols[kept - 1].name, symbol->name) == 0)
			kept--;
		config->symbols[kept++] = *symbol;
	}
	config->n = kept;
}

/* Take the head that kbuild writes: # Linux/x86 6.12.118 Kernel Configuration */
static void take_head(struct kconfig *config, char *line)
{
	static const char start[] = "# Linux/", end[] = " Kernel Configuration";
	char *arch = line + sizeof(start) - 1, *version, *tail;

	if (config->version || strncmp(line, start, sizeof(start) - 1) != 0)
		return;
	version = strchr(arch, ' ');
	tail = strstr(arch, end);
	if (!tail || version >= tail)
		return;
	*version++ = *tail = '\0';
	config->arch = arch;
	config->version = version;
}

static int parse(struct kconfig *config, struct arena *arena, char *copy)
{
	char *line, *rest = copy;
	size_t lines = 1;

	for (const char *p = copy; (p = strchr(p, '\n')); p++)
		lines++;
	config->symbols = arena_alloc(arena, lines * sizeof(*config->symbols));
	while ((line = strsep(&rest, "\n"))) {
		size_t n = strlen(line);

		if (n && line[n - 1] == '\r')
			line[n - 1] = '\0';
		if (*line == '#')
			take_head(config, line);
		else
			take_line(config, line);
	}
	if (config->n == 0)
		return -1;
	qsort(config->symbols, config->n, sizeof(*config->symbols), compare);
	drop_doubles(config);
	return 0;
}

int kconfig_parse(struct kconfig *config, struct arena *arena, const char *text,
		  size_t size, const char **err)
{
	struct bytes data = { (const unsigned char *)text, size };
	char *copy;

	*config = (struct kconfig){ 0 };
	*err = "not a kernel's configuration";
	if (unpack_codec(data)) /* as /proc/config.gz */
		copy = unpack_text(arena, data, &size);
	else
		copy = arena_strndup(arena, text, size);
	return copy && !memchr(copy, '\0', size) ? parse(config, arena, copy) : -1;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The symbols that a module needs, resolved as the kernel's loader does: in the order of
 * the module's symbol table, first among the kernel's exports, then among those of the
 * modules loaded before it (resolve_symbol() in kernel/module/main.c).
 *
 * A module without a licence that the kernel takes for GPL-compatible does not see
 * GPL-only exports. A module that uses an export of such a module becomes one itself,
 * unless it has used GPL-only exports before: then the export is refused.
 */
#include <string.h>

#include "prover.h"
#include "tree/supply.h"

/* What a name resolves to. */
struct found {
	const char *namespace;
	uint32_t crc;
	bool has_crc, gpl;
	size_t owner; /* a module's index, or SIZE_MAX: the kernel */
};

/* include/linux/license.h */
static bool is_gpl_compatible(const char *license)
{
	static const char *const licenses[] = {
		"GPL",		"GPL v2",	"GPL and additional rights",
		"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"
	};

	for (size_t i = 0; license && i < sizeof(licenses) / sizeof(*licenses); i++)
		if (strcmp(license, licenses[i]) == 0)
			return true;
	return false;
}

/* Compare n characters; '-' is '_'. */
static bool same_name(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char x = a[i] == '-' ? '_' : a[i], y = b[i] == '-' ? '_' : b[i];

		if (x != y)
			return false;
		if (!x)
			break;
	}
	return true;
}

/* Whether a namespace "module:a,b-*" is for a module of this name. */
static bool is_for_module(const char *namespace, const char *name)
{
	static const char prefix[] = "module:";
	const char *p = namespace + sizeof(prefix) - 1;

	if (strncmp(namespace, prefix, sizeof(prefix) - 1) != 0)
		return false;
	while (*p) {
		size_t whole = strcspn(p, ","), n = whole;
		bool any_end = n && p[n - 1] == '*';

		n -= any_end;
		if (same_name(p, name, n) && strlen(name) >= n &&
		    (any_end || strlen(name) == n))
			return true;
		p += whole + (p[whole] == ',');
	}
	return false;
}

static bool imports(const struct module_facts *facts, const char *namespace)
{
	for (size_t i = 0; i < facts->info.n; i++)
		if (strcmp(facts->info.fields[i].key, "import_ns") == 0 &&
		    strcmp(facts->info.fields[i].value, namespace) == 0)
			return true;
	return false;
}

static void check_namespace(struct prover *p, size_t i, const char *symbol,
			    const char *namespace)
{
	static const char option[] = "MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS";
	const struct module_facts *facts = p->modules[i].facts;
	const char *name = module_facts_field(facts, "name");
	bool known = p->kernel.config_label;

	if (!*namespace || imports(facts, namespace) ||
	    is_for_module(namespace, name ? name : p->plan->modules[i].name))
		return;
	if (known && !kconfig_on(&p->kernel.config, option))
		prover_find(p, i, RULE_NAMESPACE, REFUSED, "EINVAL",
			    "symbol %s is in namespace %s, which it does not import\n"
			    "module uses symbol (%s) from namespace %s, but does not "
			    "import it",
			    symbol, namespace, symbol, namespace);
	else
		prover_find(p, i, RULE_NAMESPACE, known ? PROVED : UNPROVED, NULL,
			    "symbol %s is in namespace %s, which it does not import; %s "
			    "%s",
			    symbol, namespace, option,
			    known ? "excuses it" : "may excuse it: --kernel-config");
}

/* Say why a symbol is not there: a GPL-only one is, but not for this module. */
static void refuse_missing(struct prover *p, size_t i, const char *name)
{
	const struct proof_export *later = prover_exporter(p, name);
	const struct module *elsewhere = NULL;
	const char *path;

	if (later && later->module != i) {
		path = p->plan->modules[later->module].path;
		prover_find(p, i, RULE_SYMBOL, REFUSED, "ENOENT",
			    "it needs symbol %s of %s, which %s\nUnknown symbol %s", name,
			    path, later->module > i ? "loads later" : "is refused", name);
		return;
	}
	supply_of_symbol(p->tree, name, &elsewhere);
	if (elsewhere && elsewhere->path)
		prover_find(p, i, RULE_SYMBOL, REFUSED, "ENOENT",
			    "it needs symbol %s, which %s exports: its depends= does not "
			    "say so\nUnknown symbol %s",
			    name, elsewhere->path, name);
	else
		prover_find(p, i, RULE_SYMBOL, REFUSED, "ENOENT",
			    "it needs symbol %s, which neither the kernel nor a module "
			    "exports\nUnknown symbol %s",
			    name, name);
}

static void refuse_license(struct prover *p, size_t i, const char *symbol)
{
	const char *license = module_facts_field(p->modules[i].facts, "license");

	if (is_gpl_compatible(license))
		prover_find(p, i, RULE_LICENSE, REFUSED, "ENOENT",
			    "symbol %s is for GPL modules only, and it uses exports of a "
			    "module that is none\nUnknown symbol %s",
			    symbol, symbol);
	else
		prover_find(p, i, RULE_LICENSE, REFUSED, "ENOENT",
			    "symbol %s is for GPL modules only, its license is \"%s\"\n"
			    "Unknown symbol %s",
			    symbol, license ? license : "unspecified", symbol);
}

/* Find a symbol among what is there when module i is loaded. */
static bool find(const struct prover *p, size_t i, const char *name, struct found *found)
{
	const struct kernel_export *kernel = exports_find(p->kernel.exports, name);
	const struct proof_export *module;

	if (kernel) {
		*found = (struct found){ kernel->namespace, kernel->crc,
					 p->kernel.exports->crcs, kernel->gpl, SIZE_MAX };
		return true;
	}
	module = prover_loaded(p, i, name);
	if (!module)
		return false;
	*found = (struct found){ module->export->namespace, module->export->crc,
				 module->export->has_crc, module->export->gpl,
				 module->module };
	return true;
}

/* An export of a module that is proprietary. Returns whether it may be used. */
static bool inherit(struct prover *p, size_t i, size_t owner,
		    const struct module_need *need)
{
	const char *symbol = need->name;
	struct proof_module *module = &p->modules[i];

	if (owner == SIZE_MAX || !p->modules[owner].proprietary)
		return true;
	if (module->uses_gpl && p->kernel.image.loader & LOADER_CHECKS_PROPRIETARY) {
		if (!need->weak)
			prover_find(
				p, i, RULE_LICENSE, REFUSED, "ENOENT",
				"it uses GPL-only symbols, and symbol %s of %s, which is not "
				"GPL\nmodule using GPL-only symbols uses symbols %s from "
				"proprietary module",
				symbol, p->plan->modules[owner].path, symbol);
		return false;
	}
	module->proprietary = true;
	return true;
}

static void check_symbol(struct prover *p, size_t i, const struct module_need *need)
{
	struct proof_module *module = &p->modules[i];
	struct found found;

	if (!find(p, i, need->name, &found)) {
		if (!need->weak)
			refuse_missing(p, i, need->name);
		return;
	}
	if (found.gpl && module->proprietary) {
		if (!need->weak)
			refuse_license(p, i, need->name);
		return;
	}
	module->uses_gpl |= found.gpl;
	if (!inherit(p, i, found.owner, need))
		return;
	if (p->kernel.exports->crcs && prover_has_versions(p, module->facts) &&
	    found.has_crc)
		prover_check_version(p, i, need, found.crc, RULE_CRC, "EINVAL");
	check_namespace(p, i, need->name, found.namespace);
}

void prover_check_symbols(struct prover *p, size_t i)
{
	struct proof_module *module = &p->modules[i];

	module->proprietary =
		!is_gpl_compatible(module_facts_field(module->facts, "license"));
	if (!p->kernel.exports)
		return; /* said once, for all modules */
	for (size_t k = 0; k < module->facts->n_needs; k++)
		check_symbol(p, i, &module->facts->needs[k]);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rules for one module, in the order of the kernel's loader (load_module() in
 * kernel/module/main.c): the first that it breaks gives the errno.
 *
 *	EINVAL		decompression (loader.c)
 *	EKEYREJECTED	the signature (signatures.c)
 *	ENOEXEC		the file, its machine, the size of struct module
 *	ENOEXEC		the version of module_layout, or none at all
 *	ENOEXEC		vermagic
 *	ENOENT, EINVAL	symbols (symbols.c)
 *	ENOEXEC		an export that is there already
 *
 * With MODULE_FORCE_LOAD, the kernel excuses a missing __versions or vermagic, and is
 * tainted; never a wrong one.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/readat.h"
#include "prover.h"

static struct finding *same_finding(struct proof *proof, size_t module,
				    enum proof_rule rule, enum proof_verdict verdict)
{
	struct finding *findings = proof->findings;

	for (size_t i = proof->n_findings; i-- > 0 && findings[i].module == module;)
		if (findings[i].rule == rule && findings[i].verdict == verdict)
			return &findings[i];
	return NULL;
}

/* The bytes that the first line of a format makes. */
static size_t length_of_line(const char *format, va_list args)
{
	CLEANUP_FREE char *line = xasprintf("%.*s", (int)strcspn(format, "\n"), format);
	CLEANUP_FREE char *text = xvasprintf(line, args);

	return strlen(text);
}

void prover_find(struct prover *p, size_t module, enum proof_rule rule,
		 enum proof_verdict verdict, const char *errno_name, const char *format,
		 ...)
{
	struct proof *proof = p->proof;
	struct finding *same = same_finding(proof, module, rule, verdict);
	char *text, *message;
	size_t reason;
	va_list args;

	if (proof->verdicts[module] < verdict)
		proof->verdicts[module] = verdict;
	if (same) {
		same->more++;
		return;
	}
	/* Names in the text may have newlines of their own. */
	va_start(args, format);
	reason = length_of_line(format, args) + 1;
	va_end(args);
	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	message = strchr(format, '\n') ? text + reason : NULL;
	if (message)
		message[-1] = '\0';
	proof->findings = grow(proof->findings, proof->n_findings, &p->capacity,
			       sizeof(*proof->findings));
	proof->findings[proof->n_findings++] = (struct finding){
		.module = module,
		.rule = rule,
		.verdict = verdict,
		.text = arena_strdup(&p->arena, text),
		.errno_name = errno_name,
		.message = message ? arena_strdup(&p->arena, message) : NULL,
	};
	free(text);
}

void prover_unknown(struct prover *p, size_t module, const char *text)
{
	struct proof *proof = p->proof;
	size_t i;

	if (proof->verdicts[module] < UNPROVED)
		proof->verdicts[module] = UNPROVED;
	for (i = 0; i < proof->n_unknowns && proof->unknowns[i] != text; i++)
		;
	if (i == proof->n_unknowns)
		proof->unknowns[proof->n_unknowns++] = text;
}

/* What is missing is excused with MODULE_FORCE_LOAD: what that makes of a finding. */
static enum proof_verdict if_forced(const struct prover *p)
{
	if (!p->kernel.config_label)
		return UNPROVED;
	return kconfig_on(&p->kernel.config, "MODULE_FORCE_LOAD") ? PROVED : REFUSED;
}

static const char *force_remark(enum proof_verdict verdict)
{
	return verdict == PROVED ?
		       "; MODULE_FORCE_LOAD excuses it, and taints the kernel" :
		       "; no configuration tells whether MODULE_FORCE_LOAD excuses it: "
		       "--kernel-config";
}

/* Something is missing; the kernel logs a message, or nothing (NULL). */
static void find_missing(struct prover *p, size_t i, enum proof_rule rule,
			 const char *text, const char *message)
{
	enum proof_verdict verdict = if_forced(p);

	if (verdict == REFUSED)
		prover_find(p, i, rule, REFUSED, "ENOEXEC", message ? "%s\n%s" : "%s",
			    text, message);
	else
		prover_find(p, i, rule, verdict, NULL, "%s%s", text,
			    force_remark(verdict));
}

static void check_file(struct prover *p, size_t i)
{
	const char *err = p->modules[i].facts->err;

	/* Not the kernel's refusals: it takes a module with half a signature for
	 * unsigned. */
	if (err && (is_read_failure(err) || strcmp(err, ELF_CUT_SIGNATURE) == 0))
		prover_find(p, i, RULE_FILE, UNPROVED, NULL, "%s", err);
	else if (err)
		prover_find(p, i, RULE_FILE, REFUSED,
			    p->modules[i].facts->undecoded ? "EINVAL" : "ENOEXEC", "%s",
			    err);
}

static void check_structure(struct prover *p, size_t i)
{
	const struct module_facts *facts = p->modules[i].facts;

	if (facts->writable_code && kconfig_on(&p->kernel.config, "STRICT_MODULE_RWX"))
		prover_find(p, i, RULE_FILE, REFUSED, "ENOEXEC",
			    "a section of it is writable and executable\nhas invalid "
			    "WRITE|EXEC flags");
	else if (!facts->symtab)
		prover_find(p, i, RULE_FILE, REFUSED, "ENOEXEC",
			    "it has no symbol table\nmodule has no symbols (stripped?)");
	else if (facts->common)
		prover_find(p, i, RULE_FILE, REFUSED, "ENOEXEC",
			    "it has common symbols (-fno-common)");
}

static void check_machine(struct prover *p, size_t i)
{
	const struct module_facts *facts = p->modules[i].facts;
	const struct kernel_image *image = &p->kernel.image;

	if (!p->kernel.image_label ||
	    (facts->machine == image->machine && facts->wide == image->wide &&
	     facts->big_endian == image->big_endian))
		return;
	prover_find(p, i, RULE_MACHINE, REFUSED, "ENOEXEC",
		    "it is for ELF machine %u, %d bits, %s-endian, the kernel for %u, %d "
		    "bits, %s-endian",
		    facts->machine, facts->wide ? 64 : 32,
		    facts->big_endian ? "big" : "little", image->machine,
		    image->wide ? 64 : 32, image->big_endian ? "big" : "little");
}

#define OTHER_STRUCT                                                          \
	"its struct module has %llu bytes, that of the kernel's own modules " \
	"%llu: built for another configuration"

static void check_struct(struct prover *p, size_t i)
{
	unsigned long long size = p->modules[i].facts->this_module;
	unsigned long long common = p->this_module;

	if (!size)
		prover_find(p, i, RULE_STRUCT, REFUSED, "ENOEXEC",
			    "it has no .gnu.linkonce.this_module\nNo module found in "
			    "object");
	else if (!common || size == common)
		return;
	else if (!p->kernel.image_label)
		prover_find(p, i, RULE_STRUCT, UNPROVED, NULL,
			    OTHER_STRUCT "; no image tells whether the kernel checks it",
			    size, common);
	else if (p->kernel.image.loader & LOADER_CHECKS_SIZE)
		prover_find(p, i, RULE_STRUCT, REFUSED, "ENOEXEC",
			    OTHER_STRUCT
			    "\n.gnu.linkonce.this_module section size must match the "
			    "kernel's built struct module size at run time",
			    size, common);
	else
		prover_find(p, i, RULE_STRUCT, PROVED, NULL,
			    OTHER_STRUCT "; this kernel does not check it", size, common);
}

/* The table of versions that the kernel looks at: of the two, that which it knows. */
static unsigned table_of(const struct prover *p, const struct module_facts *facts)
{
	const struct kernel_image *image = &p->kernel.image;
	bool knows = image->loader & LOADER_EXTENDED_VERSIONS || !p->kernel.image_label;

	return facts->versions[VERSIONS_EXTENDED] && knows ? VERSIONS_EXTENDED :
							     VERSIONS_PLAIN;
}

bool prover_has_versions(const struct prover *p, const struct module_facts *facts)
{
	return facts->versions[table_of(p, facts)];
}

void prover_check_version(struct prover *p, size_t i, const struct module_need *need,
			  uint32_t crc, enum proof_rule rule, const char *errno_name)
{
	unsigned loader = p->kernel.image.loader;
	unsigned table = table_of(p, p->modules[i].facts);
	unsigned long long own = need->version[table].crc;

	if (need->version[table].found && own != crc)
		prover_find(p, i, rule, REFUSED, errno_name,
			    "symbol %s has CRC 0x%08llx, the kernel's is 0x%08x: built for "
			    "another kernel\ndisagrees about version of symbol %s",
			    need->name, own, crc, need->name);
	else if (!need->version[table].found && loader & LOADER_REFUSES_UNVERSIONED)
		prover_find(p, i, rule, REFUSED, errno_name,
			    "its __versions lack symbol %s\nno symbol version for %s",
			    need->name, need->name);
	else if (!need->version[table].found)
		prover_find(p, i, rule, UNPROVED, NULL,
			    "its __versions lack symbol %s: mainline kernels warn and "
			    "load it, others refuse it",
			    need->name);
}

static void check_layout(struct prover *p, size_t i)
{
	const struct kernel_exports *exports = p->kernel.exports;
	const struct module_facts *facts = p->modules[i].facts;
	const struct kernel_export *layout;

	if (!exports || !exports->crcs)
		return;
	layout = exports_find(exports, facts->layout.name);
	if (!prover_has_versions(p, facts))
		find_missing(p, i, RULE_LAYOUT,
			     "it has no __versions, and the kernel has MODVERSIONS",
			     "no symbol version for module_layout");
	else if (layout)
		prover_check_version(p, i, &facts->layout, layout->crc, RULE_LAYOUT,
				     "ENOEXEC");
}

/* With MODVERSIONS, each table of exports needs its CRCs. */
static void check_export_crcs(struct prover *p, size_t i)
{
	const struct module_facts *facts = p->modules[i].facts;
	size_t k = 0;

	while (k < facts->n_exports && facts->exports[k].has_crc)
		k++;
	if (k < facts->n_exports && p->kernel.exports && p->kernel.exports->crcs)
		find_missing(p, i, RULE_LAYOUT,
			     "its exports have no CRCs, and the kernel has MODVERSIONS",
			     "no versions for exported symbols");
}

/* With versions on both sides, the release does not count. */
static const char *behind_release(const char *vermagic, bool versions)
{
	return versions ? vermagic + strcspn(vermagic, " ") : vermagic;
}

static void check_vermagic(struct prover *p, size_t i)
{
	const struct module_facts *facts = p->modules[i].facts;
	const char *own = module_facts_field(facts, "vermagic");
	const char *kernel = p->kernel.image.vermagic;
	bool versions = facts->versions[VERSIONS_PLAIN] && p->kernel.exports &&
			p->kernel.exports->crcs;

	if (!kernel)
		return; /* said once, for all modules */
	if (!own)
		find_missing(p, i, RULE_VERMAGIC, "it has no vermagic", NULL);
	else if (strcmp(behind_release(own, versions),
			behind_release(kernel, versions)) != 0)
		prover_find(p, i, RULE_VERMAGIC, REFUSED, "ENOEXEC",
			    "vermagic is \"%s\"\nversion magic '%s' should be '%s'", own,
			    own, kernel);
}

static void check_duplicates(struct prover *p, size_t i)
{
	const struct module_facts *facts = p->modules[i].facts;

	for (size_t k = 0; k < facts->n_exports; k++) {
		const char *name = facts->exports[k].name, *owner = NULL;
		const struct proof_export *loaded = prover_loaded(p, i, name);

		if (p->kernel.exports && exports_find(p->kernel.exports, name))
			owner = "the kernel";
		else if (loaded)
			owner = p->plan->modules[loaded->module].path;
		if (owner)
			prover_find(p, i, RULE_DUPLICATE, REFUSED, "ENOEXEC",
				    "it exports %s, as %s does\nexports duplicate symbol "
				    "%s",
				    name, owner, name);
	}
}

static void check_config(struct prover *p, size_t i)
{
	if (p->kernel.config_label && !kconfig_on(&p->kernel.config, "MODULES"))
		prover_find(p, i, RULE_CONFIG, REFUSED, "ENOSYS",
			    "the kernel loads no modules: MODULES is off in %s",
			    p->kernel.config_label);
}

/* A module that cannot be read, or is for another machine, has no further facts. */
static const struct {
	void (*check)(struct prover *p, size_t i);
	bool last; /* if it finds anything, the others are not asked */
} checks[] = {
	/* clang-format off */
	{ check_config, true },
	{ prover_check_loader, false },
	{ prover_check_signature, false },
	{ check_file, true },
	{ check_machine, true },
	{ check_structure, true },
	{ check_struct, false },
	{ check_layout, false },
	{ check_vermagic, false },
	{ prover_check_symbols, false },
	{ check_export_crcs, false },
	{ check_duplicates, false },
	/* clang-format on */
};

void prover_check(struct prover *p)
{
	struct proof *proof = p->proof;
	bool unknown = proof->n_unknowns > 0;

	prover_compare(p);
	for (size_t i = 0; i < p->plan->n_modules; i++) {
		for (size_t k = 0; k < sizeof(checks) / sizeof(*checks); k++) {
			size_t before = proof->n_findings;

			checks[k].check(p, i);
			if (checks[k].last && proof->n_findings > before)
				break;
		}
		if (proof->verdicts[i] == PROVED && unknown)
			proof->verdicts[i] = UNPROVED;
	}
}

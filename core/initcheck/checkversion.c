// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules against their kernel: the version of the directory that they are in and, with
 * --kernel, the proof (proof/proof.h) by that kernel's image.
 *
 * A module of another kernel breaks several of the proof's rules; it is one finding.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "initchecks.h"
#include "kernel/kernelfind.h"
#include "module/modfacts.h"
#include "proof/proof.h"
#include "tree/modopen.h"

/* The release in a module's vermagic and its length; NULL if there is none. */
static const char *release_of(const struct module *module, size_t *len)
{
	for (size_t i = 0; i < module->info.n; i++) {
		const char *value = module->info.fields[i].value;

		if (strcmp(module->info.fields[i].key, "vermagic") != 0)
			continue;
		*len = strcspn(value, " ");
		return value;
	}
	return NULL;
}

static bool is_foreign(const struct init_kernel *kernel, const struct module *module)
{
	size_t len;
	const char *release = module ? release_of(module, &len) : NULL;

	return release && (strlen(kernel->version) != len ||
			   memcmp(release, kernel->version, len) != 0);
}

static int by_release(const void *a, const void *b)
{
	const struct module *x = *(struct module *const *)a,
			    *y = *(struct module *const *)b;
	size_t x_len, y_len;
	const char *x_release = release_of(x, &x_len), *y_release = release_of(y, &y_len);
	int order = strncmp(x_release, y_release, x_len < y_len ? x_len : y_len);

	if (!order && x_len != y_len)
		order = x_len < y_len ? -1 : 1;
	return order ? order : strcmp(x->path, y->path);
}

/* One finding for each other release, with its modules. */
static void check_releases(struct initcheck *check, struct init_kernel *kernel)
{
	CLEANUP_FREE struct module **foreign =
		xcalloc(kernel->n + 1, sizeof(struct module *));
	struct init_finding *finding = NULL;
	const char *last = "";
	size_t n = 0, len, last_len = 0;

	for (size_t i = 0; i < kernel->n; i++)
		if (is_foreign(kernel, kernel->modules[i]))
			foreign[n++] = kernel->modules[i];
	if (n)
		qsort(foreign, n, sizeof(struct module *), by_release);
	for (size_t i = 0; i < n; i++) {
		const char *release = release_of(foreign[i], &len);

		if (!finding || len != last_len || memcmp(release, last, len) != 0)
			finding = init_find(check, INIT_WRONG_KERNEL, kernel, kernel->dir,
					    "modules that were built for %.*s:", (int)len,
					    release);
		init_item(check, &finding->items, foreign[i]->path);
		last = release;
		last_len = len;
	}
}

/* -- the proof ---------------------------------------------------------------------- */

/* Whether a finding of the proof is for the check of compression (checkcodecs.c) to say. */
static bool is_known_codec(const struct initcheck *check, const struct finding *finding,
			   const struct module *module)
{
	const struct modprobe *modprobe = &check->modprobe;
	enum codec codec = module->facts ? module->facts->packing.codec : CODEC_NONE;

	return finding->rule == RULE_LOADER &&
	       (modprobe->reads[codec] == READS_NOT ||
		(modprobe->kind == MODPROBE_KMOD && modprobe->major &&
		 modprobe->major < 31));
}

/* The rules that the findings of one module stand for. */
static enum init_rule_number rule_of(const struct proof *proof, size_t first)
{
	const struct finding *finding = &proof->findings[first];

	for (size_t i = first;
	     i < proof->n_findings && proof->findings[i].module == finding->module; i++)
		if (proof->findings[i].rule == RULE_VERMAGIC &&
		    proof->findings[i].verdict == REFUSED)
			return INIT_WRONG_KERNEL;
	return finding->rule == RULE_LOADER ? INIT_UNREADABLE_COMPRESSION : INIT_REFUSED;
}

/*
 * Find the modules of the plan that lack one that they need, directly or not: that is
 * another finding, and the symbols that they miss follow from it. The caller frees it.
 */
static bool *find_lacking(const struct plan *plan)
{
	bool *lacking = xcalloc(plan->n_modules + 1, sizeof(*lacking));

	for (size_t i = plan->n_requests; i < plan->n_names; i++) {
		size_t by = plan_find(plan, plan->names[i].by);

		if (plan->names[i].edge == EDGE_DEPENDS && by != SIZE_MAX &&
		    plan->names[i].answer == ANSWER_NONE)
			lacking[by] = true;
	}
	/* Edges are grouped by module, and dependencies come first. */
	for (size_t i = 0; i < plan->n_edges; i++)
		if (plan->edges[i].edge == EDGE_DEPENDS && lacking[plan->edges[i].to])
			lacking[plan->edges[i].from] = true;
	return lacking;
}

/* The first refusal of each module. */
static void report_refusals(struct initcheck *check, struct init_kernel *kernel,
			    const struct proof *proof)
{
	CLEANUP_FREE bool *lacking = find_lacking(&kernel->plan);
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < proof->n_findings; i++) {
		const struct finding *finding = &proof->findings[i];
		const char *name = kernel->plan.modules[finding->module].name;
		const struct module *module = modtree_met(kernel->tree.modules, name);
		CLEANUP_FREE char *text = NULL;

		if (finding->verdict != REFUSED || finding->module == last ||
		    is_foreign(kernel, module) ||
		    is_known_codec(check, finding, module) ||
		    (finding->rule == RULE_SYMBOL && lacking[finding->module]))
			continue;
		last = finding->module;
		text = proof_text(finding);
		init_find(check, rule_of(proof, i), kernel,
			  init_module_path(check, kernel, module->path), "%s", text);
	}
}

static void note_unproved(struct initcheck *check, struct init_kernel *kernel,
			  const struct proof *proof)
{
	struct init_note *note = NULL;

	for (size_t i = 0; i < kernel->plan.n_modules; i++) {
		if (proof->verdicts[i] != UNPROVED)
			continue;
		if (!note)
			note = init_note(check, kernel,
					 "not proved to load, as too little is known of "
					 "the kernel in %s:",
					 check->options->kernel);
		init_item(check, &note->items, kernel->plan.modules[i].name);
	}
}

static int prove(struct initcheck *check, struct init_kernel *kernel)
{
	const struct modtree where = {
		.root = &check->source.root,
		.version = kernel->version,
		.dir = kernel->in_source ? kernel->source.dir : kernel->dir,
	};
	const struct proof_options options = {
		.prove = "",
		.loader = check->modprobe.kind == MODPROBE_BUSYBOX ? "busybox" : "kmod",
		.source = &where,
	};
	struct proof proof;
	int result = proof_make(&proof, &options, &kernel->tree, &kernel->plan);

	if (result == 0 && proof.other)
		init_find(check, INIT_WRONG_KERNEL, kernel, kernel->dir,
			  "%s is the kernel %s", proof.image, proof.other);
	else if (result == 0)
		report_refusals(check, kernel, &proof);
	if (result == 0 && !proof.other)
		note_unproved(check, kernel, &proof);
	proof_free(&proof);
	return result;
}

/* -- the kernel in SOURCE ----------------------------------------------------------- */

static void add_versions(struct initcheck *check, struct init_finding *finding)
{
	for (size_t i = 0; i < N_MODULE_DIRS && !finding->items.n; i++) {
		struct string_list names;

		rootfs_list(&names, &check->arena, &check->source.root, module_dirs[i]);
		for (size_t k = 0; k < names.n; k++)
			string_list_add(&finding->items, names.items[k]);
		string_list_free(&names);
	}
}

static void report_no_kernel(struct initcheck *check, struct init_kernel *kernel)
{
	struct init_finding *finding;

	if (kernel->in_source) {
		init_note(check, kernel,
			  "%s has no image of this kernel: it is not known which "
			  "modules it refuses",
			  check->options->kernel);
		return;
	}
	finding = init_find(check, INIT_WRONG_KERNEL, kernel, kernel->dir,
			    "%s does not have this kernel, but", check->options->kernel);
	add_versions(check, finding);
	if (!finding->items.n)
		init_item(check, &finding->items, "none");
}

int init_check_version(struct initcheck *check, struct init_kernel *kernel)
{
	struct string_list tried = { 0 };
	const char *path;
	int fd;

	check_releases(check, kernel);
	if (!check->has_source)
		return 0;
	fd = kernel_find_image(&check->source.root, kernel->version,
			       kernel->in_source ? kernel->source.dir : kernel->dir,
			       &check->arena, &path, &tried);
	string_list_free(&tried);
	if (fd == ROOTFS_NONE)
		report_no_kernel(check, kernel);
	if (fd < 0)
		return fd == ROOTFS_NONE ? 0 : -1;
	close(fd);
	return ENABLED(FEATURE_PROOF) ? prove(check, kernel) : 0;
}

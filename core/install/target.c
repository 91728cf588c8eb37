// SPDX-License-Identifier: GPL-2.0-or-later
/* Modules to install, and the kernel that is to load them. */
#include "install/target.h"

#include "base/message.h"
#include "fs/rootset.h"
#include "plan/closure.h"
#include "tree/overlay.h"

/* The target's kernel while it is read. */
struct opened {
	struct rootset roots;
	struct rootfs source;
	struct modtree tree;
};

/*
 * Open it, with stage, which may be NULL, laid over it. Returns 0, or -1 (reported);
 * close_target() is needed either way.
 */
static int open_target(struct opened *opened, const struct target *target,
		       const struct stage *stage)
{
	struct kernel_options kernel = *target->kernel;
	struct string_list overlays = { 0 }, versions = { 0 };
	int result;

	*opened = (struct opened){ 0 };
	for (size_t i = 0; i < kernel.overlays.n; i++)
		string_list_add(&overlays, kernel.overlays.items[i]);
	if (stage)
		string_list_add(&overlays, stage->dir.path);
	string_list_add(&versions, target->version);
	kernel.versions = versions;
	result = rootset_open(&opened->roots, &opened->source, target->root, &overlays);
	if (result == 0)
		result = kernel_options_open(&kernel, 0, &opened->source, &opened->tree);
	string_list_free(&overlays);
	string_list_free(&versions);
	return result;
}

static void close_target(struct opened *opened)
{
	modtree_close(&opened->tree);
	rootset_close(&opened->roots, &opened->source);
}

int target_prepare(const struct target *target, const struct applet *applet,
		   const struct choice_options *options, struct preparation *preparation)
{
	struct kconfig config = { 0 };
	struct arena arena = { 0 };
	const char *label = NULL;
	struct opened kernel;
	int result = open_target(&kernel, target, NULL);

	if (result == 0)
		result = proof_read_config(&config, &arena, &label, target->proof,
					   &kernel.tree);
	if (result == 0)
		result = choices_make(applet, options, &kernel.tree,
				      label ? &config : NULL, preparation);
	arena_free(&arena);
	close_target(&kernel);
	return result;
}

static void say_trimmed(const struct proof *proof)
{
	const char *label;
	const struct kconfig *config = proof_config(proof, &label);

	for (size_t i = 0; config && i < proof->n_findings; i++)
		if (proof->findings[i].rule == RULE_SYMBOL &&
		    proof->findings[i].verdict == REFUSED &&
		    kconfig_on(config, "TRIM_UNUSED_KSYMS")) {
			notice("%s has CONFIG_TRIM_UNUSED_KSYMS: the kernel exports only "
			       "what its own modules use",
			       label);
			return;
		}
}

static int prove(const struct target *target, struct modtree *tree,
		 const struct plan *plan)
{
	const char *label = NULL;
	const struct kconfig *config;
	struct proof proof;
	int result = proof_make(&proof, target->proof, tree, plan);

	if (result == 0) {
		result = proof_report(&proof, target->proof, target->verbose);
		say_trimmed(&proof);
		config = proof_config(&proof, &label);
		if (requirements_check(target->requirements, target->version, config,
				       label, target->force, *target->proof->prove) < 0)
			result = -1;
	}
	proof_free(&proof);
	return result;
}

int target_check(const struct target *target, const struct stage *stage,
		 const struct candidates *candidates)
{
	int flags = CLOSURE_NO_SOFTDEP | CLOSURE_NO_WEAKDEP | CLOSURE_FACTS;
	struct request_list wanted = { 0 };
	struct opened kernel;
	struct plan plan = { 0 };
	int result;

	if (target->force)
		flags |= CLOSURE_QUIET;
	for (size_t i = 0; i < candidates->n; i++)
		request_add(&wanted, candidates->items[i].name,
			    candidates->items[i].label);
	result = open_target(&kernel, target, stage);
	if (result == 0)
		result = closure_resolve(&plan, &kernel.tree, &wanted, flags);
	if (result == 0)
		result = overlay_check(&kernel.tree, true);
	if (result == 0)
		result = prove(target, &kernel.tree, &plan);
	plan_free(&plan);
	request_list_free(&wanted);
	close_target(&kernel);
	return result;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The proof: a plan against a kernel.
 *
 *	image, .config, Module.symvers ──► proof_kernel ─┐
 *	plan ──► module_facts of each module ────────────┴─► rules ──► findings ──► report
 *
 * The rules are those of the kernel's loader, in its order (checks.c, symbols.c). Modules
 * are checked in the plan's order, which is the order of loading: a module may use the
 * exports of those before it.
 *
 * Not checked yet: signatures, and whether the kernel or kmod can decompress the files.
 */
#include <string.h>

#include "prover.h"

#define FIELD(name) offsetof(struct proof_options, name)

const struct option_row proof_option_rows[] = {
	/* clang-format off */
	IF_ENABLED(FEATURE_PROOF,
	{ 0, "prove", "[known]", OPTION_STRING, FIELD(prove),
	  "prove that the kernel will load the modules; known: as far as can be known" },
	{ 0, "kernel-image", "FILE", OPTION_STRING | OPTION_NEWER, FIELD(image),
	  "prove by this kernel image, not by SOURCE's" },
	{ 0, "kernel-config", "FILE", OPTION_STRING | OPTION_NEWER, FIELD(config),
	  "prove by this configuration of the kernel, not by SOURCE's" },
	{ 0, "symvers", "FILE", OPTION_STRING, FIELD(symvers),
	  "prove by the kernel's exports in this Module.symvers" },)
	/* clang-format on */
	{ 0 },
};

int proof_options_check(const struct applet *applet, const struct proof_options *o)
{
	if (o->prove && *o->prove && strcmp(o->prove, "known") != 0) {
		usage_error(applet, "invalid --prove '%s'; use --prove or --prove=known",
			    o->prove);
		return -1;
	}
	if (!o->prove && (o->image || o->config || o->symvers)) {
		usage_error(applet, "--%s needs --prove",
			    o->image  ? "kernel-image" :
			    o->config ? "kernel-config" :
					"symvers");
		return -1;
	}
	return 0;
}

int proof_run(const struct proof_options *options, struct modtree *tree,
	      const struct plan *plan, bool verbose)
{
	struct proof_kernel kernel = { 0 };
	struct prover prover = { .plan = plan, .tree = tree, .kernel = &kernel };
	int result = proof_kernel_open(&kernel, options, tree);

	if (result == 0) {
		prover_read(&prover);
		prover_check(&prover);
		result = prover_report(&prover, options, verbose);
	}
	prover_free(&prover);
	proof_kernel_close(&kernel);
	return result;
}

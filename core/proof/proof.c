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
 * Not checked: what modules do once they are loaded.
 */
#include <stdlib.h>
#include <string.h>

#include "prover.h"

#define FIELD(name) offsetof(struct proof_options, name)

const struct option_row proof_option_rows[] = {
	/* clang-format off */
	IF_ENABLED(FEATURE_PROOF,
	{ "prove", "[known]", 0, OPTION_STRING, FIELD(prove),
	  "prove that the kernel will load the modules; known: as far as can be known" },
	{ "kernel-image", "FILE", 0, OPTION_STRING | OPTION_NEWER, FIELD(image),
	  "prove by this kernel image, not by SOURCE's" },
	{ "kernel-config", "FILE", 0, OPTION_STRING | OPTION_NEWER, FIELD(config),
	  "prove by this configuration of the kernel, not by SOURCE's" },
	{ "symvers", "FILE", 0, OPTION_STRING, FIELD(symvers),
	  "prove by the kernel's exports in this Module.symvers" },
	{ "loader", "WHO", 0, OPTION_STRING | OPTION_NEWER, FIELD(loader),
	  "what loads the modules: " VALUES("kmod (default)", "kernel", "busybox") },)
	IF_ENABLED(FEATURE_SIGNATURE,
	{ "cert", "FILE", 0, OPTION_LIST, FIELD(certs),
	  "the kernel trusts this certificate too, PEM or DER; repeatable" },
	{ "sig-enforce", NULL, 0, OPTION_FLAG, FIELD(sig_enforce),
	  "the kernel runs with module.sig_enforce=1" },)
	/* clang-format on */
	{ 0 },
};

static const char *needs_prove(const struct proof_options *o)
{
	return o->image	      ? "kernel-image" :
	       o->config      ? "kernel-config" :
	       o->symvers     ? "symvers" :
	       o->loader      ? "loader" :
	       o->certs.n     ? "cert" :
	       o->sig_enforce ? "sig-enforce" :
				NULL;
}

int proof_options_check(const struct applet *applet, const struct proof_options *o)
{
	if (o->prove && *o->prove && strcmp(o->prove, "known") != 0) {
		usage_error(applet, "invalid --prove '%s'; use --prove or --prove=known",
			    o->prove);
		return -1;
	}
	if (prover_loader(o->loader) < 0) {
		usage_error(applet, "invalid --loader '%s'; use kmod, kernel or busybox",
			    o->loader);
		return -1;
	}
	if (!o->prove && needs_prove(o)) {
		usage_error(applet, "--%s needs --prove", needs_prove(o));
		return -1;
	}
	return 0;
}

void proof_options_free(struct proof_options *o)
{
	string_list_free(&o->certs);
}

/* Return the version in the image, if it is not the modules'; else NULL. */
static const char *other_version(const struct prover *prover)
{
	const char *release = prover->kernel.image.release;
	const char *version = prover->plan->version;

	return release && strcmp(version, ".") != 0 && strcmp(release, version) != 0 ?
		       release :
		       NULL;
}

int proof_make(struct proof *proof, const struct proof_options *options,
	       struct modtree *tree, const struct plan *plan)
{
	struct prover *prover = xcalloc(1, sizeof(*prover));
	const struct modtree *source =
		ENABLED(INITCHECK) && options->source ? options->source : tree;

	*proof = (struct proof){ .plan = plan, .prover = prover };
	proof->verdicts = xcalloc(plan->n_modules + 1, sizeof(*proof->verdicts));
	*prover = (struct prover){
		.proof = proof, .options = options, .plan = plan, .tree = tree
	};
	if (proof_kernel_open(&prover->kernel, options, source) < 0)
		return -1;
	proof->image = prover->kernel.image_label;
	proof->other = other_version(prover);
	if (prover->kernel.exports)
		proof->n_exports = prover->kernel.exports->n;
	if (plan->n_modules)
		proof_kernel_unknowns(&prover->kernel, proof);
	prover_read(prover);
	prover_verify(prover);
	prover_check(prover);
	prover_check_archive(prover);
	proof->signers = prover_signers(prover);
	return 0;
}

const struct kconfig *proof_config(const struct proof *proof, const char **label)
{
	const struct proof_kernel *kernel = &proof->prover->kernel;

	*label = kernel->config_label;
	return kernel->config_label ? &kernel->config : NULL;
}

void proof_free(struct proof *proof)
{
	struct prover *prover = proof->prover;

	if (!prover)
		return;
	proof_kernel_close(&prover->kernel);
	free(prover->modules);
	free(prover->exports);
	arena_free(&prover->arena);
	free(prover);
	free(proof->findings);
	free(proof->verdicts);
	*proof = (struct proof){ 0 };
}

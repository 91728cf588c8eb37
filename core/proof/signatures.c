// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signatures, which the kernel checks before it reads anything else of a module
 * (module_sig_check() in kernel/module/signing.c), if MODULE_SIG is on:
 *
 *	ENODATA		there is none
 *	ENOKEY		it is of an unknown signer
 *	ENOPKG		it is by an unknown algorithm
 *	any other	refused: it does not fit, or cannot be read
 *
 * With the first three, a module loads and taints the kernel, or, with MODULE_SIG_FORCE
 * or sig_enforce, is refused with EKEYREJECTED.
 *
 * modload() read the signatures and made the hashes; here they are compared with the
 * certificates of the image, and those of --cert.
 */
#include <stdlib.h>
#include <string.h>

#include "base/workers.h"
#include "config.h"
#include "prover.h"

static const char unknown_config[] =
	"no configuration tells whether the kernel checks signatures, and loads only signed "
	"modules: --kernel-config";
static const char unknown_algorithm[] =
	"it is not known whether the kernel has the algorithms of the signatures built in: "
	"--kernel-config";
static const char unknown_keys[] =
	"not all certificates of the kernel are known, so its modules' signatures cannot be "
	"verified: --cert";
static const char not_verified[] =
	"signatures are not verified, because this program is built without mbedTLS";

enum known { NO, YES, UNKNOWN };

/* -- the kernel ----------------------------------------------------------------- */

static enum known config_answer(const struct proof_kernel *kernel, const char *symbol)
{
	if (!kernel->config_label)
		return UNKNOWN;
	return kconfig_on(&kernel->config, symbol) ? YES : NO;
}

/* Whether the kernel looks at signatures. */
static enum known checks_signatures(const struct proof_kernel *kernel)
{
	if (kernel->image.loader & LOADER_CHECKS_SIGNATURES && !kernel->config_label)
		return YES;
	return config_answer(kernel, "MODULE_SIG");
}

static enum known demands_signatures(const struct proof_kernel *kernel)
{
	return kernel->sig_enforce ? YES : config_answer(kernel, "MODULE_SIG_FORCE");
}

static bool is_locked_down(const struct proof_kernel *kernel)
{
	return config_answer(kernel, "LOCK_DOWN_KERNEL_FORCE_INTEGRITY") == YES ||
	       config_answer(kernel, "LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY") == YES;
}

/* What is a module of its own may be there when another is loaded, or not. */
static enum known has_built_in(const struct proof_kernel *kernel, const char *symbol)
{
	const char *value = kconfig_get(&kernel->config, symbol);

	if (!kernel->config_label)
		return UNKNOWN;
	return !value ? NO : kconfig_built_in(&kernel->config, symbol) ? YES : UNKNOWN;
}

static enum known has_hash(const struct proof_kernel *kernel, enum signature_hash hash)
{
	unsigned loader = hash == HASH_SHA256 ? LOADER_HAS_SHA256 : LOADER_HAS_SHA512;

	if (kernel->image.loader & loader || kconfig_has_hash(&kernel->config, hash))
		return YES;
	return has_built_in(kernel, kconfig_hash_symbol(hash));
}

/* The key of a certificate in the image was read by that kernel's own algorithm. */
static enum known has_key(const struct proof_kernel *kernel,
			  const struct signature *signature)
{
	if (signature->cert < kernel->image.n_certs)
		return YES;
	return has_built_in(kernel,
			    signature->key == KEY_RSA ? "CRYPTO_RSA" : "CRYPTO_ECDSA");
}

/* Whether all that the kernel trusts by itself is known here. */
static bool knows_certs(const struct proof_kernel *kernel)
{
	for (size_t i = 0; i < kernel->n_certs; i++)
		if (!kernel->certs[i].name)
			return false;
	return kernel->image.n_certs > 0;
}

/* -- verifying ------------------------------------------------------------------ */

static void *verify_begin(void *context)
{
	const struct prover *p = context;
	const struct proof_kernel *kernel = &p->kernel;
	CLEANUP_FREE struct signature_cert *certs =
		xcalloc(kernel->n_certs + 1, sizeof(*certs));

	for (size_t i = 0; i < kernel->n_certs; i++)
		certs[i] = kernel->certs[i].cert;
	return signature_verifier_new(certs, kernel->n_certs);
}

static void verify_one(void *worker, size_t i, void *context)
{
	struct prover *p = context;

	signature_verify(worker, &p->modules[i].signature);
}

static void verify_end(void *worker)
{
	signature_verifier_free(worker);
}

/* Whether signatures are verified: they count, and this program can. */
static bool wants_signatures(const struct proof_kernel *kernel)
{
	return ENABLED(FEATURE_SIGNATURE) && signature_is_supported() &&
	       checks_signatures(kernel) != NO;
}

void prover_verify(struct prover *p)
{
	struct work work = { .n = p->plan->n_modules,
			     .begin = verify_begin,
			     .job = verify_one,
			     .end = verify_end,
			     .context = p };

	if (!wants_signatures(&p->kernel))
		return;
	for (size_t i = 0; i < p->plan->n_modules; i++)
		p->modules[i].signature = p->modules[i].facts->signature;
	workers_run(&work);
}

/* -- the rule ------------------------------------------------------------------- */

/*
 * What the kernel loads, unless it demands signatures. reason: as it says it, "unsigned
 * module".
 */
static void find_unsigned(struct prover *p, size_t i, const char *text,
			  const char *reason)
{
	const struct proof_kernel *kernel = &p->kernel;
	enum known demands = demands_signatures(kernel);

	if (demands == UNKNOWN)
		prover_unknown(p, i, unknown_config);
	else if (demands == YES)
		prover_find(p, i, RULE_SIGNATURE, REFUSED, "EKEYREJECTED",
			    "%s\nLoading of %s is rejected", text, reason);
	else if (is_locked_down(kernel))
		prover_find(p, i, RULE_SIGNATURE, REFUSED, "EPERM",
			    "%s, and the kernel is locked down", text);
	else
		prover_find(p, i, RULE_SIGNATURE, PROVED, NULL,
			    "%s; it loads, and taints the kernel", text);
}

/* Refused in any case, but if the kernel looks at no signatures. */
static void find_broken(struct prover *p, size_t i, const char *errno_name,
			const char *text)
{
	if (checks_signatures(&p->kernel) == YES || p->kernel.sig_enforce)
		prover_find(p, i, RULE_SIGNATURE, REFUSED, errno_name, "%s", text);
	else
		prover_unknown(p, i, unknown_config);
}

/* Whether the kernel can compute what a signature asks for; if not, that is said. */
static bool check_algorithms(struct prover *p, size_t i,
			     const struct signature *signature)
{
	enum known hash = has_hash(&p->kernel, signature->hash);
	enum known key = has_key(&p->kernel, signature);
	CLEANUP_FREE char *text =
		xasprintf("its signature is by %s%s, which the kernel has not built in",
			  hash == NO ? "SHA-" : "",
			  hash == NO ?
				  kconfig_hash_name(signature->hash) + strlen("sha") :
			  signature->key == KEY_RSA ? "RSA" :
						      "ECDSA");

	if (hash == NO || (key == NO && signature->cert != SIZE_MAX))
		find_unsigned(p, i, text, "module with unsupported crypto");
	else if (hash == UNKNOWN || (key == UNKNOWN && signature->cert != SIZE_MAX))
		prover_unknown(p, i, unknown_algorithm);
	else
		return true;
	return false;
}

static void check_signer(struct prover *p, size_t i, const struct signature *signature)
{
	bool stranger = signature->state == SIGNATURE_UNKNOWN_KEY;
	CLEANUP_FREE char *text = NULL;

	if (stranger && knows_certs(&p->kernel)) {
		text = xasprintf(
			"it is signed by %s, whose certificate the kernel does not "
			"have (--cert)",
			signature->signer);
		find_unsigned(p, i, text, "module with unavailable key");
		return;
	}
	if (!check_algorithms(p, i, signature))
		return;
	if (stranger)
		prover_unknown(p, i, unknown_keys);
	else if (signature->state == SIGNATURE_BAD)
		find_broken(
			p, i, "EKEYREJECTED",
			"its signature does not fit: it was changed after it was signed");
}

void prover_check_signature(struct prover *p, size_t i)
{
	const struct signature *signature = &p->modules[i].signature;

	switch (signature->state) {
	case SIGNATURE_UNREAD:
		if (!wants_signatures(&p->kernel) && checks_signatures(&p->kernel) != NO)
			prover_unknown(p, i, not_verified);
		break;
	case SIGNATURE_NONE:
		find_unsigned(p, i, "it is not signed", "unsigned module");
		break;
	case SIGNATURE_GOOD:
	case SIGNATURE_BAD:
	case SIGNATURE_UNKNOWN_KEY:
		check_signer(p, i, signature);
		break;
	case SIGNATURE_FOREIGN:
		find_unsigned(p, i, "its signature is of a kind that no kernel reads",
			      "module with unsupported crypto");
		break;
	case SIGNATURE_UNSUPPORTED:
		prover_find(p, i, RULE_SIGNATURE, UNPROVED, NULL,
			    "its signature has parts that are not verified here");
		break;
	case SIGNATURE_ATTRIBUTES:
		find_broken(p, i, "EKEYREJECTED", "its signature has signed attributes");
		break;
	case SIGNATURE_MALFORMED:
		find_broken(p, i, "EBADMSG", "its signature is damaged");
		break;
	case SIGNATURE_INVALID:
		find_broken(p, i, "EINVAL", "its signature is not one of a module");
		break;
	}
}

/* -- the sum -------------------------------------------------------------------- */

/* A part of the sum; all of them have one phrase less. */
static const char *add_part(struct arena *arena, const char *list, size_t n, size_t all,
			    const char *text)
{
	if (n == 0)
		return list;
	if (n == all)
		return arena_printf(arena, "all %s", text);
	return arena_printf(arena, "%s%s%zu %s", list, *list ? ", " : "", n, text);
}

/* Whether a certificate before has the same name. */
static bool is_named_before(const struct proof_kernel *kernel, size_t cert)
{
	for (size_t i = 0; i < cert; i++)
		if (kernel->certs[i].name &&
		    strcmp(kernel->certs[i].name, kernel->certs[cert].name) == 0)
			return true;
	return false;
}

static size_t count_signed(const struct prover *p, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < p->plan->n_modules; i++) {
		const struct signature *signature = &p->modules[i].signature;

		n += signature->state == SIGNATURE_GOOD &&
		     strcmp(p->kernel.certs[signature->cert].name, name) == 0;
	}
	return n;
}

const char *prover_signers(struct prover *p)
{
	const struct proof_kernel *kernel = &p->kernel;
	size_t all = p->plan->n_modules, none = 0, rest = all;
	const char *list = "";

	if (checks_signatures(kernel) == NO)
		return "signatures do not count (MODULE_SIG is off)";
	if (!wants_signatures(kernel))
		return "signatures not verified";
	for (size_t i = 0; i < kernel->n_certs; i++) {
		const char *name = kernel->certs[i].name;
		size_t n;

		if (!name || is_named_before(kernel, i))
			continue;
		n = count_signed(p, name);
		rest -= n;
		list = add_part(&p->arena, list, n, all,
				arena_printf(&p->arena, "signed by '%s'", name));
	}
	for (size_t i = 0; i < all; i++)
		none += p->modules[i].signature.state == SIGNATURE_NONE;
	list = add_part(&p->arena, list, none, all, "not signed");
	if (rest - none == all)
		return "no signature verified";
	return add_part(&p->arena, list, rest - none, all, "not verified");
}

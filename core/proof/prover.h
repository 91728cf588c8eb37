/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PROVER_H
#define MODBOX_PROVER_H

#include "kernel/kconfig.h"
#include "kernel/kernelimage.h"
#include "module/modfacts.h"
#include "proof/proof.h"
#include "signature/signature.h"

/* A certificate, and its holder; NULL: its key cannot be used here. */
struct proof_cert {
	struct signature_cert cert;
	const char *name;
};

/* The kernel that a plan is proved against. */
struct proof_kernel {
	struct arena arena;
	struct kernel_image image;
	const char *image_label;       /* as messages show it; NULL: there is none */
	struct kernel_exports symvers; /* of --symvers */
	const struct kernel_exports *exports; /* the image's, or symvers; NULL: unknown */
	struct kconfig config;
	const char *config_label; /* NULL: there is none */
	struct proof_cert *certs; /* that it trusts: the image's, then those of --cert */
	size_t n_certs;
	bool sig_enforce; /* --sig-enforce */
};

/* A chosen module, and what is known of it. */
struct proof_module {
	const struct module_facts *facts; /* the tree's */
	struct signature signature;	  /* UNREAD if it does not count */
	bool proprietary, uses_gpl; /* as the loader notes while it resolves symbols */
};

/* An export of a chosen module. */
struct proof_export {
	const struct module_export *export;
	size_t module; /* index in the plan */
};

struct prover {
	struct proof *proof;
	const struct proof_options *options;
	const struct plan *plan;
	struct modtree *tree;
	struct proof_kernel kernel;
	struct arena arena;
	struct proof_module *modules; /* as the plan's */
	struct proof_export *exports; /* sorted by name, then by module */
	size_t n_exports;
	uint64_t this_module; /* bytes of it in the kernel's own modules; 0: unknown */
	enum codec own_codec; /* of the kernel's own modules */
	size_t capacity;      /* of the findings */
};

/* Find what is told of the plan's kernel. Returns 0, or -1 and reports it (status 4). */
int proof_kernel_open(struct proof_kernel *kernel, const struct proof_options *options,
		      const struct modtree *tree);
void proof_kernel_close(struct proof_kernel *kernel);

/* Fill the proof's unknowns. */
void proof_kernel_unknowns(const struct proof_kernel *kernel, struct proof *proof);

/*
 * Set this_module and own_codec, which most of the kernel's own modules have, of those
 * chosen and a few others in SOURCE.
 */
void prover_compare(struct prover *prover);

/* Read the facts of all modules of the plan, in parallel; each failure is in its err. */
void prover_read(struct prover *prover);

/*
 * Add a finding, and make it the module's verdict if that was a better one. Of several
 * findings of one rule and verdict for a module, the first is kept, the others counted.
 * The second line of the text, if there is one, is what the kernel logs.
 */
void prover_find(struct prover *prover, size_t module, enum proof_rule rule,
		 enum proof_verdict verdict, const char *errno_name, const char *format,
		 ...) __attribute__((format(printf, 6, 7)));

/* A module is unproved for what is not known of the kernel: a constant text. */
void prover_unknown(struct prover *prover, size_t module, const char *text);

/* Verify the signatures of all modules, in parallel. */
void prover_verify(struct prover *prover);

/* The signature of one module: rule SIGNATURE. */
void prover_check_signature(struct prover *prover, size_t module);

/* Say who signed the modules, in a few words, in the prover's arena. */
const char *prover_signers(struct prover *prover);

/* Check all modules, in the plan's order, by all rules. */
void prover_check(struct prover *prover);

/* Whether its loader can decompress one module. */
void prover_check_loader(struct prover *prover, size_t module);

/* Return the number of a loader's name (NULL: the default), or -1. */
int prover_loader(const char *name);

/* Set the proof's archive. */
void prover_check_archive(struct prover *prover);

/* The symbols of one module: rules SYMBOL, CRC, NAMESPACE and LICENSE. */
void prover_check_symbols(struct prover *prover, size_t module);

/* The first chosen module that exports a symbol, or NULL. */
const struct proof_export *prover_exporter(const struct prover *prover, const char *name);

/* The export of a symbol by a module that is loaded before one, or NULL. */
const struct proof_export *prover_loaded(const struct prover *prover, size_t module,
					 const char *name);

/* Whether a module has the table of versions that the kernel looks at. */
bool prover_has_versions(const struct prover *prover, const struct module_facts *facts);

/*
 * What the kernel says to the version that a module has of a symbol whose CRC it knows:
 * adds a finding, with an errno, unless they agree.
 */
void prover_check_version(struct prover *prover, size_t module,
			  const struct module_need *need, uint32_t crc,
			  enum proof_rule rule, const char *errno_name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PROOF_H
#define MODBOX_PROOF_H

#include "base/strlist.h"
#include "cli/options.h"
#include "kernel/kconfig.h"
#include "module/packing.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/* The options of a proof, for applets that offer one. */
struct proof_options {
	const char *prove; /* NULL: no proof; "": whole; "known" */
	const char *image, *config, *symvers;
	const char *loader; /* NULL: kmod */
	struct string_list certs;
	int sig_enforce;

	/* Set by applets that write: */
	bool force;		      /* what is refused is only warned of */
	bool brief;		      /* no sum if all is proved */
	const struct packing *stored; /* how modules will be compressed; NULL: as now */
	bool archive;		      /* an initramfs will hold them, */
	enum codec archive_codec;     /* compressed so */

	/* Where the kernel is: its root, dir and version count. NULL: the plan's tree. */
	const struct modtree *source;
};

extern const struct option_row proof_option_rows[];

void proof_options_free(struct proof_options *options);

/* Check the options. Returns 0, or -1 and reports it (status 2). */
int proof_options_check(const struct applet *applet, const struct proof_options *options);

enum proof_verdict { PROVED, UNPROVED, REFUSED };

enum proof_rule {
	RULE_LOADER, /* what loads the module can decompress it */
	RULE_SIGNATURE,
	RULE_FILE, /* the module can be read */
	RULE_MACHINE,
	RULE_STRUCT, /* the size of struct module */
	RULE_LAYOUT, /* the CRC of module_layout */
	RULE_VERMAGIC,
	RULE_SYMBOL,
	RULE_CRC,
	RULE_NAMESPACE,
	RULE_LICENSE,
	RULE_DUPLICATE,
	RULE_CONFIG,
	RULES
};

/* What a rule found in a module. */
struct finding {
	size_t module; /* index in the plan */
	enum proof_rule rule;
	enum proof_verdict verdict;
	const char *text;	/* the reason */
	const char *errno_name; /* of the kernel, "EINVAL"; NULL: it refuses nothing */
	const char *message;	/* that the kernel logs, or NULL */
	size_t more; /* other findings of this rule and verdict for this module */
};

/* A plan against a kernel. */
struct proof {
	const struct plan *plan;      /* borrowed */
	enum proof_verdict *verdicts; /* of its modules */
	struct finding *findings;     /* in the plan's order, then in the loader's */
	size_t n_findings;
	const char *image;   /* as messages show it; NULL: there is none */
	const char *other;   /* the image's version, if it is not that of the modules */
	size_t n_exports;    /* of the kernel */
	const char *signers; /* who signed the modules, in a few words */
	const char *unknowns[8]; /* what is not known of the kernel, for which modules are
				    unproved: texts with their remedies */
	size_t n_unknowns;
	enum proof_verdict archive; /* whether the kernel unpacks the archive */
	const char *archive_text;   /* if not: the reason */
	struct prover *prover;
};

/*
 * Compare a plan, whose modules are in the order of loading, with the kernel that it is
 * for. Modules of which closure_resolve() read the facts (CLOSURE_FACTS) are not read
 * again. A kernel of which no image is found is a warning.
 * Returns 0, or -1 and reports it: a file that options name, or of the kernel, cannot be
 * read (status 4). proof_free() is needed either way.
 */
int proof_make(struct proof *proof, const struct proof_options *options,
	       struct modtree *tree, const struct plan *plan);
void proof_free(struct proof *proof);

/*
 * The configuration of the proof's kernel, and the name of its file; NULL if it is not
 * known. Lives as long as the proof.
 */
const struct kconfig *proof_config(const struct proof *proof, const char **label);

/*
 * Read the configuration of a tree's kernel before there is a proof: the file that
 * options name, or SOURCE's; an image is not read. *label stays NULL if there is none.
 * All is allocated in arena. Returns 0, or -1 and reports it.
 */
int proof_read_config(struct kconfig *config, struct arena *arena, const char **label,
		      const struct proof_options *options, const struct modtree *tree);

/* The names of a verdict, "proved", and a rule, "module-layout", for programs. */
const char *proof_verdict_name(enum proof_verdict verdict);
const char *proof_rule_name(enum proof_rule rule);

/* A finding as one text, with the errno and the message. The caller frees it. */
char *proof_text(const struct finding *finding);

/* Whether a finding is that a file could not be read, whatever the kernel would say. */
bool proof_is_unread(const struct finding *finding);

/*
 * Report, on standard error, a line for each finding, what is unknown, and the sum.
 * verbose: all lines, even if the image is another kernel's.
 *
 * Returns 0 if all is proved; or -1, with the status latched: 1, or 4 if a file cannot
 * be read. With --prove=known, what is only not known is a warning, and the result 0.
 */
int proof_report(const struct proof *proof, const struct proof_options *options,
		 bool verbose);

#endif

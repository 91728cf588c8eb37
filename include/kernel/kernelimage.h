/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_KERNELIMAGE_H
#define MODBOX_KERNELIMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"
#include "kernel/exports.h"

/* An X.509 certificate, DER. */
struct kernel_cert {
	const unsigned char *data;
	size_t size;
};

/* What a kernel's loader checks or can do: its image has the message or name for that. */
enum {
	LOADER_CHECKS_SIZE = 1 << 0, /* of .gnu.linkonce.this_module; 6.5 and later */
	/* A module that uses GPL-only symbols may not use a proprietary module's. */
	LOADER_CHECKS_PROPRIETARY = 1 << 1,
	LOADER_CHECKS_VERSIONS = 1 << 2, /* MODVERSIONS */
	LOADER_CHECKS_NAMESPACES = 1 << 3,
	LOADER_CHECKS_DUPLICATES = 1 << 4,
	LOADER_EXTENDED_VERSIONS = 1 << 5, /* __version_ext_names; 6.14 and later */
	/*
	 * A symbol that a module's __versions lacks is refused; the mainline kernel warns
	 * once, and loads the module. A patch of Debian's (fact 13), known by the banner.
	 */
	LOADER_REFUSES_UNVERSIONED = 1 << 6,
	LOADER_CHECKS_SIGNATURES = 1 << 7, /* MODULE_SIG */
	LOADER_HAS_SHA256 = 1 << 8,
	LOADER_HAS_SHA512 = 1 << 9, /* and SHA-384 */
};

/*
 * What one kernel image says of its kernel. Plain data, const after
 * kernel_image_read() (readimage.h). What the image does not tell is NULL or 0.
 */
struct kernel_image {
	struct arena arena; /* owns everything below */
	const char *format; /* "x86 bzImage"; constant */
	const char *codec;  /* of its payload: "xz", "none"; constant */
	const char *banner; /* "Linux version ...", without the newline */
	const char *release;
	const char *vermagic;
	unsigned machine; /* EM_... */
	bool wide, big_endian;
	struct kernel_exports exports;
	struct kernel_cert *certs; /* of the built-in keyring, the module key's first */
	size_t n_certs;
	const char *config; /* the text of IKCONFIG */
	size_t config_size;
	unsigned config_tries, cert_tries; /* hostile images may have thousands */
	unsigned cert_sizes;		   /* of the list that certs are: 1 or 2 */
	unsigned loader;		   /* LOADER_... */
};

#endif

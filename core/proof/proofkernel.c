// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is told of the kernel that a plan is for: its image and configuration, in SOURCE
 * (kernel/kernelfind.c) or where options say; and Module.symvers in place of an image.
 */
#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/readat.h"
#include "config.h"
#include "kernel/kernelfind.h"
#include "kernel/readimage.h"
#include "kernel/symvers.h"
#include "prover.h"

static int cannot_read(const char *path)
{
	error(STATUS_IO, "cannot read %s: %m", path);
	return -1;
}

/* Read a file on the host whole. The caller frees it; NULL: reported. */
static char *read_host_file(const char *path, size_t *size)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = fd >= 0 ? read_whole(fd, size) : NULL;

	if (!text)
		cannot_read(path);
	return text;
}

/*
 * An image that is no image is the same as none: unproved. It is an error if an option
 * names it, or it cannot be read.
 */
static int take_image(struct proof_kernel *kernel, int fd, const char *label, bool named)
{
	const char *err;

	if (kernel_image_read(&kernel->image, fd, &err) == 0) {
		kernel->image_label = label;
		if (kernel->image.exports.n)
			kernel->exports = &kernel->image.exports;
		else
			warning("%s: its exported symbols cannot be found; --symvers "
				"names a Module.symvers",
				label);
		return 0;
	}
	kernel_image_free(&kernel->image);
	if (named || is_read_failure(err)) {
		error(STATUS_IO, "%s: %s", label, err);
		return -1;
	}
	warning("%s: %s; --kernel-image names another", label, err);
	return 0;
}

/* One line with the places that were looked at. */
static void report_none(struct proof_kernel *kernel, const struct modtree *tree,
			const struct string_list *tried)
{
	char *list = arena_strdup(&kernel->arena, "");

	for (size_t i = 0; i < tried->n; i++)
		list = arena_printf(&kernel->arena, "%s%s%s", list, i ? ", " : "",
				    tried->items[i]);
	warning("%s: no kernel image of %s (looked for %s); --kernel-image names one",
		tree->root->path, tree->version, list);
}

static int open_image(struct proof_kernel *kernel, const struct proof_options *o,
		      const struct modtree *tree)
{
	struct string_list tried = { 0 };
	const char *path = o->image;
	int fd, result;

	if (o->image)
		fd = open(o->image, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	else
		fd = kernel_find_image(tree->root, tree->version, tree->dir,
				       &kernel->arena, &path, &tried);
	if (fd == ROOTFS_NONE) {
		if (!o->symvers)
			report_none(kernel, tree, &tried);
		string_list_free(&tried);
		return 0;
	}
	string_list_free(&tried);
	if (fd < 0)
		return o->image ? cannot_read(o->image) : -1;
	if (!o->image)
		path = arena_join(&kernel->arena, tree->root->path, path);
	result = take_image(kernel, fd, path, o->image != NULL);
	close(fd);
	return result;
}

static int open_symvers(struct proof_kernel *kernel, const struct proof_options *o)
{
	size_t size, line;
	const char *err;
	CLEANUP_FREE char *text = NULL;

	if (!o->symvers)
		return 0;
	text = read_host_file(o->symvers, &size);
	if (!text)
		return -1;
	if (symvers_read(&kernel->symvers, &kernel->arena, text, size, &line, &err) < 0) {
		if (line)
			error(STATUS_IO, "%s:%zu: %s", o->symvers, line, err);
		else
			error(STATUS_IO, "%s: %s", o->symvers, err);
		return -1;
	}
	kernel->exports = &kernel->symvers;
	return 0;
}

static int parse_config(struct proof_kernel *kernel, const char *text, size_t size,
			const char *label)
{
	const char *err;

	if (kconfig_parse(&kernel->config, &kernel->arena, text, size, &err) == 0) {
		kernel->config_label = label;
		return 0;
	}
	error(STATUS_IO, "%s: %s", label, err);
	return -1;
}

/* The commonest architectures, as the head of a configuration has them; else NULL. */
static const char *arch_of(unsigned machine)
{
	return machine == EM_X86_64  ? "x86" :
	       machine == EM_AARCH64 ? "arm64" :
	       machine == EM_ARM     ? "arm" :
				       NULL;
}

/*
 * Warn of a configuration that an option names, of another kernel: of another
 * architecture, or series. (The release of Debian's kernel 6.1.192 is 6.1.0-56-amd64.)
 */
static void compare_config(const struct proof_kernel *kernel, const char *version)
{
	const struct kconfig *config = &kernel->config;
	const char *release = kernel->image.release ? kernel->image.release : version;
	const char *arch = kernel->image_label ? arch_of(kernel->image.machine) : NULL;
	const char *minor = config->version ? strchr(config->version, '.') : NULL;
	size_t n;

	if (!minor)
		return;
	n = (size_t)(minor - config->version) + 1 + strcspn(minor + 1, ".-");
	if (strcmp(release, ".") != 0 && strncmp(release, config->version, n) == 0 &&
	    !isdigit((unsigned char)release[n]) &&
	    (!arch || strcmp(arch, config->arch) == 0))
		return;
	warning("%s is of the kernel %s for %s", kernel->config_label, config->version,
		config->arch);
}

/* By option, of the image that an option names, in SOURCE, or in SOURCE's image. */
static int open_config(struct proof_kernel *kernel, const struct proof_options *o,
		       const struct modtree *tree)
{
	struct string_list tried = { 0 };
	CLEANUP_FREE char *text = NULL;
	const char *path = o->config;
	size_t size = 0;
	int fd = ROOTFS_NONE;

	if (o->config) {
		text = read_host_file(o->config, &size);
		if (!text)
			return -1;
		return parse_config(kernel, text, size, path);
	}
	if (o->image && kernel->image.config)
		return parse_config(kernel, kernel->image.config,
				    kernel->image.config_size, kernel->image_label);
	fd = kernel_find_config(tree->root, tree->version, tree->dir, &kernel->arena,
				&path, &tried);
	string_list_free(&tried);
	if (fd == ROOTFS_NONE)
		return kernel->image.config ? parse_config(kernel, kernel->image.config,
							   kernel->image.config_size,
							   kernel->image_label) :
					      0;
	if (fd < 0)
		return -1;
	text = read_whole(fd, &size);
	if (!text)
		rootfs_cannot_read(tree->root, path);
	close(fd);
	return text ? parse_config(kernel, text, size,
				   arena_join(&kernel->arena, tree->root->path, path)) :
		      -1;
}

int proof_read_config(struct kconfig *config, struct arena *arena, const char **label,
		      const struct proof_options *options, const struct modtree *tree)
{
	struct proof_kernel kernel = { .arena = *arena };
	int result = open_config(&kernel, options, tree);

	*arena = kernel.arena;
	*config = kernel.config;
	*label = kernel.config_label;
	return result;
}

static void add_cert(struct proof_kernel *kernel, const unsigned char *data, size_t size)
{
	struct signature_cert cert = { data, size };

	kernel->certs =
		xreallocarray(kernel->certs, kernel->n_certs + 1, sizeof(*kernel->certs));
	kernel->certs[kernel->n_certs++] =
		(struct proof_cert){ cert, signature_cert_name(&cert, &kernel->arena) };
}

/* Those of the image, and of --cert. */
static int open_certs(struct proof_kernel *kernel, const struct proof_options *o)
{
	const struct kernel_image *image = &kernel->image;

	for (size_t i = 0; i < image->n_certs; i++)
		add_cert(kernel, image->certs[i].data, image->certs[i].size);
	for (size_t i = 0; i < o->certs.n; i++) {
		const char *path = o->certs.items[i], *err;
		struct signature_cert *certs;
		size_t size, n;
		CLEANUP_FREE char *text = read_host_file(path, &size);

		if (!text)
			return -1;
		if (signature_read_certs(text, size, &kernel->arena, &certs, &n, &err) <
		    0) {
			error(STATUS_IO, "%s: %s", path, err);
			return -1;
		}
		for (size_t k = 0; k < n; k++)
			add_cert(kernel, certs[k].data, certs[k].size);
	}
	return 0;
}

int proof_kernel_open(struct proof_kernel *kernel, const struct proof_options *options,
		      const struct modtree *tree)
{
	if (open_image(kernel, options, tree) < 0 || open_symvers(kernel, options) < 0)
		return -1;
	kernel->sig_enforce = options->sig_enforce;
	if (ENABLED(FEATURE_SIGNATURE) && open_certs(kernel, options) < 0)
		return -1;
	if (open_config(kernel, options, tree) < 0)
		return -1;
	if (options->config)
		compare_config(kernel, tree->version);
	return 0;
}

/* Without MODVERSIONS there are no CRCs. */
static bool lacks_crcs(const struct proof_kernel *kernel)
{
	return kernel->exports && !kernel->exports->crcs &&
	       (kernel->image.loader & LOADER_CHECKS_VERSIONS ||
		kconfig_on(&kernel->config, "MODVERSIONS"));
}

void proof_kernel_unknowns(const struct proof_kernel *kernel, struct proof *proof)
{
	if (lacks_crcs(kernel))
		proof->unknowns[proof->n_unknowns++] =
			"the CRCs of the kernel's exports cannot be found: --symvers";
	if (!kernel->exports)
		proof->unknowns[proof->n_unknowns++] =
			"the kernel's exported symbols are not known";
	else if (!kernel->image_label)
		proof->unknowns[proof->n_unknowns++] =
			"without an image, the kernel's machine and vermagic are not "
			"known: --kernel-image";
	else if (!kernel->image.vermagic)
		proof->unknowns[proof->n_unknowns++] =
			"the image has no vermagic that could be found";
}

void proof_kernel_close(struct proof_kernel *kernel)
{
	kernel_image_free(&kernel->image);
	exports_free(&kernel->symvers);
	free(kernel->certs);
	arena_free(&kernel->arena);
}

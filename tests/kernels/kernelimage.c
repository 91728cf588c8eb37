// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernelimage FILE             what a kernel image says of its kernel, a "key: value" a
 * line kernelimage --exports FILE   its exports, as lines of Module.symvers kernelimage
 * --symvers FILE   those of vmlinux in a Module.symvers, in the same order kernelimage
 * --certs FILE     its certificates, as DER
 *
 * Fails, with a message, if the file is no such.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "fs/rootfs.h"
#include "kernel/readimage.h"
#include "kernel/symvers.h"
#include "module/modfacts.h"
#include "module/modfile.h"

static void print_exports(const struct kernel_exports *exports)
{
	for (size_t i = 0; i < exports->n; i++) {
		const struct kernel_export *e = &exports->items[i];

		printf("0x%08x\t%s\tvmlinux\tEXPORT_SYMBOL%s\t%s\n", e->crc, e->name,
		       e->gpl ? "_GPL" : "", e->namespace);
	}
}

static void print_facts(const struct kernel_image *image)
{
	printf("format: %s\ncodec: %s\nbanner: %s\nrelease: %s\nvermagic: %s\n",
	       image->format, image->codec, image->banner ? image->banner : "-",
	       image->release ? image->release : "-",
	       image->vermagic ? image->vermagic : "-");
	printf("machine: %u\nbits: %d\norder: %s\n", image->machine,
	       image->wide ? 64 : 32, image->big_endian ? "big" : "little");
	printf("exports: %zu\ncrcs: %s\ncerts: %zu\nconfig: %zu\nloader: %#x\n",
	       image->exports.n, image->exports.crcs ? "yes" : "no", image->n_certs,
	       image->config_size, image->loader);
}

static int symvers(int fd, const char *path)
{
	struct kernel_exports exports = { 0 };
	struct arena arena = { 0 };
	const char *err = "cannot be read";
	size_t size = 0, line = 0;
	char *text = read_whole(fd, &size);
	int result = -1;

	if (text)
		result = symvers_read(&exports, &arena, text, size, &line, &err);
	if (result < 0)
		fprintf(stderr, "%s:%zu: %s\n", path, line, err);
	print_exports(&exports);
	exports_free(&exports);
	arena_free(&arena);
	free(text);
	return result;
}

static int image(int fd, const char *path, const char *what)
{
	struct kernel_image kernel;
	const char *err;
	int result = kernel_image_read(&kernel, fd, &err);

	if (result < 0)
		fprintf(stderr, "%s: %s\n", path, err);
	else if (strcmp(what, "--exports") == 0)
		print_exports(&kernel.exports);
	else if (strcmp(what, "--certs") == 0)
		for (size_t i = 0; i < kernel.n_certs; i++)
			fwrite(kernel.certs[i].data, kernel.certs[i].size, 1, stdout);
	else
		print_facts(&kernel);
	kernel_image_free(&kernel);
	return result;
}

static int modules(void)
{
	struct modreader *reader = modreader_new(0);
	struct module_facts facts;
	char path[4096];
	int result = 0;

	while (result == 0 && fgets(path, sizeof(path), stdin)) {
		struct arena arena = { 0 };
		const char *err = "cannot be opened";
		int fd;

		path[strcspn(path, "\n")] = '\0';
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 ||
		    modreader_facts(reader, fd, &arena, NULL, &facts, &err) < 0) {
			fprintf(stderr, "%s: %s\n", path, err);
			facts.n_exports = 0;
			result = -1;
		}
		for (size_t i = 0; i < facts.n_exports; i++)
			printf("0x%08x\t%s\tEXPORT_SYMBOL%s\t%s\n", facts.exports[i].crc,
			       facts.exports[i].name, facts.exports[i].gpl ? "_GPL" : "",
			       facts.exports[i].namespace);
		if (fd >= 0)
			close(fd);
		arena_free(&arena);
	}
	modreader_free(reader);
	return result;
}

int main(int argc, char **argv)
{
	const char *what = argc == 3 ? argv[1] : "", *path = argv[argc - 1];
	int fd, result;

	if (argc == 2 && strcmp(path, "--modules") == 0)
		return fflush(stdout) || modules() < 0;
	fd = argc > 1 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0) {
		perror(path);
		return 2;
	}
	result = strcmp(what, "--symvers") == 0 ? symvers(fd, path) :
						  image(fd, path, what);
	close(fd);
	return fflush(stdout) || result < 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel image; the same bytes as a Module.symvers and as a .config. */
#include "fuzz.h"

#include "kernel/kconfig.h"
#include "kernel/readimage.h"
#include "kernel/symvers.h"

/* Names are in order, and each is found. */
static void check_exports(const struct kernel_exports *exports)
{
	for (size_t i = 0; i < exports->n; i++) {
		const struct kernel_export *e = &exports->items[i];

		REQUIRE(*e->name && strlen(e->namespace) <= EXPORT_NAME_MAX * 64);
		REQUIRE(i == 0 || strcmp(exports->items[i - 1].name, e->name) < 0);
		REQUIRE(exports_find(exports, e->name) == e);
	}
}

static void read_image(int fd)
{
	struct kernel_image image;
	const char *err = NULL;
	bool read = kernel_image_read(&image, fd, &err) == 0;

	REQUIRE(read == !err);
	if (read) {
		REQUIRE(image.format && image.codec);
		check_exports(&image.exports);
		REQUIRE(!image.vermagic || strncmp(image.vermagic, image.release,
						   strlen(image.release)) == 0);
		for (size_t i = 0; i < image.n_certs; i++)
			REQUIRE(image.certs[i].data[0] == 0x30 &&
				image.certs[i].size > 4);
		REQUIRE(!image.config || image.config_size <= 4 << 20);
	}
	kernel_image_free(&image);
}

static void read_texts(const char *text, size_t size)
{
	struct kernel_exports exports;
	struct arena arena = { 0 };
	struct kconfig config;
	const char *err = NULL;
	size_t line;

	if (symvers_read(&exports, &arena, text, size, &line, &err) == 0)
		check_exports(&exports);
	else
		REQUIRE(err);
	exports_free(&exports);
	if (kconfig_parse(&config, &arena, text, size, &err) == 0)
		for (size_t i = 0; i < config.n; i++)
			REQUIRE(kconfig_get(&config, config.symbols[i].name) ==
				config.symbols[i].value);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_image(memory_file(data, size));
	read_texts((const char *)data, size);
	return 0;
}

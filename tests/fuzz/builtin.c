// SPDX-License-Identifier: GPL-2.0-or-later
/* Built-in modules: a name, "%%%%", modules.builtin, "%%%%", modules.builtin.modinfo. */
#include "fuzz.h"

#include <fnmatch.h>

#include "tree/builtin.h"

/* Check the aliases found by comparing each. */
static void check_found(const struct builtins *b, const char *name, size_t n)
{
	size_t matching = 0;

	for (size_t i = 0; i < b->aliases.n; i++)
		matching += fnmatch(b->aliases.items[i].pattern, name, 0) == 0;
	REQUIRE(n == matching);
	for (size_t i = 0; i < n; i++)
		REQUIRE(fnmatch(b->aliases.found[i]->pattern, name, 0) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rootfs root;
	struct part input = { (const char *)data, size };
	char *name = part_string(next_part(&input));
	struct part list = next_part(&input);
	struct builtins b = { 0 };

	be_quiet();
	if (scratch < 0) {
		make_scratch();
		REQUIRE(rootfs_open(&root, scratch_path) == 0);
	}
	write_file("modules.builtin", list.data, list.size);
	write_file("modules.builtin.modinfo", input.data, input.size);
	REQUIRE(builtins_read(&b, &root, ".", true) == 0);
	for (size_t i = 0; i < b.n_names; i++) {
		REQUIRE(i == 0 || strcmp(b.names[i - 1], b.names[i]) <= 0);
		REQUIRE(builtin_has(&b, b.names[i]));
	}
	check_found(&b, name, builtin_by_alias(&b, name));
	builtins_free(&b);
	free(name);
	return 0;
}

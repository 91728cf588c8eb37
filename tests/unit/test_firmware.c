// SPDX-License-Identifier: GPL-2.0-or-later
/* The firmware that modules request, and the file that the kernel would load. */
#include "kerneltree.h"
#include "plan/firmware.h"

#define MODULE(name, modinfo) put_module(name, modinfo, sizeof(modinfo))

static struct firmware_list list;

/* Read the requests of these modules. */
static int read_firmware(const char *const *modules, size_t n, const char *builtin,
			 size_t size)
{
	struct plan plan = { .n_modules = n };
	const struct firmware_options options = { .builtins = size > 0 };
	int result;

	plan.modules = calloc(n + 1, sizeof(*plan.modules));
	assert_non_null(plan.modules);
	for (size_t i = 0; i < n; i++)
		plan.modules[i].name = modules[i];
	open_kernel(builtin, size);
	result = firmware_read(&list, &kernel, &plan, &options);
	close_kernel();
	free(plan.modules);
	return result;
}

/* The list, as NAME MODULE PATH lines. */
static const char *listing(void)
{
	static char text[65536];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < list.n; i++) {
		const struct firmware *item = &list.items[i];

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s %s%s %s%s%s\n",
				      item->name, item->module,
				      item->builtin ? " (built in)" : "",
				      item->path ? item->path : "-",
				      item->pattern ? " by " : "",
				      item->pattern ? item->pattern : "");
	}
	firmware_free(&list);
	return text;
}

/* The firmware of a single module, m. */
static const char *of_m(void)
{
	static const char *const modules[] = { "m" };

	assert_int_equal(read_firmware(modules, 1, "", 0), 0);
	return listing();
}

static void assert_path(const char *path)
{
	char expected[256];

	snprintf(expected, sizeof(expected), "d/a.bin m %s\n", path);
	assert_string_equal(of_m(), expected);
}

static void ask_for_one_file(void)
{
	MODULE("m", "firmware=d/a.bin");
}

/* From the kernel's last choice to its first. */
static const char *const order[] = {
	"d/a.bin.xz",
	"1.0/d/a.bin.xz",
	"updates/d/a.bin.xz",
	"updates/1.0/d/a.bin.xz",
	"d/a.bin.zst",
	"1.0/d/a.bin.zst",
	"updates/d/a.bin.zst",
	"updates/1.0/d/a.bin.zst",
	"d/a.bin",
	"1.0/d/a.bin",
	"updates/d/a.bin",
	"updates/1.0/d/a.bin",
};

static void assert_order(const char *base)
{
	char path[256], file[300];

	ask_for_one_file();
	assert_path("-");
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		snprintf(path, sizeof(path), "%s/%s", base, order[i]);
		snprintf(file, sizeof(file), "root/%s", path);
		put(file, "x");
		assert_path(path);
	}
}

static void searches_as_the_kernel_does(void **state)
{
	assert_order("lib/firmware");
}

static void searches_usr_lib_alone(void **state)
{
	assert_order("usr/lib/firmware");
}

static void searches_a_merged_root(void **state)
{
	assert_int_equal(mkdir("root", 0755), 0);
	assert_int_equal(symlink("usr/lib", "root/lib"), 0);
	assert_order("usr/lib/firmware");
}

static void searches_a_split_root(void **state)
{
	ask_for_one_file();
	put("root/usr/lib/firmware/d/a.bin", "x");
	assert_path("usr/lib/firmware/d/a.bin");
	put("root/lib/firmware/d/a.bin", "x");
	assert_path("lib/firmware/d/a.bin");
	put("root/usr/lib/firmware/updates/d/a.bin", "x");
	assert_path("usr/lib/firmware/updates/d/a.bin");
}

/* Files that the kernel cannot load. */
static void skips_unusable_files(void **state)
{
	ask_for_one_file();
	put("root/lib/firmware/d/a.bin", "x");
	put("root/lib/firmware/d/a.bin.xz", "x");
	put("root/lib/firmware/updates/d/a.bin", ""); /* empty */
	put("root/lib/firmware/1.0/d/a.bin/x", "x");  /* a directory */
	assert_path("lib/firmware/d/a.bin");
	assert_int_equal(unlink("root/lib/firmware/d/a.bin"), 0);
	assert_path("lib/firmware/d/a.bin.xz");
	/* In the last directory this is an error, and no suffix is tried. */
	put("root/lib/firmware/d/a.bin", "");
	assert_path("-");
}

static void follows_links_inside_the_root(void **state)
{
	ask_for_one_file();
	put("root/lib/firmware/b.bin", "x");
	put("outside.bin", "x");
	put("root/lib/firmware/d/other", "x");
	assert_int_equal(symlink("/lib/firmware/b.bin", "root/lib/firmware/d/a.bin"), 0);
	assert_path("lib/firmware/d/a.bin");
	assert_int_equal(unlink("root/lib/firmware/b.bin"), 0);
	assert_path("-");
	assert_int_equal(unlink("root/lib/firmware/d/a.bin"), 0);
	assert_int_equal(symlink("../../../../../../outside.bin",
				 "root/lib/firmware/d/a.bin"),
			 0);
	assert_path("-");
}

static void does_not_look_up_strange_names(void **state)
{
	MODULE("m", "firmware=../../etc/shadow\0firmware=/lib/firmware/a\0firmware=\0"
		    "firmware=a/..\0firmware=../f*\0firmware=/*\0firmware=a..b");
	put("root/etc/shadow", "x");
	put("root/lib/firmware/a", "x");
	put("root/lib/firmware/a..b", "x");
	assert_string_equal(of_m(), "../../etc/shadow m -\n../f* m - by ../f*\n"
				    "/* m - by /*\n/lib/firmware/a m -\n"
				    "a..b m lib/firmware/a..b\na/.. m -\n");
}

static void expands_wildcards(void **state)
{
	MODULE("m", "firmware=brcm/fmac*-sdio.*.txt\0firmware=x?.bin\0firmware=no*");
	put("root/lib/firmware/brcm/fmac1-sdio.pi,4.txt", "x");
	put("root/lib/firmware/brcm/fmac2-sdio.a.txt.xz", "x");
	put("root/lib/firmware/brcm/fmac2-sdio.a.txt.zst", "x");
	put("root/lib/firmware/brcm/fmac3-sdio.a.txt.gz", "x");
	put("root/lib/firmware/brcm/fmac-sdio.d/a.txt", "x");
	put("root/lib/firmware/brcm/fmac4-sdio.a.txt", ""); /* empty */
	put("root/lib/firmware/updates/brcm/fmac1-sdio.pi,4.txt.xz", "x");
	put("root/lib/firmware/updates/brcm/fmac5-sdio.a.txt", "x");
	put("root/usr/lib/firmware/x1.bin.xz", "x");
	put("root/usr/lib/firmware/x12.bin", "x");
	assert_string_equal(
		of_m(),
		"brcm/fmac1-sdio.pi,4.txt m lib/firmware/brcm/fmac1-sdio.pi,4.txt"
		" by brcm/fmac*-sdio.*.txt\n"
		"brcm/fmac2-sdio.a.txt m lib/firmware/brcm/fmac2-sdio.a.txt.zst"
		" by brcm/fmac*-sdio.*.txt\n"
		"brcm/fmac5-sdio.a.txt m lib/firmware/updates/brcm/fmac5-sdio.a.txt"
		" by brcm/fmac*-sdio.*.txt\n"
		"no* m - by no*\n"
		"x1.bin m usr/lib/firmware/x1.bin.xz by x?.bin\n");
}

static void expands_wildcards_in_directories(void **state)
{
	MODULE("m", "firmware=q*/v?/*.mbn\0firmware=*/*/*/*/*/*");
	put("root/lib/firmware/qcom/v1/a.mbn.xz", "x");
	put("root/lib/firmware/qcom/v10/a.mbn", "x");
	put("root/lib/firmware/qcom/.v/a.mbn", "x");
	put("root/lib/firmware/qa/v2/.hidden.mbn", "x");
	put("root/lib/firmware/qa/v2/b.mbn/c.mbn", "x");
	assert_int_equal(symlink(".", "root/lib/firmware/qcom/loop"), 0);
	assert_int_equal(symlink("qcom", "root/lib/firmware/qlink"), 0);
	assert_string_equal(of_m(), "*/*/*/*/*/* m - by */*/*/*/*/*\n"
				    "qcom/v1/a.mbn m lib/firmware/qcom/v1/a.mbn.xz by "
				    "q*/v?/*.mbn\n");
	/* The directory named in the field may be a link. */
	MODULE("m", "firmware=qlink/v1/*");
	assert_string_equal(of_m(), "qlink/v1/a.mbn m lib/firmware/qlink/v1/a.mbn.xz by "
				    "qlink/v1/*\n");
}

static void lists_each_name_once(void **state)
{
	static const char *const modules[] = { "second", "first" };
	static const char builtin[] = "core.license=GPL\0core.firmware=common.bin\0"
				      "core.firmware=core.bin\0core.firmware_x=no.bin\0"
				      "core.xfirmware=no.bin";

	MODULE("first", "firmware=common.bin\0firmware=a.bin\0firmware=p*");
	MODULE("second", "license=GPL\0firmware=common.bin\0firmware=pq.bin");
	put("root/lib/firmware/pq.bin", "x");
	put("root/lib/firmware/pr.bin", "x");
	assert_int_equal(read_firmware(modules, 2, builtin, sizeof(builtin)), 0);
	assert_string_equal(listing(), "a.bin first -\ncommon.bin second -\n"
				       "core.bin core (built in) -\n"
				       "pq.bin second lib/firmware/pq.bin\n"
				       "pr.bin first lib/firmware/pr.bin by p*\n");
}

static void needs_no_modules(void **state)
{
	put("root/x", "");
	assert_int_equal(read_firmware(NULL, 0, "", 0), 0);
	assert_int_equal(list.n, 0);
	firmware_free(&list);
}

static void reports_a_damaged_module(void **state)
{
	static const char *const modules[] = { "broken", "m" };
	int old, result;

	ask_for_one_file();
	put("root/usr/lib/modules/1.0/kernel/broken.ko", "\177ELF");
	old = begin_stderr();
	result = read_firmware(modules, 2, "", 0);
	assert_non_null(
		strstr(end_stderr(old), "root/usr/lib/modules/1.0/kernel/broken.ko: "));
	assert_int_equal(result, -1);
	firmware_free(&list);
}

static const struct CMUnitTest tests[] = {
	IN_TEMPDIR(searches_as_the_kernel_does),
	IN_TEMPDIR(searches_usr_lib_alone),
	IN_TEMPDIR(searches_a_merged_root),
	IN_TEMPDIR(searches_a_split_root),
	IN_TEMPDIR(skips_unusable_files),
	IN_TEMPDIR(follows_links_inside_the_root),
	IN_TEMPDIR(does_not_look_up_strange_names),
	IN_TEMPDIR(expands_wildcards),
	IN_TEMPDIR(expands_wildcards_in_directories),
	IN_TEMPDIR(lists_each_name_once),
	IN_TEMPDIR(needs_no_modules),
	IN_TEMPDIR(reports_a_damaged_module),
};
UNIT_TEST_MAIN(NULL, NULL)

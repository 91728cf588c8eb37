// SPDX-License-Identifier: GPL-2.0-or-later
/* A machine's modaliases, from a saved sysfs and from files. */
#include <errno.h>
#include <grp.h>
#include <sys/wait.h>

#include "plan/hardware.h"
#include "tempdir.h"

static char fixtures[4096];
static struct request_list wanted;

static int setup(void **state)
{
	return tempdir_setup(state);
}

static int teardown(void **state)
{
	request_list_free(&wanted);
	return tempdir_teardown(state);
}

/* Read a machine; must succeed without a message. */
static void read_machine(const char *path)
{
	int old = begin_stderr(), result;
	const char *said;

	request_list_free(&wanted);
	result = hardware_read(&wanted, path);
	said = end_stderr(old);
	assert_string_equal(said, "");
	assert_int_equal(result, 0);
}

/* Read a machine that causes an error or a warning. Returns the message. */
static const char *complaint(const char *path, int expected)
{
	int old = begin_stderr(), result;
	const char *said;

	request_list_free(&wanted);
	result = hardware_read(&wanted, path);
	said = end_stderr(old);
	assert_int_equal(result, expected);
	return said;
}

/* The modaliases that were read, one per line. */
static const char *aliases(void)
{
	static char text[65536];
	size_t n = 0, i;

	text[0] = '\0';
	for (i = 0; i < wanted.n; i++) {
		assert_true(wanted.items[i].optional && wanted.items[i].literal);
		assert_false(wanted.items[i].exclude);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n",
				      wanted.items[i].name);
	}
	return text;
}

static const char *origin_of(const char *alias)
{
	for (size_t i = 0; i < wanted.n; i++)
		if (strcmp(wanted.items[i].name, alias) == 0)
			return wanted.items[i].origin;
	return "not there";
}

static void reads_a_pc(void **state)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/sysfs-pc", fixtures);
	read_machine(path);
	assert_int_equal(wanted.n, 26);
	assert_string_equal(wanted.items[0].name, "acpi:LNXSYSTM:");
	/* A second device of the same kind adds nothing. */
	strcat(path, "/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C0F:00/modalias");
	assert_string_equal(origin_of("acpi:PNP0C0F:"), path);
	snprintf(path, sizeof(path),
		 "%s/sysfs-pc/devices/pci0000:00/0000:00:01.0/usb2/2-3/"
		 "2-3:1.0/host6/target6:0:0/6:0:0:0/modalias",
		 fixtures);
	assert_string_equal(origin_of("scsi:t-0x00"), path);
	assert_non_null(strstr(aliases(), "\npci:v00001B36d00000010sv00001AF4sd00001100"
					  "bc01sc08i02\n"));
	assert_non_null(strstr(aliases(), "\nserio:ty06pr00id00ex00\n"));
	assert_non_null(strstr(aliases(), "\ninput:b0003v0627p0001e0111-e0,1,4,11,14,"));
	assert_non_null(strstr(aliases(), "\ndmi:bvnSeaBIOS:bvr1.16.2-debian-1.16.2-1:"));
}

static void reads_a_raspberry_pi(void **state)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/sysfs-rpi/devices", fixtures);
	read_machine(path);
	assert_int_equal(wanted.n, 19);
	strcat(path, "/platform/soc/20201000.serial/uevent");
	assert_string_equal(origin_of("amba:d00241011"), path);
	assert_non_null(strstr(aliases(), "of:NledsT(null)Cgpio-leds\n"));
	assert_non_null(strstr(aliases(), "\nof:NwatchdogT(null)Cbrcm,bcm2835-pm"
					  "Cbrcm,bcm2835-pm-wdt\n"));
	assert_string_not_equal(origin_of(
					"cpu:type:v6l:feature:,0001,0002,0004,0006,0007,"
					"0008,000F"),
				"not there");
}

/* As in /sys: links to devices from everywhere, and back. */
static void follows_no_link(void **state)
{
	put("sys/devices/b/modalias", "b:2\n");
	put("sys/devices/a/modalias", "a:1\n");
	put("elsewhere/modalias", "elsewhere:\n");
	assert_int_equal(mkdir("sys/bus", 0755), 0);
	assert_int_equal(symlink("../devices/b", "sys/bus/b"), 0);
	assert_int_equal(symlink("../..", "sys/devices/b/subsystem"), 0);
	assert_int_equal(symlink("../../elsewhere", "sys/devices/elsewhere"), 0);
	assert_int_equal(symlink("../../elsewhere/modalias", "sys/bus/modalias"), 0);
	assert_int_equal(symlink("sys", "link"), 0);
	read_machine("sys");
	assert_string_equal(aliases(), "a:1\nb:2\n");
	assert_string_equal(origin_of("a:1"), "sys/devices/a/modalias");
	read_machine("sys/devices/b/");
	assert_string_equal(aliases(), "b:2\n");
	assert_string_equal(origin_of("b:2"), "sys/devices/b/modalias");
	read_machine("link"); /* but the path itself may be a link */
	assert_string_equal(aliases(), "a:1\nb:2\n");
	assert_string_equal(complaint("sys/bus", -1), "modbox: no modalias in sys/bus\n");
}

static void reads_files_as_sysfs_writes_them(void **state)
{
	put("sys/1/modalias", "acpi:A:\nof:NaT(null)Ca\n");
	put("sys/2/modalias", "\r\n\r\nno:newline");
	put("sys/3/modalias", "");
	put("sys/4/uevent", "DRIVER=x\nMODALIAS=\nMODALIAS=u:1\nlower=x\nno:key\n");
	put("sys/5/uevent", "MODALIAS=acpi:A:\n");
	put("sys/modalias", "#top:\n");
	read_machine("sys");
	assert_string_equal(aliases(),
			    "#top:\nacpi:A:\nof:NaT(null)Ca\nno:newline\nu:1\n");
}

/* tar(1) pads files to the page that sysfs gives as their size. */
static void takes_padding(void **state)
{
	static char page[65536 + 1] = "padded:\n";

	put("sys/a/modalias", "");
	put_bytes("sys/a/modalias", page, 4096);
	put_bytes("sys/b/modalias", page, 65536);
	read_machine("sys");
	assert_string_equal(aliases(), "padded:\n");
	put_bytes("sys/c/modalias", page, 65537);
	assert_string_equal(complaint("sys", -1),
			    "modbox: sys/c/modalias: more than 64 KiB: "
			    "not a sysfs file\n");
	page[4095] = 'x';
	put_bytes("sys/c/modalias", page, 4096);
	assert_string_equal(complaint("sys", -1),
			    "modbox: sys/c/modalias: contains a NUL byte: "
			    "not a sysfs file\n");
}

static void skips_other_file_types(void **state)
{
	put("sys/a/modalias", "a:\n");
	assert_int_equal(mkdir("sys/b", 0755), 0);
	assert_int_equal(mkfifo("sys/b/modalias", 0600), 0);
	put("sys/modalias/uevent", "MODALIAS=directory:\n");
	read_machine("sys");
	assert_string_equal(aliases(), "a:\ndirectory:\n");
}

static void warns_of_deep_directories(void **state)
{
	char name[201], top[4200] = "sys", path[4200] = "sys";

	put("sys/modalias", "top:\n");
	for (unsigned i = 0; i < 80; i++) {
		strcat(path, "/d");
		assert_int_equal(mkdir(path, 0755), 0);
	}
	strcat(path, "/modalias");
	put(path, "deep:\n");
	assert_non_null(
		strstr(complaint("sys", 0), "modbox: warning: cannot read sys/d/d/"));
	assert_string_equal(aliases(), "top:\n");
	/* Few directories, but a path that is too long. */
	memset(name, 'x', 200);
	name[200] = '\0';
	for (unsigned i = 0; i < 25; i++) {
		assert_int_equal(mkdir(i ? name : "long", 0755), 0);
		assert_int_equal(chdir(i ? name : "long"), 0);
	}
	put("modalias", "far:\n");
	assert_int_equal(chdir(tempdir_path), 0);
	put("long/modalias", "near:\n");
	snprintf(top, sizeof(top), "%s/long", tempdir_path);
	assert_non_null(strstr(complaint(top, 0), strerror(ENAMETOOLONG)));
	assert_string_equal(aliases(), "near:\n");
	assert_int_equal(system("rm -r long sys"), 0); /* too deep for nftw(3) */
}

/* In a process without privileges, because root can read anything; makes no assertion. */
static int read_as_nobody(void)
{
	if (geteuid() == 0 &&
	    (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
		return 1;
	if (hardware_read(&wanted, "sys") < 0)
		return 2;
	return wanted.n == 1 && strcmp(wanted.items[0].name, "a:") == 0 ? 0 : 3;
}

static void warns_of_unreadable_files(void **state)
{
	int status, old;
	pid_t child;

	assert_int_equal(chmod(".", 0755), 0);
	put("sys/a/modalias", "a:\n");
	put("sys/b/modalias", "b:\n");
	put("sys/c/modalias", "c:\n");
	put("sys/d/uevent", "MODALIAS=d:\n");
	assert_int_equal(chmod("sys/b/modalias", 0040), 0);
	assert_int_equal(chmod("sys/c", 0), 0);
	assert_int_equal(chmod("sys/d/uevent", 0200),
			 0); /* as a bus has it: no warning */
	old = begin_stderr();
	child = fork();
	if (child == 0)
		_exit(read_as_nobody());
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_string_equal(end_stderr(old),
			    "modbox: warning: cannot read sys/b/modalias "
			    "and 1 more in sys: Permission denied\n");
	assert_int_equal(chmod("sys/c", 0755), 0);
	assert_int_equal(status, 0);
}

static void reads_a_list(void **state)
{
	put("list", "\xef\xbb\xbf# of a machine\r\n\r\n  pci:v1d2\t\r\nMODALIAS=usb:v1\n"
		    "DRIVER=e1000e\nOF_COMPATIBLE_0=x\nMODALIAS=\npci:v1d2\n"
		    "!not:excluded\nmay:end?\n*\nof:N*T*Cx/\nlast");
	read_machine("list");
	assert_string_equal(aliases(), "pci:v1d2\nusb:v1\n!not:excluded\nmay:end?\n*\n"
				       "of:N*T*Cx/\nlast\n");
	assert_string_equal(origin_of("pci:v1d2"), "list:3");
	assert_string_equal(origin_of("last"), "list:13");
}

static void reads_standard_input(void **state)
{
	int old = dup(0);

	put("list", "a:\n");
	assert_non_null(freopen("list", "r", stdin));
	read_machine("-");
	assert_string_equal(origin_of("a:"), "standard input:1");
	assert_int_equal(dup2(old, 0), 0);
	close(old);
}

static void refuses_other_files(void **state)
{
	static char line[5000];

	assert_string_equal(complaint("none", -1), "modbox: cannot read list none: "
						   "No such file or directory\n");
	put("empty", "# nothing\nDRIVER=x\n");
	assert_string_equal(complaint("empty", -1), "modbox: no modalias in empty\n");
	put_bytes("binary", "a:\nb\0c\n", 7);
	assert_string_equal(complaint("binary", -1),
			    "modbox: binary:2: contains a NUL byte: "
			    "not a list of modaliases\n");
	memset(line, 'x', sizeof(line) - 1);
	put("long", line);
	assert_string_equal(complaint("long", -1),
			    "modbox: long:1: line longer than 4096 bytes: "
			    "not a list of modaliases\n");
}

static void adds_to_requests(void **state)
{
	put("list", "a:\n");
	request_add(&wanted, "a:", "--module");
	assert_int_equal(hardware_read(&wanted, "list"), 0);
	assert_int_equal(wanted.n, 2);
	assert_false(wanted.items[0].literal);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_a_pc),
		TEST(reads_a_raspberry_pi),
		TEST(follows_no_link),
		TEST(reads_files_as_sysfs_writes_them),
		TEST(takes_padding),
		TEST(skips_other_file_types),
		TEST(warns_of_deep_directories),
		TEST(warns_of_unreadable_files),
		TEST(reads_a_list),
		TEST(reads_standard_input),
		TEST(refuses_other_files),
		TEST(adds_to_requests),
	};
	const char *source = getenv("MODBOX_SRC");
	char here[4000];

	if (!source)
		source = getcwd(here, sizeof(here));
	snprintf(fixtures, sizeof(fixtures), "%s/tests/fixtures", source);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkkernel [-a KIND] [-r RELEASE] [-v VERMAGIC] [-c CERTIFICATES] [-n] [-1] FILE
 * [NAME[=CRC][,gpl][,NAMESPACE]]...
 *
 * Write a kernel image without code, which exports the given symbols and 76 others. KIND
 * is x86_64 (a vmlinux, the default), i386, ppc64le, arm64, arm or s390x; the last two
 * lack what would decompress them, so they are no image yet. CRC is hexadecimal. -c: a
 * file of certificates, DER, one behind the other, of 256 bytes at least. -n:
 * without CRCs. -1: one table with flags, as from 7.0 on.
 */
#include <unistd.h>

#include "../unit/kernelmake.h"

static struct made made;

static void add_export(char *text)
{
	char *options = strchr(text, ','), *crc;
	const char *space = "";
	bool gpl = false;
	char *rest;

	if (options)
		*options++ = '\0';
	crc = strchr(text, '=');
	if (crc)
		*crc++ = '\0';
	for (char *word = options ? strtok_r(options, ",", &rest) : NULL; word;
	     word = strtok_r(NULL, ",", &rest))
		if (strcmp(word, "gpl") == 0)
			gpl = true;
		else
			space = word;
	made_export(&made, text, crc ? (uint32_t)strtoul(crc, NULL, 16) : 1, gpl, space);
}

/* Returns whether the kind is known. */
static bool make(const char *kind)
{
	made.wide = strcmp(kind, "arm") != 0 && strcmp(kind, "i386") != 0;
	made.addresses = strcmp(kind, "arm") == 0 || strcmp(kind, "s390x") == 0 ||
			 strcmp(kind, "ppc64le") == 0;
	made.big_endian = strcmp(kind, "s390x") == 0;
	made.base = made.wide ? 0xffffffff81000000 : 0xc1000000;
	if (strcmp(kind, "x86_64") == 0)
		make_elf(&made, EM_X86_64);
	else if (strcmp(kind, "i386") == 0)
		make_elf(&made, EM_386);
	else if (strcmp(kind, "ppc64le") == 0)
		make_elf(&made, EM_PPC64);
	else if (strcmp(kind, "arm64") == 0)
		make_arm64(&made);
	else if (made.addresses)
		make_raw(&made);
	else
		return false;
	return true;
}

static bool read_keyring(const char *path)
{
	static unsigned char data[1 << 14];
	FILE *in = fopen(path, "r");

	if (!in)
		return false;
	made.keyring = data;
	made.keyring_size = fread(data, 1, sizeof(data), in);
	fclose(in);
	return made.keyring_size > 256 && data[0] == 0x30 && data[1] == 0x82;
}

int main(int argc, char **argv)
{
	const char *kind = "x86_64";
	FILE *out;
	int option;

	while ((option = getopt(argc, argv, "a:r:v:c:n1")) > 0)
		switch (option) {
		case 'a':
			kind = optarg;
			break;
		case 'r':
			made.release = optarg;
			break;
		case 'v':
			made.vermagic = optarg;
			break;
		case 'c':
			if (!read_keyring(optarg))
				return 2;
			break;
		case 'n':
			made.no_crcs = true;
			break;
		case '1':
			made.one_table = true;
			break;
		default:
			return 2;
		}
	if (optind >= argc || argc - optind > 60)
		return 2;
	for (int i = optind + 1; i < argc; i++)
		add_export(argv[i]);
	if (!make(kind))
		return 2;
	out = fopen(argv[optind], "w");
	if (!out || fwrite(made.data, made.size, 1, out) != 1 || fclose(out) != 0) {
		perror(argv[optind]);
		return 1;
	}
	return 0;
}

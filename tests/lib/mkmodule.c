// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkmodule [-b 32|64] [-e le|be] [-p BYTES] FILE KEY=VALUE...
 *
 * Write a kernel module without code: an ELF file of any class and byte order, whose
 * .modinfo has the given fields. Two of them create symbols, which depmod uses: name=A
 * exports A_symbol, depends=B,C needs B_symbol and C_symbol. -p adds that many
 * incompressible bytes.
 */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTIONS = 7 };

static int class = ELFCLASS64, order = ELFDATA2LSB;

/* A growing buffer. */
struct bytes {
	unsigned char *data;
	size_t size, capacity;
};

static void put(struct bytes *out, const void *data, size_t size)
{
	if (out->size + size > out->capacity) {
		out->capacity = 2 * (out->size + size);
		out->data = realloc(out->data, out->capacity);
		if (!out->data)
			exit(1);
	}
	memcpy(out->data + out->size, data, size);
	out->size += size;
}

static void put_string(struct bytes *out, const char *text)
{
	put(out, text, strlen(text) + 1);
}

static void put_number(struct bytes *out, uint64_t n, unsigned size)
{
	unsigned char data[8];

	for (unsigned i = 0; i < size; i++)
		data[order == ELFDATA2MSB ? size - 1 - i : i] =
			(unsigned char)(n >> 8 * i);
	put(out, data, size);
}

/* Write a number of the class's word size. */
static void put_word(struct bytes *out, uint64_t n)
{
	put_number(out, n, class == ELFCLASS64 ? 8 : 4);
}

static void put_symbol(struct bytes *symbols, size_t name)
{
	unsigned char info = name ? ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE) : 0;

	put_number(symbols, name, 4);
	if (class == ELFCLASS32) { /* st_value, st_size */
		put_word(symbols, 0);
		put_word(symbols, 0);
	}
	put(symbols, &info, 1);
	put(symbols, "", 1);
	put_number(symbols, SHN_UNDEF, 2);
	if (class == ELFCLASS64) {
		put_word(symbols, 0);
		put_word(symbols, 0);
	}
}

/* The symbol of the module whose name is the first len bytes of name. */
static void put_symbol_name(struct bytes *out, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put(out, name[i] == '-' ? "_" : name + i, 1);
	put_string(out, "_symbol");
}

static void need_symbols(struct bytes *symbols, struct bytes *strings, const char *names)
{
	size_t len;

	for (; *names; names += len + (names[len] == ',')) {
		len = strcspn(names, ",");
		if (!len)
			continue;
		put_symbol(symbols, strings->size);
		put_symbol_name(strings, names, len);
	}
}

static void put_noise(struct bytes *out, size_t size)
{
	uint64_t x = 88172645463325252;

	while (out->size < size) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		put(out, &x, sizeof(x));
	}
}

static void put_elf_header(struct bytes *out)
{
	const unsigned char ident[EI_NIDENT] = { ELFMAG0,
						 ELFMAG1,
						 ELFMAG2,
						 ELFMAG3,
						 (unsigned char)class,
						 (unsigned char)order,
						 EV_CURRENT };
	unsigned header = class == ELFCLASS64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	unsigned section = class == ELFCLASS64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	/* No real machine: modules are only read. */
	unsigned machine = EM_NONE;

	put(out, ident, sizeof(ident));
	put_number(out, ET_REL, 2);
	put_number(out, machine, 2);
	put_number(out, EV_CURRENT, 4);
	put_word(out, 0);      /* e_entry */
	put_word(out, 0);      /* e_phoff */
	put_word(out, header); /* e_shoff: right behind this header */
	put_number(out, 0, 4); /* e_flags */
	put_number(out, header, 2);
	put_number(out, 0, 2); /* e_phentsize */
	put_number(out, 0, 2); /* e_phnum */
	put_number(out, section, 2);
	put_number(out, SECTIONS, 2);
	put_number(out, SECTIONS - 1, 2); /* e_shstrndx */
}

static void put_section(struct bytes *out, size_t name, unsigned type, size_t offset,
			size_t size, size_t entry)
{
	put_number(out, name, 4);
	put_number(out, type, 4);
	put_word(out, 0); /* sh_flags */
	put_word(out, 0); /* sh_addr */
	put_word(out, offset);
	put_word(out, size);
	put_number(out, type == SHT_SYMTAB ? 3 : 0, 4); /* sh_link: .strtab */
	put_number(out, type == SHT_SYMTAB ? 1 : 0, 4); /* sh_info: the first global */
	put_word(out, 1);				/* sh_addralign */
	put_word(out, entry);
}

static void write_module(FILE *file, struct bytes contents[SECTIONS])
{
	static const char *const names[SECTIONS] = {
		"",	   ".modinfo", "__ksymtab_strings", ".strtab",
		".symtab", ".data",    ".shstrtab"
	};
	static const unsigned types[SECTIONS] = { SHT_NULL,   SHT_PROGBITS, SHT_PROGBITS,
						  SHT_STRTAB, SHT_SYMTAB,   SHT_PROGBITS,
						  SHT_STRTAB };
	size_t symbol = class == ELFCLASS64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	struct bytes out = { 0 };
	size_t at, offset, i;

	for (i = 0; i < SECTIONS; i++)
		put_string(&contents[SECTIONS - 1], names[i]);
	put_elf_header(&out);
	offset = out.size + SECTIONS * (class == ELFCLASS64 ? sizeof(Elf64_Shdr) :
							      sizeof(Elf32_Shdr));
	for (i = 0, at = 0; i < SECTIONS; at += strlen(names[i++]) + 1) {
		put_section(&out, at, types[i], i ? offset : 0, contents[i].size,
			    types[i] == SHT_SYMTAB ? symbol : 0);
		offset += contents[i].size;
	}
	for (i = 0; i < SECTIONS; i++)
		if (contents[i].size)
			put(&out, contents[i].data, contents[i].size);
	fwrite(out.data, 1, out.size, file);
}

static void usage(void)
{
	fputs("usage: mkmodule [-b 32|64] [-e le|be] [-p BYTES] FILE KEY=VALUE...\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	static struct bytes contents[SECTIONS];
	struct bytes *modinfo = &contents[1], *exports = &contents[2],
		     *strings = &contents[3], *symbols = &contents[4],
		     *data = &contents[5];
	FILE *file;
	int option;

	while ((option = getopt(argc, argv, "b:e:p:")) != -1) {
		if (option == 'b')
			class = strcmp(optarg, "32") == 0 ? ELFCLASS32 : ELFCLASS64;
		else if (option == 'e')
			order = strcmp(optarg, "be") == 0 ? ELFDATA2MSB : ELFDATA2LSB;
		else if (option == 'p')
			put_noise(data, strtoul(optarg, NULL, 0));
		else
			usage();
	}
	if (optind >= argc)
		usage();
	put_string(strings, "");
	put_symbol(symbols, 0);
	for (int i = optind + 1; i < argc; i++) {
		put_string(modinfo, argv[i]);
		if (strncmp(argv[i], "name=", 5) == 0)
			put_symbol_name(exports, argv[i] + 5, strlen(argv[i] + 5));
		else if (strncmp(argv[i], "depends=", 8) == 0)
			need_symbols(symbols, strings, argv[i] + 8);
	}
	file = fopen(argv[optind], "we");
	if (!file) {
		perror(argv[optind]);
		return 1;
	}
	write_module(file, contents);
	if (ferror(file) | fclose(file)) {
		perror(argv[optind]);
		return 1;
	}
	return 0;
}

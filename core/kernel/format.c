// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The formats of kernel images: a row in the table each. Numbers are little-endian unless
 * a layout says otherwise.
 *
 * A payload may itself be an image: EFI zboot holds an arm64 Image, a bzImage an ELF
 * file. imagefile.c decompresses it, and begins again.
 */
#include <elf.h>

#include "kernel/format.h"
#include "kernel/unpack.h"

/*
 * x86 bzImage (Documentation/arch/x86/boot.rst):
 *
 *	0x1f1	u8	setup_sects: sectors of setup code behind the first one; 0: 4
 *	0x1fe	u16	55 aa
 *	0x202		"HdrS"
 *	0x206	u16	version of the protocol; what follows is there from 2.08 on
 *	0x248	u32	offset of the payload, from the end of the setup code
 *	0x24c	u32	its size, with the decoded size (u32) at its end
 */
static bool is_bzimage(struct bytes file)
{
	return bytes_match(file, 0x1fe, "\x55\xaa", 2) &&
	       bytes_match(file, 0x202, "HdrS", 4);
}

static enum image_payload find_bzimage(struct bytes file, struct kernel_image *image,
				       struct bytes *payload)
{
	enum { SECTOR = 512, PROTOCOL = 0x208, DEFAULT_SECTORS = 4 };
	unsigned sectors = (unsigned)bytes_number(file, 0x1f1, 1, false);
	uint64_t offset = bytes_le32(file, 0x248), size = bytes_le32(file, 0x24c);

	image->machine = EM_X86_64;
	image->wide = true;
	offset += (uint64_t)(1 + (sectors ? sectors : DEFAULT_SECTORS)) * SECTOR;
	if (bytes_number(file, 0x206, 2, false) < PROTOCOL ||
	    !bytes_hold(file, offset, size) || size == 0)
		return PAYLOAD_BROKEN;
	*payload = bytes_part(file, offset, size);
	return PAYLOAD_STREAM;
}

/*
 * EFI zboot (drivers/firmware/efi/libstub/zboot-header.S), arm64 and others:
 *
 *	0	"MZ", two bytes of any value
 *	4	"zimg"
 *	8	u32	offset of the payload
 *	12	u32	its size, with the decoded size (u32) at its end
 *	24		name of the compression
 */
static bool is_zboot(struct bytes file)
{
	return bytes_match(file, 0, "MZ", 2) && bytes_match(file, 4, "zimg", 4);
}

static enum image_payload find_zboot(struct bytes file, struct kernel_image *image,
				     struct bytes *payload)
{
	uint64_t offset = bytes_le32(file, 8), size = bytes_le32(file, 12);

	(void)image; /* the payload tells */
	if (!bytes_hold(file, offset, size) || size == 0)
		return PAYLOAD_BROKEN;
	*payload = bytes_part(file, offset, size);
	return PAYLOAD_STREAM;
}

/*
 * arm64 Image (Documentation/arch/arm64/booting.rst):
 *
 *	16	u64	size of the image in memory
 *	24	u64	flags; bit 0: the kernel is big-endian
 *	56		"ARM\x64"
 */
static bool is_arm64(struct bytes file)
{
	return bytes_match(file, 56, "ARM\x64", 4);
}

static enum image_payload find_arm64(struct bytes file, struct kernel_image *image,
				     struct bytes *payload)
{
	image->machine = EM_AARCH64;
	image->wide = true;
	image->big_endian = bytes_number(file, 24, 1, false) & 1;
	*payload = file;
	return PAYLOAD_NONE;
}

/*
 * riscv Image (Documentation/arch/riscv/boot-image-header.rst), of 64 bits:
 *
 *	24	u64	flags; bit 0: the kernel is big-endian
 *	48		"RISCV\0\0\0"
 *	56		"RSC\x05"
 */
static bool is_riscv(struct bytes file)
{
	return bytes_match(file, 56, "RSC\x05", 4);
}

static enum image_payload find_riscv(struct bytes file, struct kernel_image *image,
				     struct bytes *payload)
{
	find_arm64(file, image, payload);
	image->machine = EM_RISCV;
	return PAYLOAD_NONE;
}

/*
 * arm zImage (arch/arm/boot/compressed/head.S), in the kernel's byte order:
 *
 *	0x24	u32	016f2818
 *	0x28	u32	address of the beginning
 *	0x2c	u32	address of the end
 *	0x30	u32	04030201
 *
 * The compressed kernel lies behind the code that decompresses it.
 */
static bool is_zimage(struct bytes file)
{
	return bytes_match(file, 0x24, "\x18\x28\x6f\x01", 4) ||
	       bytes_match(file, 0x24, "\x01\x6f\x28\x18", 4);
}

static enum image_payload find_zimage(struct bytes file, struct kernel_image *image,
				      struct bytes *payload)
{
	image->machine = EM_ARM;
	image->wide = false;
	image->big_endian = bytes_match(file, 0x30, "\x04\x03\x02\x01", 4);
	*payload = file;
	return PAYLOAD_WITHIN;
}

/*
 * s390x bzImage (arch/s390/boot/head.S):
 *
 *	0x10008		"S390EP"
 *
 * The compressed kernel lies behind the code that decompresses it.
 */
static bool is_s390(struct bytes file)
{
	return bytes_match(file, 0x10008, "S390EP", 6);
}

static enum image_payload find_s390(struct bytes file, struct kernel_image *image,
				    struct bytes *payload)
{
	image->machine = EM_S390;
	image->wide = image->big_endian = true;
	*payload = file;
	return PAYLOAD_WITHIN;
}

/* vmlinux: elfimage.c. Only ppc64le's is what boots. */
static bool is_elf(struct bytes file)
{
	return bytes_match(file, 0, ELFMAG, SELFMAG);
}

static enum image_payload find_elf(struct bytes file, struct kernel_image *image,
				   struct bytes *payload)
{
	image->wide = bytes_number(file, EI_CLASS, 1, false) == ELFCLASS64;
	image->big_endian = bytes_number(file, EI_DATA, 1, false) == ELFDATA2MSB;
	image->machine = (unsigned)bytes_number(file, offsetof(Elf64_Ehdr, e_machine), 2,
						image->big_endian);
	*payload = file;
	return PAYLOAD_ELF;
}

/* A whole file that is compressed: Image.gz, vmlinux.xz. */
static bool is_stream(struct bytes file)
{
	return unpack_codec(file) != NULL;
}

static enum image_payload find_stream(struct bytes file, struct kernel_image *image,
				      struct bytes *payload)
{
	(void)image;
	*payload = file;
	return PAYLOAD_STREAM;
}

/* The more exact a format's magic, the earlier it is asked. */
static const struct image_format formats[] = {
	{ "x86 bzImage", is_bzimage, find_bzimage },
	{ "EFI zboot", is_zboot, find_zboot },
	{ "arm64 Image", is_arm64, find_arm64 },
	{ "riscv Image", is_riscv, find_riscv },
	{ "arm zImage", is_zimage, find_zimage },
	{ "s390x bzImage", is_s390, find_s390 },
	{ "vmlinux", is_elf, find_elf },
	{ "compressed file", is_stream, find_stream },
};

const struct image_format *image_format(struct bytes file)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (formats[i].is(file))
			return &formats[i];
	return NULL;
}

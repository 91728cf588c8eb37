// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The certificates whose keys a kernel trusts from the start
 * (certs/system_certificates.S):
 *
 *	system_certificate_list		X.509 certificates, DER, one behind the other: the
 *					key that signed the modules, then others
 *	[system_extra_cert]		room for one that is added later
 *	system_certificate_list_size	unsigned long, .align 8
 *	module_cert_size		unsigned long, .align 8, from 5.13 on: bytes of
 *					the modules' key
 *
 * A kernel holds other certificates too: those that it must not trust
 * (revocation_certificates.S, from 5.13 on), and those of its self-tests. So a
 * certificate counts only as part of a list whose two sizes fit it; before 5.13, whose
 * one size does.
 */
#include <stdlib.h>

#include "kernel/certs.h"

enum {
	CERT_MAX = 1 << 13, /* bytes; RSA-4096's has 1,324 */
	CERTS_MAX = 64,
	TRIES_MAX = 2000,    /* certificates; a kernel has a hundred at most */
	EXTRA_MAX = 1 << 14, /* CONFIG_SYSTEM_EXTRA_CERTIFICATE_SIZE is 4,096 */
	SEQUENCE = 0x30,
	BIT_STRING = 0x03,
};

/*
 * Return the size of the DER element at an offset in bytes, or 0 if it has another tag or
 * does not lie within. *header gets those of its tag and length.
 */
static size_t element(struct bytes bytes, uint64_t offset, unsigned tag, size_t *header)
{
	size_t length;

	*header = 0;
	if (!bytes_hold(bytes, offset, 2) || bytes.data[offset] != tag)
		return 0;
	length = bytes.data[offset + 1];
	*header = 2;
	if (length >= 0x80) {
		size_t n = length & 0x7f;

		if (n == 0 || n > 2)
			return 0;
		length = (size_t)bytes_number(bytes, offset + 2, (unsigned)n, true);
		*header += n;
	}
	return bytes_hold(bytes, offset, *header + length) ? *header + length : 0;
}

/*
 * Return the size of the certificate at an offset in bytes, or 0 if there is none:
 *
 *	SEQUENCE { SEQUENCE { [0] { INTEGER 2 }, ... }, SEQUENCE, BIT STRING }
 */
static size_t cert_size(struct bytes kernel, uint64_t offset)
{
	struct bytes rest = bytes_part(kernel, offset, CERT_MAX);
	size_t header, inner, size = element(rest, 0, SEQUENCE, &header);
	size_t at = header, part;

	if (!size)
		return 0;
	part = element(rest, at, SEQUENCE, &inner);
	if (!part || !bytes_match(rest, at + inner, CERT_MARK, sizeof(CERT_MARK) - 1))
		return 0;
	at += part;
	part = element(rest, at, SEQUENCE, &inner);
	at += part;
	if (!part || !(part = element(rest, at, BIT_STRING, &inner)))
		return 0;
	return at + part == size ? size : 0;
}

/*
 * How many of the two sizes of a list of so many bytes follow it. first: its first
 * cert's. ".align 8" means 8 bytes on x86 and s390x, 2 to the power of 8 elsewhere.
 */
static unsigned sizes_behind(const struct kernel_image *image, struct bytes kernel,
			     uint64_t begin, uint64_t size, uint64_t first)
{
	const unsigned word = image->wide ? 8 : 4, distances[] = { 8, 256 };
	bool big = image->big_endian;
	uint64_t end = begin + size;
	unsigned found = 0;

	for (uint64_t at = begin + ((size + 7) & ~(uint64_t)7);
	     found < 2 && at <= end + EXTRA_MAX; at += 8) {
		if (bytes_number(kernel, at, word, big) != size)
			continue;
		found = 1;
		for (unsigned i = 0; i < 2; i++)
			if (bytes_number(kernel, at + distances[i], word, big) == first)
				found = 2;
	}
	return found;
}

/* Whether a kernel has one size only: before 5.13. */
static bool has_one_size(const char *release)
{
	char *end;
	unsigned long version = release ? strtoul(release, &end, 10) : 0;
	unsigned long patchlevel = version && *end == '.' ? strtoul(end + 1, NULL, 10) :
							    0;

	return version > 0 && (version < 5 || (version == 5 && patchlevel < 13));
}

void check_certs(struct kernel_image *image)
{
	if (image->cert_sizes == 1 && !has_one_size(image->release))
		image->n_certs = 0;
}

void read_certs(struct kernel_image *image, struct bytes kernel, uint64_t begin)
{
	struct bytes certs[CERTS_MAX];
	uint64_t end = begin;
	size_t n = 0, size;
	unsigned sizes;

	if (image->cert_tries++ >= TRIES_MAX)
		return;
	while (n < CERTS_MAX && (size = cert_size(kernel, end)) > 0) {
		certs[n++] = bytes_part(kernel, end, size);
		end += size;
	}
	if (n == 0 || image->cert_sizes == 2)
		return;
	sizes = sizes_behind(image, kernel, begin, end - begin, certs[0].size);
	if (sizes <= image->cert_sizes)
		return;
	image->cert_sizes = sizes;
	image->certs = arena_alloc(&image->arena, n * sizeof(*image->certs));
	image->n_certs = n;
	for (size_t i = 0; i < n; i++) {
		unsigned char *data = arena_alloc(&image->arena, certs[i].size);

		memcpy(data, certs[i].data, certs[i].size);
		image->certs[i] = (struct kernel_cert){ data, certs[i].size };
	}
}

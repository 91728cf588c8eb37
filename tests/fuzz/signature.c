// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Certificates, "%%%%", and a module with its signature; or the signature alone, of
 * "modbox".
 */
#include "fuzz.h"

#include "signature/signature.h"

static bool verified, refused;

static void check(struct signature_verifier *verifier, size_t n, const void *file,
		  size_t size)
{
	struct arena arena = { 0 };
	struct signature signature;

	signature_read(file, size, &arena, &signature);
	REQUIRE(signature.state != SIGNATURE_UNREAD);
	REQUIRE(!signature.message == (signature.state != SIGNATURE_GOOD));
	signature_verify(verifier, &signature);
	REQUIRE(signature.state != SIGNATURE_GOOD || signature.cert < n);
	REQUIRE(signature.state != SIGNATURE_UNKNOWN_KEY || signature.signer);
	verified |= signature.state == SIGNATURE_GOOD;
	refused |= signature.state == SIGNATURE_BAD;
	arena_free(&arena);
}

/* Put what the kernel looks for around a PKCS#7 message. */
static void check_message(struct signature_verifier *verifier, size_t n,
			  struct part message)
{
	static const char content[] = "modbox",
			  marker[] = "~Module signature appended~\n";
	size_t before = sizeof(content) - 1, after = sizeof(marker) - 1;
	unsigned char *file = calloc(1, before + message.size + 12 + after);
	unsigned char *p = file;

	REQUIRE(file);
	memcpy(p, content, before);
	memcpy(p + before, message.data, message.size);
	p += before + message.size;
	p[2] = 2;
	for (unsigned i = 0; i < 4; i++)
		p[8 + i] = (unsigned char)(message.size >> (24 - 8 * i));
	memcpy(p + 12, marker, after);
	check(verifier, n, file, before + message.size + 12 + after);
	free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part input = { (const char *)data, size }, certs = next_part(&input);
	struct signature_verifier *verifier;
	struct arena arena = { 0 };
	struct signature_cert *list;
	const char *err = NULL;
	size_t n;

	if (signature_read_certs(certs.data, certs.size, &arena, &list, &n, &err) < 0)
		REQUIRE(err);
	for (size_t i = 0; i < n; i++)
		REQUIRE(signature_cert_name(&list[i], &arena));
	verifier = signature_verifier_new(list, n);
	check(verifier, n, input.data, input.size);
	check_message(verifier, n, input);
	signature_verifier_free(verifier);
	arena_free(&arena);
	return 0;
}

const char *fuzz_missing(void)
{
	return verified && refused ? NULL :
				     "a signature that fits, and one that does not";
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* How modules are prepared: options decide, and the kernel where they are silent. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "cli/applet.h"
#include "config.h"
#include "copy/encode.h"
#include "install/choices.h"
#include "module/packing.h"

#define FIELD(name) offsetof(struct choice_options, name)

const struct option_row choice_option_rows[] = {
	{ "strip", "[LEVEL]", 0, OPTION_STRING, FIELD(strip),
	  "strip modules: " VALUES("debug (default)", "unneeded") },
	{ "strip-program", "PROGRAM", 0, OPTION_STRING, FIELD(strip_program),
	  "strip by this program" },
	{ "sign-key", "FILE", 0, OPTION_STRING, FIELD(sign_key),
	  "sign modules with this key" },
	{ "sign-cert", "FILE", 0, OPTION_STRING, FIELD(sign_cert),
	  "the certificate of the key" },
	{ "sign-hash", "HASH", 0, OPTION_STRING, FIELD(sign_hash),
	  VALUES("sha256", "sha384", "sha512") " (default: the kernel's own)" },
	{ "sign-pin-file", "FILE", 0, OPTION_STRING, FIELD(sign_pin_file),
	  "the key's passphrase (default: in KBUILD_SIGN_PIN)" },
	{ "sign-program", "PROGRAM", 0, OPTION_STRING, FIELD(sign_program),
	  "sign by this program, called as sign-file is: HASH KEY CERT FILE" },
	{ "compress", "HOW", 0, OPTION_STRING, FIELD(compress),
	  VALUES("auto (default: as the kernel's own modules)", "none", "gzip", "xz",
		 "zstd") },
	{ 0 },
};

static enum signature_hash hash_of(const char *name)
{
	for (unsigned i = HASH_SHA256; name && i <= HASH_SHA512; i++)
		if (strcmp(name, kconfig_hash_name(i)) == 0)
			return i;
	return HASH_NONE;
}

static bool is_auto(const struct choice_options *o)
{
	return !o->compress || strcmp(o->compress, "auto") == 0;
}

static int check_compress(const struct applet *applet, const struct choice_options *o)
{
	const char *missing;
	enum codec codec;

	if (is_auto(o))
		return 0;
	if (encoder_codec(o->compress, &codec) < 0) {
		usage_error(applet,
			    "--compress must be auto, none, gzip, xz or zstd, not '%s'",
			    o->compress);
		return -1;
	}
	missing = encoder_missing(codec);
	if (missing)
		usage_error(applet, "--compress=%s: this modbox was built without %s",
			    o->compress, missing);
	return missing ? -1 : 0;
}

static void without(const struct applet *applet, const char *what, const char *feature)
{
	usage_error(applet, "this modbox was built without %s: name a --%s-program",
		    feature, what);
}

int choices_check(const struct applet *applet, const struct choice_options *o)
{
	if (o->strip && *o->strip && strcmp(o->strip, "debug") != 0 &&
	    strcmp(o->strip, "unneeded") != 0)
		usage_error(applet, "invalid --strip '%s'; use debug or unneeded",
			    o->strip);
	else if (o->sign_hash && hash_of(o->sign_hash) == HASH_NONE)
		usage_error(applet,
			    "invalid --sign-hash '%s'; use sha256, sha384 or sha512",
			    o->sign_hash);
	else if (!o->sign_key != !o->sign_cert)
		usage_error(applet, "--sign-key and --sign-cert need each other");
	else if (!o->sign_key && (o->sign_hash || o->sign_pin_file || o->sign_program))
		usage_error(applet, "--sign-%s needs --sign-key and --sign-cert",
			    o->sign_hash     ? "hash" :
			    o->sign_pin_file ? "pin-file" :
					       "program");
	else if (!ENABLED(FEATURE_STRIP) && o->strip && !o->strip_program)
		without(applet, "strip", "FEATURE_STRIP");
	else if (!ENABLED(FEATURE_SIGN) && o->sign_key && !o->sign_program)
		without(applet, "sign", "FEATURE_SIGN");
	else
		return check_compress(applet, o);
	return -1;
}

/* -- compression ------------------------------------------------------------------- */

static enum codec codec_of_name(const char *path)
{
	const char *suffix = strrchr(path, '.');

	for (unsigned i = CODEC_GZIP; suffix && i <= CODEC_ZSTD; i++)
		if (strcmp(suffix, codec_suffix(i)) == 0)
			return i;
	return CODEC_NONE;
}

/* The codec that most of the kernel's own modules have. Returns 0, or -1 (reported). */
static int codec_of_tree(struct modtree *tree, enum codec *codec, bool *known)
{
	size_t counts[CODEC_ZSTD + 1] = { 0 }, most = 0;
	struct module *module, *next;

	if (modtree_all(tree) < 0)
		return -1;
	HASH_ITER(hh, tree->modules, module, next)
		if (module->path && strncmp(module->path, "kernel/", 7) == 0)
			counts[codec_of_name(module->path)]++;
	for (unsigned i = 0; i <= CODEC_ZSTD; i++)
		if (counts[i] > most) {
			most = counts[i];
			*codec = i;
		}
	*known = most > 0;
	return 0;
}

/* What kbuild's modules_install does for this kernel. */
static enum codec codec_of_config(const struct kconfig *config)
{
	return !config					  ? CODEC_NONE :
	       kconfig_on(config, "MODULE_COMPRESS_GZIP") ? CODEC_GZIP :
	       kconfig_on(config, "MODULE_COMPRESS_XZ")	  ? CODEC_XZ :
	       kconfig_on(config, "MODULE_COMPRESS_ZSTD") ? CODEC_ZSTD :
							    CODEC_NONE;
}

static int choose_codec(const struct choice_options *o, struct modtree *tree,
			const struct kconfig *config, struct preparation *p)
{
	bool known = false;

	if (!is_auto(o))
		encoder_codec(o->compress, &p->codec);
	else if (tree && codec_of_tree(tree, &p->codec, &known) < 0)
		return -1;
	else if (!known)
		p->codec = codec_of_config(config);
	p->encodes = !encoder_missing(p->codec);
	return 0;
}

/* -- signing ----------------------------------------------------------------------- */

/* Returns HASH_NONE after reporting. */
static enum signature_hash choose_hash(const struct applet *applet,
				       const struct choice_options *o,
				       const struct kconfig *config)
{
	const char *own = config ? kconfig_get(config, "MODULE_SIG_HASH") : NULL;
	enum signature_hash hash = hash_of(o->sign_hash ? o->sign_hash : own);

	if (hash == HASH_NONE)
		usage_error(applet,
			    own ? "--sign-hash is needed: the kernel's own hash is %s" :
				  "--sign-hash is needed: no configuration of the kernel "
				  "tells its hash",
			    own);
	else if (config && kconfig_on(config, "MODULE_SIG") &&
		 !kconfig_has_hash(config, hash))
		error(STATUS_MISSING,
		      "refused: the kernel has not built in %s, and could not verify a "
		      "signature by it; use --sign-hash=%s",
		      kconfig_hash_name(hash), own && hash_of(own) ? own : "sha256");
	else
		return hash;
	return HASH_NONE;
}

/* Read the first line of a file. The caller wipes and frees it. NULL: reported. */
static char *read_pin(const char *path)
{
	char *pin = xcalloc(1, 1024);
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0) {
		n = read(fd, pin, 1023);
		close_fd(&fd);
	}
	if (n < 0) {
		error(STATUS_IO, "cannot read %s: %m", path);
		free(pin);
		return NULL;
	}
	pin[strcspn(pin, "\r\n")] = '\0';
	return pin;
}

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
}

static int open_signer(const struct choice_options *o, enum signature_hash hash,
		       struct preparation *p)
{
	char *variable = getenv("KBUILD_SIGN_PIN"), *pin = NULL;

	if (o->sign_pin_file && !(pin = read_pin(o->sign_pin_file)))
		return -1;
	if (!o->sign_pin_file && variable)
		pin = xstrdup(variable);
	wipe(variable);
	unsetenv("KBUILD_SIGN_PIN");
	p->signer = signer_open(o->sign_key, o->sign_cert, pin, hash);
	wipe(pin);
	free(pin);
	return p->signer ? 0 : -1;
}

int choices_make(const struct applet *applet, const struct choice_options *o,
		 struct modtree *tree, const struct kconfig *config,
		 struct preparation *p)
{
	enum signature_hash hash;

	p->strip = o->strip || o->strip_program;
	p->level = o->strip && strcmp(o->strip, "unneeded") == 0 ? STRIP_UNNEEDED :
								   STRIP_DEBUG;
	p->strip_program = o->strip_program;
	if (choose_codec(o, tree, config, p) < 0)
		return -1;
	if (!o->sign_key)
		return 0;
	hash = choose_hash(applet, o, config);
	if (hash == HASH_NONE)
		return -1;
	p->sign_program = o->sign_program;
	p->sign_hash = kconfig_hash_name(hash);
	p->sign_key = o->sign_key;
	p->sign_cert = o->sign_cert;
	return o->sign_program || !ENABLED(FEATURE_SIGN) ? 0 : open_signer(o, hash, p);
}

void choices_free(struct preparation *p)
{
	if (ENABLED(FEATURE_SIGN))
		signer_close(p->signer);
	*p = (struct preparation){ 0 };
}

char *preparation_text(const struct preparation *p, const struct candidate *item)
{
	static const char *const names[] = {
		[CODEC_NONE] = "",
		[CODEC_GZIP] = "gzip",
		[CODEC_XZ] = "xz",
		[CODEC_ZSTD] = "zstd",
	};
	const char *parts[] = { p->strip ? "stripped" : "",
				p->signer || p->sign_program ? "signed" : "",
				names[item->codec] };
	char *text = xstrdup("");

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		char *longer;

		if (!*parts[i])
			continue;
		longer = xasprintf("%s%s%s", text, *text ? ", " : ": ", parts[i]);
		free(text);
		text = longer;
	}
	return text;
}

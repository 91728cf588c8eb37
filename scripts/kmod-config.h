/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The results that kmod's configure (autotools, later meson) would give on any current
 * Linux with gcc, for kmod_config() in common.sh.  Old versions test whether ENABLE_X
 * is defined, versions with meson test its value: KMOD_ASKS_VALUES.
 *
 * -DKMOD_TOOLS is for kmod's own programs: all codecs, and messages.
 */
#include <features.h>

#define SYSCONFDIR "/etc"
#define DISTCONFDIR "/lib"
#define MODULE_DIRECTORY "/lib/modules"

#define HAVE_SECURE_GETENV 1
#define HAVE_STRUCT_STAT_ST_MTIM 1
#define HAVE_STATIC_ASSERT 1
#define HAVE_NORETURN 1
#define HAVE_DECL_BE32TOH 1
#define HAVE___BUILTIN_CLZ 1
#define HAVE___BUILTIN_TYPES_COMPATIBLE_P 1
#define HAVE___BUILTIN_UADD_OVERFLOW 1
#define HAVE___BUILTIN_UADDL_OVERFLOW 1
#define HAVE___BUILTIN_UADDLL_OVERFLOW 1
#define HAVE___BUILTIN_UMUL_OVERFLOW 1
#define HAVE___BUILTIN_UMULL_OVERFLOW 1
#define HAVE___BUILTIN_UMULLL_OVERFLOW 1

#ifdef __GLIBC__
#define HAVE_DECL_STRNDUPA 1
#define HAVE_OPEN64 1
#define HAVE_STAT64 1
#define HAVE_FOPEN64 1
#endif

#ifdef KMOD_TOOLS
#define ENABLE_LOGGING 1
#define ENABLE_XZ 1
#define ENABLE_ZSTD 1
#define ENABLE_ZLIB 1
#define KMOD_FEATURES "+ZSTD +XZ +ZLIB -LIBCRYPTO"
#elif defined(KMOD_ASKS_VALUES)
#define ENABLE_LOGGING 0
#define ENABLE_XZ 0
#define ENABLE_ZSTD 0
#define ENABLE_ZLIB 0
#endif

#ifdef KMOD_ASKS_VALUES
#define ENABLE_DEBUG 0
#define ENABLE_ELFDBG 0
#define ENABLE_OPENSSL 0
#define ENABLE_XZ_DLOPEN 0
#define ENABLE_ZSTD_DLOPEN 0
#define ENABLE_ZLIB_DLOPEN 0
#ifndef HAVE_DECL_BASENAME
#define HAVE_DECL_BASENAME 0
#endif
#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_RECORDFORMAT_H
#define MODBOX_RECORDFORMAT_H

#include <stddef.h>
#include <stdint.h>

/*
 * The format of a record.  Numbers have seven bits a byte, the lowest first; all but the
 * last byte have the eighth.  So the file is the same on every byte order.
 *
 *	8 bytes		RECORD_MAGIC; its last byte is the version of the format
 *	8 bytes		record_sum() of all that follows, lowest byte first
 *	number		record_features() of the writer
 *	string		the kernel's version
 *	time		made: before its modules were read
 *	32 bytes	seal: indextree.c
 *	string		the vermagic of most modules
 *	number, number	of symbols; of those when all were in use
 *	  number	  CRC * 2 + whether it is weak
 *	  text, NUL	  name
 *	number		of modules
 *	  string	  path
 *	  number	  size
 *	  number	  inode
 *	  time, time	  of modification, of status change
 *	  byte		  whether there is a hash:
 *	  32 bytes	  SHA-256
 *	  number	  bytes of the facts:
 *	    number, ...	    of bytes decoded, of memory, of debug sections
 *	    number	    of fields of .modinfo
 *	      byte	      number of the key, and FIELD_USUAL
 *	      string	      value, unless it is the usual one
 *	    number	    of exported symbols
 *	      number	      of the symbol
 *	    number	    of needed symbols
 *	      number	      of the symbol
 *
 *	time		number of seconds, number of nanoseconds
 *	string		relative to the string before it (paths; fields of a module), or
 *			to "": number of bytes of its head, number of bytes of its tail,
 *			and what is new between them: text, NUL
 *
 * Symbols that no module has any more stay until they are a fifth of all, because other
 * modules' facts are copied from record to record.
 *
 * Raise the version if anything changes that is read of a module.
 */
#define RECORD_MAGIC "modboxR\1"

enum {
	RECORD_MAGIC_SIZE = 8,
	RECORD_SUMMED = 16,    /* offset of what the sum is of */
	FIELD_USUAL = 0x80,    /* the record's vermagic, or the module's own name */
	RECORD_EXPANSION = 16, /* strings have at most so many times the bytes encoded */
};

enum { FIELD_NAME, FIELD_VERMAGIC, FIELD_KEYS = 7 };
extern const char *const record_keys[FIELD_KEYS];

/* A bit for each feature of this program that affects what it reads of modules. */
unsigned record_features(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_INPUT_H
#define MODBOX_UNPACK_INPUT_H

#include <stddef.h>
#include <stdint.h>

/* The file that is unpacked, read in large pieces. */
struct input {
	int fd;	       /* borrowed */
	uint64_t next; /* where it is read on */
	unsigned char *buffer;
	const unsigned char *p; /* bytes that were read and not used, to end */
	const unsigned char *end;
	int failure; /* errno of a failed read; then no more comes */
};

void input_open(struct input *in, int fd);
void input_close(struct input *in);

/* The bytes of the file before in->p. */
static inline uint64_t input_offset(const struct input *in)
{
	return in->next - (uint64_t)(in->end - in->p);
}

/* Bytes that can be used at once at least: magic numbers, headers. */
enum { INPUT_LEAST = 4096 };

/*
 * Have at least n bytes at in->p, at most INPUT_LEAST, or all that the file has left.
 * Returns the bytes that are there; 0 at its end, or after a failure.
 */
size_t input_need(struct input *in, size_t n);

/* Skip bytes of the file without reading them. */
void input_skip(struct input *in, uint64_t n);

#endif

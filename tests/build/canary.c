// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Check that the stack protector works where modbox runs: find the canary behind an
 * array, print it, and damage nothing but the canary, so that only the protector can
 * end the program.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

extern uintptr_t __stack_chk_guard; /* musl's, set at program start */

__attribute__((noinline)) static int damage(volatile char *array, size_t size)
{
	volatile char *p;

	for (p = array + size; p < array + 2 * size; p++) {
		if (memcmp((const char *)(uintptr_t)p, &__stack_chk_guard,
			   sizeof(uintptr_t)) != 0)
			continue;
		printf("canary %jx\n", (uintmax_t)__stack_chk_guard);
		fflush(stdout);
		*p ^= 1;
		return 0;
	}
	return -1;
}

__attribute__((noinline)) static int protected(void)
{
	volatile char array[64] = { 0 };

	return damage(array, sizeof(array));
}

int main(void)
{
	puts(protected() == 0 ? "survived" : "no canary");
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does the stack protector work where modbox runs?  Looks for the canary behind an array,
 * shows it, and damages it alone: what then ends the program is the protector.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

extern uintptr_t __stack_chk_guard; /* musl's, as set at the start */

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

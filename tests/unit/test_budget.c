// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory that threads share: its bound, and that none waits forever. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/budget.h"
#include "unit.h"

enum { THREADS = 12, FILES = 40, STEP = 10 << 20, MOST = 20 /* steps for one file */ };

static atomic_size_t used, peak, files;

static void note(size_t bytes)
{
	size_t now = atomic_fetch_add(&used, bytes) + bytes, old = atomic_load(&peak);

	while (old < now && !atomic_compare_exchange_weak(&peak, &old, now))
		;
}

/* As a decoder: grow step by step, holding what there is, and keep one step. */
static void *read_files(void *number)
{
	unsigned random = (unsigned)(uintptr_t)number;
	struct budget_share share = { 0 };

	budget_take(&share, STEP);
	note(STEP);
	for (int i = 0; i < FILES; i++) {
		size_t steps = 1 + (size_t)rand_r(&random) % MOST;

		for (size_t k = 0; k < steps; k++) {
			budget_take(&share, STEP);
			note(STEP);
			sched_yield();
		}
		atomic_fetch_sub(&used, steps * STEP);
		budget_give(steps * STEP);
		budget_settle(&share);
		atomic_fetch_add(&files, 1);
	}
	atomic_fetch_sub(&used, STEP);
	budget_give(STEP);
	return NULL;
}

static void test_bound(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_files,
						(void *)(uintptr_t)(i + 1)),
				 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&files), THREADS * FILES);
	assert_int_equal(atomic_load(&used), 0);
	/* All threads together, one file beyond that, and the step that each thread keeps:
	 * a thread can have taken it with its first file, while that one was beyond. */
	assert_in_range(atomic_load(&peak), MOST * STEP,
			((size_t)256 << 20) + (size_t)(MOST + THREADS) * STEP);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_bound),
};
UNIT_TEST_MAIN(NULL, NULL)

// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory that threads share. */
#include <pthread.h>
#include <stdint.h>

#include "base/budget.h"
#include "base/workers.h"
#include "config.h"

/* Enough for 16 threads with usual modules: the largest take 15 MiB, most under one. */
#define BUDGET ((size_t)256 << 20)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static size_t used;
static bool overdrawn; /* a share is over the budget */

void budget_take(struct budget_share *share, size_t bytes)
{
	if (!ENABLED(FEATURE_THREADS))
		return;
	worker_lock(&lock);
	while (!share->over && (used > BUDGET || bytes > BUDGET - used)) {
		if (overdrawn) {
			pthread_cond_wait(&freed, &lock);
			continue;
		}
		share->over = overdrawn = true;
	}
	used += bytes;
	worker_unlock(&lock);
}

void budget_give(size_t bytes)
{
	if (!ENABLED(FEATURE_THREADS))
		return;
	worker_lock(&lock);
	used -= bytes;
	pthread_cond_broadcast(&freed);
	worker_unlock(&lock);
}

void budget_settle(struct budget_share *share)
{
	if (!ENABLED(FEATURE_THREADS) || !share->over)
		return;
	worker_lock(&lock);
	share->over = overdrawn = false;
	pthread_cond_broadcast(&freed);
	worker_unlock(&lock);
}

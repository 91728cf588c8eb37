/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_WORKERS_H
#define MODBOX_WORKERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* A parallel map: job(worker, i, context) is called once for each i below n. */
struct work {
	size_t n;
	void *(*begin)(void *context); /* makes a worker's state; may be NULL */
	void (*job)(void *worker, size_t i, void *context);
	void (*end)(void *worker); /* frees that state; may be NULL */
	void *context;
	bool small; /* not worth starting threads for */
};

/*
 * Run work on the cores that this process may use, in no particular order, with at most
 * one thread per item. If threads cannot be started, this thread does it all. Returns
 * when all items are done.
 */
void workers_run(const struct work *work);

/* The threads that n items are worth, this one included: at most one for each core. */
size_t workers_count(size_t n);

/*
 * Start one thread, with all signals blocked: the main thread handles them. The caller
 * joins it. Returns 0; or -1, without threads (FEATURE_THREADS) or memory.
 */
int worker_start(pthread_t *thread, void *(*run)(void *argument), void *argument);

/* Lock data that workers share. A no-op without threads (FEATURE_THREADS). */
void worker_lock(pthread_mutex_t *lock);
void worker_unlock(pthread_mutex_t *lock);

#endif

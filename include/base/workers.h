/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_WORKERS_H
#define MODBOX_WORKERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* A parallel map: job(worker, i, context) is called once for each i below n. */
struct work {
	size_t n;
	void *(*begin)(void *context); /* makes a worker's own state; may be NULL */
	void (*job)(void *worker, size_t i, void *context);
	void (*end)(void *worker); /* frees that state; may be NULL */
	void *context;
	bool small; /* it takes less time than starting threads */
};

/*
 * Run work over the cores that this process may use, in no particular order, at most
 * one thread an item; where threads cannot be had, in this one.  Returns when all is done.
 */
void workers_run(const struct work *work);

/* A lock for what workers share; nothing where there are no threads (FEATURE_THREADS). */
void worker_lock(pthread_mutex_t *lock);
void worker_unlock(pthread_mutex_t *lock);

#endif

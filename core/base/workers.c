// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A parallel map over the cores that this process may use.
 *
 * Each thread takes the next item until none is left: items differ in size by a factor of
 * a thousand, so fixed shares would be uneven. The calling thread works too, and does
 * everything if no thread can be started.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/workers.h"
#include "config.h"

enum {
	/* Beyond this, memory use grows more than speed does. */
	MAX_WORKERS = 16,
	/* musl's default, 128 KiB, is too small for decoders. */
	STACK_SIZE = 1 << 20,
};

struct shared {
	const struct work *work;
	atomic_size_t next;
};

static void *worker_run(void *argument)
{
	struct shared *shared = argument;
	const struct work *work = shared->work;
	void *worker = work->begin ? work->begin(work->context) : NULL;
	size_t i;

	while ((i = atomic_fetch_add(&shared->next, 1)) < work->n)
		work->job(worker, i, work->context);
	if (work->end)
		work->end(worker);
	return NULL;
}

size_t workers_count(size_t n)
{
	size_t cores = 1;
	cpu_set_t set;

	/*
	 * Fails on machines with more cores than the set holds; those have enough for us.
	 */
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cores = (size_t)CPU_COUNT(&set);
	else
		cores = MAX_WORKERS;
	if (cores > MAX_WORKERS)
		cores = MAX_WORKERS;
	return cores < n ? cores : n;
}

int worker_start(pthread_t *thread, void *(*run)(void *argument), void *argument)
{
	pthread_attr_t attributes;
	sigset_t all, old;
	int ret;

	if (!ENABLED(FEATURE_THREADS))
		return -1;
	if (pthread_attr_init(&attributes) != 0)
		return -1;
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ret = pthread_create(thread, &attributes, run, argument);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attributes);
	return ret == 0 ? 0 : -1;
}

void worker_lock(pthread_mutex_t *lock)
{
	if (ENABLED(FEATURE_THREADS))
		pthread_mutex_lock(lock);
}

void worker_unlock(pthread_mutex_t *lock)
{
	if (ENABLED(FEATURE_THREADS))
		pthread_mutex_unlock(lock);
}

void workers_run(const struct work *work)
{
	struct shared shared = { .work = work };
	pthread_t threads[MAX_WORKERS];
	size_t wanted = work->small ? 1 : workers_count(work->n), started = 0;

	if (work->n == 0)
		return;
	/* If a thread cannot be started, the others do its share. */
	while (started + 1 < wanted &&
	       worker_start(&threads[started], worker_run, &shared) == 0)
		started++;
	worker_run(&shared);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The parallel map: each item once, one state per worker, on any number of cores. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/workers.h"
#include "unit.h"

enum { N = 5000 };

static struct {
	atomic_int done[N];
	atomic_int begun, ended, in_main, signals_open;
	pthread_t main;
} seen;

struct worker {
	pthread_t thread;
};

static void *begin(void *context)
{
	struct worker *worker = malloc(sizeof(*worker));

	assert_ptr_equal(context, &seen);
	worker->thread = pthread_self();
	atomic_fetch_add(&seen.begun, 1);
	return worker;
}

static void job(void *state, size_t i, void *context)
{
	struct worker *worker = state;
	sigset_t blocked;

	(void)context;
	atomic_fetch_add(&seen.done[i], 1);
	if (!pthread_equal(worker->thread, pthread_self()))
		abort(); /* a state belongs to one thread */
	if (pthread_equal(pthread_self(), seen.main))
		atomic_fetch_add(&seen.in_main, 1);
	pthread_sigmask(SIG_BLOCK, NULL, &blocked);
	if (!pthread_equal(pthread_self(), seen.main) && !sigismember(&blocked, SIGTERM))
		atomic_fetch_add(&seen.signals_open, 1);
}

static void end(void *worker)
{
	atomic_fetch_add(&seen.ended, 1);
	free(worker);
}

static void run(size_t n)
{
	const struct work work = { n, begin, job, end, &seen };

	memset(&seen, 0, sizeof(seen));
	seen.main = pthread_self();
	workers_run(&work);
	assert_int_equal(seen.begun, seen.ended);
	assert_true((size_t)seen.begun <= n);
	assert_int_equal(seen.signals_open, 0);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(seen.done[i], i < n);
}

static void test_each_item_once(void **state)
{
	run(0);
	run(1);
	assert_int_equal(seen.in_main, 1);
	run(2);
	run(N);
}

static void test_one_core_is_one_thread(void **state)
{
	cpu_set_t all, one;
	int cpu = 0;

	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	run(N);
	assert_int_equal(seen.in_main, N);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

/* The calling thread's signal mask is restored. */
static void test_signals_stay_with_the_caller(void **state)
{
	sigset_t before, after;

	sigemptyset(&before);
	sigemptyset(&after);
	pthread_sigmask(SIG_BLOCK, NULL, &before);
	run(100);
	pthread_sigmask(SIG_BLOCK, NULL, &after);
	for (int sig = 1; sig < 32; sig++)
		assert_int_equal(sigismember(&before, sig), sigismember(&after, sig));
}

/* If no thread can be started, the caller does it all. In a child: root has no limit. */
static void test_without_threads(void **state)
{
	const struct rlimit none = { 0, 0 };
	const struct work work = { N, begin, job, end, &seen };
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		memset(&seen, 0, sizeof(seen));
		seen.main = pthread_self();
		if (setrlimit(RLIMIT_NPROC, &none) != 0 ||
		    (geteuid() == 0 && setuid(65534) != 0))
			_exit(2);
		workers_run(&work);
		_exit(seen.in_main != N || seen.begun != 1 || seen.ended != 1 ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_no_state(void **state)
{
	const struct work work = { 0, NULL, job, NULL, NULL };

	workers_run(&work);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_each_item_once),
	cmocka_unit_test(test_one_core_is_one_thread),
	cmocka_unit_test(test_signals_stay_with_the_caller),
	cmocka_unit_test(test_without_threads),
	cmocka_unit_test(test_no_state),
};
UNIT_TEST_MAIN(NULL, NULL)

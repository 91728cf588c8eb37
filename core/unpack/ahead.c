// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing the files of an archive takes about as long as decompressing them, so a thread
 * decompresses the next pieces meanwhile. They go round: the last of those given is in
 * use, the others up to the last of those filled are waiting. The first is the stream's
 * own buffer.
 */
#include <pthread.h>
#include <stdlib.h>

#include "ahead.h"
#include "base/util.h"
#include "base/workers.h"
#include "codec.h"
#include "config.h"

/* lz4's pieces, of 8 MiB, go round as two. */
enum { MAX_PIECES = 4, LARGE = 1 << 20 };

struct piece {
	unsigned char *bytes;
	size_t n;
	int result; /* of stream_decode() */
};

struct ahead {
	struct stream *stream;
	struct piece pieces[MAX_PIECES];
	size_t n_pieces;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	size_t filled, given;
	bool stop;
};

/* Wait for a piece that can be filled. Returns NULL if the thread is to stop. */
static struct piece *free_piece(struct ahead *ahead)
{
	struct piece *piece = NULL;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->stop && ahead->filled - ahead->given == ahead->n_pieces - 1)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	if (!ahead->stop)
		piece = &ahead->pieces[ahead->filled % ahead->n_pieces];
	pthread_mutex_unlock(&ahead->lock);
	return piece;
}

static void *decompress(void *argument)
{
	struct ahead *ahead = argument;
	struct stream *stream = ahead->stream;
	struct piece *piece;
	int result = 1;

	while (result > 0 && (piece = free_piece(ahead))) {
		stream->out = piece->bytes;
		result = stream_decode(stream);
		piece->n = stream->n;
		piece->result = result;
		pthread_mutex_lock(&ahead->lock);
		ahead->filled++;
		pthread_cond_signal(&ahead->changed);
		pthread_mutex_unlock(&ahead->lock);
	}
	return NULL;
}

static void free_ahead(struct ahead *ahead)
{
	ahead->stream->out = ahead->pieces[0].bytes;
	for (size_t i = 1; i < ahead->n_pieces; i++)
		free(ahead->pieces[i].bytes);
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->lock);
	free(ahead);
}

struct ahead *ahead_start(struct stream *stream)
{
	struct ahead *ahead;

	if (!ENABLED(FEATURE_THREADS) || workers_count(2) < 2)
		return NULL;
	ahead = xcalloc(1, sizeof(*ahead));
	ahead->stream = stream;
	ahead->pieces[0].bytes = stream->out;
	ahead->n_pieces = stream->room > LARGE ? 2 : MAX_PIECES;
	for (size_t i = 1; i < ahead->n_pieces; i++)
		ahead->pieces[i].bytes = xmalloc(stream->room);
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	if (worker_start(&ahead->thread, decompress, ahead) == 0)
		return ahead;
	free_ahead(ahead);
	return NULL;
}

int ahead_next(struct ahead *ahead, const unsigned char **data, size_t *size)
{
	const struct piece *piece;

	pthread_mutex_lock(&ahead->lock);
	while (ahead->filled == ahead->given)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	piece = &ahead->pieces[ahead->given++ % ahead->n_pieces];
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	*data = piece->bytes;
	*size = piece->n;
	return piece->result;
}

void ahead_stop(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->stop = true;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	free_ahead(ahead);
}

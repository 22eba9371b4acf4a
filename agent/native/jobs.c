#include "jobs.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Heartbeat, metrics, a file system, and some look-ups that are late. */
#define MOST_JOBS 12

/* Checking a certificate, and musl's name look-up, need some 30 KB; only what is touched takes memory. */
#define STACK_BYTES (192 * 1024)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct job *ended;
static int running;
static int event;

void jobs_init(void)
{
    event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event < 0) abort();
}

int jobs_descriptor(void)
{
    return event;
}

static void *run(void *argument)
{
    struct job *job = argument;
    job->work(job);
    pthread_mutex_lock(&lock);
    job->next = ended;
    ended = job;
    pthread_mutex_unlock(&lock);
    eventfd_write(event, 1);
    return NULL;
}

int job_start(struct job *job)
{
    if (running >= MOST_JOBS) return -1;

    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    /* Signals are the main thread's. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int failed = pthread_create(&thread, &attributes, run, job);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failed != 0) return -1;
    running++;
    return 0;
}

struct job *jobs_take_ended(void)
{
    pthread_mutex_lock(&lock);
    struct job *job = ended;
    if (job != NULL) ended = job->next;
    pthread_mutex_unlock(&lock);
    if (job != NULL) {
        running--;
        return job;
    }
    eventfd_t count;
    eventfd_read(event, &count);
    return NULL;
}

#ifndef JOBS_H
#define JOBS_H

/*
 * Work that may block (a name look-up, a connection, a file system that hangs), each piece on a thread of its own, so that it never
 * holds up the agent. Threads know nothing of JavaScript: what they found is taken up by the main thread.
 */
struct job {
    /* On the job's thread. */
    void (*work)(struct job *job);
    /* Set by whoever starts it; for finish(). */
    void *owner;
    struct job *next;
};

void jobs_init(void);

/* 0, or -1 where there are too many already or no thread is to be had. */
int job_start(struct job *job);

/* Readable when a job has ended. */
int jobs_descriptor(void);

/* A job that has ended, or NULL. */
struct job *jobs_take_ended(void);

#endif

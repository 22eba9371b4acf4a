/*
 * The native agent: QuickJS with the agent's bytecode, and the little of a machine that host-native.ts needs. There is no way to run
 * a command, to listen, or to write a file in here, and none to load other code.
 */
#include "clock.h"
#include "jobs.h"
#include "runtime.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* By the build, from the bundle. */
extern const uint8_t agent_bytecode[];
extern const uint32_t agent_bytecode_size;

/* How often cycles of garbage are collected. QuickJS by itself would let them grow to half of all memory first. */
#define COLLECT_EVERY_MS 5000

/* More than ten times what it needs. Beyond, an agent that has gone wrong ends, and is started again. */
#define MOST_MEMORY_BYTES (32 * 1024 * 1024)

/* Clocks that are moved and machines that are suspended are noticed this soon. */
#define LONGEST_WAIT_MS 60000

_Noreturn void end_by_defect(JSContext *context, JSValueConst thrown)
{
    const char *what = JS_ToCString(context, thrown);
    JSValue stack = JS_GetPropertyStr(context, thrown, "stack");
    const char *where = JS_IsString(stack) ? JS_ToCString(context, stack) : NULL;
    fprintf(stderr, "A defect in the agent: %s\n%s", what != NULL ? what : "?", where != NULL ? where : "");
    _exit(EXIT_DEFECT);
}

/* A promise that was rejected while nobody waited for it; somebody may yet, in the same turn. */
struct rejection {
    JSValue promise, reason;
    struct rejection *next;
};

static struct rejection *rejections;

static void track_rejection(JSContext *context, JSValueConst promise, JSValueConst reason, JS_BOOL is_handled, void *unused)
{
    if (!is_handled) {
        struct rejection *fresh = malloc(sizeof *fresh);
        if (fresh == NULL) abort();
        *fresh = (struct rejection){ JS_DupValue(context, promise), JS_DupValue(context, reason), rejections };
        rejections = fresh;
        return;
    }
    for (struct rejection **at = &rejections; *at != NULL; at = &(*at)->next) {
        if (JS_VALUE_GET_PTR((*at)->promise) != JS_VALUE_GET_PTR(promise)) continue;
        struct rejection *handled = *at;
        *at = handled->next;
        JS_FreeValue(context, handled->promise);
        JS_FreeValue(context, handled->reason);
        free(handled);
        return;
    }
}

/* Until nothing is left to do in this turn. */
static void run_pending(JSContext *context)
{
    JSContext *at;
    int ran;
    while ((ran = JS_ExecutePendingJob(JS_GetRuntime(context), &at)) > 0) continue;
    if (ran < 0) end_by_defect(at, JS_GetException(at));
    if (rejections != NULL) end_by_defect(context, rejections->reason);
}

void call_back(JSContext *context, JSValueConst function, int count, JSValue *arguments)
{
    JSValue result = JS_Call(context, function, JS_UNDEFINED, count, arguments);
    if (JS_IsException(result)) end_by_defect(context, JS_GetException(context));
    JS_FreeValue(context, result);
    for (int i = 0; i < count; i++) JS_FreeValue(context, arguments[i]);
    run_pending(context);
}

static JSContext *create_context(void)
{
    JSRuntime *runtime = JS_NewRuntime();
    if (runtime == NULL) abort();
    JS_SetHostPromiseRejectionTracker(runtime, track_rejection, NULL);
    JS_SetMemoryLimit(runtime, MOST_MEMORY_BYTES);
    JSContext *context = JS_NewContextRaw(runtime);
    if (context == NULL) abort();
    JS_AddIntrinsicBaseObjects(context);
    JS_AddIntrinsicDate(context);
    JS_AddIntrinsicRegExpCompiler(context);
    JS_AddIntrinsicRegExp(context);
    JS_AddIntrinsicJSON(context);
    JS_AddIntrinsicMapSet(context);
    JS_AddIntrinsicTypedArrays(context);
    JS_AddIntrinsicPromise(context);
    return context;
}

static void start(JSContext *context, int argc, char **argv)
{
    JSValue native = JS_NewObject(context);
    add_machine(context, native, argc, argv);
    add_timers(context, native);
    add_network(context, native);
    JSValue global = JS_GetGlobalObject(context);
    JS_SetPropertyStr(context, global, "native", native);
    JS_FreeValue(context, global);

    JSValue program = JS_ReadObject(context, agent_bytecode, agent_bytecode_size, JS_READ_OBJ_BYTECODE);
    JSValue result = JS_IsException(program) ? program : JS_EvalFunction(context, program);
    if (JS_IsException(result)) end_by_defect(context, JS_GetException(context));
    JS_FreeValue(context, result);
    run_pending(context);
}

/* By descriptor, so that they come in between two turns of the program and not in the middle of one. */
static int open_signals(void)
{
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int wait_ms(void)
{
    double left = next_timer_ms() - monotonic_ms();
    if (left <= 0) return 0;
    return left < LONGEST_WAIT_MS ? (int)ceil(left) : LONGEST_WAIT_MS;
}

static void collect_now_and_then(JSContext *context)
{
    static double last_ms;
    if (monotonic_ms() - last_ms < COLLECT_EVERY_MS) return;
    last_ms = monotonic_ms();
    JS_RunGC(JS_GetRuntime(context));
}

int main(int argc, char **argv)
{
    int signals = open_signals();
    if (signals < 0) abort();
    jobs_init();
    JSContext *context = create_context();
    start(context, argc, argv);

    for (;;) {
        struct pollfd waiting[] = {
            { .fd = jobs_descriptor(), .events = POLLIN },
            { .fd = signals, .events = POLLIN },
        };
        poll(waiting, 2, wait_ms());
        struct signalfd_siginfo signal;
        if (waiting[1].revents && read(signals, &signal, sizeof signal) == sizeof signal) tell_signal(context, (int)signal.ssi_signo);
        if (waiting[0].revents) finish_jobs(context);
        run_due_timers(context);
        collect_now_and_then(context);
    }
}

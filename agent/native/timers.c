#include "clock.h"
#include "runtime.h"

#include <math.h>
#include <stdlib.h>

struct timer {
    double at_ms;
    JSValue run;
    struct timer *next;
};

/* The next one first; those of one instant in the order in which they were set. */
static struct timer *timers;

static JSValue set_timer(JSContext *context, JSValueConst this, int argc, JSValueConst *argv)
{
    (void)this, (void)argc;
    double ms;
    if (JS_ToFloat64(context, &ms, argv[0])) return JS_EXCEPTION;
    struct timer *timer = malloc(sizeof *timer);
    if (timer == NULL) return JS_ThrowOutOfMemory(context);
    timer->at_ms = monotonic_ms() + (ms > 0 ? ms : 0);
    timer->run = JS_DupValue(context, argv[1]);
    struct timer **at = &timers;
    while (*at != NULL && (*at)->at_ms <= timer->at_ms) at = &(*at)->next;
    timer->next = *at;
    *at = timer;
    return JS_UNDEFINED;
}

void add_timers(JSContext *context, JSValue native)
{
    JS_SetPropertyStr(context, native, "setTimer", JS_NewCFunction(context, set_timer, "setTimer", 2));
}

double next_timer_ms(void)
{
    return timers == NULL ? INFINITY : timers->at_ms;
}

void run_due_timers(JSContext *context)
{
    double now = monotonic_ms();
    while (timers != NULL && timers->at_ms <= now) {
        struct timer *due = timers;
        timers = due->next;
        JSValue run = due->run;
        free(due);
        call_back(context, run, 0, NULL);
        JS_FreeValue(context, run);
    }
}

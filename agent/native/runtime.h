#ifndef RUNTIME_H
#define RUNTIME_H

#include <quickjs.h>

/* Exit codes beside the program's own, as in main.ts. */
#define EXIT_DEFECT 70

/* Calls a function and lets nothing that it throws go unseen: it ends the process. Takes over the arguments. */
void call_back(JSContext *context, JSValueConst function, int count, JSValue *arguments);

/* Says what was thrown, and ends the process. */
_Noreturn void end_by_defect(JSContext *context, JSValueConst thrown);

/* The global `native`: what host-native.ts declares. */
void add_machine(JSContext *context, JSValue native, int argc, char **argv);
void add_network(JSContext *context, JSValue native);

/* Timers: the instant of the next one, or infinity; and those that are due. */
void add_timers(JSContext *context, JSValue native);
double next_timer_ms(void);
void run_due_timers(JSContext *context);

/* What ended jobs found is handed to JavaScript. */
void finish_jobs(JSContext *context);

/* A signal has come in: told to whoever asked by onStop. */
void tell_signal(JSContext *context, int signal);

#endif

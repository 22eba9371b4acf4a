/* Connections and free space for JavaScript: each call starts a job, and its last argument is called back with what came of it. */
#include "clock.h"
#include "jobs.h"
#include "runtime.h"
#include "transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#define READ_BYTES 4096

enum kind { OPEN, ASK, SPACE };

struct task {
    struct job job;
    enum kind kind;
    JSValue done;
    double until_ms;
    /* A host's name, what is sent, or a path. */
    char *text;
    size_t length;
    int port, secure;
    struct connection *connection;
    /* Empty where there is none. */
    char failure[40];
    char received[READ_BYTES];
    size_t received_length;
    struct statvfs space;
};

static JSClassID connection_class;

static void work(struct job *job)
{
    struct task *task = (struct task *)job;
    const char *failure = NULL;
    if (task->kind == OPEN) {
        failure = transport_open(task->text, task->port, task->secure, task->until_ms, &task->connection);
    } else if (task->kind == ASK) {
        failure = transport_write(task->connection, task->text, task->length, task->until_ms);
        if (failure == NULL)
            failure = transport_read(task->connection, task->received, READ_BYTES, task->until_ms, &task->received_length);
    } else if (statvfs(task->text, &task->space) != 0) {
        failure = "EIO";
    }
    snprintf(task->failure, sizeof task->failure, "%s", failure == NULL ? "" : failure);
}

static JSValue start(JSContext *context, struct task *task, JSValueConst text, JSValueConst done)
{
    const char *bytes = JS_ToCStringLen(context, &task->length, text);
    if (bytes == NULL) {
        free(task);
        return JS_EXCEPTION;
    }
    task->text = strdup(bytes);
    JS_FreeCString(context, bytes);
    task->job.work = work;
    task->done = JS_DupValue(context, done);
    if (task->text != NULL && job_start(&task->job) == 0) return JS_TRUE;
    JS_FreeValue(context, task->done);
    free(task->text);
    free(task);
    return JS_FALSE;
}

/* open(host, port, secure, timeoutMs, done): done(failure, connection). False where too much is going on. */
static JSValue open_connection(JSContext *context, JSValueConst this, int argc, JSValueConst *argv)
{
    (void)this, (void)argc;
    double timeout;
    struct task *task = calloc(1, sizeof *task);
    if (task == NULL) return JS_ThrowOutOfMemory(context);
    task->kind = OPEN;
    task->secure = JS_ToBool(context, argv[2]);
    if (JS_ToInt32(context, &task->port, argv[1]) || JS_ToFloat64(context, &timeout, argv[3])) {
        free(task);
        return JS_EXCEPTION;
    }
    task->until_ms = monotonic_ms() + timeout;
    return start(context, task, argv[0], argv[4]);
}

/* ask(connection, text, timeoutMs, done): sends the text, then done(failure, bytes) with the next that comes; none at the end. */
static JSValue ask(JSContext *context, JSValueConst this, int argc, JSValueConst *argv)
{
    (void)this, (void)argc;
    double timeout;
    struct connection *connection = JS_GetOpaque2(context, argv[0], connection_class);
    if (connection == NULL || JS_ToFloat64(context, &timeout, argv[2])) return JS_EXCEPTION;
    struct task *task = calloc(1, sizeof *task);
    if (task == NULL) return JS_ThrowOutOfMemory(context);
    task->kind = ASK;
    task->connection = connection;
    task->until_ms = monotonic_ms() + timeout;
    return start(context, task, argv[1], argv[3]);
}

/* space(path, done): done(failure, total, free, available), in bytes. */
static JSValue space(JSContext *context, JSValueConst this, int argc, JSValueConst *argv)
{
    (void)this, (void)argc;
    struct task *task = calloc(1, sizeof *task);
    if (task == NULL) return JS_ThrowOutOfMemory(context);
    task->kind = SPACE;
    return start(context, task, argv[0], argv[1]);
}

static JSValue is_idle(JSContext *context, JSValueConst this, int argc, JSValueConst *argv)
{
    (void)this, (void)argc;
    struct connection *connection = JS_GetOpaque2(context, argv[0], connection_class);
    return connection == NULL ? JS_EXCEPTION : JS_NewBool(context, transport_is_idle(connection));
}

/* Only ever of a connection on which no job is at work. */
static JSValue close_connection(JSContext *context, JSValueConst this, int argc, JSValueConst *argv)
{
    (void)this, (void)argc;
    struct connection *connection = JS_GetOpaque2(context, argv[0], connection_class);
    if (connection == NULL) return JS_EXCEPTION;
    transport_close(connection);
    JS_SetOpaque(argv[0], NULL);
    return JS_UNDEFINED;
}

/* utf8(buffer, offset, length): what is no UTF-8 is replaced. */
static JSValue utf8(JSContext *context, JSValueConst this, int argc, JSValueConst *argv)
{
    (void)this, (void)argc;
    size_t size;
    int64_t offset, length;
    const uint8_t *bytes = JS_GetArrayBuffer(context, &size, argv[0]);
    if (bytes == NULL || JS_ToInt64(context, &offset, argv[1]) || JS_ToInt64(context, &length, argv[2])) return JS_EXCEPTION;
    if (offset < 0 || length < 0 || (uint64_t)offset + (uint64_t)length > size) return JS_ThrowRangeError(context, "utf8");
    return JS_NewStringLen(context, (const char *)bytes + offset, (size_t)length);
}

static JSValue result_of(JSContext *context, struct task *task)
{
    if (task->kind == ASK) return JS_NewArrayBufferCopy(context, (const uint8_t *)task->received, task->received_length);
    JSValue connection = JS_NewObjectClass(context, (int)connection_class);
    JS_SetOpaque(connection, task->connection);
    return connection;
}

static void finish(JSContext *context, struct task *task)
{
    JSValue arguments[4] = { JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED };
    if (task->failure[0] != 0) {
        arguments[0] = JS_NewString(context, task->failure);
    } else if (task->kind == SPACE) {
        double block = (double)task->space.f_frsize;
        arguments[1] = JS_NewFloat64(context, (double)task->space.f_blocks * block);
        arguments[2] = JS_NewFloat64(context, (double)task->space.f_bfree * block);
        arguments[3] = JS_NewFloat64(context, (double)task->space.f_bavail * block);
    } else {
        arguments[1] = result_of(context, task);
    }
    JSValue done = task->done;
    free(task->text);
    free(task);
    call_back(context, done, 4, arguments);
    JS_FreeValue(context, done);
}

void finish_jobs(JSContext *context)
{
    for (struct job *job; (job = jobs_take_ended()) != NULL;) finish(context, (struct task *)job);
}

static const JSCFunctionListEntry NETWORK[] = {
    JS_CFUNC_DEF("open", 5, open_connection),
    JS_CFUNC_DEF("ask", 4, ask),
    JS_CFUNC_DEF("isIdle", 1, is_idle),
    JS_CFUNC_DEF("close", 1, close_connection),
    JS_CFUNC_DEF("space", 2, space),
    JS_CFUNC_DEF("utf8", 3, utf8),
};

void add_network(JSContext *context, JSValue native)
{
    static const JSClassDef CONNECTION = { .class_name = "Connection" };
    JS_NewClassID(&connection_class);
    JS_NewClass(JS_GetRuntime(context), connection_class, &CONNECTION);
    JS_SetPropertyFunctionList(context, native, NETWORK, sizeof NETWORK / sizeof *NETWORK);
}

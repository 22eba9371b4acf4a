/* What of the machine is read: clocks, chance, files, folders, the environment. And the two streams that are written. */
#include "clock.h"
#include "runtime.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* With a log that nobody reads. */
#define MOST_PATIENCE_MS 200

#define FUNCTION(name) static JSValue name(JSContext *context, JSValueConst this, int argc, JSValueConst *argv)
#define UNUSED (void)this, (void)argc, (void)argv

static JSValue on_stop;
static int is_stop_awaited;

FUNCTION(get_monotonic_ms)
{
    UNUSED;
    return JS_NewFloat64(context, monotonic_ms());
}

FUNCTION(get_wall_clock_ms)
{
    UNUSED;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return JS_NewFloat64(context, (double)now.tv_sec * 1e3 + (double)(now.tv_nsec / 1000000));
}

/* At least 0, less than 1: 53 bits of the system's chance, for agents that start in the same instant must not agree. */
FUNCTION(get_random)
{
    UNUSED;
    uint64_t bits = 0;
    while (getrandom(&bits, sizeof bits, 0) != sizeof bits) continue;
    return JS_NewFloat64(context, (double)(bits >> 11) / 9007199254740992.0);
}

FUNCTION(get_environment)
{
    UNUSED;
    const char *name = JS_ToCString(context, argv[0]);
    if (name == NULL) return JS_EXCEPTION;
    const char *value = getenv(name);
    JS_FreeCString(context, name);
    return value == NULL ? JS_UNDEFINED : JS_NewString(context, value);
}

static const char *word_of(int error)
{
    switch (error) {
    case ENOENT: return "ENOENT";
    case ENOTDIR: return "ENOTDIR";
    case EACCES: return "EACCES";
    case EPERM: return "EPERM";
    case EISDIR: return "EISDIR";
    default: return "EIO";
    }
}

/* Files of /proc say that their size is 0: read until nothing comes. */
static char *read_all(int fd, size_t most, size_t *length)
{
    size_t room = 4096;
    char *text = malloc(room);
    *length = 0;
    while (text != NULL && *length < most) {
        if (*length == room) {
            room *= 2;
            char *larger = realloc(text, room);
            if (larger == NULL) break;
            text = larger;
        }
        ssize_t count = read(fd, text + *length, room - *length);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            free(text);
            return NULL;
        }
        if (count == 0) return text;
        *length += (size_t)count;
    }
    return text;
}

/* { text }, or { failure } with a word such as ENOENT. */
FUNCTION(read_file)
{
    UNUSED;
    int64_t most;
    const char *path = JS_ToCString(context, argv[0]);
    if (path == NULL || JS_ToInt64(context, &most, argv[1])) return JS_EXCEPTION;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int error = errno;
    JS_FreeCString(context, path);

    size_t length = 0;
    char *text = NULL;
    if (fd >= 0) {
        text = read_all(fd, (size_t)most, &length);
        error = errno;
        close(fd);
    }
    JSValue result = JS_NewObject(context);
    if (text != NULL) JS_SetPropertyStr(context, result, "text", JS_NewStringLen(context, text, length));
    else JS_SetPropertyStr(context, result, "failure", JS_NewString(context, word_of(error)));
    free(text);
    return result;
}

FUNCTION(list_directory)
{
    UNUSED;
    const char *path = JS_ToCString(context, argv[0]);
    if (path == NULL) return JS_EXCEPTION;
    DIR *directory = opendir(path);
    JS_FreeCString(context, path);
    JSValue names = JS_NewArray(context);
    if (directory == NULL) return names;
    uint32_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            JS_SetPropertyUint32(context, names, count++, JS_NewString(context, entry->d_name));
    closedir(directory);
    return names;
}

/* A log that is closed, full, or not read must neither end the agent nor hold it up: its lines are lost. */
FUNCTION(write_text)
{
    UNUSED;
    int fd;
    size_t length;
    if (JS_ToInt32(context, &fd, argv[0])) return JS_EXCEPTION;
    const char *text = JS_ToCStringLen(context, &length, argv[1]);
    if (text == NULL) return JS_EXCEPTION;
    for (size_t done = 0; done < length;) {
        struct pollfd stream = { .fd = fd, .events = POLLOUT };
        if (poll(&stream, 1, MOST_PATIENCE_MS) <= 0) break;
        ssize_t count = write(fd, text + done, length - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) break;
        done += (size_t)count;
    }
    JS_FreeCString(context, text);
    return JS_UNDEFINED;
}

/* As systemd names it in JOURNAL_STREAM: whether a descriptor is the journal. */
FUNCTION(get_stream_identity)
{
    UNUSED;
    int fd;
    struct stat state;
    if (JS_ToInt32(context, &fd, argv[0])) return JS_EXCEPTION;
    if (fstat(fd, &state) != 0) return JS_UNDEFINED;
    char identity[48];
    snprintf(identity, sizeof identity, "%llu:%llu", (unsigned long long)state.st_dev, (unsigned long long)state.st_ino);
    return JS_NewString(context, identity);
}

FUNCTION(set_on_stop)
{
    UNUSED;
    on_stop = JS_DupValue(context, argv[0]);
    is_stop_awaited = 1;
    return JS_UNDEFINED;
}

void tell_signal(JSContext *context, int signal)
{
    /* A second one does not wait for what the first one began. */
    if (!is_stop_awaited) _exit(128 + signal);
    is_stop_awaited = 0;
    JSValue name = JS_NewString(context, signal == SIGINT ? "SIGINT" : "SIGTERM");
    call_back(context, on_stop, 1, &name);
    JS_FreeValue(context, on_stop);
}

FUNCTION(end)
{
    UNUSED;
    int code;
    if (JS_ToInt32(context, &code, argv[0])) return JS_EXCEPTION;
    _exit(code);
}

static const JSCFunctionListEntry MACHINE[] = {
    JS_CFUNC_DEF("monotonicMs", 0, get_monotonic_ms),
    JS_CFUNC_DEF("wallClockMs", 0, get_wall_clock_ms),
    JS_CFUNC_DEF("random", 0, get_random),
    JS_CFUNC_DEF("environment", 1, get_environment),
    JS_CFUNC_DEF("readFile", 2, read_file),
    JS_CFUNC_DEF("listDirectory", 1, list_directory),
    JS_CFUNC_DEF("write", 2, write_text),
    JS_CFUNC_DEF("streamIdentity", 1, get_stream_identity),
    JS_CFUNC_DEF("onStop", 1, set_on_stop),
    JS_CFUNC_DEF("end", 1, end),
};

void add_machine(JSContext *context, JSValue native, int argc, char **argv)
{
    JS_SetPropertyFunctionList(context, native, MACHINE, sizeof MACHINE / sizeof *MACHINE);
    JSValue arguments = JS_NewArray(context);
    for (int i = 1; i < argc; i++) JS_SetPropertyUint32(context, arguments, (uint32_t)i - 1, JS_NewString(context, argv[i]));
    JS_SetPropertyStr(context, native, "arguments", arguments);
}

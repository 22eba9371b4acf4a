#include "transport.h"

#include "clock.h"
#include "tls.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
    int fd;
    struct tls *tls; /* NULL in plain text */
};

static const char *word_of(int error)
{
    switch (error) {
    case ECONNREFUSED: return "ECONNREFUSED";
    case EHOSTUNREACH: return "EHOSTUNREACH";
    case ENETUNREACH: return "ENETUNREACH";
    case ENETDOWN: return "ENETDOWN";
    case EADDRNOTAVAIL: return "EADDRNOTAVAIL";
    case ETIMEDOUT: return "ETIMEDOUT";
    case ECONNRESET: return "ECONNRESET";
    case ECONNABORTED: return "ECONNABORTED";
    case EPIPE: return "EPIPE";
    case EACCES: return "EACCES";
    case EPERM: return "EPERM";
    case EMFILE: return "EMFILE";
    case ENOMEM: return "ENOMEM";
    default: return "UNKNOWN";
    }
}

static const char *word_of_lookup(int error)
{
    switch (error) {
    case EAI_AGAIN: return "EAI_AGAIN";
    case EAI_FAIL: return "EAI_FAIL";
    case EAI_MEMORY: return "ENOMEM";
    default: return "ENOTFOUND";
    }
}

/* 1 when the descriptor is ready, 0 when the instant has come, -1 with errno. */
static int wait_for(int fd, short events, double until_ms)
{
    for (;;) {
        double left = until_ms - monotonic_ms();
        if (left <= 0) return 0;
        struct pollfd waiting = { .fd = fd, .events = events };
        int ready = poll(&waiting, 1, (int)left + 1);
        if (ready > 0) return 1;
        if (ready < 0 && errno != EINTR) return -1;
    }
}

static const char *wait_in_words(int fd, short events, double until_ms)
{
    int ready = wait_for(fd, events, until_ms);
    if (ready > 0) return NULL;
    return ready == 0 ? "ETIMEDOUT" : word_of(errno);
}

static const char *connect_to(const struct addrinfo *address, double until_ms, int *connected)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return word_of(errno);

    const char *failure = NULL;
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        if (errno != EINPROGRESS) failure = word_of(errno);
        else failure = wait_in_words(fd, POLLOUT, until_ms);
        if (failure == NULL) {
            int error = 0;
            socklen_t size = sizeof error;
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
            if (error != 0) failure = word_of(error);
        }
    }
    if (failure != NULL) {
        close(fd);
        return failure;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    *connected = fd;
    return NULL;
}

/* Each address in turn; none may use up what the next ones need. */
static const char *connect_by_name(const char *host, int port, double until_ms, int *connected)
{
    char service[8];
    snprintf(service, sizeof service, "%d", port);
    const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
    struct addrinfo *addresses;
    int error = getaddrinfo(host, service, &wanted, &addresses);
    if (error == EAI_SYSTEM) return errno == ENOENT ? "ENOTFOUND" : "EAI_AGAIN";
    if (error != 0) return word_of_lookup(error);

    int left = 0;
    for (const struct addrinfo *each = addresses; each != NULL; each = each->ai_next) left++;
    const char *failure = "ENOTFOUND";
    for (const struct addrinfo *each = addresses; each != NULL; each = each->ai_next, left--) {
        double now = monotonic_ms();
        failure = connect_to(each, now + (until_ms - now) / left, connected);
        if (failure == NULL) break;
    }
    freeaddrinfo(addresses);
    return failure;
}

static int must_wait(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

const char *transport_open(const char *host, int port, int secure, double until_ms, struct connection **opened)
{
    int fd = -1;
    const char *failure = connect_by_name(host, port, until_ms, &fd);
    if (failure != NULL) return failure;

    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        close(fd);
        return "ENOMEM";
    }
    connection->fd = fd;
    if (secure) {
        enum tls_wait wait = TLS_DONE;
        failure = tls_create(fd, host, &connection->tls);
        while (failure == NULL && (failure = tls_handshake(connection->tls, &wait)) == NULL && wait != TLS_DONE)
            failure = wait_in_words(fd, wait == TLS_WANTS_READ ? POLLIN : POLLOUT, until_ms);
    }
    if (failure != NULL) {
        transport_close(connection);
        return failure;
    }
    *opened = connection;
    return NULL;
}

static const char *write_some(struct connection *connection, const char *bytes, size_t length, size_t *done, enum tls_wait *wait)
{
    if (connection->tls != NULL) return tls_write(connection->tls, bytes, length, done, wait);
    ssize_t written = send(connection->fd, bytes, length, MSG_NOSIGNAL);
    *wait = written < 0 && must_wait(errno) ? TLS_WANTS_WRITE : TLS_DONE;
    if (written < 0 && *wait == TLS_DONE) return word_of(errno);
    *done = written < 0 ? 0 : (size_t)written;
    return NULL;
}

static const char *read_some(struct connection *connection, char *bytes, size_t room, size_t *length, enum tls_wait *wait)
{
    if (connection->tls != NULL) return tls_read(connection->tls, bytes, room, length, wait);
    ssize_t count = recv(connection->fd, bytes, room, 0);
    *wait = count < 0 && must_wait(errno) ? TLS_WANTS_READ : TLS_DONE;
    if (count < 0 && *wait == TLS_DONE) return word_of(errno);
    *length = count < 0 ? 0 : (size_t)count;
    return NULL;
}

const char *transport_write(struct connection *connection, const char *bytes, size_t length, double until_ms)
{
    while (length > 0) {
        size_t done = 0;
        enum tls_wait wait;
        const char *failure = write_some(connection, bytes, length, &done, &wait);
        if (failure == NULL && wait != TLS_DONE)
            failure = wait_in_words(connection->fd, wait == TLS_WANTS_READ ? POLLIN : POLLOUT, until_ms);
        if (failure != NULL) return failure;
        bytes += done;
        length -= done;
    }
    return NULL;
}

const char *transport_read(struct connection *connection, char *bytes, size_t room, double until_ms, size_t *length)
{
    for (;;) {
        /* Bytes that drip in must not make the instant pass unnoticed. */
        if (monotonic_ms() >= until_ms) return "ETIMEDOUT";
        enum tls_wait wait;
        const char *failure = read_some(connection, bytes, room, length, &wait);
        if (failure != NULL || wait == TLS_DONE) return failure;
        failure = wait_in_words(connection->fd, wait == TLS_WANTS_READ ? POLLIN : POLLOUT, until_ms);
        if (failure != NULL) return failure;
    }
}

int transport_is_idle(struct connection *connection)
{
    if (connection->tls != NULL) return tls_is_idle(connection->tls);
    char byte;
    ssize_t count = recv(connection->fd, &byte, 1, MSG_PEEK);
    return count < 0 && must_wait(errno);
}

void transport_close(struct connection *connection)
{
    if (connection == NULL) return;
    if (connection->tls != NULL) tls_free(connection->tls);
    close(connection->fd);
    free(connection);
}

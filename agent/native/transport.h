#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stddef.h>

/*
 * A connection to a hub, in plain text or over TLS. These calls block up to an instant of monotonic_ms(), and run on threads of
 * their own; a connection is used by one at a time.
 *
 * A failure is told by a word such as ECONNREFUSED, ENOTFOUND or CERT_HAS_EXPIRED, those that Node has for it; NULL is success.
 */
struct connection;

const char *transport_open(const char *host, int port, int secure, double until_ms, struct connection **opened);

/* All of it. */
const char *transport_write(struct connection *connection, const char *bytes, size_t length, double until_ms);

/* What has come, at least a byte; *length is 0 where the other side has ended. */
const char *transport_read(struct connection *connection, char *bytes, size_t room, double until_ms, size_t *length);

/* Whether the other side has neither ended an idle connection nor said anything on it. */
int transport_is_idle(struct connection *connection);

void transport_close(struct connection *connection);

#endif

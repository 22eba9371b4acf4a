#ifndef TLS_H
#define TLS_H

#include <stddef.h>

/* TLS over a socket that does not block. Failures are words, as in transport.h. */
struct tls;

/* What must happen before the same call is made again. */
enum tls_wait { TLS_DONE, TLS_WANTS_READ, TLS_WANTS_WRITE };

const char *tls_create(int fd, const char *host, struct tls **created);
const char *tls_handshake(struct tls *tls, enum tls_wait *wait);
const char *tls_write(struct tls *tls, const char *bytes, size_t length, size_t *done, enum tls_wait *wait);
const char *tls_read(struct tls *tls, char *bytes, size_t room, size_t *length, enum tls_wait *wait);
int tls_is_idle(struct tls *tls);
void tls_free(struct tls *tls);

#endif

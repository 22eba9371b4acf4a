#include "tls.h"

#include "trust.h"

#include <errno.h>
#include <mbedtls/ssl.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

struct tls {
    int fd;
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
    /* The hub's certificate is signed by itself and by nobody that is trusted. */
    int is_self_signed;
};

static int send_to(void *context, const unsigned char *bytes, size_t length)
{
    ssize_t count = send(*(int *)context, bytes, length, MSG_NOSIGNAL);
    if (count >= 0) return (int)count;
    if (errno == EAGAIN || errno == EINTR) return MBEDTLS_ERR_SSL_WANT_WRITE;
    return MBEDTLS_ERR_SSL_CONN_EOF;
}

static int receive_from(void *context, unsigned char *bytes, size_t room)
{
    ssize_t count = recv(*(int *)context, bytes, room, 0);
    if (count >= 0) return (int)count;
    if (errno == EAGAIN || errno == EINTR) return MBEDTLS_ERR_SSL_WANT_READ;
    return MBEDTLS_ERR_SSL_CONN_EOF;
}

static int chance(void *unused, unsigned char *bytes, size_t length)
{
    (void)unused;
    while (length > 0) {
        ssize_t count = getrandom(bytes, length, 0);
        if (count < 0 && errno != EINTR) return -1;
        if (count > 0) bytes += count, length -= (size_t)count;
    }
    return 0;
}

/* A failure that has only a number; good until the thread's next one. */
static const char *number(int code)
{
    static _Thread_local char word[16];
    snprintf(word, sizeof word, "SSL_0x%04X", (unsigned)-code);
    return word;
}

/* Told of each certificate of the chain; what is wrong with it stays as it is. */
static int note_certificate(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    struct tls *tls = context;
    const mbedtls_x509_buf *issuer = &certificate->issuer_raw, *subject = &certificate->subject_raw;
    if (depth == 0 && (*flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED))
        tls->is_self_signed = issuer->len == subject->len && memcmp(issuer->p, subject->p, issuer->len) == 0;
    return 0;
}

/* In the order in which a person should hear of them. */
static const char *why_not_trusted(struct tls *tls)
{
    uint32_t flags = mbedtls_ssl_get_verify_result(&tls->ssl);
    if (flags & MBEDTLS_X509_BADCERT_EXPIRED) return "CERT_HAS_EXPIRED";
    if (flags & MBEDTLS_X509_BADCERT_FUTURE) return "CERT_NOT_YET_VALID";
    if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) {
        if (!trust_exists()) return "UNABLE_TO_FIND_CA_CERTIFICATES";
        return tls->is_self_signed ? "DEPTH_ZERO_SELF_SIGNED_CERT" : "UNABLE_TO_GET_ISSUER_CERT_LOCALLY";
    }
    if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) return "ERR_TLS_CERT_ALTNAME_INVALID";
    return "CERT_REJECTED";
}

/* NULL where it is no failure, and what to wait for then. */
static const char *judge(struct tls *tls, int code, enum tls_wait *wait)
{
    *wait = code == MBEDTLS_ERR_SSL_WANT_READ ? TLS_WANTS_READ : code == MBEDTLS_ERR_SSL_WANT_WRITE ? TLS_WANTS_WRITE : TLS_DONE;
    if (code >= 0 || *wait != TLS_DONE) return NULL;
    switch (code) {
    case MBEDTLS_ERR_SSL_CONN_EOF: return "ECONNRESET";
    case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED: return why_not_trusted(tls);
    case MBEDTLS_ERR_SSL_INVALID_RECORD:
    case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION: return "EPROTO";
    case MBEDTLS_ERR_SSL_ALLOC_FAILED: return "ENOMEM";
    default: return number(code);
    }
}

const char *tls_create(int fd, const char *host, struct tls **created)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (tls == NULL) return "ENOMEM";
    *created = tls;
    tls->fd = fd;
    mbedtls_ssl_config_init(&tls->config);
    mbedtls_ssl_init(&tls->ssl);
    if (psa_crypto_init() != PSA_SUCCESS) return "SSL_INIT_FAILED";

    int code = mbedtls_ssl_config_defaults(&tls->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    if (code == 0) {
        mbedtls_ssl_conf_authmode(&tls->config, MBEDTLS_SSL_VERIFY_REQUIRED);
        mbedtls_ssl_conf_ca_cb(&tls->config, trust_find_issuers, NULL);
        mbedtls_ssl_conf_verify(&tls->config, note_certificate, tls);
        mbedtls_ssl_conf_rng(&tls->config, chance, NULL);
        code = mbedtls_ssl_setup(&tls->ssl, &tls->config);
    }
    if (code == 0) code = mbedtls_ssl_set_hostname(&tls->ssl, host);
    if (code != 0) return number(code);
    mbedtls_ssl_set_bio(&tls->ssl, &tls->fd, send_to, receive_from, NULL);
    return NULL;
}

const char *tls_handshake(struct tls *tls, enum tls_wait *wait)
{
    return judge(tls, mbedtls_ssl_handshake(&tls->ssl), wait);
}

const char *tls_write(struct tls *tls, const char *bytes, size_t length, size_t *done, enum tls_wait *wait)
{
    int code = mbedtls_ssl_write(&tls->ssl, (const unsigned char *)bytes, length);
    *done = code > 0 ? (size_t)code : 0;
    return judge(tls, code, wait);
}

const char *tls_read(struct tls *tls, char *bytes, size_t room, size_t *length, enum tls_wait *wait)
{
    int code;
    do code = mbedtls_ssl_read(&tls->ssl, (unsigned char *)bytes, room);
    while (code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET);
    if (code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) code = 0;
    *length = code > 0 ? (size_t)code : 0;
    return judge(tls, code, wait);
}

int tls_is_idle(struct tls *tls)
{
    char byte;
    size_t length;
    enum tls_wait wait;
    return tls_read(tls, &byte, 1, &length, &wait) == NULL && wait == TLS_WANTS_READ;
}

void tls_free(struct tls *tls)
{
    mbedtls_ssl_close_notify(&tls->ssl);
    mbedtls_ssl_free(&tls->ssl);
    mbedtls_ssl_config_free(&tls->config);
    free(tls);
}

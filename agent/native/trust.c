#include "trust.h"

#include <mbedtls/base64.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const SYSTEM_FILES[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Alpine, Arch */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* the same, newer */
    "/etc/ssl/ca-bundle.pem",                            /* SUSE */
    "/etc/ssl/cert.pem",
};

#define LONGEST_LINE 1024
#define LONGEST_BASE64 16384
#define LONGEST_DER (LONGEST_BASE64 / 4 * 3)

static const char *given(const char *variable)
{
    const char *path = getenv(variable);
    return path != NULL && *path != '\0' ? path : NULL;
}

/* SSL_CERT_FILE in the system's stead, as OpenSSL has it. */
static const char *system_file(void)
{
    const char *path = given("SSL_CERT_FILE");
    if (path != NULL) return path;
    for (size_t i = 0; i < sizeof SYSTEM_FILES / sizeof *SYSTEM_FILES; i++)
        if (access(SYSTEM_FILES[i], R_OK) == 0) return SYSTEM_FILES[i];
    return NULL;
}

/* Beside the system's, under the name that the Node agent's runtime has for it. */
static const char *extra_file(void)
{
    return given("NODE_EXTRA_CA_CERTS");
}

int trust_exists(void)
{
    return system_file() != NULL || extra_file() != NULL;
}

struct search {
    const mbedtls_x509_buf *issuer;
    mbedtls_x509_crt **found;
    char base64[LONGEST_BASE64];
    unsigned char der[LONGEST_DER];
};

/* Most are told apart by their bytes alone; only those with the name in them are parsed. */
static int consider(struct search *search, size_t base64_length)
{
    size_t length = 0;
    const unsigned char *base64 = (const unsigned char *)search->base64;
    if (mbedtls_base64_decode(search->der, LONGEST_DER, &length, base64, base64_length) != 0) return 0;
    if (memmem(search->der, length, search->issuer->p, search->issuer->len) == NULL) return 0;

    mbedtls_x509_crt *authority = calloc(1, sizeof *authority);
    if (authority == NULL) return MBEDTLS_ERR_X509_ALLOC_FAILED;
    mbedtls_x509_crt_init(authority);
    if (mbedtls_x509_crt_parse_der(authority, search->der, length) != 0) {
        mbedtls_x509_crt_free(authority);
        free(authority);
        return 0;
    }
    authority->next = *search->found;
    *search->found = authority;
    return 0;
}

static int search_file(struct search *search, const char *path)
{
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    if (file == NULL) return 0;

    char line[LONGEST_LINE];
    size_t length = 0;
    int inside = 0, failed = 0;
    while (failed == 0 && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "-----BEGIN ", 11) == 0) {
            inside = strstr(line, "CERTIFICATE-----") != NULL;
            length = 0;
        } else if (strncmp(line, "-----END ", 9) == 0) {
            if (inside) failed = consider(search, length);
            inside = 0;
        } else if (inside) {
            size_t part = strcspn(line, "\r\n");
            if (length + part > LONGEST_BASE64) inside = 0;
            else memcpy(search->base64 + length, line, part), length += part;
        }
    }
    fclose(file);
    return failed;
}

int trust_find_issuers(void *unused, mbedtls_x509_crt const *child, mbedtls_x509_crt **issuers)
{
    (void)unused;
    *issuers = NULL;
    struct search *search = malloc(sizeof *search);
    if (search == NULL) return MBEDTLS_ERR_X509_ALLOC_FAILED;
    search->issuer = &child->issuer_raw;
    search->found = issuers;
    int failed = search_file(search, system_file());
    if (failed == 0) failed = search_file(search, extra_file());
    free(search);
    if (failed != 0) {
        mbedtls_x509_crt_free(*issuers);
        free(*issuers);
        *issuers = NULL;
    }
    return failed;
}

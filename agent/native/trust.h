#ifndef TRUST_H
#define TRUST_H

#include <mbedtls/x509_crt.h>

/* Whether this machine has a file of authorities at all. */
int trust_exists(void);

/*
 * Mbed TLS's question for the authorities that may have issued this certificate.
 *
 * The files are searched anew for each handshake: a hundred and more authorities in memory would weigh as much as all the rest
 * of the agent, and one that the administrator adds or withdraws counts from the next connection on.
 */
int trust_find_issuers(void *unused, mbedtls_x509_crt const *child, mbedtls_x509_crt **issuers);

#endif

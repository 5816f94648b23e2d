/* The only place that knows the TLS library; see peer.h. */
#include "web/peer.h"

#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <netdb.h>
#include <sys/socket.h>

#include "pki/cert.h"

ky_rc ky_peer_address(struct ky_exchange *x, struct MHD_Connection *c)
{
    char text[NI_MAXHOST];
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == NULL || info->client_addr == NULL)
        return ky_fail(KY_EINTERNAL, "connection without address");
    const struct sockaddr *a = info->client_addr;
    socklen_t n = a->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    if (getnameinfo(a, n, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0)
        return ky_fail(KY_EINTERNAL, "connection with an address that cannot be written");
    x->place.address = ky_arena_strdup(&x->arena, text);
    return x->place.address == NULL ? KY_ENOMEM : KY_OK;
}

static ky_rc copy(struct ky_bytes *out, struct ky_exchange *x, const gnutls_datum_t *der)
{
    if (der->size > KY_CERT_DER_MAX)
        return ky_fail(KY_ELIMIT, "certificate of %u bytes", der->size);
    uint8_t *p = ky_arena_dup(&x->arena, KY_BYTES(der->data, der->size));
    if (p == NULL)
        return KY_ENOMEM;
    *out = KY_BYTES(p, der->size);
    return KY_OK;
}

ky_rc ky_peer_certificate(struct ky_exchange *x, struct MHD_Connection *c)
{
    unsigned count = 0;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info == NULL || info->tls_session == NULL)
        return ky_fail(KY_EINTERNAL, "connection without TLS");
    const gnutls_datum_t *list = gnutls_certificate_get_peers(info->tls_session, &count);
    if (list == NULL || count == 0)
        return KY_OK;
    KY_TRY(copy(&x->certificate, x, &list[0]));
    for (unsigned i = 1; i < count && x->chain_count < KY_EXCHANGE_CHAIN_MAX; i++)
        KY_TRY(copy(&x->chain[x->chain_count++], x, &list[i]));
    return KY_OK;
}

/* Who is at the other end of a connection: its address, and the certificate that its TLS used. */
#ifndef KY_WEB_PEER_H
#define KY_WEB_PEER_H

#include "web/exchange.h"

struct MHD_Connection;

/* x->place.address, numeric. */
ky_rc ky_peer_address(struct ky_exchange *x, struct MHD_Connection *c);
/*
 * x->certificate and x->chain; empty when the client used none. That the client holds the key was proved in the
 * handshake (RFC 8446 §4.4.3); nothing else is known of the certificate.
 */
ky_rc ky_peer_certificate(struct ky_exchange *x, struct MHD_Connection *c);

#endif

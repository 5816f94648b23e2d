/*
 * Addresses that mails come back to: one for each message, with a MAC, so that nobody who has not seen the envelope can
 * say that a message came back (variable envelope return paths).
 */
#ifndef KY_DOMAIN_BOUNCE_H
#define KY_DOMAIN_BOUNCE_H

#include "domain/personal.h"

#define KY_BOUNCE_ID_MAX 33       /* with the NUL */
#define KY_BOUNCE_ADDRESS_MAX 320 /* with the NUL */

/*
 * "bounce+ID.MAC@DOMAIN": 24 hex digits of the keyed hash of "bounce v1/ID"; at most 64 characters before the @ (RFC 5321
 * §4.5.3.1.1). id: letters and digits, as of ky_mime_encode; from: an address, whose domain it has. KY_EINVAL: either is not.
 */
ky_rc ky_bounce_address(char out[KY_BOUNCE_ADDRESS_MAX], const struct ky_personal *personal, const char *id,
                        const char *from);
/* The id of an address that ky_bounce_address made, whatever the domain and the case. KY_EFORMAT: none; KY_EAUTH: forged. */
ky_rc ky_bounce_open(char id[KY_BOUNCE_ID_MAX], const struct ky_personal *personal, struct ky_bytes address);

#endif

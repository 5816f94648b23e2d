/*
 * Delivery status notifications (RFC 3464) in the multipart they come in (RFC 6522, and what mail servers make of it):
 * whom it was sent to, and whether delivery failed for good.
 */
#ifndef KY_CODEC_DSN_H
#define KY_CODEC_DSN_H

#include "base/bytes.h"
#include "base/rc.h"

#define KY_DSN_MAX (256u << 10) /* bytes of a mail that are read; what is behind is the mail that came back */
#define KY_DSN_TO_MAX 8         /* addresses */
#define KY_DSN_ADDRESS_MAX 320  /* bytes of one (RFC 5321 §4.5.3.1) */
#define KY_DSN_STATUS_MAX 12    /* "5.1.1" with the NUL; RFC 3463 §2 */

struct ky_dsn {
    struct ky_bytes to[KY_DSN_TO_MAX]; /* of Delivered-To, X-Original-To, To; views of the mail */
    size_t n_to;
    bool failed;                    /* some recipient has "Action: failed" */
    char status[KY_DSN_STATUS_MAX]; /* of that recipient, else of the last; "" none */
};

/*
 * ky_dsn_parse — read a mail.
 *
 * Shapes:  mail  headers, an empty line, a body; lines end with CR LF or LF; of more than KY_DSN_MAX bytes the rest is
 *                not looked at
 * Errors:  KY_EFORMAT  not a multipart with a part message/delivery-status that tells of a recipient
 */
ky_rc ky_dsn_parse(struct ky_dsn *out, struct ky_bytes mail);

#endif

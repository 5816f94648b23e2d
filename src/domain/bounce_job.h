/* What a parse process tells the courier of a mail that came to the bounces (KY_JOB_BOUNCE of os/parse_job). */
#ifndef KY_DOMAIN_BOUNCE_JOB_H
#define KY_DOMAIN_BOUNCE_JOB_H

#include "base/buf.h"
#include "codec/dsn.h"

#define KY_BOUNCE_ANSWER_MAX (16 + KY_DSN_STATUS_MAX + KY_DSN_TO_MAX * (KY_DSN_ADDRESS_MAX + 4))

/* `u8 failed ‖ lv(status) ‖ u8 n ‖ n × lv(address)`. KY_EFORMAT: the mail is no bounce. */
ky_rc ky_bounce_answer(struct ky_buf *out, struct ky_bytes mail);
/* Reads it; addresses are views of the answer. KY_EFORMAT: the answer is none. */
ky_rc ky_bounce_answer_read(struct ky_dsn *out, struct ky_bytes answer);

#endif

/* CA_TSP: time stamps (RFC 3161, EN 319 422). A clock that is behind what was recorded stamps nothing. */
#include "crypto/random.h"
#include "pki/profile.h"
#include "pki/tsp.h"
#include "prog/ca/ca.h"

#define SERIAL_SIZE 16

/* The keeper compares its clock with the highest time in log and audit; asking it about any serial has it look. */
static ky_rc check_clock(struct ky_ca *ca)
{
    static const uint8_t any[KY_SERIAL_SIZE];
    struct ky_ca_status ignored;
    const struct ky_cert *tsa = ca->w.founding->tsa;
    ky_time now = ky_worker_now(&ca->w);
    ky_time end = tsa->not_before + ky_profile(KY_PROFILE_TSA)->key_use_s; /* privateKeyUsagePeriod */
    if (now < tsa->not_before || now > end || now > tsa->not_after)
        return ky_fail(KY_EEXPIRED, "the TSA's certificate or the period of its key is over");
    return ky_ca_ask_status(&ignored, ca, any);
}

static ky_rc stamp(struct ky_buf *reply, struct ky_ca *ca, struct ky_bytes req)
{
    const struct ky_cert *const path[] = {ca->w.founding->issuing};
    const struct ky_tsp tsa = {
        .cert = ca->w.founding->tsa,
        .others = {path, KY_COUNT(path)},
        .key = ca->tsa.sigkey,
        .policy = ca->w.founding->tsa_policy,
        .accuracy_ms = ca->tsa_accuracy_ms,
    };
    uint8_t serial[SERIAL_SIZE];
    KY_TRY(ky_random(serial, sizeof serial));
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, 126 random bits: never used twice */
    ky_rc rc = ky_tsp_reply(reply, &tsa, req, KY_BYTES_OF(serial), ky_clock_now_us(ca->w.clock));
    return rc == KY_EFORMAT || rc == KY_EDENIED ? KY_OK : rc; /* the answer says so itself */
}

ky_rc ky_ca_handle_tsp(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_ca *ca = ctx;
    struct ky_bytes field[KY_MESSAGE_FIELDS_MAX];
    (void)request;
    KY_TRY(ky_message_read(field, KY_MSG_CA_TSP, body));
    if (ky_worker_refused(&ca->w, KY_OP_TSP, check_clock(ca)) != KY_OK) {
        ky_tsp_reject_build(reply, KY_TSP_TIME_NOT_AVAILABLE, "time source not available");
        return ky_buf_finish(reply);
    }
    return ky_worker_refused(&ca->w, KY_OP_TSP, stamp(reply, ca, field[0]));
}

/* The answer about a bounce; see bounce_job.h. */
#include "domain/bounce_job.h"

ky_rc ky_bounce_answer(struct ky_buf *out, struct ky_bytes mail)
{
    struct ky_dsn dsn;
    KY_TRY(ky_dsn_parse(&dsn, mail));
    ky_buf_add_u8(out, dsn.failed);
    ky_buf_add_lv(out, ky_bytes_str(dsn.status));
    ky_buf_add_u8(out, (uint8_t)dsn.n_to);
    for (size_t i = 0; i < dsn.n_to; i++)
        ky_buf_add_lv(out, dsn.to[i]);
    return ky_buf_finish(out);
}

ky_rc ky_bounce_answer_read(struct ky_dsn *out, struct ky_bytes answer)
{
    struct ky_dsn dsn = {.n_to = 0};
    struct ky_reader r = KY_READER(answer);
    dsn.failed = ky_read_u8(&r) != 0;
    struct ky_bytes status = ky_read_lv(&r, KY_DSN_STATUS_MAX - 1);
    size_t n = ky_read_u8(&r);
    while (dsn.n_to < n && dsn.n_to < KY_DSN_TO_MAX)
        dsn.to[dsn.n_to++] = ky_read_lv(&r, KY_DSN_ADDRESS_MAX);
    KY_TRY(ky_reader_finish(&r, "bounce"));
    for (size_t i = 0; i < status.n; i++) {
        if ((status.p[i] < '0' || status.p[i] > '9') && status.p[i] != '.')
            return ky_fail(KY_EFORMAT, "bounce: status");
        dsn.status[i] = (char)status.p[i];
    }
    *out = dsn;
    return KY_OK;
}

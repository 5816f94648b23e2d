/*
 * The four procedures an organisation files a request for, and the closed
 * schema of a row of each (docs/protocol/procedures.md §1).
 */
#ifndef KY_DOMAIN_PROCEDURE_H
#define KY_DOMAIN_PROCEDURE_H

#include "codec/jcs.h"

typedef enum ky_procedure {
    KY_PROCEDURE_NEW,    /* cấp mới */
    KY_PROCEDURE_RENEW,  /* gia hạn: same person and subject, same key or new */
    KY_PROCEDURE_CHANGE, /* thay đổi nội dung thông tin: same person, end of validity kept */
    KY_PROCEDURE_REVOKE, /* thu hồi */
    KY_PROCEDURE_COUNT
} ky_procedure;

const char *ky_procedure_name(ky_procedure p);

/* Member `procedure` of a request. KY_EFORMAT: none of the four. */
ky_rc ky_procedure_read(ky_procedure *out, const json_t *request);

/*
 * ky_procedure_check_rows — every row of a request has exactly the members of its procedure.
 *
 * Errors: KY_EFORMAT, KY_ELIMIT naming row and member
 */
ky_rc ky_procedure_check_rows(const json_t *request);

#endif

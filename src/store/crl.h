/* What ca signed about status: CRLs by number, and the newest OCSP answer for each certificate. */
#ifndef KY_STORE_CRL_H
#define KY_STORE_CRL_H

#include "store/table.h"

struct ky_db_crl {
    int64_t number;
    struct ky_bytes der;
    int64_t this_update, next_update;
};

/* The same number again is KY_EEXIST. */
ky_rc ky_db_crl_insert(struct ky_store *s, const struct ky_db_crl *crl);
/* The highest number; KY_ENOTFOUND before the first. */
ky_rc ky_db_crl_get_newest(struct ky_db_crl *out, struct ky_arena *a, struct ky_store *s);

struct ky_db_ocsp {
    const char *serial; /* hex32 */
    struct ky_bytes der;
    int64_t this_update, next_update;
};

/* Takes the place of the older answer. */
ky_rc ky_db_ocsp_put(struct ky_store *s, const struct ky_db_ocsp *answer);
/* KY_ENOTFOUND: none made at or after the given time. */
ky_rc ky_db_ocsp_get(struct ky_db_ocsp *out, struct ky_arena *a, struct ky_store *s, const char *serial,
                     int64_t not_older_than);
/* The status has changed: forget the answer. */
ky_rc ky_db_ocsp_delete(struct ky_store *s, const char *serial);

#endif

/*
 * One person of a dossier as the organisation enters her: a JSON object that
 * comes through the API and lies sealed in the database.
 */
#ifndef KY_DOMAIN_PERSON_H
#define KY_DOMAIN_PERSON_H

#include "codec/json.h"

#define KY_PERSON_MAX 8192 /* bytes of the JSON */
#define KY_PERSON_DEPTH 4  /* of a row as it is kept: old, subject, its units */

struct ky_person {
    json_t *json;             /* owned; what follows is borrowed from it */
    struct ky_bytes identity; /* as entered: eligibility judges it */
    struct ky_bytes name;     /* họ và tên */
    struct ky_bytes title;    /* chức vụ, chức danh; may be empty */
    struct ky_bytes unit;     /* bộ phận within the organisation; may be empty */
    struct ky_bytes email;    /* may be empty: a person without one is refused, not unreadable */
    struct ky_bytes phone;    /* may be empty */
    struct ky_bytes sector;   /* "education", "health" */
    struct ky_bytes key; /* "p256", …; may be empty: the profile's default is put in when she is entered */
    bool authority;      /* người có thẩm quyền */
    bool finance;        /* giao dịch tài chính, ngân sách nhà nước */
    bool phone_own;      /* số điện thoại chính chủ */
    /* Of a row about a certificate that exists, put together by domain/cert_row; empty in one of `new`. */
    struct ky_bytes serial;               /* of that certificate, hex32 */
    struct ky_bytes not_after;            /* its end, dd/mm/yyyy in Vietnam */
    struct ky_bytes change, was, becomes; /* change: key of what changes, old and new as people read them */
    struct ky_bytes ground;               /* revoke: key of the ground in the legal profile */
    struct ky_bytes happened_on;          /* revoke: dd/mm/yyyy; may be empty */
    struct ky_bytes confirmed_by, remark; /* revoke; may be empty */
    bool same_key;                        /* renew, change: the key is kept */
    const json_t *old;                    /* renew, change: member `old` of the row that is signed; or NULL */
    const json_t *subject;                /* renew: that of the certificate; NULL: made of the organisation */
};
#define ky_auto_person KY_CLEANUP(ky_person_clear) struct ky_person

/*
 * ky_person_read — from a JSON object: identity, name, sector, authority, finance; email?, phone?, phone_own?,
 * title?, unit?, key?, and of the form's other fields gender?, birth_date?, identity_issued_on?, identity_issued_by?,
 * old_serial?, system?. Nothing else. Only the shape is judged: what the values are worth, eligibility says row by row.
 * Keeps a reference to json.
 *
 * Errors: KY_EFORMAT  unknown, missing or malformed member; KY_ELIMIT  longer than any field may be
 */
ky_rc ky_person_read(struct ky_person *out, json_t *json);
/* The same of a row as it is kept: also with the members of a row about a certificate. */
ky_rc ky_person_read_kept(struct ky_person *out, json_t *json);
ky_rc ky_person_parse(struct ky_person *out, struct ky_bytes text);
void ky_person_clear(struct ky_person *p);

#endif

/*
 * What is entered for a row of a dossier, checked field by field as the legal
 * profile says: identity numbers, telephones, addresses, names, dates, and what
 * spreadsheets do to them. Pure: the profile, the values and the time in, refusals out.
 */
#ifndef KY_DOMAIN_PERSON_CHECK_H
#define KY_DOMAIN_PERSON_CHECK_H

#include "domain/refusal.h"
#include "domain/legal.h"

/* What values are judged by; all borrowed. */
struct ky_check {
    const struct ky_legal *legal; /* with its people */
    const char *const
        *own_domains; /* mail domains of the organisation, patterns as mail_domains; may be NULL */
    size_t n_own_domains;
    ky_time now; /* UTC, for ages and dates */
};

/* A value as typed, pasted, or read from a cell. */
struct ky_field_value {
    const char *field; /* key */
    struct ky_bytes value;
};

/* Appends what is wrong with one value: nothing when it is right, or absent where it may be. */
void ky_field_check(struct ky_refusals *out, const struct ky_check *c, const struct ky_legal_field *f,
                    struct ky_bytes value);

/*
 * ky_row_check — a whole row: every field, fields that are unknown or there twice, and the identity number against
 * date of birth and gender. Appends.
 *
 * Shapes:  fields  of a procedure, or the profile's `document` or `recipient`
 *          cells   in any order; absent means empty
 */
void ky_row_check(struct ky_refusals *out, const struct ky_check *c, const struct ky_legal_field *fields,
                  size_t n_fields, const struct ky_field_value *cells, size_t n_cells);

#endif

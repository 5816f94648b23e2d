/*
 * A legal profile (etc/legal/2024.json, …): what the law of a time asks of a
 * request, as data: sectors, mail domains, number ranges, procedures, forms.
 */
#ifndef KY_DOMAIN_LEGAL_H
#define KY_DOMAIN_LEGAL_H

#include "codec/json.h"

#define KY_LEGAL_FILE_MAX (256 * 1024) /* bytes */

struct ky_legal {
    json_t *json; /* owned; checked against the schema in legal.c */
};

/* KY_EFORMAT names the member that is missing or wrong. */
ky_rc ky_legal_parse(struct ky_legal *out, struct ky_bytes text);
ky_rc ky_legal_load(struct ky_legal *out, const char *path);
void ky_legal_clear(struct ky_legal *l);

const char *ky_legal_str(const struct ky_legal *l,
                         const char *member); /* "id", "name", "authority", "key_default" */
int64_t ky_legal_int(const struct ky_legal *l, const char *member); /* "age_min", "birthplaces_abroad_from" */
/* Is value one of the array's? "mobile_prefixes", "birthplaces". */
bool ky_legal_has(const struct ky_legal *l, const char *array, const char *value);
/* The sector's Vietnamese name, or NULL when the profile does not have it. */
const char *ky_legal_sector(const struct ky_legal *l, struct ky_bytes id);
/* Does the host of an address fit mail_domains? "*.x" is every host under x, "x" the host itself. */
bool ky_legal_mail_host(const struct ky_legal *l, struct ky_bytes host);
/* Form and fixed subject line of a procedure; KY_ENOTFOUND when the profile does not have it. */
ky_rc ky_legal_procedure(const json_t **out, const struct ky_legal *l, const char *procedure);
ky_rc ky_legal_form(const json_t **out, const struct ky_legal *l, const char *form);

#endif

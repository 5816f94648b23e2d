/* Rows of a request; see request.h. */
#include "domain/request.h"

#include "base/hex.h"
#include "crypto/digest.h"
#include "pki/name.h"

#define IDENTITY_DIGITS 12
#define NAME_ATTRS_MAX 8

static const char *const sectors[] = {"education", "health"};

const json_t *ky_request_row_json(const struct ky_statement *request, uint32_t number)
{
    size_t i;
    json_t *v;
    json_array_foreach(json_object_get(request->json, "rows"), i,
                       v) if (json_integer_value(json_object_get(v, "row")) == (json_int_t)number) return v;
    return NULL;
}

static bool all_digits(struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return true;
}

static ky_rc check_eligible(const json_t *row, uint32_t number)
{
    bool authority, finance, known = false;
    struct ky_bytes sector;
    KY_TRY(ky_json_get_bool(&authority, row, "authority"));
    KY_TRY(ky_json_get_bool(&finance, row, "finance"));
    KY_TRY(ky_json_get_str(&sector, row, "sector", 16));
    if (authority)
        return ky_fail(KY_EDENIED, "row %u: a person with authority keeps a token", number);
    if (finance)
        return ky_fail(KY_EDENIED, "row %u: finance and budget transactions are outside this service",
                       number);
    for (size_t i = 0; i < KY_COUNT(sectors); i++)
        known = known || ky_bytes_eq_str(sector, sectors[i]);
    return known ? KY_OK : ky_fail(KY_EDENIED, "row %u: sector is neither education nor health", number);
}

static ky_rc check_contacts(const struct ky_request_row *row)
{
    const uint8_t *at = memchr(row->email.p, '@', row->email.n);
    if (at == NULL || at == row->email.p || at == row->email.p + row->email.n - 1)
        return ky_fail(KY_EFORMAT, "row %u: e-mail address has no name or no host", row->number);
    for (size_t i = 0; i < row->email.n; i++)
        if (row->email.p[i] <= ' ' || row->email.p[i] >= 0x7f)
            return ky_fail(KY_EFORMAT, "row %u: e-mail address has a character that is not allowed",
                           row->number);
    struct ky_bytes digits = row->phone;
    if (digits.n > 0 && digits.p[0] == '+') {
        digits.p++;
        digits.n--;
    }
    if (digits.n < 9 || digits.n > 15 || !all_digits(digits))
        return ky_fail(KY_EFORMAT, "row %u: phone number is not 9 to 15 digits", row->number);
    return KY_OK;
}

/* The certificate that is replaced, and what of it changes. */
static ky_rc read_old(struct ky_request_row *row, const json_t *json)
{
    const json_t *old;
    if (!ky_request_replaces(row))
        return KY_OK;
    KY_TRY(ky_json_get_bool(&row->same_key, json, "same_key"));
    KY_TRY(ky_json_get_object(&old, json, "old"));
    KY_TRY(ky_json_get_hex(row->old.serial, KY_SERIAL_SIZE, old, "serial"));
    KY_TRY(ky_json_get_int(&row->old.not_after, old, "not_after", 0, KY_JSON_INT_MAX));
    if (row->procedure != KY_PROCEDURE_CHANGE)
        return KY_OK;
    KY_TRY(ky_json_get_object(&row->old.subject, old, "subject"));
    return ky_json_get_str(&row->old.email, old, "email", 254);
}

static ky_rc read_key_type(struct ky_request_row *row, const json_t *json)
{
    struct ky_bytes key;
    char name[9] = "";
    KY_TRY(ky_json_get_str(&key, json, "key", 8));
    memcpy(name, key.p, key.n);
    KY_TRY(ky_key_type_by_name(&row->key_type, name));
    return row->key_type != KY_KEY_RSA4096
               ? KY_OK
               : ky_fail(KY_EFORMAT, "row %u: rsa4096 is not for subscribers", row->number);
}

static ky_rc read_person(struct ky_request_row *row, const json_t *json)
{
    struct ky_bytes common_name;
    KY_TRY(ky_json_get_str(&row->identity, json, "identity", IDENTITY_DIGITS));
    KY_TRY(ky_json_get_str(&row->name, json, "name", 256));
    KY_TRY(ky_json_get_str(&row->email, json, "email", 254));
    KY_TRY(ky_json_get_str(&row->phone, json, "phone", 16));
    KY_TRY(read_key_type(row, json));
    KY_TRY(ky_json_get_object(&row->subject, json, "subject"));
    KY_TRY(ky_json_get_str(&common_name, row->subject, "CN", 256));
    if (row->identity.n != IDENTITY_DIGITS || !all_digits(row->identity))
        return ky_fail(KY_EFORMAT, "row %u: identity number is not %d digits", row->number, IDENTITY_DIGITS);
    if (!ky_bytes_eq(row->name, common_name))
        return ky_fail(KY_EFORMAT, "row %u: CN is not the name", row->number);
    return check_contacts(row);
}

ky_rc ky_request_find_row(struct ky_request_row *out, const struct ky_statement *request, uint32_t number)
{
    struct ky_request_row row = {.number = number};
    const json_t *json = ky_request_row_json(request, number);
    KY_TRY(ky_procedure_read(&row.procedure, request->json));
    if (row.procedure == KY_PROCEDURE_REVOKE)
        return ky_fail(KY_EDENIED, "request: for revocation, nothing is issued");
    if (json == NULL)
        return ky_fail(KY_ENOTFOUND, "the request has no row %u", number);
    KY_TRY(check_eligible(json, number));
    KY_TRY(read_person(&row, json));
    KY_TRY(read_old(&row, json));
    *out = row;
    return KY_OK;
}

ky_rc ky_request_name(struct ky_buf *out, const json_t *subject)
{
    static const char *const order[] = {"C", "L", "O", "OU", "CN"};
    struct ky_name_attr attrs[NAME_ATTRS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < KY_COUNT(order); i++) {
        const json_t *v = json_object_get(subject, order[i]);
        size_t many = json_is_array(v) ? json_array_size(v) : v != NULL;
        for (size_t k = 0; k < many && n < NAME_ATTRS_MAX; k++) {
            const json_t *item = json_is_array(v) ? json_array_get(v, k) : v;
            attrs[n++] = (struct ky_name_attr){order[i], json_string_value(item)};
        }
    }
    return ky_name_encode(out, attrs, n);
}

ky_rc ky_request_subject(struct ky_buf *out, const struct ky_request_row *row)
{
    return ky_context(ky_request_name(out, row->subject), "row %u: subject", row->number);
}

bool ky_rows_contain(const struct ky_statement *st, uint32_t number)
{
    size_t i;
    json_t *v;
    json_array_foreach(json_object_get(st->json, "rows"), i,
                       v) if (json_integer_value(v) == (json_int_t)number) return true;
    return false;
}

static bool same_member(const struct ky_statement *a, const struct ky_statement *b, const char *name)
{
    const json_t *x = json_object_get(a->json, name), *y = json_object_get(b->json, name);
    return x == NULL || (y != NULL && json_equal(x, y));
}

ky_rc ky_issue_matches(const struct ky_statement *issue, const struct ky_statement *request)
{
    uint8_t named[KY_HASH_SIZE];
    const char *type = ky_statement_type_name(issue->type);
    KY_TRY(ky_json_get_hex(named, KY_HASH_SIZE, issue->json, "request"));
    if (memcmp(named, request->hash, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "%s: it speaks of another request", type);
    if (!same_member(issue, request, "dossier") || !same_member(issue, request, "document"))
        return ky_fail(KY_EDENIED, "%s: dossier or document is not that of the request", type);
    return KY_OK;
}

ky_rc ky_row_spend_id(uint8_t out[KY_LOG_ID_SIZE], const uint8_t request[KY_HASH_SIZE], uint32_t row)
{
    uint8_t number[4];
    ky_put_u32(number, row);
    const struct ky_bytes parts[] = {KY_LABEL("kyso row v1"), {request, KY_HASH_SIZE}, KY_BYTES_OF(number)};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

ky_rc ky_owner_of(uint8_t out[KY_OWNER_SIZE], const struct ky_mac *k_id, struct ky_bytes identity)
{
    uint8_t length[4];
    if (identity.n != IDENTITY_DIGITS || !all_digits(identity))
        return ky_fail(KY_EFORMAT, "identity number is not %d digits", IDENTITY_DIGITS);
    ky_put_u32(length, (uint32_t)identity.n);
    const struct ky_bytes parts[] = {KY_LABEL("kyso owner v1"), KY_BYTES_OF(length), identity};
    return ky_mac_make(out, k_id, parts, KY_COUNT(parts));
}

ky_rc ky_serial_of(uint8_t out[KY_SERIAL_SIZE], const struct ky_mac *k_id,
                   const uint8_t request[KY_HASH_SIZE], uint32_t row)
{
    uint8_t number[4], mac[KY_HMAC_SIZE];
    ky_put_u32(number, row);
    const struct ky_bytes parts[] = {
        KY_LABEL("kyso serial v1"), {request, KY_HASH_SIZE}, KY_BYTES_OF(number)};
    KY_TRY(ky_mac_make(mac, k_id, parts, KY_COUNT(parts)));
    memcpy(out, mac, KY_SERIAL_SIZE);
    out[0] = (uint8_t)((out[0] & 0x7f) | 0x40); /* positive; never a zero first byte; 126 bits remain */
    return KY_OK;
}

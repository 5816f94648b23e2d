/*
 * Statements: one table of types, one closed schema each; see statement.h.
 * A new type is a new schema and a new line in `types`.
 */
#include "domain/statement.h"

#include <stdlib.h>

#include "base/hex.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "domain/members.h"
#include "domain/procedure.h"

#define OID_MAX 64
#define NAME_MAX_CHARS 128
#define COMMON_COUNT 7

static const struct ky_json_member aud_members[] = {B64("n", KY_NONCE_SIZE, KY_NONCE_SIZE), STR("p", 3)};
static const struct ky_json_member aud_item[] = {OBJECT("aud", true, aud_members)};
static const struct ky_json_member actor_members[] = {HEX("device", true, KY_ID_SIZE),
                                                      HEX("owner", true, KY_OWNER_SIZE)};
static const struct ky_json_member common[COMMON_COUNT] = {
    INT("v", true, 1, 1),
    HEX("realm", true, KY_HASH_SIZE),
    STR("type", 32),
    ARRAY("aud", true, 1, 2, aud_item),
    INT("iat", true, 0, KY_JSON_INT_MAX),
    INT("exp", true, 0, KY_JSON_INT_MAX),
    OBJECT("actor", false, actor_members),
};

static const struct ky_json_member hash_item[] = {B64("hash", 32, KY_HASH_MAX)};
static const struct ky_json_member requester_members[] = {HEX("id", true, KY_ID_SIZE),
                                                          TEXT("name", true, NAME_MAX_CHARS)};
static const struct ky_json_member document_members[] = {
    TEXT("name", true, 255), INT("size", true, 0, KY_JSON_INT_MAX), HEX("digest", true, KY_HASH_SIZE)};
static const struct ky_json_member document_item[] = {OBJECT("document", true, document_members)};
static const struct ky_json_member sign_members[] = {
    HEX("credential", true, KY_ID_SIZE),
    HEX("cert", true, KY_HASH_SIZE),
    STR("hash_alg", OID_MAX),
    STR("sign_alg", OID_MAX),
    ARRAY("hashes", true, 1, KY_SIGN_HASHES_MAX, hash_item),
    OBJECT("requester", true, requester_members),
    TEXT("text", false, 500),
    ARRAY("documents", false, 1, KY_SIGN_HASHES_MAX, document_item),
    BOOL("opaque", false),
};

static const struct ky_json_member org_members[] = {HEX("id", true, KY_ID_SIZE), TEXT("name", true, 200)};
static const struct ky_json_member row_item[] = {
    {.name = "row", .kind = KY_JSON_OBJECT, .required = true}, /* closed by domain/procedure */
};
static const struct ky_json_member request_members[] = {
    STR("procedure", 16),
    OBJECT("org", true, org_members),
    HEX("dossier", true, KY_ID_SIZE),
    HEX("document", true, KY_HASH_SIZE),
    ARRAY("rows", true, 1, KY_REQUEST_ROWS_MAX, row_item),
};

static const struct ky_json_member number_item[] = {INT("row", true, 1, KY_REQUEST_ROWS_MAX)};
static const struct ky_json_member issue_members[] = {
    HEX("dossier", true, KY_ID_SIZE),
    HEX("request", true, KY_HASH_SIZE),
    HEX("document", true, KY_HASH_SIZE),
    ARRAY("rows", true, 1, KY_REQUEST_ROWS_MAX, number_item),
    STR("profile", 32),
    INT("not_before", true, 0, KY_JSON_INT_MAX),
    INT("not_after", true, 0, KY_JSON_INT_MAX),
    BOOL("activate", true),
};
static const struct ky_json_member refuse_members[] = {
    HEX("request", true, KY_HASH_SIZE),
    ARRAY("rows", true, 1, KY_REQUEST_ROWS_MAX, number_item),
    TEXT("reason", true, 500),
};

static const struct ky_json_member serial_item[] = {HEX("serial", true, 16)};
static const struct ky_json_member key_item[] = {HEX("key", true, KY_ID_SIZE)};
/* By an organisation's request, or on the officer's own word: check_revoke. */
static const struct ky_json_member revoke_members[] = {
    HEX("request", false, KY_HASH_SIZE),
    HEX("document", false, KY_HASH_SIZE),
    ARRAY("rows", false, 1, KY_REQUEST_ROWS_MAX, number_item),
    ARRAY("serials", false, 1, 64, serial_item),
    ARRAY("keys", false, 1, 64, key_item),
    INT("reason", false, 0, 10),
    INT("invalidity", false, 0, KY_JSON_INT_MAX),
    HEX("dossier", false, KY_ID_SIZE),
};

static const struct ky_json_member enrol_members[] = {
    HEX("owner", true, KY_OWNER_SIZE),
    HEX("activation", true, KY_ID_SIZE),
    TEXT("name", true, NAME_MAX_CHARS),
    B64("passkey", 1, 1023),
    B64("key", 65, 65),
    BOOL("be", true),
    HEX("creation", true, KY_HASH_SIZE),
    B64("device_key", 65, 65),
};
static const struct ky_json_member remove_members[] = {HEX("device", true, KY_ID_SIZE)};
/* org and name: where an organisation locks, check_lock. */
static const struct ky_json_member lock_members[] = {
    HEX("credential", true, KY_ID_SIZE),
    OBJECT("org", false, org_members),
    TEXT("name", false, 64),
};
static const struct ky_json_member unlock_members[] = {
    HEX("lock", true, KY_HASH_SIZE),
    HEX("credential", true, KY_ID_SIZE),
    OBJECT("org", false, org_members),
    TEXT("name", false, 64),
};
static const struct ky_json_member admin_members[] = {
    {.name = "record", .kind = KY_JSON_OBJECT, .required = true}, /* closed by domain/record */
    HEX("replaces", false, KY_HASH_SIZE),
    BOOL("remove", false),
};

static ky_rc check_sign(const json_t *json)
{
    bool documents = json_object_get(json, "documents") != NULL;
    bool opaque = json_is_true(json_object_get(json, "opaque"));
    if (documents == opaque)
        return ky_fail(KY_EFORMAT, "sign: either documents or opaque:true");
    return KY_OK;
}

static ky_rc check_rows_ascend(const json_t *json)
{
    json_int_t last = 0;
    size_t i;
    json_t *v;
    json_array_foreach(json_object_get(json, "rows"), i, v)
    {
        json_int_t row = json_integer_value(json_is_object(v) ? json_object_get(v, "row") : v);
        if (row <= last)
            return ky_fail(KY_EFORMAT, "rows: %lld after %lld; each once, ascending", (long long)row,
                           (long long)last);
        last = row;
    }
    return KY_OK;
}

/* The schema of a row is that of the procedure; only then its number can be looked at. */
static ky_rc check_request(const json_t *json)
{
    KY_TRY(ky_procedure_check_rows(json));
    return check_rows_ascend(json);
}

static bool has_all(const json_t *json, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (json_object_get(json, names[i]) == NULL)
            return false;
    return true;
}

static bool has_any(const json_t *json, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (json_object_get(json, names[i]) != NULL)
            return true;
    return false;
}

static ky_rc check_revoke(const json_t *json)
{
    static const char *const by_request[] = {"request", "document", "rows", "dossier"};
    static const char *const own_word[] = {"serials", "keys", "reason"};
    const size_t own = 3; /* dossier may also be named in an officer's own word */
    bool request = has_all(json, by_request, KY_COUNT(by_request)) &&
                   !has_any(json, own_word, KY_COUNT(own_word)) &&
                   json_object_get(json, "invalidity") == NULL;
    bool word = has_all(json, own_word, KY_COUNT(own_word)) && !has_any(json, by_request, own);
    if (!request && !word)
        return ky_fail(KY_EFORMAT, "either request, document, rows and dossier, or serials, keys and reason");
    return request ? check_rows_ascend(json) : KY_OK;
}

/* By the subscriber's device (actor), by her organisation (org, and whom it is about), or by an officer (neither). */
static ky_rc check_lock(const json_t *json)
{
    bool org = json_object_get(json, "org") != NULL, name = json_object_get(json, "name") != NULL;
    if (org != name || (org && json_object_get(json, "actor") != NULL))
        return ky_fail(KY_EFORMAT, "either org and name, or actor, or none of them");
    return KY_OK;
}

static const struct type_info {
    const char *name;
    ky_operation op;
    ky_nonce_kind nonce;
    size_t max_bytes;
    const struct ky_json_member *members;
    size_t member_count;
    ky_rc (*check)(const json_t *json); /* what a schema cannot say; may be NULL */
} types[KY_ST_COUNT] = {
    [KY_ST_SIGN] = {"sign", KY_OP_SIGN, KY_NONCE_SHORT, KY_STATEMENT_MAX, sign_members,
                    KY_COUNT(sign_members), check_sign},
    [KY_ST_REQUEST] = {"request", KY_OP_ISSUE, KY_NONCE_LONG, KY_REQUEST_MAX, request_members,
                       KY_COUNT(request_members), check_request},
    [KY_ST_ISSUE] = {"issue", KY_OP_ISSUE, KY_NONCE_LONG, KY_STATEMENT_MAX, issue_members,
                     KY_COUNT(issue_members), check_rows_ascend},
    [KY_ST_REFUSE] = {"refuse", KY_OP_REFUSE, KY_NONCE_LONG, KY_STATEMENT_MAX, refuse_members,
                      KY_COUNT(refuse_members), check_rows_ascend},
    [KY_ST_REVOKE] = {"revoke", KY_OP_REVOKE, KY_NONCE_LONG, KY_STATEMENT_MAX, revoke_members,
                      KY_COUNT(revoke_members), check_revoke},
    [KY_ST_ENROL_DEVICE] = {"enrol-device", KY_OP_ENROL_DEVICE, KY_NONCE_SHORT, KY_STATEMENT_MAX,
                            enrol_members, KY_COUNT(enrol_members), NULL},
    [KY_ST_REMOVE_DEVICE] = {"remove-device", KY_OP_REMOVE_DEVICE, KY_NONCE_SHORT, KY_STATEMENT_MAX,
                             remove_members, KY_COUNT(remove_members), NULL},
    [KY_ST_LOCK] = {"lock", KY_OP_LOCK, KY_NONCE_SHORT, KY_STATEMENT_MAX, lock_members,
                    KY_COUNT(lock_members), check_lock},
    [KY_ST_UNLOCK] = {"unlock", KY_OP_UNLOCK, KY_NONCE_SHORT, KY_STATEMENT_MAX, unlock_members,
                      KY_COUNT(unlock_members), check_lock},
    [KY_ST_ADMIN] = {"admin", KY_OP_ADMIN, KY_NONCE_LONG, KY_STATEMENT_MAX, admin_members,
                     KY_COUNT(admin_members), NULL},
};

const char *ky_statement_type_name(ky_statement_type t)
{
    return types[t].name;
}

ky_operation ky_statement_operation(ky_statement_type t)
{
    return types[t].op;
}

ky_rc ky_statement_hash(uint8_t out[KY_HASH_SIZE], struct ky_bytes text)
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso statement v1"), text};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

static ky_rc find_type(ky_statement_type *out, const json_t *json)
{
    struct ky_bytes name;
    KY_TRY(ky_json_get_str(&name, json, "type", 32));
    for (ky_statement_type t = 0; t < KY_ST_COUNT; t++) {
        if (ky_bytes_eq_str(name, types[t].name)) {
            *out = t;
            return KY_OK;
        }
    }
    return ky_fail(KY_EFORMAT, "statement of unknown type");
}

static ky_rc check_schema(const json_t *json, const struct type_info *type)
{
    struct ky_json_member all[COMMON_COUNT + 16];
    memcpy(all, common, sizeof common);
    memcpy(all + COMMON_COUNT, type->members, type->member_count * sizeof *all);
    KY_TRY(ky_json_check_closed(json, all, COMMON_COUNT + type->member_count, type->name));
    return type->check == NULL ? KY_OK : ky_context(type->check(json), "%s", type->name);
}

/* aud: each process at most once, sam before ca. */
static ky_rc read_audience(struct ky_statement *st)
{
    size_t i;
    json_t *v;
    ky_process last = 0;
    json_array_foreach(json_object_get(st->json, "aud"), i, v)
    {
        struct ky_bytes name = ky_json_str(json_object_get(v, "p"));
        ky_process p = ky_bytes_eq_str(name, "sam")  ? KY_PROCESS_SAM
                       : ky_bytes_eq_str(name, "ca") ? KY_PROCESS_CA
                                                     : 0;
        if (p <= last)
            return ky_fail(KY_EFORMAT, "aud: sam and ca, each once, in this order");
        last = p;
        ky_auto_buf nonce = ky_buf_init(KY_NONCE_SIZE);
        KY_TRY(ky_json_get_base64url(&nonce, v, "n", KY_NONCE_SIZE));
        memcpy(st->nonce[p], nonce.p, KY_NONCE_SIZE);
        st->has_nonce[p] = true;
    }
    return KY_OK;
}

static ky_rc read_common(struct ky_statement *st)
{
    int64_t iat, exp;
    KY_TRY(ky_json_get_hex(st->realm, KY_HASH_SIZE, st->json, "realm"));
    KY_TRY(ky_json_get_int(&iat, st->json, "iat", 0, KY_JSON_INT_MAX));
    KY_TRY(ky_json_get_int(&exp, st->json, "exp", 0, KY_JSON_INT_MAX));
    st->iat = iat;
    st->exp = exp;
    const json_t *actor = json_object_get(st->json, "actor");
    if (actor != NULL) {
        st->has_actor = true;
        KY_TRY(ky_json_get_hex(st->actor_device, KY_ID_SIZE, actor, "device"));
        KY_TRY(ky_json_get_hex(st->actor_owner, KY_OWNER_SIZE, actor, "owner"));
    }
    return read_audience(st);
}

static ky_rc parse_into(struct ky_statement *st, struct ky_bytes text)
{
    KY_TRY(ky_jcs_parse(&st->json, text, KY_REQUEST_MAX, KY_JCS_DEPTH_MAX));
    KY_TRY(find_type(&st->type, st->json));
    const struct type_info *type = &types[st->type];
    if (text.n > type->max_bytes)
        return ky_fail(KY_ELIMIT, "%s: %zu bytes, at most %zu", type->name, text.n, type->max_bytes);
    KY_TRY(check_schema(st->json, type));
    KY_TRY(ky_context(read_common(st), "%s", type->name));
    KY_TRY(ky_statement_hash(st->hash, text));
    st->text = malloc(text.n);
    if (st->text == NULL)
        return ky_fail(KY_ENOMEM, "statement of %zu bytes", text.n);
    memcpy(st->text, text.p, text.n);
    st->text_n = text.n;
    return KY_OK;
}

ky_rc ky_statement_parse(struct ky_statement *out, struct ky_bytes text)
{
    ky_auto_statement st = {0};
    KY_TRY(parse_into(&st, text));
    *out = st;
    st = (struct ky_statement){0};
    return KY_OK;
}

void ky_statement_clear(struct ky_statement *st)
{
    json_decref(st->json);
    free(st->text);
    *st = (struct ky_statement){0};
}

static ky_rc check_times(const struct ky_statement *st, const struct ky_nonce *nonce, ky_time now)
{
    ky_time most = nonce->made + (nonce->kind == KY_NONCE_SHORT ? KY_NONCE_SHORT_S : KY_NONCE_LONG_S);
    if (nonce->made > now + KY_MINUTE)
        return ky_fail(KY_EEXPIRED, "nonce was made %lld s ahead of the clock",
                       (long long)(nonce->made - now));
    if (st->iat < nonce->made - KY_MINUTE || st->iat > now + KY_MINUTE)
        return ky_fail(KY_EEXPIRED, "iat %lld does not fit the nonce and the clock", (long long)st->iat);
    if (st->exp > most)
        return ky_fail(KY_EEXPIRED, "exp is %lld s later than the nonce allows", (long long)(st->exp - most));
    if (now > st->exp)
        return ky_fail(KY_EEXPIRED, "expired %lld s ago", (long long)(now - st->exp));
    return KY_OK;
}

ky_rc ky_statement_check(struct ky_nonce *nonce, const struct ky_statement *st, ky_statement_type wanted,
                         ky_process process, const uint8_t realm[KY_HASH_SIZE], ky_time now)
{
    const struct type_info *type = &types[st->type];
    if (st->type != wanted)
        return ky_fail(KY_EDENIED, "a statement of type %s where %s is wanted", type->name,
                       types[wanted].name);
    if (memcmp(st->realm, realm, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "%s: made for another realm", type->name);
    if (!st->has_nonce[process])
        return ky_fail(KY_EDENIED, "%s: not addressed to %s", type->name, ky_process_name(process));
    KY_TRY(ky_nonce_parse(nonce, st->nonce[process]));
    if (nonce->kind != type->nonce)
        return ky_fail(KY_EFORMAT, "%s: nonce of the wrong kind", type->name);
    return ky_context(check_times(st, nonce, now), "%s", type->name);
}

/* Envelopes, rows, lists; see records.h. */
#include "web/records.h"

#include "base/hex.h"
#include "base/str.h"

void ky_buf_add_record(struct ky_buf *out, const struct ky_db_record *r)
{
    ky_buf_add_lv(out, r->json);
    ky_buf_add(out, r->mac);
}

static const char *dup_text(struct ky_arena *a, const json_t *obj, const char *name)
{
    const char *v = json_string_value(json_object_get(obj, name));
    return v == NULL ? NULL : ky_arena_strdup(a, v);
}

ky_rc ky_record_to_row(struct ky_db_record *out, struct ky_arena *a, ky_process process,
                       struct ky_bytes envelope, ky_time now)
{
    struct ky_reader in = KY_READER(envelope);
    struct ky_bytes json = ky_read_lv(&in, KY_RECORD_MAX), mac = ky_read_bytes(&in, KY_HMAC_SIZE);
    ky_auto_json obj = NULL;
    KY_TRY(ky_reader_finish(&in, "record"));
    KY_TRY(ky_json_parse(&obj, json, KY_RECORD_MAX));
    *out = (struct ky_db_record){
        .process = ky_process_name(process),
        .id = dup_text(a, obj, "id"),
        .version = json_integer_value(json_object_get(obj, "version")),
        .type = dup_text(a, obj, "type"),
        .owner = dup_text(a, obj, "owner"),
        .json = KY_BYTES(ky_arena_dup(a, json), json.n),
        .mac = KY_BYTES(ky_arena_dup(a, mac), mac.n),
        .created_at = now,
    };
    if (out->id == NULL || out->type == NULL || out->version < 1 || out->json.p == NULL || out->mac.p == NULL)
        return ky_fail(KY_EFORMAT, "record without id, type or version");
    return KY_OK;
}

ky_rc ky_record_peek(struct ky_record *out, const struct ky_db_record *r)
{
    struct ky_record rec = {.version = (uint32_t)r->version, .has_owner = r->owner != NULL};
    while (rec.type < KY_REC_COUNT && !ky_str_eq(ky_record_type_name(rec.type), r->type))
        rec.type++;
    if (rec.type == KY_REC_COUNT)
        return ky_fail(KY_EFORMAT, "record of type %s", r->type);
    KY_TRY(ky_hex_decode(rec.id, sizeof rec.id, ky_bytes_str(r->id)));
    if (rec.has_owner)
        KY_TRY(ky_hex_decode(rec.owner, sizeof rec.owner, ky_bytes_str(r->owner)));
    KY_TRY(ky_record_hash(rec.hash, r->json));
    KY_TRY(ky_json_parse(&rec.json, r->json, KY_RECORD_MAX));
    rec.not_before = json_integer_value(json_object_get(rec.json, "not_before"));
    rec.not_after = json_integer_value(json_object_get(rec.json, "not_after"));
    *out = rec;
    return KY_OK;
}

struct ky_record_list ky_record_list_init(ky_process process)
{
    return (struct ky_record_list){.process = process,
                                   .items = ky_buf_init(KY_WEB_RECORDS_MAX * (KY_RECORD_ENVELOPE_MAX + 4))};
}

void ky_record_list_clear(struct ky_record_list *l)
{
    ky_buf_clear(&l->items);
}

static ky_rc add_row(struct ky_record_list *l, const struct ky_db_record *r)
{
    ky_auto_buf item = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    ky_buf_add_record(&item, r);
    KY_TRY(ky_buf_finish(&item));
    ky_buf_add_lv(&l->items, ky_buf_bytes(&item));
    l->count++;
    return ky_buf_finish(&l->items);
}

ky_rc ky_record_list_add_hex(struct ky_record_list *l, struct ky_store *s, struct ky_arena *a, const char *id)
{
    struct ky_db_record r;
    for (size_t i = 0; i < l->count; i++)
        if (ky_str_eq(l->ids[i], id))
            return KY_OK;
    if (l->count == KY_WEB_RECORDS_MAX)
        return ky_fail(KY_ELIMIT, "more than %d records", KY_WEB_RECORDS_MAX);
    ky_rc rc = ky_db_record_get(&r, a, s, ky_process_name(l->process), id);
    if (rc == KY_ENOTFOUND)
        return KY_OK;
    KY_TRY(rc);
    memcpy(l->ids[l->count], r.id, KY_HEX_ID);
    return add_row(l, &r);
}

ky_rc ky_record_list_add(struct ky_record_list *l, struct ky_store *s, struct ky_arena *a, struct ky_bytes id)
{
    char hex[KY_HEX_ID];
    ky_hex_encode(hex, KY_BYTES(id.p, KY_ID_SIZE));
    return ky_record_list_add_hex(l, s, a, hex);
}

ky_rc ky_record_list_add_signers(struct ky_record_list *l, struct ky_store *s, struct ky_arena *a,
                                 const struct ky_authorisations *auths)
{
    for (size_t i = 0; i < auths->count; i++)
        KY_TRY(ky_record_list_add(l, s, a, KY_BYTES_OF(auths->item[i].record)));
    return KY_OK;
}

void ky_record_list_write(struct ky_buf *out, const struct ky_record_list *l)
{
    ky_list_begin(out, l->count);
    ky_buf_add(out, ky_buf_bytes(&l->items));
}

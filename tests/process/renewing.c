/* See renewing.h. */
#include "tests/process/renewing.h"

/* ---- the dossier ---- */

static ky_rc set_old(json_t *row, const struct subscriber *who, bool change)
{
    ky_auto_cert cert = NULL;
    ky_auto_json old = json_object();
    KY_TRY(ky_cert_parse(&cert, ky_buf_bytes(&who->cert)));
    if (old == NULL)
        return ky_fail(KY_ENOMEM, "old");
    KY_TRY(ky_body_set_hex(old, "serial", cert->serial));
    KY_TRY(ky_body_set_int(old, "not_after", cert->not_after));
    if (change) {
        ky_auto_json subject = json_deep_copy(json_object_get(row, "subject"));
        json_object_set(old, "subject", subject);
        json_object_set(old, "email", json_object_get(row, "email"));
        json_object_set_new(row, "email", json_string(RENEWING_NEW_EMAIL));
    }
    return json_object_set(row, "old", old) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "old");
}

ky_rc renewing_begin(struct filing *f, struct issue_world *w, const struct teacher *t, const char *procedure,
                     bool same_key)
{
    bool change = strcmp(procedure, "change") == 0;
    KY_TRY(filing_begin(f, w, 1));
    json_t *row = json_array_get(json_object_get(f->request, "rows"), 0);
    json_object_set_new(f->request, "procedure", json_string(procedure));
    json_object_set_new(row, "same_key", json_boolean(same_key));
    KY_TRY(set_old(row, t->s, change));
    if (change)
        json_object_set(f->issue, "not_after", json_object_get(json_object_get(row, "old"), "not_after"));
    return KY_OK;
}

ky_rc renewing_make(struct filing *f, struct issue_world *w, const struct teacher *t, const char *procedure,
                    bool same_key)
{
    KY_TRY(renewing_begin(f, w, t, procedure, same_key));
    KY_TRY(filing_file(f));
    return filing_approve(f);
}

/* ---- to the processes ---- */

ky_rc renewing_keys(struct ky_buf *answer, const struct filing *f, struct ky_bytes key, struct ky_bytes cert)
{
    struct ky_bytes fields[7];
    ky_auto_buf list = ky_buf_init(HARNESS_TEXT_MAX), item = ky_buf_init(HARNESS_TEXT_MAX);
    dossier_fields(fields, &f->d, KY_PROCESS_SAM);
    ky_buf_add_u32(&item, f->row);
    if (key.n > 0)
        ky_buf_add_lv(&item, key);
    if (cert.n > 0)
        ky_buf_add_lv(&item, cert);
    ky_list_begin(&list, 1);
    ky_buf_add_lv(&list, ky_buf_bytes(&item));
    fields[6] = ky_buf_bytes(&list);
    return realm_call(&f->w->h.realm, "sam-worker.0", KY_MSG_SAM_ISSUE_KEYS, fields, KY_COUNT(fields),
                      answer);
}

ky_rc renewing_certify(struct ky_buf *answer, const struct filing *f, struct ky_bytes keys,
                       struct ky_bytes old)
{
    struct ky_bytes items[2];
    size_t count;
    ky_auto_buf list = ky_buf_init(HARNESS_TEXT_MAX), item = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(ky_list_read(items, &count, KY_COUNT(items), keys, "keys"));
    struct ky_reader in = KY_READER(items[0]);
    (void)ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX);
    (void)ky_read_lv(&in, 65536);
    ky_buf_add_u32(&item, f->row);
    ky_buf_add_lv(&item, ky_read_lv(&in, 65536));
    ky_buf_add(&item, ky_read_bytes(&in, KY_P256_RAW));
    if (old.n > 0)
        ky_buf_add_lv(&item, old);
    ky_list_begin(&list, 1);
    ky_buf_add_lv(&list, ky_buf_bytes(&item));
    return filing_ask_ca(answer, f, KY_MSG_CA_ISSUE, ky_buf_bytes(&list));
}

/* ---- the new credential ---- */

static void take(struct ky_buf *out, struct ky_bytes content)
{
    *out = ky_buf_init(content.n + 1);
    ky_buf_add(out, content);
}

ky_rc renewed_read(struct renewed *r, const struct subscriber *old, struct ky_bytes keys,
                   struct ky_bytes certified)
{
    struct ky_bytes items[2];
    size_t count;
    KY_TRY(ky_list_read(items, &count, KY_COUNT(items), keys, "keys"));
    struct ky_reader in = KY_READER(items[0]), made = KY_READER(certified);
    take(&r->key_v1, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX));
    take(&r->blob, ky_read_lv(&in, 65536));
    take(&r->cert, ky_read_lv(&made, KY_CERT_DER_MAX));
    r->s = *old;
    r->s.key_v1 = r->key_v1;
    r->s.cert = r->cert;
    if (r->blob.n > 0)
        r->s.blob = r->blob;
    return envelope_id(r->s.key_id, ky_buf_bytes(&r->key_v1));
}

ky_rc renewed_bind(struct renewed *r, const struct issue_world *w)
{
    struct ky_bytes items[1];
    size_t count;
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(harness_bind(&answer, &w->h, ky_buf_bytes(&r->key_v1), ky_buf_bytes(&r->cert), KY_BYTES_NONE));
    KY_TRY(ky_list_read(items, &count, 1, ky_buf_bytes(&answer), "bound"));
    struct ky_reader in = KY_READER(items[0]);
    ky_buf_clear(&r->key);
    take(&r->key, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX));
    r->s.key = r->key;
    return KY_OK;
}

void renewed_clear(struct renewed *r)
{
    struct ky_buf *const all[] = {&r->key_v1, &r->blob, &r->cert, &r->key};
    for (size_t i = 0; i < KY_COUNT(all); i++)
        ky_buf_clear(all[i]);
}

ky_rc renewing_do(struct renewed *r, const struct filing *f, const struct subscriber *old)
{
    ky_auto_buf keys = ky_buf_init(HARNESS_TEXT_MAX), cert = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(renewing_keys(&keys, f, ky_buf_bytes(&old->key), ky_buf_bytes(&old->cert)));
    KY_TRY(renewing_certify(&cert, f, ky_buf_bytes(&keys), ky_buf_bytes(&old->cert)));
    KY_TRY(renewed_read(r, old, ky_buf_bytes(&keys), ky_buf_bytes(&cert)));
    return renewed_bind(r, f->w);
}

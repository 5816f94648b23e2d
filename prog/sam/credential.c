/* A credential as web hands it in: key record and the certificate bound to it. Used where one ends (revoke, issue). */
#include "prog/sam/sam.h"

void ky_credential_clear(struct ky_credential *c)
{
    ky_record_clear(&c->record);
    ky_cert_free(c->cert);
}

ky_rc ky_credential_read(struct ky_credential *out, struct ky_reader *in, struct ky_sam *sam)
{
    struct ky_bytes envelope = ky_read_lv(in, KY_RECORD_ENVELOPE_MAX);
    struct ky_bytes der = ky_read_lv(in, KY_CERT_DER_MAX);
    KY_TRY(ky_reader_finish(in, "credential"));
    KY_TRY(ky_worker_open_record(&sam->w, &out->record, envelope));
    if (out->record.type != KY_REC_KEY)
        return ky_fail(KY_EDENIED, "credential: a record of type %s", ky_record_type_name(out->record.type));
    KY_TRY(ky_record_key(&out->key, &out->record));
    KY_TRY(ky_cert_parse(&out->cert, der));
    if (!out->key.has_cert || memcmp(out->key.cert, out->cert->sha256, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "credential: the key record names another certificate");
    return KY_OK;
}

ky_rc ky_credential_check_serial(const struct ky_credential *c, const uint8_t serial[KY_SERIAL_SIZE])
{
    return ky_bytes_eq(c->cert->serial, KY_BYTES(serial, KY_SERIAL_SIZE))
               ? KY_OK
               : ky_fail(KY_EDENIED, "credential: its certificate has another serial number");
}

ky_rc ky_credential_replace(struct ky_credential *out, struct ky_sam *sam, struct ky_keeper_head *head,
                            const struct ky_request_row *row, const uint8_t owner[KY_OWNER_SIZE],
                            struct ky_bytes bytes)
{
    struct ky_reader in = KY_READER(bytes);
    KY_TRY(ky_credential_read(out, &in, sam));
    KY_TRY(ky_record_check(&out->record, KY_REC_KEY, ky_worker_now(&sam->w), "key"));
    if (memcmp(out->record.owner, owner, KY_OWNER_SIZE) != 0)
        return ky_fail(KY_EDENIED, "the certificate that is to be replaced belongs to another person");
    KY_TRY(ky_credential_check_serial(out, row->old.serial));
    if (row->same_key && out->key.key_type != row->key_type)
        return ky_fail(KY_EDENIED, "the same key is %s, the request says %s",
                       ky_key_info(out->key.key_type)->name, ky_key_info(row->key_type)->name);
    return ky_head_ref_record(head, &out->record, true);
}

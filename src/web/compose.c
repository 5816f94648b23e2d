/* Common members of statements; see compose.h. */
#include "web/compose.h"

#include "domain/record.h"

static ky_rc add_audience(json_t *aud, struct ky_web *w, ky_process process, ky_nonce_kind kind,
                          ky_time *made)
{
    uint8_t bytes[KY_NONCE_SIZE];
    struct ky_nonce nonce;
    ky_auto_json item = json_pack("{s:s}", "p", ky_process_name(process));
    KY_TRY(ky_web_nonce(bytes, w, process, kind));
    KY_TRY(ky_nonce_parse(&nonce, bytes));
    if (item == NULL)
        return ky_fail(KY_ENOMEM, "statement");
    KY_TRY(ky_body_set_base64url(item, "n", KY_BYTES_OF(bytes)));
    if (nonce.made < *made)
        *made = nonce.made;
    return json_array_append(aud, item) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "statement");
}

static ky_rc add_audiences(json_t *members, struct ky_web *w, unsigned processes, ky_nonce_kind kind,
                           ky_time *made)
{
    static const ky_process both[] = {KY_PROCESS_SAM, KY_PROCESS_CA};
    ky_auto_json aud = json_array();
    for (size_t i = 0; i < KY_COUNT(both); i++)
        if ((processes & 1u << both[i]) != 0)
            KY_TRY(add_audience(aud, w, both[i], kind, made));
    return json_object_set(members, "aud", aud) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "statement");
}

ky_rc ky_compose_statement(struct ky_statement *out, struct ky_web *w, json_t *members, const char *type,
                           unsigned processes, ky_nonce_kind kind, ky_time now)
{
    ky_time made = now;
    ky_auto_buf text = ky_buf_init(KY_REQUEST_MAX);
    KY_TRY(add_audiences(members, w, processes, kind, &made));
    KY_TRY(ky_body_set_int(members, "v", 1));
    KY_TRY(ky_body_set_text(members, "type", ky_bytes_str(type)));
    KY_TRY(ky_body_set_hex(members, "realm", KY_BYTES_OF(w->founding->realm)));
    KY_TRY(ky_body_set_int(members, "iat", made));
    KY_TRY(ky_body_set_int(members, "exp",
                           made + (kind == KY_NONCE_SHORT ? KY_NONCE_SHORT_S : KY_NONCE_LONG_S)));
    KY_TRY(ky_jcs_encode(&text, members, KY_JCS_DEPTH_MAX));
    return ky_statement_parse(out, ky_buf_bytes(&text));
}

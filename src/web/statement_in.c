/* Reading what authorises; see statement_in.h. */
#include "web/statement_in.h"

#include "base/base64.h"
#include "domain/message.h"

#define EVIDENCE_BYTES_MAX (1u << 20)

void ky_statement_in_clear(struct ky_statement_in *in)
{
    ky_statement_clear(&in->st);
    ky_buf_clear(&in->auth_list);
    ky_buf_clear(&in->evidence);
}

ky_rc ky_evidence_in_read(struct ky_buf *out, const json_t *body)
{
    const json_t *list;
    KY_TRY(ky_json_find_array(&list, body, "evidence", KY_AUTH_EVIDENCE_MAX));
    *out = ky_buf_init(EVIDENCE_BYTES_MAX);
    ky_list_begin(out, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        ky_auto_buf der = ky_buf_init(EVIDENCE_BYTES_MAX);
        KY_TRY(ky_context(ky_base64url_decode(&der, ky_json_str(json_array_get(list, i))), "evidence"));
        ky_buf_add_lv(out, ky_buf_bytes(&der));
    }
    return ky_buf_finish(out);
}

ky_rc ky_statement_in_read(struct ky_statement_in *in, const json_t *body)
{
    struct ky_bytes text;
    KY_TRY(ky_json_get_str(&text, body, "statement", KY_REQUEST_MAX));
    KY_TRY(ky_statement_parse(&in->st, text));
    in->auth_list = ky_buf_init(KY_AUTHORISATION_CMS_MAX + 65536);
    KY_TRY(ky_json_get_base64url(&in->auth_list, body, "authorisations", KY_AUTHORISATION_CMS_MAX + 65536));
    KY_TRY(ky_authorisations_parse(&in->auths, ky_buf_bytes(&in->auth_list)));
    return ky_evidence_in_read(&in->evidence, body);
}

/* Reading what authorises; see statement_in.h. */
#include "web/statement_in.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/log.h"
#include "domain/founding.h"
#include "domain/message.h"
#include "os/file.h"

#define EVIDENCE_BYTES_MAX (1u << 20)

void ky_statement_in_clear(struct ky_statement_in *in)
{
    ky_statement_clear(&in->st);
    ky_buf_clear(&in->auth_list);
    ky_buf_clear(&in->evidence);
}

/* A list that is not there or too long is left out: whoever judges will miss it and say so. */
static size_t add_own_list(struct ky_buf *items, const struct ky_web *w, const struct ky_cert *ca)
{
    char hex[2 * KY_KEY_ID_SIZE + 1], path[KY_WEB_PATH_MAX];
    ky_auto_buf der = ky_buf_init(EVIDENCE_BYTES_MAX - items->n);
    if (ca->ski.n != KY_KEY_ID_SIZE)
        return 0;
    ky_hex_encode(hex, ca->ski);
    if (snprintf(path, sizeof path, "%s/%s.crl", w->token_crls, hex) >= (int)sizeof path ||
        ky_file_read(&der, path) != KY_OK) {
        ky_log(KY_LOG_WARN, "evidence.list", "path=" KY_Q " reason=" KY_Q, path, ky_error());
        return 0;
    }
    ky_buf_add_lv(items, ky_buf_bytes(&der));
    return 1;
}

/* What a page cannot fetch, being of another origin: the lists that the operator keeps. */
static ky_rc add_own_lists(struct ky_buf *out, const struct ky_web *w)
{
    size_t n = 0;
    ky_auto_buf items = ky_buf_init(EVIDENCE_BYTES_MAX);
    for (size_t i = 0; w->founding != NULL && w->token_crls != NULL && i < w->founding->token_ca_count; i++)
        n += add_own_list(&items, w, w->founding->token_cas[i]);
    KY_TRY(ky_buf_finish(&items));
    ky_list_begin(out, n);
    ky_buf_add(out, ky_buf_bytes(&items));
    return ky_buf_finish(out);
}

ky_rc ky_evidence_in_read(struct ky_buf *out, const struct ky_web *w, const json_t *body)
{
    const json_t *list;
    KY_TRY(ky_json_find_array(&list, body, "evidence", KY_AUTH_EVIDENCE_MAX));
    *out = ky_buf_init(EVIDENCE_BYTES_MAX);
    if (json_array_size(list) == 0)
        return add_own_lists(out, w);
    ky_list_begin(out, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        ky_auto_buf der = ky_buf_init(EVIDENCE_BYTES_MAX);
        KY_TRY(ky_context(ky_base64url_decode(&der, ky_json_str(json_array_get(list, i))), "evidence"));
        ky_buf_add_lv(out, ky_buf_bytes(&der));
    }
    return ky_buf_finish(out);
}

ky_rc ky_statement_in_read(struct ky_statement_in *in, const struct ky_web *w, const json_t *body)
{
    struct ky_bytes text;
    KY_TRY(ky_json_get_str(&text, body, "statement", KY_REQUEST_MAX));
    KY_TRY(ky_statement_parse(&in->st, text));
    in->auth_list = ky_buf_init(KY_AUTHORISATION_CMS_MAX + 65536);
    KY_TRY(ky_json_get_base64url(&in->auth_list, body, "authorisations", KY_AUTHORISATION_CMS_MAX + 65536));
    KY_TRY(ky_authorisations_parse(&in->auths, ky_buf_bytes(&in->auth_list)));
    return ky_evidence_in_read(&in->evidence, w, body);
}

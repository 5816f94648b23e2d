/* Collecting revocation lists and OCSP answers; see login_evidence.h. */
#include "web/login_evidence.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/log.h"
#include "os/file.h"

#define ITEM_MAX (1u << 20) /* bytes of one item in a body */

void ky_login_evidence_clear(struct ky_login_evidence *e)
{
    for (size_t i = 0; i < e->n_crls; i++)
        ky_crl_free(e->crls[i]);
    *e = (struct ky_login_evidence){0};
}

ky_rc ky_login_evidence_add_list(struct ky_login_evidence *e, const char *folder, const struct ky_cert *cert)
{
    char hex[2 * KY_KEY_ID_SIZE + 1], path[KY_WEB_PATH_MAX];
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    if (e->n_crls == KY_LOGIN_EVIDENCE_MAX || cert->aki.n != KY_KEY_ID_SIZE)
        return KY_OK;
    ky_hex_encode(hex, cert->aki);
    if (snprintf(path, sizeof path, "%s/%s.crl", folder, hex) >= (int)sizeof path)
        return ky_fail(KY_ELIMIT, "[web] token_crls: the path is too long");
    ky_rc rc = ky_file_read(&der, path);
    if (rc == KY_OK)
        rc = ky_crl_parse(&e->crls[e->n_crls], ky_buf_bytes(&der));
    if (rc == KY_OK)
        e->n_crls++;
    else if (rc != KY_ENOMEM)
        ky_log(KY_LOG_WARN, "login.list", "path=" KY_Q " reason=" KY_Q, path, ky_error());
    return rc == KY_ENOMEM ? rc : KY_OK;
}

/* What does not parse as a list is taken for an OCSP answer; the chain passes over what is neither. */
static ky_rc add_item(struct ky_login_evidence *e, struct ky_exchange *x, struct ky_bytes text)
{
    ky_auto_buf der = ky_buf_init(ITEM_MAX);
    KY_TRY(ky_context(ky_base64url_decode(&der, text), "evidence"));
    if (e->n_crls < KY_LOGIN_EVIDENCE_MAX && ky_crl_parse(&e->crls[e->n_crls], ky_buf_bytes(&der)) == KY_OK) {
        e->n_crls++;
        return KY_OK;
    }
    uint8_t *p = ky_arena_dup(&x->arena, ky_buf_bytes(&der));
    if (p == NULL)
        return KY_ENOMEM;
    e->ocsps[e->n_ocsps++] = KY_BYTES(p, der.n);
    return KY_OK;
}

ky_rc ky_login_evidence_add_body(struct ky_login_evidence *e, struct ky_exchange *x)
{
    const json_t *list;
    KY_TRY(ky_json_find_array(&list, x->json, "evidence", KY_LOGIN_EVIDENCE_MAX));
    for (size_t i = 0; i < json_array_size(list); i++)
        KY_TRY(add_item(e, x, ky_json_str(json_array_get(list, i))));
    return KY_OK;
}

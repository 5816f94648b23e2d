/* What every statement starts from: the founding record, nonces, owners; and the description of all this. */
#include "base/str.h"
#include "web/handlers.h"

#define IDENTITY_DIGITS 12

ky_rc ky_handle_founding(struct ky_web *w, struct ky_exchange *x)
{
    return ky_answer_bytes(x, 200, "application/json", ky_buf_bytes(&w->founding_json));
}

ky_rc ky_handle_openapi(struct ky_web *w, struct ky_exchange *x)
{
    ky_exchange_header(x, "Cache-Control", "no-cache");
    return ky_answer_lasting(x, 200, "application/yaml", ky_buf_bytes(&w->openapi));
}

static ky_rc read_process(ky_process *out, const json_t *json)
{
    struct ky_bytes name;
    KY_TRY(ky_json_get_str(&name, json, "process", 3));
    *out = ky_bytes_eq_str(name, "sam") ? KY_PROCESS_SAM : KY_PROCESS_CA;
    return ky_bytes_eq_str(name, ky_process_name(*out)) ? KY_OK
                                                        : ky_fail(KY_EFORMAT, "process: \"sam\" or \"ca\"");
}

static ky_rc read_kind(ky_nonce_kind *out, const json_t *json)
{
    struct ky_bytes name;
    KY_TRY(ky_json_get_str(&name, json, "kind", 5));
    *out = ky_bytes_eq_str(name, "short") ? KY_NONCE_SHORT : KY_NONCE_LONG;
    return *out == KY_NONCE_SHORT || ky_bytes_eq_str(name, "long")
               ? KY_OK
               : ky_fail(KY_EFORMAT, "kind: \"short\" or \"long\"");
}

ky_rc ky_handle_nonce(struct ky_web *w, struct ky_exchange *x)
{
    ky_process process;
    ky_nonce_kind kind;
    uint8_t nonce[KY_NONCE_SIZE];
    KY_TRY(read_process(&process, x->json));
    KY_TRY(read_kind(&kind, x->json));
    KY_TRY(ky_web_nonce(nonce, w, process, kind));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_base64url(o, "nonce", KY_BYTES_OF(nonce));
    return ky_answer_end(x);
}

ky_rc ky_handle_owner(struct ky_web *w, struct ky_exchange *x)
{
    char owner[2 * KY_OWNER_SIZE + 1];
    struct ky_bytes identity;
    KY_TRY(ky_json_get_str(&identity, x->json, "identity", IDENTITY_DIGITS));
    KY_TRY(ky_web_owner(owner, w, identity));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "owner", owner);
    return ky_answer_end(x);
}

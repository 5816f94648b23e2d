#include "prog/kyso/csc_client.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/str.h"
#include "codec/der.h"
#include "codec/json.h"
#include "prog/kyso/http.h"
#include "prog/kyso/say.h"

#define REQUEST_MAX 65536
#define URL_MAX_BYTES 2048
#define CALL_TIMEOUT_S 60L
#define CERTS_MAX 16

/* error and error_description of an answer that is no success (CSC v2 §10.1). */
static ky_rc service_error(long status, const char *call, const json_t *answer)
{
    const char *code = json_string_value(json_object_get(answer, "error"));
    const char *text = json_string_value(json_object_get(answer, "error_description"));
    const ky_rc rc = status == 401                    ? KY_EAUTH
                     : status == 404                  ? KY_ENOTFOUND
                     : status == 429 || status == 503 ? KY_EBUSY
                     : status < 500                   ? KY_EDENIED
                                                      : KY_EIO;
    return ky_fail(rc, "%s: HTTP %ld%s%s%s%s", call, status, code != NULL ? " " : "",
                   code != NULL ? code : "", text != NULL ? ": " : "", text != NULL ? text : "");
}

static ky_rc call(json_t **out, long *status, const struct kyso_csc *c, const char *path,
                  struct ky_bytes body)
{
    char url[URL_MAX_BYTES];
    size_t n = strlen(c->server);
    while (n > 0 && c->server[n - 1] == '/')
        n--;
    const bool has_path = n >= 7 && memcmp(c->server + n - 7, "/csc/v2", 7) == 0;
    if (snprintf(url, sizeof url, "%.*s%s/%s", (int)n, c->server, has_path ? "" : "/csc/v2", path) >=
        (int)sizeof url)
        return ky_fail(KY_ELIMIT, "--server: longer than %d bytes", URL_MAX_BYTES);
    const struct kyso_http req = {.url = url,
                                  .https_only = true,
                                  .content_type = "application/json",
                                  .body = body,
                                  .bearer = c->token,
                                  .ca_file = c->ca_file,
                                  .timeout_s = CALL_TIMEOUT_S};
    ky_auto_buf answer = ky_buf_init(KYSO_CSC_ANSWER_MAX);
    KY_TRY(kyso_http(&answer, status, &req));
    ky_auto_json json = NULL;
    const ky_rc rc = ky_json_parse(&json, ky_buf_bytes(&answer), KYSO_CSC_ANSWER_MAX);
    if (*status != 200 && *status != 202)
        return service_error(*status, path, json);
    KY_TRY(ky_context(rc, "%s", path));
    *out = KY_STEAL(json);
    return KY_OK;
}

static ky_rc take_certs(struct ky_evidence *certs, const json_t *answer)
{
    const json_t *cert, *list;
    KY_TRY(ky_json_get_object(&cert, answer, "cert"));
    KY_TRY(ky_json_get_array(&list, cert, "certificates", CERTS_MAX));
    for (size_t i = 0; i < json_array_size(list); i++) {
        ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
        KY_TRY(ky_context(ky_base64_decode(&der, ky_json_str(json_array_get(list, i))), "certificates"));
        KY_TRY(ky_evidence_add_cert(certs, ky_buf_bytes(&der)));
    }
    return KY_OK;
}

/* The authentication object that needs nothing typed here: approval on the phone (CSC v2 §8.3). */
static void find_factor(struct kyso_csc *c, const json_t *answer)
{
    const json_t *objects = json_object_get(json_object_get(answer, "auth"), "objects");
    size_t i;
    json_t *o;
    json_array_foreach(objects, i, o)
    {
        const char *type = json_string_value(json_object_get(o, "type"));
        const char *id = json_string_value(json_object_get(o, "id"));
        if (type != NULL && id != NULL && ky_str_eq(type, "ChallengeResponseOOB"))
            snprintf(c->factor, sizeof c->factor, "%s", id);
    }
}

ky_rc kyso_csc_info(struct kyso_csc *c, struct ky_evidence *certs)
{
    ky_auto_buf body = ky_buf_init(REQUEST_MAX);
    struct ky_json_out o = KY_JSON_OUT(&body);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "credentialID", c->credential);
    ky_json_put_cstr(&o, "certificates", "chain");
    ky_json_put_bool(&o, "certInfo", false);
    ky_json_put_bool(&o, "authInfo", true);
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&body));
    ky_auto_json answer = NULL;
    long status = 0;
    KY_TRY(call(&answer, &status, c, "credentials/info", ky_buf_bytes(&body)));
    const char *state = json_string_value(json_object_get(json_object_get(answer, "key"), "status"));
    if (state != NULL && !ky_str_eq(state, "enabled"))
        return ky_fail(KY_EDENIED, kyso_say("khóa ở trạng thái %s", "the key is %s"), state);
    find_factor(c, answer);
    return take_certs(certs, answer);
}

static void put_hashes(struct ky_json_out *o, const struct kyso_csc_job *job)
{
    ky_json_open_array(o, "hashes");
    ky_json_put_base64(o, NULL, job->digest);
    ky_json_close_array(o);
    ky_json_put_cstr(o, "hashAlgorithmOID", ky_hash_info(job->hash)->oid);
}

/* SAD with 200, handle with 202. */
static ky_rc take_sad(struct ky_buf *sad, bool *pending, const json_t *answer, long status)
{
    struct ky_bytes text;
    *pending = status == 202;
    KY_TRY(ky_json_get_str(&text, answer, *pending ? "handle" : "SAD", KYSO_CSC_SAD_MAX));
    ky_buf_reset(sad);
    ky_buf_add(sad, text);
    return ky_buf_finish(sad);
}

ky_rc kyso_csc_authorize(struct ky_buf *sad, bool *pending, const struct kyso_csc *c,
                         const struct kyso_csc_job *job)
{
    ky_auto_buf body = ky_buf_init(REQUEST_MAX);
    struct ky_json_out o = KY_JSON_OUT(&body);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "credentialID", c->credential);
    ky_json_put_int(&o, "numSignatures", 1);
    put_hashes(&o, job);
    ky_json_put_cstr(&o, "signAlgo", ky_sign_alg_oid(job->scheme, job->hash));
    if (c->factor[0] != '\0') {
        ky_json_open_array(&o, "authData");
        ky_json_open_object(&o, NULL);
        ky_json_put_cstr(&o, "id", c->factor);
        ky_json_close_object(&o);
        ky_json_close_array(&o);
    }
    if (job->description != NULL)
        ky_json_put_cstr(&o, "description", job->description);
    if (job->client_data != NULL)
        ky_json_put_cstr(&o, "clientData", job->client_data);
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&body));
    ky_auto_json answer = NULL;
    long status = 0;
    KY_TRY(call(&answer, &status, c, "credentials/authorize", ky_buf_bytes(&body)));
    return take_sad(sad, pending, answer, status);
}

ky_rc kyso_csc_authorize_check(struct ky_buf *sad, bool *pending, const struct kyso_csc *c,
                               const char *handle)
{
    ky_auto_buf body = ky_buf_init(REQUEST_MAX);
    struct ky_json_out o = KY_JSON_OUT(&body);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "handle", handle);
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&body));
    ky_auto_json answer = NULL;
    long status = 0;
    KY_TRY(call(&answer, &status, c, "credentials/authorizeCheck", ky_buf_bytes(&body)));
    return take_sad(sad, pending, answer, status);
}

/* RSASSA-PSS needs its parameters (RFC 4055), the others have none. */
static ky_rc put_params(struct ky_json_out *o, const struct kyso_csc_job *job)
{
    if (job->scheme != KY_RSA_PSS)
        return KY_OK;
    struct ky_der all = KY_DER_READ(ky_sign_alg_der(job->scheme, job->hash)), inside;
    struct ky_der_tlv oid;
    KY_TRY(ky_der_enter(&inside, &all, KY_DER_SEQUENCE, "AlgorithmIdentifier"));
    KY_TRY(ky_der_next(&oid, &inside, "algorithm"));
    ky_json_put_base64(o, "signAlgoParams", inside.left);
    return KY_OK;
}

ky_rc kyso_csc_sign_hash(struct ky_buf *sig, const struct kyso_csc *c, const struct kyso_csc_job *job,
                         const char *sad)
{
    ky_auto_buf body = ky_buf_init(REQUEST_MAX);
    struct ky_json_out o = KY_JSON_OUT(&body);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "credentialID", c->credential);
    ky_json_put_cstr(&o, "SAD", sad);
    put_hashes(&o, job);
    ky_json_put_cstr(&o, "signAlgo", ky_sign_alg_oid(job->scheme, job->hash));
    KY_TRY(put_params(&o, job));
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&body));
    ky_auto_json answer = NULL;
    long status = 0;
    KY_TRY(call(&answer, &status, c, "signatures/signHash", ky_buf_bytes(&body)));
    const json_t *list;
    KY_TRY(ky_json_get_array(&list, answer, "signatures", 1));
    return ky_context(ky_base64_decode(sig, ky_json_str(json_array_get(list, 0))), "signatures");
}

/* A key in a remote signing service: the signer approves on the phone while we wait. Bearer token in KYSO_TOKEN. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/pubkey.h"
#include "os/clock.h"
#include "prog/kyso/csc_client.h"
#include "prog/kyso/keysrc.h"
#include "prog/kyso/say.h"

#define WAIT_MS (5 * 60 * 1000) /* an approval lives no longer */
#define POLL_MS 1000L
#define CLIENT_DATA_MAX 4096

static ky_rc remote_open(struct kyso_keysrc *k, const struct kyso_keysrc_args *args)
{
    struct kyso_csc *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ky_fail(KY_ENOMEM, "service");
    k->state = c;
    *c = (struct kyso_csc){.server = args->server,
                           .token = getenv("KYSO_TOKEN"),
                           .ca_file = args->ca_file,
                           .credential = args->credential};
    if (c->token == NULL || c->token[0] == '\0')
        return ky_fail(
            KY_EAUTH, "%s",
            kyso_say("chưa có mã truy cập: đặt KYSO_TOKEN", "there is no access token: set KYSO_TOKEN"));
    return kyso_csc_info(c, k->certs);
}

/* What the phone shows of the document; members as in the statement. */
static ky_rc client_data(struct ky_buf *out, const struct kyso_document *doc)
{
    uint8_t sha256[KY_SHA256_SIZE];
    KY_TRY(ky_sha256(sha256, doc->file));
    struct ky_json_out o = KY_JSON_OUT(out);
    ky_json_open_object(&o, NULL);
    ky_json_open_array(&o, "documents");
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "name", doc->name);
    ky_json_put_int(&o, "size", (int64_t)doc->file.n);
    ky_json_put_hex(&o, "digest", KY_BYTES_OF(sha256));
    ky_json_close_object(&o);
    ky_json_close_array(&o);
    ky_json_close_object(&o);
    return ky_buf_finish(out);
}

static ky_rc wait_for_approval(struct ky_buf *sad, const struct kyso_csc *c)
{
    const int64_t deadline = ky_mono_ms() + WAIT_MS;
    bool pending = true;
    fprintf(stderr, "%s\n",
            kyso_say("đang chờ xác nhận trên điện thoại…", "waiting for the confirmation on the phone…"));
    while (pending) {
        if (ky_mono_ms() > deadline)
            return ky_fail(KY_EEXPIRED, "%s",
                           kyso_say("không có xác nhận nào trên điện thoại trong 5 phút",
                                    "nothing was confirmed on the phone within 5 minutes"));
        const struct timespec pause = {.tv_sec = POLL_MS / 1000, .tv_nsec = POLL_MS % 1000 * 1000000};
        nanosleep(&pause, NULL);
        ky_auto_buf handle = ky_buf_init(KYSO_CSC_SAD_MAX);
        ky_buf_add(&handle, ky_buf_bytes(sad));
        KY_TRY(ky_buf_finish(&handle));
        KY_TRY(kyso_csc_authorize_check(sad, &pending, c, ky_buf_str(&handle)));
    }
    return KY_OK;
}

/* CMS wants ECDSA-Sig-Value; some services give r ‖ s. */
static ky_rc add_signature(struct ky_buf *sig, const struct kyso_keysrc *k, struct ky_bytes value)
{
    const struct ky_key_info *info = ky_key_info(k->type);
    if (!info->rsa && value.n == 2 * (size_t)(info->bits / 8))
        return ky_ecdsa_to_der(sig, value);
    ky_buf_add(sig, value);
    return ky_buf_finish(sig);
}

static ky_rc remote_sign(struct kyso_keysrc *k, struct ky_buf *sig, ky_scheme scheme, ky_hash hash,
                         struct ky_bytes digest, const struct kyso_document *doc)
{
    const struct kyso_csc *c = k->state;
    ky_auto_buf data = ky_buf_init(CLIENT_DATA_MAX);
    KY_TRY(client_data(&data, doc));
    const struct kyso_csc_job job = {.scheme = scheme,
                                     .hash = hash,
                                     .digest = digest,
                                     .description = doc->text,
                                     .client_data = ky_buf_str(&data)};
    ky_auto_buf sad = ky_buf_init_secret(KYSO_CSC_SAD_MAX);
    bool pending = false;
    KY_TRY(kyso_csc_authorize(&sad, &pending, c, &job));
    if (pending)
        KY_TRY(wait_for_approval(&sad, c));
    ky_auto_buf value = ky_buf_init(KY_SIGNATURE_MAX);
    KY_TRY(kyso_csc_sign_hash(&value, c, &job, ky_buf_str(&sad)));
    return add_signature(sig, k, ky_buf_bytes(&value));
}

static void remote_close(struct kyso_keysrc *k)
{
    free(k->state);
}

const struct kyso_keysrc_ops kyso_keysrc_remote = {
    .name = "remote", .open = remote_open, .sign = remote_sign, .close = remote_close};

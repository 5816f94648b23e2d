/*
 * kyso init: the key ceremony, from one ini file and without questions. Either
 * all of it happens, or the error says which tokens are to be thrown away.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "codec/json.h"
#include "os/clock.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/init.h"
#include "prog/kyso/opts.h"
#include "prog/kyso/say.h"

#define ARENA_MAX (1u << 20)
#define JSON_MAX 16384

struct options {
    const char *config, *state;
    bool json, sample;
};

static const struct kyso_opt opts[] = {
    {"config", KYSO_OPT_TEXT, offsetof(struct options, config), "CEREMONY.ini", "mô tả lễ tạo khóa",
     "describes the ceremony"},
    {"state", KYSO_OPT_TEXT, offsetof(struct options, state), "DIR",
     "thư mục trạng thái (thay cho trong tệp)", "state folder (instead of the file's)"},
    {"json", KYSO_OPT_FLAG, offsetof(struct options, json), NULL, "in kết quả dạng JSON",
     "print the result as JSON"},
    {"sample", KYSO_OPT_FLAG, offsetof(struct options, sample), NULL, "in tệp mẫu rồi dừng",
     "print a sample file and stop"},
};

static const struct kyso_usage usage = {
    .command = "init",
    .args = "",
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Tạo token, khóa, CA và bản ghi sáng lập. Token đã có đối tượng thì bị từ chối.",
    .en = "Makes tokens, keys, CA and founding record. A token that holds anything is refused.",
};

/* The ceremony in its order. */
static const struct step {
    ky_rc (*run)(struct kyso_ceremony *c);
    const char *vi, *en;
} steps[] = {
    {kyso_init_make_folders, "tạo các thư mục", "make the folders"},
    {kyso_init_prepare_tokens, "chuẩn bị ba token trống: gốc, CA, thuê bao",
     "prepare three empty tokens: root, authority, subscribers"},
    {kyso_init_make_subscriber_keys, "tạo khóa trong token thuê bao",
     "make the keys of the subscribers' token"},
    {kyso_init_make_authority_keys, "tạo khóa trong token CA", "make the keys of the authority's token"},
    {kyso_init_make_root, "tạo CA gốc; ký CA cấp và danh sách thu hồi đầu tiên",
     "make the root CA; sign the issuing CA and the first CRL"},
    {kyso_init_make_responders, "cấp chứng thư số OCSP và dấu thời gian",
     "issue the OCSP and time-stamping certificates"},
    {kyso_init_write_founding, "lập bản ghi sáng lập", "write the founding record"},
    {kyso_init_witness, "người làm chứng ký bản ghi sáng lập", "have the witnesses sign the founding record"},
    {kyso_init_store_founding, "ghi bản ghi sáng lập và mỏ neo vào hai token",
     "store founding record and anchor in both tokens"},
    {kyso_init_write_files, "ghi chứng thư số, danh sách thu hồi, khóa của courier",
     "write certificates, CRL and the courier's key"},
    {kyso_init_lock_away_root, "khóa thư mục của CA gốc", "lock the root's folder"},
};

static ky_rc run_steps(struct kyso_ceremony *c, bool quiet)
{
    for (size_t i = 0; i < KY_COUNT(steps); i++) {
        const char *what = kyso_say(steps[i].vi, steps[i].en);
        KY_TRY(ky_context(steps[i].run(c), "%s", what));
        if (!quiet) {
            printf("%2zu/%zu  %s\n", i + 1, KY_COUNT(steps), what);
            fflush(stdout);
        }
    }
    return KY_OK;
}

static void print_result(const struct kyso_ceremony *c)
{
    char realm[2 * KY_HASH_SIZE + 1];
    ky_hex_encode(realm, KY_BYTES_OF(c->realm));
    printf(kyso_say("\nRealm: %s\nTệp công khai: %s/public\n", "\nRealm: %s\nPublic files: %s/public\n"),
           realm, c->conf.state_dir);
    printf(kyso_say("Hãy chép %s sang nơi lưu giữ ngoại tuyến rồi xóa khỏi máy này: khóa gốc và các SO PIN "
                    "nằm ở đó.\n",
                    "Now carry %s to its place off line and remove it from this machine: root key and SO "
                    "PINs are there.\n"),
           c->tokens[KYSO_TOKEN_ROOT].folder);
}

static ky_rc print_json(const struct kyso_ceremony *c)
{
    ky_auto_buf out = ky_buf_init(JSON_MAX);
    struct ky_json_out o = KY_JSON_OUT(&out);
    ky_json_open_object(&o, NULL);
    ky_json_put_hex(&o, "realm", KY_BYTES_OF(c->realm));
    ky_json_put_cstr(&o, "state", c->conf.state_dir);
    ky_json_put_int(&o, "made", c->now);
    ky_json_open_array(&o, "officers");
    for (size_t i = 0; i < c->officer_count; i++) {
        ky_json_open_object(&o, NULL);
        ky_json_put_cstr(&o, "section", c->officers[i].section);
        ky_json_put_hex(&o, "id", KY_BYTES_OF(c->officers[i].id));
        ky_json_put_hex(&o, "owner", KY_BYTES_OF(c->officers[i].owner));
        ky_json_put_bool(&o, "witness", c->officers[i].signature.n > 0);
        ky_json_close_object(&o);
    }
    ky_json_close_array(&o);
    ky_json_put_cstr(&o, "root_folder", c->tokens[KYSO_TOKEN_ROOT].folder);
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&out));
    printf("%s\n", ky_buf_str(&out));
    return KY_OK;
}

static void name_spoilt_tokens(const struct kyso_ceremony *c)
{
    for (size_t i = 0; i < KYSO_TOKENS; i++)
        if (c->tokens[i].used)
            kyso_warn("init",
                      kyso_say("token %s (%s) đã có khóa của lễ không thành này: phải hủy, không dùng lại",
                               "token %s (%s) holds keys of this failed ceremony: throw it away"),
                      c->tokens[i].conf.label, c->tokens[i].folder);
}

static void clear(struct kyso_ceremony *c)
{
    for (size_t i = 0; i < KYSO_TOKENS; i++)
        ky_secret_clear(&c->tokens[i].pin);
    for (size_t i = 0; i < KYSO_CERTS; i++) {
        ky_buf_clear(&c->spki[i]);
        ky_cert_free(c->certs[i]);
    }
    for (size_t i = 0; i < c->officer_count; i++) {
        ky_cert_free(c->officers[i].cert);
        json_decref(c->officers[i].auth);
        ky_buf_clear(&c->officers[i].signature);
    }
    for (size_t i = 0; i < c->token_ca_count; i++)
        ky_cert_free(c->token_cas[i]);
    ky_buf_clear(&c->root_crl);
    ky_buf_clear(&c->founding);
    ky_wipe(c->courier_private, sizeof c->courier_private);
    ky_arena_clear(&c->arena);
}

static ky_rc hold(struct kyso_ceremony *c, const struct options *o)
{
    KY_TRY(kyso_need(o->config, "config"));
    KY_TRY(kyso_init_read_conf(c, o->config, o->state));
    KY_TRY(run_steps(c, o->json));
    if (o->json)
        return print_json(c);
    print_result(c);
    return KY_OK;
}

static ky_rc print_sample(void)
{
    ky_auto_buf out = ky_buf_init(65536);
    kyso_init_sample(&out);
    KY_TRY(ky_buf_finish(&out));
    printf("%s", ky_buf_str(&out));
    return KY_OK;
}

static int run(int argc, char **argv)
{
    struct options o = {0};
    bool done;
    KY_CLEANUP(clear) struct kyso_ceremony c = {.arena = ky_arena_init(ARENA_MAX), .now = ky_now()};
    if (kyso_opts_parse(&done, &o, &usage, argc, argv) != KY_OK) {
        kyso_fail("init", KY_EINVAL);
        return KYSO_EXIT_USAGE;
    }
    if (done)
        return 0;
    ky_rc rc = o.sample ? print_sample() : hold(&c, &o);
    if (rc == KY_OK)
        return 0;
    int status = kyso_fail("init", rc);
    name_spoilt_tokens(&c);
    return status;
}

const struct kyso_cmd kyso_cmd_init = {.name = "init",
                                       .vi = "lễ tạo khóa: token, CA, bản ghi sáng lập",
                                       .en = "key ceremony: tokens, CA, founding record",
                                       .run = run};

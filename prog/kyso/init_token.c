/* Tokens of the ceremony: their PINs, their keys, and what is stored in them at the end; see init.h. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "crypto/random.h"
#include "domain/anchor.h"
#include "domain/request.h"
#include "os/file.h"
#include "prog/kyso/init.h"

#define PIN_MAX 256
#define PIN_RANDOM 18 /* bytes: 24 characters */
#define CONF_MAX 1024

/* ---- PIN and environment ---- */

static ky_rc make_pin(const char *path)
{
    uint8_t random[PIN_RANDOM];
    ky_auto_buf text = ky_buf_init_secret(PIN_MAX);
    KY_TRY(ky_random(random, sizeof random));
    ky_buf_add_base64url(&text, KY_BYTES_OF(random));
    ky_buf_add_str(&text, "\n");
    KY_TRY(ky_buf_finish(&text));
    return ky_file_write(path, ky_buf_bytes(&text), 0600);
}

static ky_rc read_pin(struct ky_secret *out, const char *path)
{
    ky_auto_buf text = ky_buf_init_secret(PIN_MAX);
    KY_TRY(ky_file_read_secret(&text, path));
    KY_TRY(ky_context(ky_secret_init(out, text.n), "%s", path));
    memcpy(out->p, text.p, text.n);
    return KY_OK;
}

static ky_rc read_or_make_pin(struct ky_secret *out, const char *path)
{
    if (access(path, F_OK) != 0)
        KY_TRY(make_pin(path));
    return read_pin(out, path);
}

/* A module reads its environment when it is initialised, so this comes before each login. */
static ky_rc set_env(const char *name_value)
{
    char name[KYSO_PATH_MAX];
    snprintf(name, sizeof name, "%s", name_value);
    char *equals = strchr(name, '=');
    if (name[0] == 0)
        return KY_OK;
    if (equals == NULL || equals == name)
        return ky_fail(KY_EFORMAT, "\"%s\" is not NAME=VALUE", name_value);
    *equals = 0;
    return setenv(name, equals + 1, 1) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "environment");
}

static ky_rc set_token_env(const struct kyso_token *t)
{
    char line[KYSO_PATH_MAX + 32];
    if (!t->conf.softhsm)
        return set_env(t->conf.module_env);
    snprintf(line, sizeof line, "SOFTHSM2_CONF=%s/softhsm2.conf", t->folder);
    return set_env(line);
}

static ky_rc make_softhsm(const struct kyso_token *t)
{
    char path[KYSO_PATH_MAX + 16];
    ky_auto_buf conf = ky_buf_init(CONF_MAX);
    snprintf(path, sizeof path, "%s/token", t->folder);
    KY_TRY(ky_dir_make(path, 0700));
    ky_buf_addf(&conf, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", path);
    KY_TRY(ky_buf_finish(&conf));
    snprintf(path, sizeof path, "%s/softhsm2.conf", t->folder);
    return ky_file_write(path, ky_buf_bytes(&conf), 0600);
}

/* ---- logging in ---- */

ky_rc kyso_token_login(struct ky_keystore **out, const char *module, const char *module_env,
                       const char *label, const char *pin_file)
{
    ky_auto_secret pin = {0};
    KY_TRY(read_pin(&pin, pin_file));
    KY_TRY(set_env(module_env));
    const struct ky_keystore_config cfg = {.module = module, .token = label, .pin = &pin};
    return ky_keystore_open(out, &cfg);
}

ky_rc kyso_init_open_token(struct ky_keystore **out, const struct kyso_token *t)
{
    KY_TRY(set_token_env(t));
    const struct ky_keystore_config cfg = {
        .module = t->conf.module, .token = t->conf.label, .pin = &t->pin, .read_write = true};
    return ky_keystore_open(out, &cfg);
}

static ky_rc check_virgin(const struct kyso_token *t)
{
    ky_auto_keystore ks = NULL;
    bool virgin;
    KY_TRY(kyso_init_open_token(&ks, t));
    KY_TRY(ky_keystore_is_virgin(&virgin, ks));
    if (!virgin)
        return ky_fail(KY_EEXIST, "token %s holds keys or records already: a ceremony needs an empty one",
                       t->conf.label);
    return KY_OK;
}

/* A token that was set up before is taken when it is empty. */
static ky_rc prepare_token(struct kyso_token *t)
{
    ky_auto_secret so_pin = {0};
    if (t->conf.softhsm)
        KY_TRY(make_softhsm(t));
    KY_TRY(read_or_make_pin(&t->pin, t->pin_file));
    KY_TRY(read_or_make_pin(&so_pin, t->so_pin_file));
    KY_TRY(set_token_env(t));
    ky_rc rc = ky_keystore_init_token(t->conf.module, t->conf.label, &so_pin, &t->pin);
    return rc == KY_OK || rc == KY_EEXIST ? check_virgin(t) : rc;
}

ky_rc kyso_init_prepare_tokens(struct kyso_ceremony *c)
{
    for (size_t i = 0; i < KYSO_TOKENS; i++)
        KY_TRY(ky_context(prepare_token(&c->tokens[i]), "token.%s", c->tokens[i].section));
    return KY_OK;
}

/* ---- keys ---- */

struct key {
    const char *label;
    ky_key_use use;
    ky_key_type type;
};

static ky_rc make_keys(struct ky_keystore *ks, struct kyso_token *t, const struct key *keys, size_t count)
{
    t->used = true;
    for (size_t i = 0; i < count; i++)
        KY_TRY(ky_context(ky_keystore_make_key(ks, keys[i].label, keys[i].use, keys[i].type), "key %s",
                          keys[i].label));
    return KY_OK;
}

static ky_rc read_spki(struct ky_buf *out, struct ky_keystore *ks, const char *label, ky_key_use use)
{
    ky_auto_token_key key = NULL;
    KY_TRY(ky_keystore_find_key(&key, ks, label, use));
    *out = ky_buf_init(KY_SPKI_MAX);
    return ky_keystore_public(out, key);
}

static ky_rc read_point(uint8_t out[KY_P256_POINT], struct ky_keystore *ks, const char *label, ky_key_use use)
{
    ky_auto_buf spki = {0};
    ky_auto_pubkey pub = NULL;
    KY_TRY(read_spki(&spki, ks, label, use));
    KY_TRY(ky_pubkey_parse(&pub, ky_buf_bytes(&spki)));
    struct ky_bytes point = ky_pubkey_point(pub);
    if (point.n != KY_P256_POINT)
        return ky_fail(KY_EINTERNAL, "key %s is not on P-256", label);
    memcpy(out, point.p, KY_P256_POINT);
    return KY_OK;
}

/* The officers' owners hang on the subscribers' K_id, as everyone's will. */
static ky_rc name_officers(struct kyso_ceremony *c, struct ky_keystore *ks)
{
    ky_auto_token_key key = NULL;
    KY_TRY(ky_keystore_find_key(&key, ks, "K_id", KY_USE_MAC));
    const struct ky_mac k_id = ky_token_mac(key);
    for (size_t i = 0; i < c->officer_count; i++) {
        struct kyso_officer *o = &c->officers[i];
        KY_TRY(ky_keystore_random(ks, o->id, sizeof o->id));
        KY_TRY(ky_context(ky_owner_of(o->owner, &k_id, ky_bytes_str(o->conf.identity)), "officer %s",
                          o->section));
        for (size_t k = 0; k < i; k++)
            if (memcmp(o->owner, c->officers[k].owner, KY_OWNER_SIZE) == 0)
                return ky_fail(KY_EFORMAT, "officers %s and %s are the same person", c->officers[k].section,
                               o->section);
    }
    return KY_OK;
}

ky_rc kyso_init_make_subscriber_keys(struct kyso_ceremony *c)
{
    static const struct key keys[] = {
        {"K_wrap.1", KY_USE_WRAP, KY_KEY_P256}, {"K_reg", KY_USE_MAC, KY_KEY_P256},
        {"K_id", KY_USE_MAC, KY_KEY_P256},      {"K_act", KY_USE_MAC, KY_KEY_P256},
        {"K_open", KY_USE_DERIVE, KY_KEY_P256}, {"K_att", KY_USE_SIGN, KY_KEY_P256},
        {"K_audit", KY_USE_SIGN, KY_KEY_P256},  {"K_data", KY_USE_MAC, KY_KEY_P256},
    };
    struct kyso_token *t = &c->tokens[KYSO_TOKEN_SUBSCRIBERS];
    ky_auto_keystore ks = NULL;
    KY_TRY(kyso_init_open_token(&ks, t));
    KY_TRY(make_keys(ks, t, keys, KY_COUNT(keys)));
    KY_TRY(read_point(c->sam_open, ks, "K_open", KY_USE_DERIVE));
    KY_TRY(read_point(c->sam_att, ks, "K_att", KY_USE_SIGN));
    KY_TRY(read_point(c->sam_audit, ks, "K_audit", KY_USE_SIGN));
    return name_officers(c, ks);
}

ky_rc kyso_init_make_authority_keys(struct kyso_ceremony *c)
{
    static const char *const labels[KYSO_CERTS] = {
        [KYSO_CERT_ISSUING] = "issuing", [KYSO_CERT_OCSP] = "ocsp", [KYSO_CERT_TSA] = "tsa"};
    ky_key_type issuing, ocsp, tsa;
    KY_TRY(ky_key_type_by_name(&issuing, c->keys.issuing));
    KY_TRY(ky_key_type_by_name(&ocsp, c->keys.ocsp));
    KY_TRY(ky_key_type_by_name(&tsa, c->keys.tsa));
    const struct key keys[] = {
        {"issuing", KY_USE_SIGN, issuing},
        {"ocsp", KY_USE_SIGN, ocsp},
        {"tsa", KY_USE_SIGN, tsa},
        {"K_reg", KY_USE_MAC, KY_KEY_P256},
        {"K_id", KY_USE_MAC, KY_KEY_P256},
        {"K_att", KY_USE_SIGN, KY_KEY_P256},
        {"K_audit", KY_USE_SIGN, KY_KEY_P256},
    };
    struct kyso_token *t = &c->tokens[KYSO_TOKEN_AUTHORITY];
    ky_auto_keystore ks = NULL;
    KY_TRY(kyso_init_open_token(&ks, t));
    KY_TRY(make_keys(ks, t, keys, KY_COUNT(keys)));
    for (size_t i = KYSO_CERT_ISSUING; i < KYSO_CERTS; i++)
        KY_TRY(read_spki(&c->spki[i], ks, labels[i], KY_USE_SIGN));
    KY_TRY(read_point(c->ca_att, ks, "K_att", KY_USE_SIGN));
    return read_point(c->ca_audit, ks, "K_audit", KY_USE_SIGN);
}

/* ---- founding record and anchor ---- */

static ky_rc store_in(const struct kyso_ceremony *c, const struct kyso_token *t, ky_process process)
{
    ky_auto_keystore ks = NULL;
    ky_auto_token_key key = NULL;
    ky_auto_founding again = NULL;
    ky_auto_buf value = ky_buf_init(KY_TOKEN_DATA_MAX);
    const struct ky_anchor first = {.time = c->now};
    KY_TRY(kyso_init_open_token(&ks, t));
    KY_TRY(ky_keystore_find_key(&key, ks, "K_reg", KY_USE_MAC));
    const struct ky_mac k_reg = ky_token_mac(key);
    KY_TRY(ky_founding_seal(&value, ky_buf_bytes(&c->founding), process, &k_reg));
    KY_TRY(ky_keystore_add_data(ks, KY_FOUNDING_APPLICATION, KY_FOUNDING_LABEL, ky_buf_bytes(&value), true));
    KY_TRY(ky_anchor_write(ks, &k_reg, process, (uint16_t)c->conf.node, &first));
    KY_TRY(ky_founding_load(&again, ks, process, &k_reg));
    if (memcmp(again->realm, c->realm, KY_HASH_SIZE) != 0)
        return ky_fail(KY_ETOKEN, "the token gives back another founding record than was stored");
    return KY_OK;
}

ky_rc kyso_init_store_founding(struct kyso_ceremony *c)
{
    KY_TRY(ky_context(store_in(c, &c->tokens[KYSO_TOKEN_AUTHORITY], KY_PROCESS_CA), "token.authority"));
    return ky_context(store_in(c, &c->tokens[KYSO_TOKEN_SUBSCRIBERS], KY_PROCESS_SAM), "token.subscribers");
}

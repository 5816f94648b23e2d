/*
 * A login to a token and its recovery: open, log in, notice the loss, log in
 * anew. SoftHSM sometimes refuses when two processes log in at one moment, so
 * those answers are tried again a few times.
 */
#include "crypto/pkcs11.h"
#include "crypto/pkcs11_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define OPEN_ATTEMPTS 6
#define RECOVERY_ATTEMPTS 3 /* fewer: the caller waits, and the next call tries again */
#define LOGIN_PAUSE_MS 20   /* doubled after each attempt */

/* SoftHSM rewrites the token's file at each login: who reads it meanwhile sees no token, or half of one. */
static bool is_login_race(ky_rc rc, CK_RV rv)
{
    return rc == KY_ENOTFOUND || rv == CKR_TOKEN_NOT_RECOGNIZED || rv == CKR_USER_PIN_NOT_INITIALIZED ||
           rv == CKR_GENERAL_ERROR;
}

/* Different in each process, so that those that met once do not meet again. */
static void pause_ms(long ms)
{
    ms += getpid() % ms;
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

/* A token whose PIN is wrong once is wrong for ever: trying again would lock it. */
static bool is_pin_refusal(CK_RV rv)
{
    return rv == CKR_PIN_INCORRECT || rv == CKR_PIN_INVALID || rv == CKR_PIN_LEN_RANGE ||
           rv == CKR_PIN_EXPIRED || rv == CKR_PIN_LOCKED;
}

static ky_rc fail_login(CK_RV rv)
{
    switch (rv) {
    case CKR_PIN_INCORRECT:
        return ky_fail(KY_EAUTH, "PIN is wrong");
    case CKR_PIN_LOCKED:
        return ky_fail(
            KY_EAUTH, "PIN is locked after too many wrong attempts; the security officer must set a new one");
    case CKR_PIN_EXPIRED:
        return ky_fail(KY_EAUTH, "PIN has expired");
    case CKR_USER_PIN_NOT_INITIALIZED:
        return ky_fail(KY_EAUTH, "token has no user PIN yet");
    default:
        return ky_fail_p11(rv, "C_Login");
    }
}

/* One try; *rv is the module's answer for the caller to judge. */
static ky_rc connect_once(struct ky_p11_store *s, CK_RV *rv)
{
    KY_TRY(ky_p11_module_find_token(&s->slot, &s->module, s->token));
    CK_FLAGS flags = CKF_SERIAL_SESSION | (s->read_write ? CKF_RW_SESSION : 0);
    *rv = s->module.fn->C_OpenSession(s->slot, flags, NULL, NULL, &s->session);
    if (*rv != CKR_OK)
        return ky_fail_p11(*rv, "C_OpenSession");
    *rv = s->module.fn->C_Login(s->session, CKU_USER, s->pin.p, s->pin.n);
    if (*rv == CKR_OK || *rv == CKR_USER_ALREADY_LOGGED_IN) {
        s->live = true;
        s->login++;
        s->wrap_index = 0;
        return KY_OK;
    }
    s->module.fn->C_CloseSession(s->session);
    s->pin_refused = is_pin_refusal(*rv);
    return fail_login(*rv);
}

static ky_rc start_and_connect(struct ky_p11_store *s, CK_RV *rv)
{
    *rv = ky_p11_module_start(&s->module);
    if (*rv != CKR_OK)
        return ky_fail_p11(*rv, "C_Initialize");
    return connect_once(s, rv);
}

static ky_rc connect_patiently(struct ky_p11_store *s, int attempts)
{
    long ms = LOGIN_PAUSE_MS;
    for (int attempt = 1;; attempt++, ms *= 2) {
        CK_RV rv = CKR_OK;
        ky_rc rc = start_and_connect(s, &rv);
        if (rc == KY_OK || attempt == attempts || !is_login_race(rc, rv))
            return rc;
        ky_p11_module_stop(&s->module);
        pause_ms(ms);
    }
}

static void disconnect(struct ky_p11_store *s)
{
    if (s->login > 0)
        s->module.fn->C_CloseSession(s->session);
    s->live = false;
}

/* First on the module as it is, then on a restarted one: network modules often need that. */
static ky_rc reconnect(struct ky_p11_store *s)
{
    disconnect(s);
    CK_RV rv = CKR_OK;
    if (connect_once(s, &rv) == KY_OK)
        return KY_OK;
    if (s->pin_refused)
        return fail_login(rv);
    ky_p11_module_stop(&s->module);
    return connect_patiently(s, RECOVERY_ATTEMPTS);
}

ky_rc ky_p11_ready(struct ky_p11_store *s)
{
    if (s->live)
        return KY_OK;
    if (s->pin_refused)
        return ky_fail(KY_ETOKEN, "token %s: its PIN was refused before; not tried again", s->token);
    if (reconnect(s) != KY_OK)
        return ky_context(ky_fail(KY_ETOKEN, "%s", ky_error()), "token %s is lost", s->token);
    s->base.counts.recoveries++;
    return KY_OK;
}

static void store_close(struct ky_keystore *ks)
{
    struct ky_p11_store *s = ky_p11_store_of(ks);
    bool ours = s->base.opener == getpid(); /* a forked child must not touch the parent's session */
    if (ours && s->module.dl != NULL) {
        disconnect(s);
        ky_p11_module_unload(&s->module);
    }
    ky_secret_clear(&s->pin);
    free(s);
}

ky_rc ky_pkcs11_open(struct ky_keystore **out, const struct ky_keystore_config *cfg)
{
    struct ky_p11_store *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ky_fail(KY_ENOMEM, "key store");
    s->base = (struct ky_keystore){.ops = &ky_p11_store_ops, .opener = getpid()};
    ky_auto_keystore guard = &s->base;
    s->read_write = cfg->read_write;
    memcpy(s->token, cfg->token, strlen(cfg->token) + 1);
    KY_TRY(ky_secret_init(&s->pin, cfg->pin->n));
    memcpy(s->pin.p, cfg->pin->p, cfg->pin->n);
    KY_TRY(ky_p11_module_load(&s->module, cfg->module));
    KY_TRY(connect_patiently(s, OPEN_ATTEMPTS));
    *out = KY_STEAL(guard);
    return KY_OK;
}

static ky_rc store_info(struct ky_token_info *out, struct ky_keystore *ks)
{
    struct ky_p11_store *s = ky_p11_store_of(ks);
    KY_TRY(ky_p11_ready(s));
    CK_INFO module;
    CK_TOKEN_INFO token;
    CK_RV rv = s->module.fn->C_GetInfo(&module);
    if (rv == CKR_OK)
        rv = s->module.fn->C_GetTokenInfo(s->slot, &token);
    if (rv != CKR_OK)
        return ky_p11_fail(s, rv, "C_GetTokenInfo");
    char description[sizeof module.libraryDescription + 1];
    ky_p11_copy_padded(description, module.libraryDescription, sizeof module.libraryDescription);
    snprintf(out->module, sizeof out->module, "%s %u.%u", description, module.libraryVersion.major,
             module.libraryVersion.minor);
    ky_p11_copy_padded(out->label, token.label, sizeof token.label);
    ky_p11_copy_padded(out->manufacturer, token.manufacturerID, sizeof token.manufacturerID);
    ky_p11_copy_padded(out->model, token.model, sizeof token.model);
    ky_p11_copy_padded(out->serial, token.serialNumber, sizeof token.serialNumber);
    return KY_OK;
}

static ky_rc store_random(struct ky_keystore *ks, uint8_t *out, size_t n)
{
    struct ky_p11_store *s = ky_p11_store_of(ks);
    KY_TRY(ky_p11_ready(s));
    CK_RV rv = s->module.fn->C_GenerateRandom(s->session, out, n);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_GenerateRandom");
}

static ky_rc store_is_virgin(bool *virgin, struct ky_keystore *ks)
{
    static const CK_OBJECT_CLASS classes[] = {CKO_DATA, CKO_SECRET_KEY, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
    struct ky_p11_store *s = ky_p11_store_of(ks);
    KY_TRY(ky_p11_ready(s));
    CK_ULONG total = 0;
    for (size_t i = 0; i < KY_COUNT(classes); i++) {
        struct ky_p11_template t = {0};
        ky_p11_add_ulong(&t, CKA_CLASS, classes[i]);
        ky_p11_add_bool(&t, CKA_TOKEN, true);
        CK_OBJECT_HANDLE object;
        CK_ULONG n = 0;
        KY_TRY(ky_p11_find(&object, &n, s, &t, 1));
        total += n;
    }
    *virgin = total == 0;
    return KY_OK;
}

const struct ky_keystore_ops ky_p11_store_ops = {
    .name = "pkcs11",
    .close = store_close,
    .info = store_info,
    .is_virgin = store_is_virgin,
    .random = store_random,
    .make_key = ky_p11_make_key,
    .find_key = ky_p11_find_key,
    .add_data = ky_p11_add_data,
    .list_data = ky_p11_list_data,
    .remove_data = ky_p11_remove_data,
};

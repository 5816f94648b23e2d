/*
 * kyso-phone: a subscriber's phone as a program, for the demo and for journeys. It reads the SMS of its number
 * where the courier lays them, as their owner would on the screen, and knows nothing that she would not.
 *
 *     kyso-phone enrol   --server URL --cacert PEM --link LINK --outbox DIR --number +84… --state FILE [--name NAME]
 *     kyso-phone list    --server URL --cacert PEM --state FILE
 *     kyso-phone approve --server URL --cacert PEM --state FILE [--wait SECONDS] [--show]
 *     kyso-phone refuse  --server URL --cacert PEM --state FILE
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/secret.h"
#include "base/str.h"
#include "codec/jcs.h"
#include "crypto/seal.h"
#include "domain/activation.h"
#include "domain/authorisation.h"
#include "os/clock.h"
#include "os/file.h"
#include "prog/kyso/http.h"
#include "tests/support/phone.h"

#define ANSWER_MAX (8u << 20)
#define STATE_MAX 32768
#define SMS_MAX 4096
#define SMS_WAIT_MS 30000
#define CALL_TIMEOUT_S 30L
#define POLL_US 200000
#define SHORT_LIFE (4 * KY_MINUTE)

struct options {
    const char *server, *cacert, *link, *outbox, *number, *state, *name, *wait;
    bool show;
};

/* What the phone keeps: its keys, who its owner is, its record, the realm it was enrolled in. */
struct memory {
    struct phone phone;
    char owner[2 * KY_OWNER_SIZE + 1], device[2 * KY_ID_SIZE + 1], realm[2 * KY_HASH_SIZE + 1];
};

static void clear_memory(struct memory *m)
{
    phone_clear(&m->phone);
}
#define auto_memory KY_CLEANUP(clear_memory) struct memory

/* ---- talking to the service ---- */

static ky_rc exchange(json_t **out, const struct options *o, const char *path, const json_t *body)
{
    char url[1024];
    long status = 0;
    ky_auto_buf sent = ky_buf_init(ANSWER_MAX), answer = ky_buf_init(ANSWER_MAX);
    snprintf(url, sizeof url, "%s%s", o->server, path);
    if (body != NULL) {
        char *text = json_dumps(body, JSON_COMPACT);
        ky_buf_add_str(&sent, text);
        free(text);
        KY_TRY(ky_buf_finish(&sent));
    }
    const struct kyso_http req = {.url = url,
                                  .https_only = true,
                                  .content_type = body == NULL ? NULL : "application/json",
                                  .body = ky_buf_bytes(&sent),
                                  .ca_file = o->cacert,
                                  .timeout_s = CALL_TIMEOUT_S};
    KY_TRY(kyso_http(&answer, &status, &req));
    if (status < 200 || status >= 300)
        return ky_fail(KY_EDENIED, "%s: HTTP %ld: %.300s", path, status, ky_buf_str(&answer));
    if (out == NULL)
        return KY_OK;
    return ky_json_parse(out, ky_buf_bytes(&answer), ANSWER_MAX);
}

static ky_rc get_founding(struct ky_founding **out, const struct options *o)
{
    ky_auto_json json = NULL;
    ky_auto_buf text = ky_buf_init(KY_FOUNDING_MAX);
    KY_TRY(exchange(&json, o, "/approve/v1/founding", NULL));
    KY_TRY(ky_jcs_encode(&text, json, KY_JCS_DEPTH_MAX));
    return ky_founding_parse(out, ky_buf_bytes(&text));
}

/* ---- memory ---- */

static ky_rc store_memory(const struct memory *m, const char *path)
{
    ky_auto_buf phone = ky_buf_init_secret(STATE_MAX), text = ky_buf_init_secret(STATE_MAX);
    KY_TRY(phone_store(&phone, &m->phone));
    struct ky_json_out o = KY_JSON_OUT(&text);
    ky_json_open_object(&o, NULL);
    ky_json_put_raw(&o, "phone", ky_buf_bytes(&phone));
    ky_json_put_cstr(&o, "owner", m->owner);
    ky_json_put_cstr(&o, "device", m->device);
    ky_json_put_cstr(&o, "realm", m->realm);
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&text));
    return ky_file_write(path, ky_buf_bytes(&text), 0600);
}

static ky_rc copy_text(char *out, size_t room, const json_t *json, const char *name)
{
    struct ky_bytes text;
    KY_TRY(ky_json_get_str(&text, json, name, room - 1));
    memcpy(out, text.p, text.n);
    out[text.n] = 0;
    return KY_OK;
}

static ky_rc load_memory(struct memory *m, const char *path)
{
    ky_auto_buf text = ky_buf_init_secret(STATE_MAX), phone = ky_buf_init_secret(STATE_MAX);
    ky_auto_json json = NULL;
    KY_TRY(ky_file_read(&text, path));
    KY_TRY(ky_json_parse(&json, ky_buf_bytes(&text), STATE_MAX));
    KY_TRY(copy_text(m->owner, sizeof m->owner, json, "owner"));
    KY_TRY(copy_text(m->device, sizeof m->device, json, "device"));
    KY_TRY(copy_text(m->realm, sizeof m->realm, json, "realm"));
    KY_TRY(ky_jcs_encode(&phone, json_object_get(json, "phone"), 2));
    return phone_load(&m->phone, ky_buf_bytes(&phone));
}

/* ---- enrol ---- */

struct enrolment {
    char activation[2 * KY_ID_SIZE + 1];
    uint8_t secret[KY_MAIL_SECRET_SIZE];
    char code[KY_CODE_DIGITS + 1];
    uint8_t nonce[KY_NONCE_SIZE];
    struct ky_founding *founding;
    struct ky_buf attestation_object, client_data, statement, auths, proof;
};

static void clear_enrolment(struct enrolment *e)
{
    ky_founding_free(e->founding);
    ky_buf_clear(&e->attestation_object);
    ky_buf_clear(&e->client_data);
    ky_buf_clear(&e->statement);
    ky_buf_clear(&e->auths);
    ky_buf_clear(&e->proof);
    ky_wipe(e, sizeof *e);
}

/* ORIGIN/a#ID.SECRET, at the origin of the founding record and nowhere else. */
static ky_rc read_link(struct enrolment *e, const char *link)
{
    size_t origin_n = strlen(e->founding->origin);
    const char *at = link + origin_n;
    if (strncmp(link, e->founding->origin, origin_n) != 0 || strncmp(at, "/a#", 3) != 0)
        return ky_fail(KY_EDENIED, "the link does not lead to %s", e->founding->origin);
    const char *dot = strchr(at += 3, '.');
    if (dot == NULL || dot - at != 2 * KY_ID_SIZE)
        return ky_fail(KY_EFORMAT, "the link is not whole");
    memcpy(e->activation, at, 2 * KY_ID_SIZE);
    return ky_base64url_decode_exact(e->secret, sizeof e->secret, ky_bytes_str(dot + 1));
}

static ky_rc new_nonce(struct enrolment *e, const struct options *o)
{
    ky_auto_json answer = NULL;
    ky_auto_json wish = json_object();
    KY_TRY(exchange(&answer, o, "/approve/v1/nonce", wish));
    return ky_base64url_decode_exact(e->nonce, sizeof e->nonce,
                                     ky_json_str(json_object_get(answer, "nonce")));
}

static ky_rc learn_owner(const struct enrolment *e, struct memory *m, const struct options *o)
{
    ky_auto_json answer = NULL;
    ky_auto_json wish = json_pack("{s:s}", "activation", e->activation);
    KY_TRY(exchange(&answer, o, "/approve/v1/activation", wish));
    return copy_text(m->owner, sizeof m->owner, answer, "owner");
}

static ky_rc ask_for_code(const struct enrolment *e, const struct options *o)
{
    uint8_t proof[KY_HMAC_SIZE];
    ky_auto_json wish = json_pack("{s:s}", "activation", e->activation);
    KY_TRY(ky_code_proof(proof, e->secret, KY_BYTES_OF(e->nonce)));
    KY_TRY(ky_body_set_base64url(wish, "nonce", KY_BYTES_OF(e->nonce)));
    KY_TRY(ky_body_set_base64url(wish, "proof", KY_BYTES_OF(proof)));
    return exchange(NULL, o, "/approve/v1/code", wish);
}

/* The eight digits of an SMS to this number that came after `since`; false when this file is not it. */
static bool read_sms(char code[KY_CODE_DIGITS + 1], const struct options *o, const char *file, time_t since)
{
    char path[1024];
    struct stat st;
    struct ky_bytes to, text;
    ky_auto_buf content = ky_buf_init(SMS_MAX);
    ky_auto_json json = NULL;
    snprintf(path, sizeof path, "%s/%s", o->outbox, file);
    if (strstr(file, ".sms.json") == NULL || stat(path, &st) != 0 || st.st_mtime < since)
        return false;
    if (ky_file_read(&content, path) != KY_OK ||
        ky_json_parse(&json, ky_buf_bytes(&content), SMS_MAX) != KY_OK)
        return false;
    if (ky_json_get_str(&to, json, "to", 32) != KY_OK || ky_json_get_str(&text, json, "text", 500) != KY_OK)
        return false;
    if (!ky_bytes_eq_str(to, o->number))
        return false;
    for (const char *at = (const char *)text.p; *at != 0; at += strcspn(at, "0123456789")) {
        size_t n = strspn(at, "0123456789");
        if (n == KY_CODE_DIGITS) {
            memcpy(code, at, n);
            code[n] = 0;
            return true;
        }
        at += n;
    }
    return false;
}

static ky_rc wait_for_code(struct enrolment *e, const struct options *o, time_t since)
{
    for (int64_t end = ky_deadline_in(SMS_WAIT_MS); ky_mono_ms() < end; usleep(POLL_US)) {
        DIR *d = opendir(o->outbox);
        bool found = false;
        for (const struct dirent *f; d != NULL && !found && (f = readdir(d)) != NULL;)
            found = read_sms(e->code, o, f->d_name, since);
        if (d != NULL)
            closedir(d);
        if (found)
            return KY_OK;
    }
    return ky_fail(KY_EBUSY, "no SMS with a code came in %d s", SMS_WAIT_MS / 1000);
}

static ky_rc create_keys(struct enrolment *e, struct memory *m)
{
    uint8_t challenge[KY_HASH_SIZE];
    KY_TRY(phone_init(&m->phone, e->founding->origin, e->founding->rp_id));
    KY_TRY(ky_creation_challenge(challenge, KY_BYTES_OF(e->nonce)));
    e->attestation_object = ky_buf_init(KY_WEBAUTHN_ATTESTATION_MAX);
    e->client_data = ky_buf_init(KY_WEBAUTHN_CLIENT_DATA_MAX);
    return phone_create(&m->phone, &e->attestation_object, &e->client_data, KY_BYTES_OF(challenge));
}

static ky_rc write_statement(struct enrolment *e, struct memory *m, const struct options *o)
{
    uint8_t creation[KY_HASH_SIZE];
    ky_time now = ky_now();
    ky_auto_buf nonce = ky_buf_init(2 * KY_NONCE_SIZE);
    ky_buf_add_base64url(&nonce, KY_BYTES_OF(e->nonce));
    ky_auto_json st = json_pack(
        "{s:i, s:s, s:s, s:[{s:s, s:s}], s:I, s:I, s:s, s:s, s:s, s:b}", "v", 1, "realm", m->realm, "type",
        "enrol-device", "aud", "n", ky_buf_str(&nonce), "p", "sam", "iat", (json_int_t)now, "exp",
        (json_int_t)(now + SHORT_LIFE), "owner", m->owner, "activation", e->activation, "name",
        o->name != NULL ? o->name : "Điện thoại Android", "be", (m->phone.flags & KY_WEBAUTHN_BE) != 0);
    if (st == NULL)
        return ky_fail(KY_EFORMAT, "enrol-device");
    KY_TRY(ky_creation_hash(creation, ky_buf_bytes(&e->attestation_object), ky_buf_bytes(&e->client_data)));
    KY_TRY(ky_body_set_hex(st, "creation", KY_BYTES_OF(creation)));
    KY_TRY(ky_body_set_base64url(st, "passkey", KY_BYTES_OF(m->phone.credential_id)));
    KY_TRY(ky_body_set_base64url(st, "key", KY_BYTES(phone_key(&m->phone), KY_P256_POINT)));
    KY_TRY(ky_body_set_base64url(st, "device_key", KY_BYTES(phone_device_key(&m->phone), KY_P256_POINT)));
    e->statement = ky_buf_init(KY_STATEMENT_MAX);
    return ky_jcs_encode(&e->statement, st, KY_JCS_DEPTH_MAX);
}

/* Both new keys sign; the two secrets go to sam alone, bound to this very statement. */
static ky_rc sign_and_seal(struct enrolment *e, struct memory *m)
{
    static const uint8_t nobody[KY_ID_SIZE];
    ky_auto_buf plain = ky_buf_init_secret(KY_PROOF_SIZE);
    e->auths = ky_buf_init(ANSWER_MAX);
    KY_TRY(phone_authorise(&m->phone, &e->auths, ky_buf_bytes(&e->statement), nobody));
    ky_buf_add(&plain, KY_BYTES_OF(e->secret));
    ky_buf_add_str(&plain, e->code);
    KY_TRY(ky_buf_finish(&plain));
    e->proof = ky_buf_init(KY_PROOF_SIZE + KY_SEAL_P256_EXTRA);
    return ky_seal_p256(&e->proof, e->founding->sam_open, ky_buf_bytes(&e->statement), ky_buf_bytes(&plain));
}

static ky_rc post_enrolment(const struct enrolment *e, struct memory *m, const struct options *o)
{
    ky_auto_json answer = NULL;
    ky_auto_json body = json_pack("{s:s}", "activation", e->activation);
    KY_TRY(ky_body_set_text(body, "statement", ky_buf_bytes(&e->statement)));
    KY_TRY(ky_body_set_base64url(body, "authorisations", ky_buf_bytes(&e->auths)));
    KY_TRY(ky_body_set_base64url(body, "attestationObject", ky_buf_bytes(&e->attestation_object)));
    KY_TRY(ky_body_set_base64url(body, "clientDataJSON", ky_buf_bytes(&e->client_data)));
    KY_TRY(ky_body_set_base64url(body, "proof", ky_buf_bytes(&e->proof)));
    KY_TRY(exchange(&answer, o, "/approve/v1/enrol", body));
    return copy_text(m->device, sizeof m->device, answer, "device");
}

static ky_rc print_words(const struct memory *m)
{
    ky_auto_buf words = ky_buf_init(512);
    KY_TRY(ky_device_words(&words, phone_key(&m->phone), phone_device_key(&m->phone)));
    printf("{\"device\":\"%s\",\"owner\":\"%s\",\"words\":\"%s\"}\n", m->device, m->owner,
           ky_buf_str(&words));
    return KY_OK;
}

static ky_rc enrol(const struct options *o)
{
    auto_memory m = {.owner = ""};
    KY_CLEANUP(clear_enrolment) struct enrolment e = {.founding = NULL};
    time_t since = ky_now();
    if (o->link == NULL || o->outbox == NULL || o->number == NULL)
        return ky_fail(KY_EINVAL, "enrol: --link, --outbox and --number are needed");
    KY_TRY(get_founding(&e.founding, o));
    ky_hex_encode(m.realm, KY_BYTES_OF(e.founding->realm));
    KY_TRY(read_link(&e, o->link));
    KY_TRY(learn_owner(&e, &m, o));
    KY_TRY(new_nonce(&e, o));
    KY_TRY(ask_for_code(&e, o));
    KY_TRY(wait_for_code(&e, o, since));
    KY_TRY(new_nonce(&e, o));
    KY_TRY(create_keys(&e, &m));
    KY_TRY(write_statement(&e, &m, o));
    KY_TRY(sign_and_seal(&e, &m));
    KY_TRY(post_enrolment(&e, &m, o));
    KY_TRY(store_memory(&m, o->state));
    return print_words(&m);
}

/* ---- what waits ---- */

static ky_rc get_pending(json_t **out, const struct memory *m, const struct options *o)
{
    char path[128];
    const json_t *list;
    snprintf(path, sizeof path, "/approve/v1/pending?device=%s", m->device);
    KY_TRY(exchange(out, o, path, NULL));
    return ky_json_get_array(&list, *out, "pending", 50);
}

/* It speaks of this realm and this device, and has not ended; what it says is for the owner to judge. */
static ky_rc check_statement(struct ky_statement *st, const struct memory *m, struct ky_bytes text)
{
    char realm[2 * KY_HASH_SIZE + 1], device[2 * KY_ID_SIZE + 1], owner[2 * KY_OWNER_SIZE + 1];
    KY_TRY(ky_statement_parse(st, text));
    ky_hex_encode(realm, KY_BYTES_OF(st->realm));
    ky_hex_encode(device, KY_BYTES_OF(st->actor_device));
    ky_hex_encode(owner, KY_BYTES_OF(st->actor_owner));
    if (st->type != KY_ST_SIGN || !ky_str_eq(realm, m->realm))
        return ky_fail(KY_EDENIED, "not a request to sign, or of another realm");
    if (!st->has_actor || !ky_str_eq(device, m->device) || !ky_str_eq(owner, m->owner))
        return ky_fail(KY_EDENIED, "not for this device and its owner");
    return ky_now() <= st->exp ? KY_OK : ky_fail(KY_EEXPIRED, "the request has ended");
}

/* Every member, as it stands in what is signed. */
static void show(const struct ky_statement *st)
{
    char *text = json_dumps(st->json, JSON_INDENT(2) | JSON_SORT_KEYS);
    puts(text);
    free(text);
}

static ky_rc authorise_one(struct memory *m, const json_t *item, const struct options *o)
{
    struct ky_bytes text, handle;
    uint8_t device[KY_ID_SIZE];
    ky_auto_statement st = {0};
    ky_auto_buf auths = ky_buf_init(ANSWER_MAX);
    KY_TRY(ky_json_get_str(&text, item, "statement", KY_STATEMENT_MAX));
    KY_TRY(ky_json_get_str(&handle, item, "handle", 64));
    KY_TRY(check_statement(&st, m, text));
    if (o->show)
        show(&st);
    KY_TRY(ky_hex_decode(device, sizeof device, ky_bytes_str(m->device)));
    KY_TRY(phone_authorise(&m->phone, &auths, ky_statement_text(&st), device));
    ky_auto_json body = json_pack("{s:s%}", "handle", handle.p, handle.n);
    KY_TRY(ky_body_set_base64url(body, "authorisations", ky_buf_bytes(&auths)));
    KY_TRY(exchange(NULL, o, "/approve/v1/authorise", body));
    return store_memory(m, o->state); /* the counter has moved on */
}

static ky_rc refuse_one(struct memory *m, const json_t *item, const struct options *o)
{
    struct ky_bytes handle;
    KY_TRY(ky_json_get_str(&handle, item, "handle", 64));
    ky_auto_json body = json_pack("{s:s%, s:s}", "handle", handle.p, handle.n, "device", m->device);
    return exchange(NULL, o, "/approve/v1/refuse", body);
}

static ky_rc print_one(struct memory *m, const json_t *item, const struct options *o)
{
    struct ky_bytes text;
    ky_auto_statement st = {0};
    (void)o;
    KY_TRY(ky_json_get_str(&text, item, "statement", KY_STATEMENT_MAX));
    KY_TRY(check_statement(&st, m, text));
    show(&st);
    return KY_OK;
}

typedef ky_rc for_each(struct memory *m, const json_t *item, const struct options *o);

/* Waits until there is at least one, then handles all that are there. */
static ky_rc handle_pending(const struct options *o, for_each *fn)
{
    auto_memory m = {.owner = ""};
    uint64_t seconds = 0;
    size_t n = 0;
    KY_TRY(load_memory(&m, o->state));
    if (o->wait != NULL)
        KY_TRY(ky_parse_u64(&seconds, ky_bytes_str(o->wait), 600));
    for (int64_t end = ky_deadline_in((int)seconds * 1000);; usleep(POLL_US)) {
        ky_auto_json answer = NULL;
        size_t i;
        json_t *item;
        KY_TRY(get_pending(&answer, &m, o));
        json_array_foreach(json_object_get(answer, "pending"), i, item)
        {
            KY_TRY(fn(&m, item, o));
            n++;
        }
        if (n > 0 || ky_mono_ms() >= end)
            break;
    }
    printf("{\"handled\":%zu}\n", n);
    return n > 0 || o->wait == NULL ? KY_OK : ky_fail(KY_ENOTFOUND, "nothing came to be approved");
}

static ky_rc list(const struct options *o)
{
    return handle_pending(o, print_one);
}

static ky_rc approve(const struct options *o)
{
    return handle_pending(o, authorise_one);
}

static ky_rc refuse(const struct options *o)
{
    return handle_pending(o, refuse_one);
}

/* ---- command line ---- */

static ky_rc read_options(struct options *o, int argc, char **argv)
{
    static const struct {
        const char *name;
        size_t at;
    } known[] = {
        {"--server", offsetof(struct options, server)}, {"--cacert", offsetof(struct options, cacert)},
        {"--link", offsetof(struct options, link)},     {"--outbox", offsetof(struct options, outbox)},
        {"--number", offsetof(struct options, number)}, {"--state", offsetof(struct options, state)},
        {"--name", offsetof(struct options, name)},     {"--wait", offsetof(struct options, wait)},
    };
    for (int i = 2; i < argc; i++) {
        size_t k = 0;
        if (ky_str_eq(argv[i], "--show")) {
            o->show = true;
            continue;
        }
        while (k < KY_COUNT(known) && !ky_str_eq(known[k].name, argv[i]))
            k++;
        if (k == KY_COUNT(known) || i + 1 == argc)
            return ky_fail(KY_EINVAL, "unknown option, or without value: %s", argv[i]);
        *(const char **)(void *)((char *)o + known[k].at) = argv[++i];
    }
    return o->server != NULL && o->state != NULL ? KY_OK
                                                 : ky_fail(KY_EINVAL, "--server and --state are needed");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        ky_rc (*run)(const struct options *o);
    } commands[] = {{"enrol", enrol}, {"list", list}, {"approve", approve}, {"refuse", refuse}};
    struct options o = {.show = false};
    ky_rc rc = ky_fail(KY_EINVAL, "usage: kyso-phone enrol|list|approve|refuse …");
    for (size_t i = 0; argc > 1 && i < KY_COUNT(commands); i++) {
        if (!ky_str_eq(commands[i].name, argv[1]))
            continue;
        rc = read_options(&o, argc, argv);
        if (rc == KY_OK)
            rc = commands[i].run(&o);
    }
    if (rc != KY_OK)
        fprintf(stderr, "kyso-phone: %s\n", ky_error());
    return rc == KY_OK ? 0 : 1;
}

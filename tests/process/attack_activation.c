/* What may be wrong with an enrolment; see attack_activation.h. */
#include "tests/process/attack_activation.h"

#include <stdio.h>

#include "crypto/keystore.h"
#include "os/clock.h"
#include "os/file.h"
#include "tests/support/softhsm.h"

void activation_begin(struct activated *a, struct harness *h)
{
    struct ky_letter sms;
    size_t next = 0;
    while (next < h->people_count && h->people[next].phone.passkey != NULL)
        next++;
    assert_true(next < h->people_count);
    a->who = &h->people[next];
    const struct ky_founding *f = h->realm.founding;
    assert_ok(phone_init(&a->who->phone, f->origin, f->rp_id));
    assert_ok(activating_mail_secret(a->secret, h, a->who));
    assert_ok(activating_ask_code(&sms, h, a->who, a->secret));
    snprintf(a->code, sizeof a->code, "%s", sms.secret);
}

ky_rc activation_try(struct harness *h, const struct activated *a, struct phone *phone, const char *worker,
                     const struct enrol_attack *x)
{
    KY_CLEANUP(enrolling_clear) struct enrolling e = {0};
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(enrolling_begin(&e, h, a->who, phone, a->secret, a->code));
    if (x != NULL && x->stage == SAY)
        x->spoil(&e);
    assert_ok(enrolling_finish(&e));
    if (x != NULL && x->stage == PASS)
        x->spoil(&e);
    return enrolling_send(&e, worker, &answer);
}

void activation_finish(const struct activated *a, struct harness *h)
{
    assert_ok(activation_try(h, a, &a->who->phone, "sam-worker.0", NULL));
}

void activation_write_as_sam(struct ky_buf *out, const struct harness *h, const struct subscriber *who,
                             ky_time not_before, ky_time not_after)
{
    char conf[160], pin_path[160];
    ky_auto_secret pin = {0};
    ky_auto_buf text = ky_buf_init_secret(256);
    ky_auto_keystore ks = NULL;
    ky_auto_token_key key = NULL;
    ky_auto_json body = NULL;
    struct ky_reader in = KY_READER(ky_buf_bytes(&who->activation));
    snprintf(conf, sizeof conf, "%s/sam/softhsm2.conf", h->realm.state);
    snprintf(pin_path, sizeof pin_path, "%s/sam/pin", h->realm.state);
    assert_int_equal(setenv("SOFTHSM2_CONF", conf, 1), 0);
    assert_ok(ky_file_read_secret(&text, pin_path));
    assert_ok(ky_secret_init(&pin, text.n));
    memcpy(pin.p, text.p, text.n);
    const struct ky_keystore_config cfg = {.module = softhsm_module(), .token = "kyso-sam", .pin = &pin};
    assert_ok(ky_keystore_open(&ks, &cfg));
    assert_ok(ky_keystore_find_key(&key, ks, "K_reg", KY_USE_MAC));
    const struct ky_mac k_reg = ky_token_mac(key);
    assert_ok(ky_json_parse(&body, ky_read_lv(&in, KY_RECORD_MAX), KY_RECORD_MAX));
    assert_ok(ky_body_set_int(body, "not_before", not_before));
    assert_ok(ky_body_set_int(body, "not_after", not_after));
    assert_ok(ky_record_seal(out, NULL, body, KY_PROCESS_SAM, &k_reg, h->realm.founding->realm));
}

/* ---- secrets ---- */

static void no_mail_secret(struct enrolling *e)
{
    memset(e->secret, 0, sizeof e->secret);
}

static void no_code(struct enrolling *e)
{
    e->code[7] = e->code[7] == '0' ? '1' : '0';
}

static void neither_secret(struct enrolling *e)
{
    no_mail_secret(e);
    no_code(e);
}

/* The whole proof of her honest message, captured on its way, beside other keys. */
static void captured_proof(struct enrolling *e)
{
    KY_CLEANUP(phone_clear) struct phone hers = {0};
    KY_CLEANUP(enrolling_clear) struct enrolling honest = {0};
    const struct ky_founding *f = e->h->realm.founding;
    assert_ok(phone_init(&hers, f->origin, f->rp_id));
    assert_ok(enrolling_begin(&honest, e->h, e->who, &hers, e->secret, e->code));
    assert_ok(enrolling_finish(&honest));
    ky_buf_reset(&e->field[ENROLLING_PROOF]);
    ky_buf_add(&e->field[ENROLLING_PROOF], ky_buf_bytes(&honest.field[ENROLLING_PROOF]));
}

static void no_proof(struct enrolling *e)
{
    ky_buf_reset(&e->field[ENROLLING_PROOF]);
}

/* ---- keys ---- */

static void set_point(struct enrolling *e, const char *name, const uint8_t *point)
{
    assert_ok(ky_body_set_base64url(e->st, name, KY_BYTES(point, KY_P256_POINT)));
}

static void other_passkey_id(struct enrolling *e)
{
    assert_ok(ky_body_set_base64url(e->st, "passkey", KY_BYTES(e->nonce, PHONE_CREDENTIAL_ID)));
}

static void other_key(struct enrolling *e)
{
    set_point(e, "key", e->h->realm.founding->sam_att);
}

static void other_device_key(struct enrolling *e)
{
    set_point(e, "device_key", e->h->realm.founding->sam_att);
}

static void key_off_the_curve(struct enrolling *e)
{
    uint8_t point[KY_P256_POINT];
    memcpy(point, phone_key(e->phone), sizeof point);
    point[KY_P256_POINT - 1] ^= 1;
    set_point(e, "key", point);
}

static void be_turned(struct enrolling *e)
{
    assert_ok(ky_body_set_bool(e->st, "be", true));
}

static void other_creation(struct enrolling *e)
{
    static const uint8_t zero[KY_HASH_SIZE];
    assert_ok(ky_body_set_hex(e->st, "creation", KY_BYTES_OF(zero)));
}

static void creation_exchanged(struct enrolling *e)
{
    e->field[ENROLLING_CREATION].p[e->field[ENROLLING_CREATION].n - 1] ^= 1;
}

/* Made honestly, but for another nonce. */
static void creation_of_another_time(struct enrolling *e)
{
    uint8_t challenge[KY_HASH_SIZE], creation[KY_HASH_SIZE], nonce[KY_NONCE_SIZE];
    struct ky_buf *object = &e->field[ENROLLING_CREATION], *client = &e->field[ENROLLING_CLIENT_DATA];
    assert_ok(realm_nonce(nonce, &e->h->realm, KY_PROCESS_SAM, KY_NONCE_SHORT));
    assert_ok(ky_creation_challenge(challenge, KY_BYTES_OF(nonce)));
    ky_buf_reset(object);
    ky_buf_reset(client);
    assert_ok(phone_create(e->phone, object, client, KY_BYTES_OF(challenge)));
    assert_ok(ky_creation_hash(creation, ky_buf_bytes(object), ky_buf_bytes(client)));
    assert_ok(ky_body_set_hex(e->st, "creation", KY_BYTES_OF(creation)));
}

/* ---- signatures of the new keys ---- */

/* The list of authorisations anew, with one of the two keys exchanged for a stranger's. */
static void sign_with(struct enrolling *e, bool own_passkey, bool own_device,
                      const uint8_t record[KY_ID_SIZE])
{
    KY_CLEANUP(phone_clear) struct phone stranger = {0};
    const struct ky_founding *f = e->h->realm.founding;
    assert_ok(phone_init(&stranger, f->origin, f->rp_id));
    struct phone mixed = *e->phone;
    mixed.passkey = own_passkey ? mixed.passkey : stranger.passkey;
    mixed.device = own_device ? mixed.device : stranger.device;
    ky_buf_reset(&e->field[ENROLLING_AUTHS]);
    assert_ok(phone_authorise(&mixed, &e->field[ENROLLING_AUTHS],
                              ky_buf_bytes(&e->field[ENROLLING_STATEMENT]), record));
}

static const uint8_t nobody[KY_ID_SIZE];

static void by_the_device_key_only(struct enrolling *e)
{
    sign_with(e, false, true, nobody);
}

static void by_the_passkey_only(struct enrolling *e)
{
    sign_with(e, true, false, nobody);
}

static void in_the_name_of_a_device(struct enrolling *e)
{
    sign_with(e, true, true, e->who->activation_id);
}

static void by_nobody(struct enrolling *e)
{
    ky_buf_reset(&e->field[ENROLLING_AUTHS]);
    ky_buf_add_u8(&e->field[ENROLLING_AUTHS], 0);
}

static void proof_before_signing(struct enrolling *e)
{
    snprintf(e->phone->origin, sizeof e->phone->origin, "https://approve.kyso.test.evil.example");
    sign_with(e, true, true, nobody);
    snprintf(e->phone->origin, sizeof e->phone->origin, "%s", e->h->realm.founding->origin);
}

/* ---- persons and records ---- */

static const struct subscriber *someone_else(const struct enrolling *e)
{
    return &e->h->people[e->who == &e->h->people[0]];
}

static void other_owner(struct enrolling *e)
{
    assert_ok(ky_body_set_hex(e->st, "owner", KY_BYTES_OF(someone_else(e)->owner)));
}

static void other_activation(struct enrolling *e)
{
    assert_ok(ky_body_set_hex(e->st, "activation", KY_BYTES_OF(someone_else(e)->activation_id)));
}

static void set_record(struct enrolling *e, const struct ky_buf *record)
{
    ky_buf_reset(&e->field[ENROLLING_ACTIVATION]);
    ky_buf_add(&e->field[ENROLLING_ACTIVATION], ky_buf_bytes(record));
}

static void record_of_another(struct enrolling *e)
{
    set_record(e, &someone_else(e)->activation);
}

static void record_of_a_key(struct enrolling *e)
{
    set_record(e, &e->who->key);
}

static void replace_digit(struct enrolling *e, const char *member)
{
    struct ky_buf *record = &e->field[ENROLLING_ACTIVATION];
    uint8_t *at = memmem(record->p, record->n, member, strlen(member));
    assert_non_null(at);
    at += strlen(member) + 5;
    *at = *at == '9' ? '8' : '9';
}

static void phone_number_exchanged(struct enrolling *e)
{
    replace_digit(e, "\"phone\":\"");
}

static void owner_exchanged(struct enrolling *e)
{
    replace_digit(e, "\"owner\":\"");
}

/* ---- statement ---- */

static void set_nonce(struct enrolling *e, ky_process process, ky_nonce_kind kind)
{
    uint8_t nonce[KY_NONCE_SIZE];
    assert_ok(realm_nonce(nonce, &e->h->realm, process, kind));
    memcpy(e->nonce, nonce, sizeof nonce);
    json_t *item = json_array_get(json_object_get(e->st, "aud"), 0);
    assert_ok(ky_body_set_base64url(item, "n", KY_BYTES_OF(nonce)));
}

static void long_nonce(struct enrolling *e)
{
    set_nonce(e, KY_PROCESS_SAM, KY_NONCE_LONG);
}

static void nonce_of_ca(struct enrolling *e)
{
    uint8_t challenge[KY_HASH_SIZE], creation[KY_HASH_SIZE];
    struct ky_buf *object = &e->field[ENROLLING_CREATION], *client = &e->field[ENROLLING_CLIENT_DATA];
    set_nonce(e, KY_PROCESS_CA, KY_NONCE_SHORT);
    assert_ok(ky_creation_challenge(challenge, KY_BYTES_OF(e->nonce)));
    ky_buf_reset(object);
    ky_buf_reset(client);
    assert_ok(phone_create(e->phone, object, client, KY_BYTES_OF(challenge)));
    assert_ok(ky_creation_hash(creation, ky_buf_bytes(object), ky_buf_bytes(client)));
    assert_ok(ky_body_set_hex(e->st, "creation", KY_BYTES_OF(creation)));
}

static void expired(struct enrolling *e)
{
    assert_ok(ky_body_set_int(e->st, "exp", ky_now() - 1));
}

static void other_realm(struct enrolling *e)
{
    static const uint8_t zero[KY_HASH_SIZE];
    assert_ok(ky_body_set_hex(e->st, "realm", KY_BYTES_OF(zero)));
}

static const struct enrol_attack attacks[] = {
    {"without either secret", SAY, neither_secret, KY_EAUTH, "the mail secret is wrong"},
    {"without the mail secret", SAY, no_mail_secret, KY_EAUTH, "the mail secret is wrong"},
    {"mail secret only", SAY, no_code, KY_EAUTH, "the code is wrong (attempt 1 of 5)"},
    {"a captured proof", PASS, captured_proof, KY_EAUTH, "activation proof"},
    {"no proof", PASS, no_proof, KY_EFORMAT, "activation proof"},
    {"another passkey id", SAY, other_passkey_id, KY_EDENIED, "another passkey"},
    {"another passkey", SAY, other_key, KY_EDENIED, "another passkey"},
    {"another device key", SAY, other_device_key, KY_EAUTH, "device signature"},
    {"a key off the curve", SAY, key_off_the_curve, KY_EFORMAT, "public key"},
    {"another be flag", SAY, be_turned, KY_EDENIED, "another passkey"},
    {"another creation hash", SAY, other_creation, KY_EDENIED, "other creation data"},
    {"creation data changed", PASS, creation_exchanged, KY_EDENIED, "other creation data"},
    {"a creation of another time", SAY, creation_of_another_time, KY_EAUTH, "challenge"},
    {"by the device key only", PASS, by_the_device_key_only, KY_EAUTH, "signature is wrong"},
    {"by the passkey only", PASS, by_the_passkey_only, KY_EAUTH, "device signature"},
    {"in the name of a device", PASS, in_the_name_of_a_device, KY_EAUTH, "by the new keys"},
    {"by nobody", PASS, by_nobody, KY_EAUTH, "exactly one authorisation"},
    {"shown on another origin", PASS, proof_before_signing, KY_EAUTH, "webauthn: origin"},
    {"another owner", SAY, other_owner, KY_EDENIED, "not for this activation and its owner"},
    {"another activation", SAY, other_activation, KY_EDENIED, "not for this activation and its owner"},
    {"activation record of another", PASS, record_of_another, KY_EDENIED, "not for this activation"},
    {"key record for activation", PASS, record_of_a_key, KY_EDENIED, "record of type key"},
    {"phone number exchanged", PASS, phone_number_exchanged, KY_EAUTH, "MAC"},
    {"owner exchanged", PASS, owner_exchanged, KY_EAUTH, "MAC"},
    {"a long nonce", SAY, long_nonce, KY_EFORMAT, "nonce of the wrong kind"},
    {"a nonce of ca", SAY, nonce_of_ca, KY_EEXPIRED, "nonce of an earlier start"},
    {"an expired statement", SAY, expired, KY_EEXPIRED, "expired "},
    {"another realm", SAY, other_realm, KY_EDENIED, "another realm"},
};

/*
 * Each person's spoilt message is followed by her honest one, which is the unspoilt message that the next attack
 * comes after: what is refused is the spoiling and nothing else.
 */
void enrolment_is_of_this_person_and_these_keys(void **state)
{
    struct harness *h = *state;
    struct activated first;
    activation_begin(&first, h);
    activation_finish(&first, h);
    for (size_t i = 0; i < KY_COUNT(attacks); i++) {
        struct activated a;
        activation_begin(&a, h);
        ky_rc rc = activation_try(h, &a, &a.who->phone, "sam-worker.1", &attacks[i]);
        harness_refused(h, attacks[i].name, KY_PROCESS_SAM, KY_OP_ENROL_DEVICE, rc, attacks[i].rc,
                        attacks[i].why);
        activation_finish(&a, h);
    }
}

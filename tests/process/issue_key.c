/* The key that sam made, and the certificate that ca made for it. See attack_issue.h. */
#include "tests/process/attack_issue.h"

#include "crypto/random.h"
#include "domain/attestation.h"
#include "domain/request.h"
#include "os/clock.h"
#include "pki/profile.h"

/* One item of CA_ISSUE. */
struct word {
    struct ky_attestation a;
    struct ky_buf json;
    uint8_t signature[KY_P256_RAW];
};

static void read_word(struct word *w, const struct issue_world *world, struct ky_bytes keys)
{
    struct ky_bytes items[2];
    size_t count;
    assert_ok(ky_list_read(items, &count, KY_COUNT(items), keys, "keys"));
    struct ky_reader in = KY_READER(items[0]);
    (void)ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX);
    (void)ky_read_lv(&in, 8192);
    w->json = ky_buf_init(KY_ATTESTATION_MAX);
    ky_buf_add(&w->json, ky_read_lv(&in, KY_ATTESTATION_MAX));
    struct ky_bytes signature = ky_read_bytes(&in, KY_P256_RAW);
    memcpy(w->signature, signature.p, sizeof w->signature);
    assert_ok(
        ky_attestation_open(&w->a, ky_buf_bytes(&w->json), signature, world->h.realm.founding->sam_att));
}

static void clear_word(struct word *w)
{
    ky_buf_clear(&w->json);
}

static ky_rc send_word(const struct filing *f, const struct word *w, uint32_t row)
{
    ky_auto_buf list = ky_buf_init(65536), item = ky_buf_init(65536), answer = ky_buf_init(HARNESS_TEXT_MAX);
    ky_buf_add_u32(&item, row);
    ky_buf_add_lv(&item, ky_buf_bytes(&w->json));
    ky_buf_add(&item, KY_BYTES_OF(w->signature));
    ky_list_begin(&list, 1);
    ky_buf_add_lv(&list, ky_buf_bytes(&item));
    return filing_ask_ca(&answer, f, KY_MSG_CA_ISSUE, ky_buf_bytes(&list));
}

/* What web would like to have certified: a key of its own, under somebody's genuine approval. */
static void put_own_key(struct word *w, const struct ky_softkey *own)
{
    struct ky_bytes spki = ky_pubkey_spki(ky_softkey_public(own));
    memcpy(w->a.spki, spki.p, spki.n);
    w->a.spki_n = spki.n;
}

static void make_again(struct word *w, const struct ky_softkey *by)
{
    const struct ky_signer signer = ky_softkey_signer((struct ky_softkey *)(uintptr_t)by);
    ky_buf_reset(&w->json);
    assert_ok(ky_attestation_make(&w->json, w->signature, &w->a, &signer));
}

static void attestation_forged(struct word *w, const struct ky_softkey *own)
{
    put_own_key(w, own);
    make_again(w, own);
}

/* The old signature beside other content. */
static void attestation_altered(struct word *w, const struct ky_softkey *own)
{
    uint8_t genuine[KY_P256_RAW];
    memcpy(genuine, w->signature, sizeof genuine);
    attestation_forged(w, own);
    memcpy(w->signature, genuine, sizeof genuine);
}

static void attestation_unsigned(struct word *w, const struct ky_softkey *own)
{
    attestation_forged(w, own);
    memset(w->signature, 0, sizeof w->signature);
}

/* A key of web's own, "attested" by a subscriber's key that sam keeps: only K_att counts. */
static void attestation_by_the_wrong_key(struct word *w, const struct ky_softkey *own)
{
    (void)own;
    w->a.owner[0] ^= 1;
    ky_auto_softkey other = NULL;
    assert_ok(ky_softkey_generate(&other, KY_KEY_P256));
    make_again(w, other);
}

static const struct {
    const char *name;
    void (*spoil)(struct word *w, const struct ky_softkey *own);
} forgeries[] = {
    {"web's own key, attested by web", attestation_forged},
    {"web's own key in sam's attestation", attestation_altered},
    {"web's own key, unattested", attestation_unsigned},
    {"another's owner", attestation_by_the_wrong_key},
};

static void refused(struct issue_world *w, const char *name, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&w->h, name, KY_PROCESS_CA, KY_OP_CERTIFY, rc, want, why);
}

static void forged_attestations(struct issue_world *w, const struct filing *f, struct ky_bytes keys)
{
    ky_auto_softkey own = NULL;
    assert_ok(ky_softkey_generate(&own, KY_KEY_P256));
    for (size_t i = 0; i < KY_COUNT(forgeries); i++) {
        KY_CLEANUP(clear_word) struct word word = {0};
        read_word(&word, w, keys);
        forgeries[i].spoil(&word, own);
        refused(w, forgeries[i].name, send_word(f, &word, 1), KY_EAUTH, "key attestation");
    }
}

/* A second approval by a second officer, for another row of the same request. */
static void approve_row_two(struct filing *second, struct issue_world *w, const struct filing *first)
{
    assert_ok(filing_begin(second, w, 2));
    json_decref(second->request);
    second->request = json_incref(first->request);
    json_object_set(second->issue, "dossier", json_object_get(first->issue, "dossier"));
    json_object_set(second->issue, "document", json_object_get(first->issue, "document"));
    json_object_set_new(second->issue, "rows", json_pack("[i]", 2));
    second->row = 2;
    assert_ok(filing_file(second));
    assert_ok(filing_approve(second));
}

void key_is_the_one_sam_made(void **state)
{
    struct issue_world *w = *state;
    KY_CLEANUP(filing_clear) struct filing f = {0}, other = {0}, second = {0};
    KY_CLEANUP(clear_word) struct word word = {0}, others = {0}, seconds = {0};
    ky_auto_buf keys = ky_buf_init(HARNESS_TEXT_MAX), others_keys = ky_buf_init(HARNESS_TEXT_MAX),
                seconds_keys = ky_buf_init(HARNESS_TEXT_MAX), cert = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(filing_begin(&f, w, 2));
    json_object_set_new(f.issue, "rows", json_pack("[i]", 1));
    assert_ok(filing_file(&f));
    assert_ok(filing_approve(&f));
    assert_ok(filing_make(&other, w, 2));
    approve_row_two(&second, w, &f);
    assert_ok(filing_keys(&keys, &f));
    assert_ok(filing_keys(&others_keys, &other));
    assert_ok(filing_keys(&seconds_keys, &second));
    read_word(&word, w, ky_buf_bytes(&keys));
    read_word(&others, w, ky_buf_bytes(&others_keys));
    read_word(&seconds, w, ky_buf_bytes(&seconds_keys));
    forged_attestations(w, &f, ky_buf_bytes(&keys));
    refused(w, "attestation of another request", send_word(&f, &others, 1), KY_EDENIED,
            "for another request or approval");
    refused(w, "attestation of another approval", send_word(&f, &seconds, 1), KY_EDENIED,
            "for another request or approval");
    refused(w, "attestation of another row", send_word(&f, &word, 2), KY_EDENIED, "attestation for row 1");
    assert_ok(filing_certify(&cert, &f, ky_buf_bytes(&keys)));
    assert_ok(filing_certify(&cert, &second, ky_buf_bytes(&seconds_keys)));
}

/* ---- binding ---- */

struct bound {
    struct filing f;
    struct subscriber s;
};

static void clear_bound(struct bound *b)
{
    filing_clear(&b->f);
    struct ky_buf *const all[] = {&b->s.key_v1, &b->s.cert, &b->s.activation, &b->s.blob};
    for (size_t i = 0; i < KY_COUNT(all); i++)
        ky_buf_clear(all[i]);
}

static void take_lv(struct ky_buf *out, struct ky_reader *in)
{
    *out = ky_buf_init(65536);
    ky_buf_add(out, ky_read_lv(in, 65536));
}

/* Key, certificate and activation of row 1 of a fresh dossier. */
static void make_bound(struct bound *b, struct issue_world *w)
{
    struct ky_bytes items[2];
    size_t count;
    ky_auto_buf keys = ky_buf_init(HARNESS_TEXT_MAX), cert = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(filing_make(&b->f, w, 1));
    assert_ok(filing_keys(&keys, &b->f));
    assert_ok(filing_certify(&cert, &b->f, ky_buf_bytes(&keys)));
    assert_ok(ky_list_read(items, &count, KY_COUNT(items), ky_buf_bytes(&keys), "keys"));
    struct ky_reader in = KY_READER(items[0]), made = KY_READER(ky_buf_bytes(&cert));
    take_lv(&b->s.key_v1, &in);
    take_lv(&b->s.blob, &in);
    (void)ky_read_lv(&in, KY_ATTESTATION_MAX);
    (void)ky_read_bytes(&in, KY_P256_RAW);
    take_lv(&b->s.activation, &in);
    take_lv(&b->s.cert, &made);
}

static ky_rc bind(const struct issue_world *w, const struct ky_buf *key, struct ky_bytes cert,
                  const struct ky_buf *activation)
{
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    return harness_bind(&answer, &w->h, ky_buf_bytes(key), cert, ky_buf_bytes(activation));
}

static void bind_refused(struct issue_world *w, const char *name, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&w->h, name, KY_PROCESS_SAM, KY_OP_BIND, rc, want, why);
}

/* Everything as ca would write it, by a CA of the attacker's own. */
static void certificate_by(struct ky_buf *der, const struct ky_cert *genuine, const struct person *ca,
                           struct ky_bytes issuer)
{
    const struct ky_cert_tbs t = {.serial = genuine->serial,
                                  .issuer = issuer,
                                  .subject = genuine->subject,
                                  .spki = genuine->spki,
                                  .not_before = genuine->not_before,
                                  .not_after = genuine->not_after,
                                  .scheme = KY_ECDSA,
                                  .hash = KY_SHA256,
                                  .aki = ca->cert->ski,
                                  .path_len = KY_PATH_LEN_NONE,
                                  .key_usage = KY_KU_NON_REPUDIATION};
    assert_ok(ky_cert_issue(der, &t, &ca->sigkey));
}

/* What CA_PREPARE shows: signed by a throw-away key. */
static void linted_certificate(struct ky_buf *der, const struct bound *b, struct ky_bytes keys)
{
    struct ky_bytes items[2];
    size_t count;
    ky_auto_buf list = ky_buf_init(65536), answer = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(dossier_attestations(&list, keys, 0, 0, 1));
    assert_ok(filing_ask_ca(&answer, &b->f, KY_MSG_CA_PREPARE, ky_buf_bytes(&list)));
    assert_ok(ky_list_read(items, &count, KY_COUNT(items), ky_buf_bytes(&answer), "prepared"));
    struct ky_reader in = KY_READER(items[0]);
    (void)ky_read_bytes(&in, KY_SERIAL_SIZE);
    ky_buf_add(der, ky_read_lv(&in, KY_CERT_DER_MAX));
}

void certificate_binds_to_its_key(void **state)
{
    struct issue_world *w = *state;
    KY_CLEANUP(clear_bound) struct bound a = {0}, b = {0};
    ky_auto_cert cert = NULL;
    ky_auto_buf own = ky_buf_init(KY_CERT_DER_MAX), disguised = ky_buf_init(KY_CERT_DER_MAX),
                linted = ky_buf_init(KY_CERT_DER_MAX), keys = ky_buf_init(HARNESS_TEXT_MAX);
    const struct ky_founding *f = w->h.realm.founding;
    make_bound(&a, w);
    make_bound(&b, w);
    assert_ok(bind(w, &a.s.key_v1, ky_buf_bytes(&a.s.cert), &a.s.activation));
    assert_ok(ky_cert_parse(&cert, ky_buf_bytes(&b.s.cert)));
    certificate_by(&own, cert, &w->foreign_ca.ca, w->foreign_ca.ca.cert->subject);
    certificate_by(&disguised, cert, &w->foreign_ca.ca, f->issuing->subject);
    assert_ok(filing_keys(&keys, &b.f));
    linted_certificate(&linted, &b, ky_buf_bytes(&keys));
    bind_refused(w, "certificate by another CA", bind(w, &b.s.key_v1, ky_buf_bytes(&own), &b.s.activation),
                 KY_EAUTH, "certificate");
    bind_refused(w, "certificate in the name of our CA",
                 bind(w, &b.s.key_v1, ky_buf_bytes(&disguised), &b.s.activation), KY_EAUTH, "certificate");
    bind_refused(w, "certificate by the throw-away key",
                 bind(w, &b.s.key_v1, ky_buf_bytes(&linted), &b.s.activation), KY_EAUTH, "certificate");
    bind_refused(w, "another key's certificate",
                 bind(w, &b.s.key_v1, ky_buf_bytes(&a.s.cert), &b.s.activation), KY_EDENIED,
                 "for another public key");
    bind_refused(w, "certificate of the responder", bind(w, &b.s.key_v1, f->ocsp->der, &b.s.activation),
                 KY_EDENIED, "for another public key");
    bind_refused(w, "certificate of the CA", bind(w, &b.s.key_v1, f->issuing->der, &b.s.activation), KY_EAUTH,
                 "certificate");
    bind_refused(w, "activation of another key",
                 bind(w, &b.s.key_v1, ky_buf_bytes(&b.s.cert), &a.s.activation), KY_EDENIED,
                 "the activation is for another key");
    bind_refused(w, "key record of another type",
                 bind(w, &b.s.activation, ky_buf_bytes(&b.s.cert), &b.s.activation), KY_EDENIED,
                 "a record of type activation");
    bind_refused(w, "bound already, without its letter",
                 bind(w, &a.s.key_v1, ky_buf_bytes(&a.s.cert), &(struct ky_buf){0}), KY_EDENIED,
                 "used by another statement");
    assert_ok(bind(w, &b.s.key_v1, ky_buf_bytes(&b.s.cert), &b.s.activation));
    assert_ok(bind(w, &b.s.key_v1, ky_buf_bytes(&b.s.cert), &b.s.activation)); /* the answer was lost */
}

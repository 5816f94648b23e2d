/* See kills.h. */
#include "tests/process/kills.h"

#include <stdio.h>
#include <unistd.h>

#include "base/base64.h"
#include "crypto/digest.h"
#include "domain/request.h"
#include "os/clock.h"
#include "tests/process/signing.h"

#define PATIENCE_MS 60000 /* a caller asks again for so long */
#define ROWS 2
#define HASHES 4

static unsigned dice(struct caller *c, unsigned sides)
{
    return (unsigned)rand_r(&c->seed) % sides;
}

static struct ky_buf large(void)
{
    return ky_buf_init(HARNESS_TEXT_MAX);
}

/* ---- asking again ---- */

/* Somebody was away: the same may be asked again. */
static bool ask_again(ky_rc rc, int64_t end)
{
    if ((rc != KY_EBUSY && rc != KY_EIO) || ky_mono_ms() > end)
        return false;
    usleep(20000);
    return true;
}

static ky_rc call(struct caller *c, struct ky_buf *answer, const char *process, uint16_t type,
                  const struct ky_bytes *fields, size_t count)
{
    char name[32];
    ky_rc rc;
    unsigned worker = dice(c, 2);
    int64_t end = ky_deadline_in(PATIENCE_MS);
    do {
        snprintf(name, sizeof name, "%s-worker.%u", process, worker++ % 2);
        ky_buf_reset(answer);
        rc = realm_call(&c->h->realm, name, type, fields, count, answer);
    } while (ask_again(rc, end));
    return ky_context(rc, "%04x", type);
}

/* Asked, answered, and now and then asked once more: the answer must not change. */
static ky_rc call_twice(struct caller *c, struct ky_buf *answer, const char *process, uint16_t type,
                        const struct ky_bytes *fields, size_t count)
{
    ky_auto_buf again = large();
    KY_TRY(call(c, answer, process, type, fields, count));
    if (dice(c, 2) == 0)
        return KY_OK;
    KY_TRY(call(c, &again, process, type, fields, count));
    return ky_bytes_eq(ky_buf_bytes(answer), ky_buf_bytes(&again))
               ? KY_OK
               : ky_fail(KY_EINTERNAL, "two answers to one message %04x", type);
}

/* ---- issuing ---- */

static ky_rc make_dossier(struct caller *c, struct dossier *d)
{
    int64_t end = ky_deadline_in(PATIENCE_MS);
    ky_rc rc;
    while ((rc = dossier_make(d, &c->h->realm, ROWS, "p256")) != KY_OK && ask_again(rc, end))
        dossier_clear(d);
    return ky_context(rc, "dossier");
}

static ky_rc acknowledge(struct caller *c, const char *process, uint16_t type, const struct dossier *d)
{
    uint8_t request[KY_HASH_SIZE], spend[KY_LOG_ID_SIZE];
    ky_auto_buf none = ky_buf_init(64);
    KY_TRY(ky_statement_hash(request, ky_buf_bytes(&d->request)));
    for (uint32_t row = 1; row <= ROWS; row++) {
        KY_TRY(ky_row_spend_id(spend, request, row));
        const struct ky_bytes field = KY_BYTES_OF(spend);
        KY_TRY(call(c, &none, process, type, &field, 1));
    }
    return KY_OK;
}

static ky_rc get_keys(struct caller *c, struct ky_buf *keys, const struct dossier *d)
{
    struct ky_bytes fields[7];
    ky_auto_buf rows = ky_buf_init(1024);
    dossier_fields(fields, d, KY_PROCESS_SAM);
    ky_list_begin(&rows, ROWS);
    for (uint32_t row = 1; row <= ROWS; row++) {
        ky_buf_add_u32(&rows, 4);
        ky_buf_add_u32(&rows, row);
    }
    fields[6] = ky_buf_bytes(&rows);
    return call_twice(c, keys, "sam", KY_MSG_SAM_ISSUE_KEYS, fields, KY_COUNT(fields));
}

static ky_rc certify(struct caller *c, const struct dossier *d, struct ky_bytes keys, unsigned row)
{
    struct ky_bytes fields[7];
    ky_auto_buf items = large(), answer = large();
    dossier_fields(fields, d, KY_PROCESS_CA);
    KY_TRY(dossier_attestations(&items, keys, row - 1, row - 1, 1));
    fields[6] = ky_buf_bytes(&items);
    if (dice(c, 2) == 0)
        KY_TRY(call(c, &answer, "ca", KY_MSG_CA_PREPARE, fields, KY_COUNT(fields)));
    KY_TRY(call_twice(c, &answer, "ca", KY_MSG_CA_ISSUE, fields, KY_COUNT(fields)));
    if (c->cert_count == KILLS_CERTS_MAX)
        return ky_fail(KY_ELIMIT, "certificates");
    struct ky_reader in = KY_READER(ky_buf_bytes(&answer));
    struct ky_buf *cert = &c->certs[c->cert_count++];
    *cert = ky_buf_init(KY_CERT_DER_MAX);
    ky_buf_add(cert, ky_read_lv(&in, KY_CERT_DER_MAX));
    return ky_buf_finish(cert);
}

static ky_rc bind(struct caller *c, struct ky_bytes keys)
{
    struct ky_bytes items[ROWS];
    size_t count;
    ky_auto_buf list = large(), answer = large();
    KY_TRY(ky_list_read(items, &count, ROWS, keys, "keys"));
    ky_list_begin(&list, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        struct ky_reader in = KY_READER(items[i]);
        ky_auto_buf item = large();
        ky_buf_add_lv(&item, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX));
        ky_buf_add_lv(&item, ky_buf_bytes(&c->certs[c->cert_count - ROWS + i]));
        (void)ky_read_lv(&in, 65536);
        (void)ky_read_lv(&in, 65536);
        (void)ky_read_bytes(&in, KY_P256_RAW);
        ky_buf_add_lv(&item, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX));
        ky_buf_add_lv(&list, ky_buf_bytes(&item));
    }
    KY_TRY(ky_buf_finish(&list));
    const struct ky_bytes field = ky_buf_bytes(&list);
    return call_twice(c, &answer, "sam", KY_MSG_SAM_BIND_CERT, &field, 1);
}

static ky_rc issue_dossier(struct caller *c)
{
    KY_CLEANUP(dossier_clear) struct dossier d = {0};
    ky_auto_buf keys = large();
    KY_TRY(make_dossier(c, &d));
    KY_TRY(get_keys(c, &keys, &d));
    KY_TRY(acknowledge(c, "sam", KY_MSG_SAM_ACK, &d));
    for (unsigned row = 1; row <= ROWS; row++)
        KY_TRY(certify(c, &d, ky_buf_bytes(&keys), row));
    KY_TRY(acknowledge(c, "ca", KY_MSG_CA_ACK, &d));
    return bind(c, ky_buf_bytes(&keys));
}

/* ---- signing ---- */

/* What one statement has brought so far; empty: nothing yet, or its fate is unknown. */
struct outcome {
    struct ky_buf answer;
    bool any;
};

/* A later answer may know less, never something else. */
static ky_rc compare(const struct outcome *o, struct ky_bytes answer)
{
    struct ky_bytes was[HASHES], is[HASHES];
    size_t n, m;
    KY_TRY(ky_list_read(was, &n, HASHES, ky_buf_bytes(&o->answer), "signatures"));
    KY_TRY(ky_list_read(is, &m, HASHES, answer, "signatures"));
    for (size_t i = 0; i < n; i++)
        if (n != m || !ky_bytes_eq(was[i], is[i]))
            return ky_fail(KY_EINTERNAL, "position %zu: two outcomes of one statement", i);
    return KY_OK;
}

static ky_rc take(struct caller *c, const struct signing *s, struct ky_bytes answer)
{
    struct ky_bytes items[HASHES];
    size_t count;
    ky_auto_cert cert = NULL;
    ky_auto_pubkey key = NULL;
    KY_TRY(ky_list_read(items, &count, HASHES, answer, "signatures"));
    KY_TRY(ky_cert_parse(&cert, ky_buf_bytes(&s->who->cert)));
    KY_TRY(ky_pubkey_parse(&key, cert->spki));
    for (size_t i = 0; i < count && c->signature_count < KILLS_SIGNATURES_MAX; i++) {
        ky_auto_buf hash = ky_buf_init(KY_HASH_SIZE);
        const char *text = json_string_value(json_array_get(json_object_get(s->st, "hashes"), i));
        if (items[i].n == 0)
            continue; /* told that its fate is unknown */
        KY_TRY(ky_base64url_decode(&hash, ky_bytes_str(text)));
        KY_TRY(ky_pubkey_verify(key, KY_ECDSA, KY_SHA256, ky_buf_bytes(&hash), items[i]));
        struct signature *made = &c->signatures[c->signature_count++];
        made->position = (uint16_t)i;
        KY_TRY(ky_statement_hash(made->statement, ky_buf_bytes(&s->text)));
        KY_TRY(ky_sha256(made->sha256, items[i]));
    }
    return KY_OK;
}

static ky_rc ask(struct caller *c, struct signing *s, struct subscriber *who, unsigned count)
{
    int64_t end = ky_deadline_in(PATIENCE_MS);
    ky_rc rc;
    while ((rc = signing_ask(s, c->h, who, count)) != KY_OK && ask_again(rc, end)) {
        signing_clear(s);
        *s = (struct signing){0};
    }
    KY_TRY(ky_context(rc, "nonce or status"));
    KY_TRY(signing_word(s));
    return signing_approve(s);
}

/* The answer of ca's responder may have been "try later". */
static void fresh_status(struct signing *s)
{
    ky_auto_buf ocsp = ky_buf_init(65536);
    if (harness_ocsp(&ocsp, s->h, ky_buf_bytes(&s->who->cert)) == KY_OK)
        (void)!signing_set(s, SIGNING_OCSP, ky_buf_bytes(&ocsp));
}

static ky_rc send_until_answered(struct caller *c, struct signing *s, struct ky_buf *answer)
{
    int64_t end = ky_deadline_in(PATIENCE_MS);
    for (;;) {
        ky_buf_reset(answer);
        ky_rc rc = signing_send(s, dice(c, 2) == 0 ? "sam-worker.0" : "sam-worker.1", answer);
        if (!ask_again(rc, end))
            return rc;
        fresh_status(s);
    }
}

static ky_rc sign_statement(struct caller *c)
{
    KY_CLEANUP(signing_clear) struct signing s = {0};
    struct outcome o = {.answer = large()};
    ky_auto_buf answer = large();
    ky_rc rc = ask(c, &s, &c->h->people[c->number], 1 + dice(c, HASHES));
    for (unsigned again = dice(c, 3) + 1; rc == KY_OK && again > 0; again--) {
        rc = send_until_answered(c, &s, &answer);
        if (rc == KY_OK && o.any)
            rc = compare(&o, ky_buf_bytes(&answer));
        else if (rc == KY_OK)
            rc = take(c, &s, ky_buf_bytes(&answer));
        if (rc == KY_OK && !o.any)
            ky_buf_add(&o.answer, ky_buf_bytes(&answer));
        o.any |= rc == KY_OK;
    }
    ky_buf_clear(&o.answer);
    if (rc == KY_EEXPIRED) { /* "nonce of an earlier start", "lost in a failure": she must approve anew */
        c->lost += !o.any;
        return KY_OK;
    }
    return ky_context(rc, "sign");
}

/* ---- callers ---- */

static void *run_caller(struct caller *c, ky_rc (*once)(struct caller *c))
{
    while (!atomic_load(c->over) && c->rc == KY_OK)
        c->rc = once(c);
    snprintf(c->text, sizeof c->text, "%s", c->rc == KY_OK ? "" : ky_error());
    atomic_store(&c->failed, c->rc != KY_OK);
    return NULL;
}

static void *issue(void *caller)
{
    return run_caller(caller, issue_dossier);
}

static void *sign(void *caller)
{
    return run_caller(caller, sign_statement);
}

static void begin(struct kills *k, struct caller *c, unsigned number, unsigned seed, void *(*run)(void *))
{
    c->h = k->h;
    c->over = &k->over;
    c->number = number;
    c->seed = seed;
    assert_int_equal(pthread_create(&c->thread, NULL, run, c), 0);
}

void kills_begin(struct kills *k, unsigned seed)
{
    for (unsigned i = 0; i < k->issuer_count; i++)
        begin(k, &k->issuers[i], i, seed + i, issue);
    for (unsigned i = 0; i < k->signer_count; i++)
        begin(k, &k->signers[i], i, seed + k->issuer_count + i, sign);
}

/* ---- all of them ---- */

static struct caller *caller_at(const struct kills *k, unsigned i)
{
    const struct caller *c = i < k->issuer_count ? &k->issuers[i] : &k->signers[i - k->issuer_count];
    return (struct caller *)(uintptr_t)c;
}

bool kills_any_failed(const struct kills *k)
{
    bool failed = false;
    for (unsigned i = 0; i < k->issuer_count + k->signer_count; i++)
        failed |= atomic_load(&caller_at(k, i)->failed);
    return failed;
}

void kills_end(struct kills *k)
{
    unsigned all = k->issuer_count + k->signer_count;
    atomic_store(&k->over, true);
    for (unsigned i = 0; i < all; i++)
        assert_int_equal(pthread_join(caller_at(k, i)->thread, NULL), 0);
    for (unsigned i = 0; i < all; i++) {
        const struct caller *c = caller_at(k, i);
        if (c->rc != KY_OK)
            fail_msg("caller %u of %u: %s: %s", i, all, ky_rc_name(c->rc), c->text);
    }
}

void kills_clear(struct kills *k)
{
    for (unsigned i = 0; i < k->issuer_count; i++)
        for (size_t n = 0; n < k->issuers[i].cert_count; n++)
            ky_buf_clear(&k->issuers[i].certs[n]);
}

size_t kills_certs(const struct kills *k)
{
    size_t n = 0;
    for (unsigned i = 0; i < k->issuer_count; i++)
        n += k->issuers[i].cert_count;
    return n;
}

size_t kills_signatures(const struct kills *k)
{
    size_t n = 0;
    for (unsigned i = 0; i < k->signer_count; i++)
        n += k->signers[i].signature_count;
    return n;
}

unsigned kills_lost(const struct kills *k)
{
    unsigned n = 0;
    for (unsigned i = 0; i < k->signer_count; i++)
        n += k->signers[i].lost;
    return n;
}

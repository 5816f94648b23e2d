/* See harness.h. */
#include "tests/process/harness.h"

#include <stdio.h>
#include <unistd.h>

#include "base/hex.h"
#include "crypto/random.h"
#include "os/clock.h"
#include "os/file.h"
#include "pki/ocsp.h"
#include "tests/process/activating.h"
#include "tests/support/softhsm.h"

#define ROWS_AT_ONCE 24 /* SAM_BIND_CERT takes no more */
#define AUDIT_FILE_MAX (64u << 20)
#define AUDIT_WAIT_MS 8000
#define SERVING_WAIT_MS 20000

static const char *const processes[] = {"sam-keeper.0", "sam-worker.0", "sam-worker.1",
                                        "ca-keeper.0",  "ca-worker.0",  "ca-worker.1"};

/* ---- records ---- */

static ky_rc envelope_json(json_t **out, struct ky_bytes envelope)
{
    struct ky_reader in = KY_READER(envelope);
    return ky_json_parse(out, ky_read_lv(&in, KY_RECORD_MAX), KY_RECORD_MAX);
}

ky_rc envelope_id(uint8_t id[KY_ID_SIZE], struct ky_bytes envelope)
{
    ky_auto_json json = NULL;
    KY_TRY(envelope_json(&json, envelope));
    return ky_json_get_hex(id, KY_ID_SIZE, json, "id");
}

ky_rc envelope_hash(uint8_t hash[KY_HASH_SIZE], struct ky_bytes envelope)
{
    struct ky_reader in = KY_READER(envelope);
    return ky_record_hash(hash, ky_read_lv(&in, KY_RECORD_MAX));
}

/* ---- admin ---- */

static ky_rc admin_statement(struct ky_buf *text, const struct harness *h, json_t *taken_body,
                             const uint8_t *replaces, bool remove)
{
    uint8_t nonces[2][KY_NONCE_SIZE];
    ky_auto_json body = taken_body;
    ky_auto_json st = NULL;
    ky_time now = ky_now();
    KY_TRY(realm_nonce(nonces[0], &h->realm, KY_PROCESS_SAM, KY_NONCE_LONG));
    KY_TRY(realm_nonce(nonces[1], &h->realm, KY_PROCESS_CA, KY_NONCE_LONG));
    const struct statement_head head = {.type = "admin",
                                        .realm = h->realm.founding->realm,
                                        .sam_nonce = nonces[0],
                                        .ca_nonce = nonces[1],
                                        .iat = now,
                                        .exp = now + KY_DAY};
    KY_TRY(statement_new(&st, &head));
    if (json_object_set(st, "record", body) != 0)
        return ky_fail(KY_ENOMEM, "admin");
    if (replaces != NULL)
        KY_TRY(ky_body_set_hex(st, "replaces", KY_BYTES(replaces, KY_HASH_SIZE)));
    if (remove)
        KY_TRY(ky_body_set_bool(st, "remove", true));
    return statement_text(text, st);
}

ky_rc harness_execute(const struct harness *h, ky_process process, struct ky_bytes statement,
                      const struct person *const *officers, size_t count, struct ky_bytes records,
                      struct ky_buf *record)
{
    static const uint8_t none[2] = {0, 0};
    ky_auto_buf auths = ky_buf_init(HARNESS_TEXT_MAX), crl = ky_buf_init(65536);
    ky_auto_buf evidence = ky_buf_init(65536), reply = ky_buf_init(HARNESS_TEXT_MAX);
    struct ky_bytes made[4];
    size_t made_count;
    bool sam = process == KY_PROCESS_SAM;
    KY_TRY(people_authorise(&auths, officers, count, statement, ky_now()));
    KY_TRY(token_ca_crl(&crl, &h->realm.token_ca, ky_now(), NULL));
    KY_TRY(evidence_of(&evidence, ky_buf_bytes(&crl)));
    const struct ky_bytes fields[] = {statement, ky_buf_bytes(&auths),
                                      records.n > 0 ? records : KY_BYTES_OF(none), ky_buf_bytes(&evidence)};
    KY_TRY(realm_call(&h->realm, sam ? "sam-worker.0" : "ca-worker.0",
                      sam ? KY_MSG_SAM_EXECUTE : KY_MSG_CA_EXECUTE, fields, KY_COUNT(fields), &reply));
    KY_TRY(ky_list_read(made, &made_count, KY_COUNT(made), ky_buf_bytes(&reply), "records"));
    if (record == NULL || made_count == 0)
        return KY_OK;
    ky_buf_reset(record);
    ky_buf_add(record, made[0]);
    return ky_buf_finish(record);
}

ky_rc harness_admin(struct harness *h, ky_process process, json_t *taken_body, struct ky_bytes replaced,
                    bool remove, struct ky_buf *record)
{
    const struct person *const two[] = {&h->realm.officers[0], &h->realm.officers[1]};
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX), records = ky_buf_init(HARNESS_TEXT_MAX);
    uint8_t hash[KY_HASH_SIZE];
    if (replaced.n > 0) {
        KY_TRY(envelope_hash(hash, replaced));
        ky_list_begin(&records, 1);
        ky_buf_add_lv(&records, replaced);
    }
    KY_TRY(admin_statement(&text, h, taken_body, replaced.n > 0 ? hash : NULL, remove));
    return harness_execute(h, process, ky_buf_bytes(&text), two, KY_COUNT(two), ky_buf_bytes(&records),
                           record);
}

ky_rc harness_client_body(json_t **out, const struct client *c, uint32_t version)
{
    ky_time now = ky_now();
    KY_TRY(ky_record_body(out, KY_REC_CLIENT, c->id, version, NULL, now - KY_MINUTE, now + 365 * KY_DAY));
    return ky_body_set_text(*out, "name", ky_bytes_str(c->name));
}

static ky_rc make_client(struct harness *h, struct client *c, const char *name)
{
    ky_auto_json body = NULL;
    *c = (struct client){.name = name, .record = ky_buf_init(KY_RECORD_ENVELOPE_MAX)};
    KY_TRY(ky_random(c->id, sizeof c->id));
    KY_TRY(harness_client_body(&body, c, 1));
    return harness_admin(h, KY_PROCESS_SAM, KY_STEAL(body), KY_BYTES_NONE, false, &c->record);
}

/* ---- the world ---- */

static ky_rc read_courier_key(struct harness *h)
{
    char path[160];
    ky_auto_buf text = ky_buf_init(256);
    snprintf(path, sizeof path, "%s/courier/key", h->realm.state);
    KY_TRY(ky_file_read(&text, path));
    return ky_hex_decode(h->courier_private, KY_X25519_SIZE, KY_BYTES(text.p, 2 * KY_X25519_SIZE));
}

ky_rc harness_make(struct harness *h, const struct realm_options *options)
{
    *h = (struct harness){0};
    KY_TRY(realm_make(&h->realm, options));
    KY_TRY(read_courier_key(h));
    KY_TRY(realm_start(&h->realm));
    KY_TRY(realm_enrol_head(&h->realm));
    KY_TRY(make_client(h, &h->client, "Học bạ số Quảng Ngãi"));
    return make_client(h, &h->other_client, "Bệnh án điện tử");
}

static void clear_subscriber(struct subscriber *s)
{
    struct ky_buf *const all[] = {&s->key_v1, &s->blob, &s->attestation, &s->activation,
                                  &s->cert,   &s->key,  &s->letter,      &s->device};
    for (size_t i = 0; i < KY_COUNT(all); i++)
        ky_buf_clear(all[i]);
    phone_clear(&s->phone);
}

void harness_clear(struct harness *h)
{
    realm_clear(&h->realm);
    ky_buf_clear(&h->client.record);
    ky_buf_clear(&h->other_client.record);
    for (size_t i = 0; i < h->people_count; i++)
        clear_subscriber(&h->people[i]);
}

/* ---- issue ---- */

static ky_rc keep(struct ky_buf *out, struct ky_bytes content)
{
    *out = ky_buf_init(content.n + 1);
    ky_buf_add(out, content);
    return ky_buf_finish(out);
}

static ky_rc read_subscriber(struct subscriber *s, struct ky_bytes item, uint32_t row)
{
    struct ky_reader in = KY_READER(item);
    ky_auto_json json = NULL;
    *s = (struct subscriber){.row = row};
    KY_TRY(keep(&s->key_v1, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX)));
    KY_TRY(keep(&s->blob, ky_read_lv(&in, 65536)));
    KY_TRY(keep(&s->attestation, ky_read_lv(&in, 65536)));
    struct ky_bytes signature = ky_read_bytes(&in, KY_P256_RAW);
    KY_TRY(keep(&s->activation, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX)));
    (void)ky_read_bytes(&in, KY_LOG_ID_SIZE);
    KY_TRY(ky_reader_finish(&in, "issued key"));
    memcpy(s->attestation_signature, signature.p, KY_P256_RAW);
    KY_TRY(envelope_json(&json, ky_buf_bytes(&s->key_v1)));
    KY_TRY(ky_json_get_hex(s->owner, KY_OWNER_SIZE, json, "owner"));
    KY_TRY(envelope_id(s->key_id, ky_buf_bytes(&s->key_v1)));
    return envelope_id(s->activation_id, ky_buf_bytes(&s->activation));
}

static ky_rc make_keys(struct harness *h, const struct dossier *d, unsigned rows)
{
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    struct ky_bytes items[KY_BATCH_MAX];
    size_t count;
    KY_TRY(dossier_make_keys(&answer, d, &h->realm, 1, rows));
    KY_TRY(ky_list_read(items, &count, KY_BATCH_MAX, ky_buf_bytes(&answer), "keys"));
    for (size_t i = 0; i < count; i++)
        KY_TRY(read_subscriber(&h->people[h->people_count++], items[i], (uint32_t)i + 1));
    return KY_OK;
}

static void add_attestation(struct ky_buf *list, const struct subscriber *s)
{
    ky_auto_buf item = ky_buf_init(65536);
    ky_buf_add_u32(&item, s->row);
    ky_buf_add_lv(&item, ky_buf_bytes(&s->attestation));
    ky_buf_add(&item, KY_BYTES_OF(s->attestation_signature));
    ky_buf_add_lv(list, ky_buf_bytes(&item));
}

static ky_rc certify(struct harness *h, const struct dossier *d, uint16_t type, struct subscriber *people,
                     size_t count, struct ky_buf *reply)
{
    struct ky_bytes fields[7];
    ky_auto_buf items = ky_buf_init(HARNESS_TEXT_MAX);
    dossier_fields(fields, d, KY_PROCESS_CA);
    ky_list_begin(&items, count);
    for (size_t i = 0; i < count; i++)
        add_attestation(&items, &people[i]);
    fields[6] = ky_buf_bytes(&items);
    return realm_call(&h->realm, "ca-worker.0", type, fields, KY_COUNT(fields), reply);
}

ky_rc harness_certify(struct harness *h, const struct dossier *d, struct subscriber *s, struct ky_buf *der)
{
    ky_auto_buf reply = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(certify(h, d, KY_MSG_CA_ISSUE, s, 1, &reply));
    struct ky_reader in = KY_READER(ky_buf_bytes(&reply));
    ky_buf_add(der, ky_read_lv(&in, KY_CERT_DER_MAX));
    (void)ky_read_bytes(&in, KY_LOG_ID_SIZE);
    return ky_reader_finish(&in, "CA_ISSUE");
}

static ky_rc certify_all(struct harness *h, const struct dossier *d, struct subscriber *people, size_t count)
{
    ky_auto_buf prepared = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(certify(h, d, KY_MSG_CA_PREPARE, people, count, &prepared));
    for (size_t i = 0; i < count; i++) {
        people[i].cert = ky_buf_init(KY_CERT_DER_MAX);
        KY_TRY(harness_certify(h, d, &people[i], &people[i].cert));
    }
    return KY_OK;
}

ky_rc harness_bind(struct ky_buf *answer, const struct harness *h, struct ky_bytes key, struct ky_bytes cert,
                   struct ky_bytes activation)
{
    ky_auto_buf list = ky_buf_init(HARNESS_TEXT_MAX), item = ky_buf_init(HARNESS_TEXT_MAX);
    ky_buf_add_lv(&item, key);
    ky_buf_add_lv(&item, cert);
    ky_buf_add_lv(&item, activation);
    ky_list_begin(&list, 1);
    ky_buf_add_lv(&list, ky_buf_bytes(&item));
    const struct ky_bytes field = ky_buf_bytes(&list);
    return realm_call(&h->realm, "sam-worker.1", KY_MSG_SAM_BIND_CERT, &field, 1, answer);
}

static ky_rc bind_all(struct harness *h, struct subscriber *people, size_t count)
{
    ky_auto_buf list = ky_buf_init(HARNESS_TEXT_MAX), reply = ky_buf_init(HARNESS_TEXT_MAX);
    struct ky_bytes items[KY_BATCH_MAX];
    ky_list_begin(&list, count);
    for (size_t i = 0; i < count; i++) {
        ky_auto_buf item = ky_buf_init(HARNESS_TEXT_MAX);
        ky_buf_add_lv(&item, ky_buf_bytes(&people[i].key_v1));
        ky_buf_add_lv(&item, ky_buf_bytes(&people[i].cert));
        ky_buf_add_lv(&item, ky_buf_bytes(&people[i].activation));
        ky_buf_add_lv(&list, ky_buf_bytes(&item));
    }
    const struct ky_bytes field = ky_buf_bytes(&list);
    KY_TRY(realm_call(&h->realm, "sam-worker.1", KY_MSG_SAM_BIND_CERT, &field, 1, &reply));
    KY_TRY(ky_list_read(items, &count, KY_BATCH_MAX, ky_buf_bytes(&reply), "bound"));
    for (size_t i = 0; i < count; i++) {
        struct ky_reader in = KY_READER(items[i]);
        KY_TRY(keep(&people[i].key, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX)));
        people[i].letter_number = ky_read_u64(&in);
        KY_TRY(keep(&people[i].letter, ky_read_lv(&in, KY_LETTER_SEALED_MAX)));
        (void)ky_read_bytes(&in, KY_LOG_ID_SIZE);
        KY_TRY(ky_reader_finish(&in, "bound key"));
    }
    return KY_OK;
}

ky_rc harness_issue_keys(struct harness *h, const struct dossier *d, unsigned rows)
{
    if (rows > ROWS_AT_ONCE || h->people_count + rows > HARNESS_PEOPLE_MAX)
        return ky_fail(KY_ELIMIT, "%u more teachers", rows);
    return make_keys(h, d, rows);
}

ky_rc harness_issue(struct harness *h, unsigned rows, const char *key_type)
{
    KY_CLEANUP(dossier_clear) struct dossier d = {0};
    struct subscriber *first = &h->people[h->people_count];
    KY_TRY(dossier_make(&d, &h->realm, rows, key_type));
    KY_TRY(harness_issue_keys(h, &d, rows));
    KY_TRY(certify_all(h, &d, first, rows));
    return bind_all(h, first, rows);
}

ky_rc harness_enrol(struct harness *h, struct subscriber *who)
{
    uint8_t secret[KY_MAIL_SECRET_SIZE];
    struct ky_letter sms;
    KY_CLEANUP(enrolling_clear) struct enrolling e = {0};
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(phone_init(&who->phone, h->realm.founding->origin, h->realm.founding->rp_id));
    KY_TRY(activating_mail_secret(secret, h, who));
    KY_TRY(activating_ask_code(&sms, h, who, secret));
    KY_TRY(enrolling_begin(&e, h, who, &who->phone, secret, sms.secret));
    KY_TRY(enrolling_finish(&e));
    KY_TRY(enrolling_send(&e, "sam-worker.0", &answer));
    who->device = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    KY_TRY(enrolling_device(&who->device, ky_buf_bytes(&answer)));
    return envelope_id(who->device_id, ky_buf_bytes(&who->device));
}

ky_rc harness_make_people(struct harness *h, const struct realm_options *options, unsigned rows,
                          const char *key_type)
{
    KY_TRY(harness_make(h, options));
    KY_TRY(harness_issue(h, rows, key_type));
    for (size_t i = 0; i < h->people_count; i++)
        KY_TRY(harness_enrol(h, &h->people[i]));
    return KY_OK;
}

ky_rc harness_ocsp(struct ky_buf *answer, const struct harness *h, struct ky_bytes cert_der)
{
    ky_auto_cert cert = NULL;
    ky_auto_buf query = ky_buf_init(8192);
    KY_TRY(ky_cert_parse(&cert, cert_der));
    KY_TRY(ky_ocsp_req_build(&query, cert, h->realm.founding->issuing, 20, KY_BYTES_NONE));
    const struct ky_bytes field = ky_buf_bytes(&query);
    return realm_call(&h->realm, "ca-worker.1", KY_MSG_CA_OCSP, &field, 1, answer);
}

ky_rc harness_open_token(struct ky_keystore **out, const struct harness *h, ky_process process)
{
    char path[160], label[16];
    const char *name = ky_process_name(process);
    ky_auto_secret pin = {0};
    ky_auto_buf text = ky_buf_init_secret(256);
    snprintf(label, sizeof label, "kyso-%s", name);
    snprintf(path, sizeof path, "%s/%s/pin", h->realm.state, name);
    KY_TRY(ky_file_read_secret(&text, path));
    KY_TRY(ky_secret_init(&pin, text.n));
    memcpy(pin.p, text.p, text.n);
    snprintf(path, sizeof path, "%s/%s/softhsm2.conf", h->realm.state, name);
    if (setenv("SOFTHSM2_CONF", path, 1) != 0)
        return ky_fail(KY_ENOMEM, "environment");
    const struct ky_keystore_config cfg = {
        .module = softhsm_module(), .token = label, .pin = &pin, .read_write = true};
    return ky_keystore_open(out, &cfg);
}

/* ---- refusals ---- */

bool harness_judge(struct harness *h, const char *name, ky_process process, ky_operation op, ky_rc rc,
                   ky_rc want, const char *why)
{
    h->refused[process][op][-(int)rc] += rc != KY_OK;
    if (rc == want && strstr(ky_error(), why) != NULL)
        return true;
    print_error("%s: %s: %s; wanted %s: …%s…\n", name, ky_rc_name(rc), rc == KY_OK ? "" : ky_error(),
                ky_rc_name(want), why);
    return false;
}

void harness_refused(struct harness *h, const char *name, ky_process process, ky_operation op, ky_rc rc,
                     ky_rc want, const char *why)
{
    if (!harness_judge(h, name, process, op, rc, want, why))
        fail();
}

static ky_rc add_refusals(uint32_t sums[KY_OP_END][16], struct ky_bytes payload)
{
    struct ky_reader in = KY_READER(payload);
    while (in.left.n > 0 && !in.failed) {
        uint8_t op = ky_read_u8(&in);
        unsigned rc = (unsigned)-(int16_t)ky_read_u16(&in);
        uint32_t count = ky_read_u32(&in);
        if (op >= KY_OP_END || rc >= 16)
            return ky_fail(KY_EFORMAT, "refusals of operation %u, result %u", op, rc);
        sums[op][rc] += count;
    }
    return ky_reader_finish(&in, "refusals");
}

ky_rc harness_read_refusals(const struct harness *h, ky_process process, uint32_t sums[KY_OP_END][16])
{
    char path[160];
    ky_auto_buf file = ky_buf_init(AUDIT_FILE_MAX);
    struct ky_audit_chain chain = {.process = process, .node = h->realm.founding->node};
    struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX];
    struct ky_audit_record r;
    memset(sums, 0, KY_OP_END * 16 * sizeof sums[0][0]);
    snprintf(path, sizeof path, "%s/%s/audit", h->realm.state, ky_process_name(process));
    KY_TRY(ky_file_read(&file, path));
    struct ky_reader in = KY_READER(ky_buf_bytes(&file));
    for (;;) {
        struct ky_bytes body = ky_read_lv(&in, KY_AUDIT_RECORD_MAX);
        if (in.failed || body.n == 0)
            return KY_OK; /* the end, or a record that is just being written */
        KY_TRY(ky_audit_follow(&chain, &r, objects, body));
        if (r.phase == KY_AUDIT_REFUSALS)
            KY_TRY(add_refusals(sums, r.payload));
    }
}

static void check_process_audit(const struct harness *h, ky_process process)
{
    uint32_t sums[KY_OP_END][16];
    int64_t end = ky_deadline_in(AUDIT_WAIT_MS);
    do {
        assert_ok(harness_read_refusals(h, process, sums));
        if (memcmp(sums, h->refused[process], sizeof sums) == 0)
            return;
        usleep(200000);
    } while (ky_mono_ms() < end);
    for (ky_operation op = 0; op < KY_OP_END; op++)
        for (int rc = 0; rc < 16; rc++)
            if (sums[op][rc] != h->refused[process][op][rc])
                print_message("%s: %u refusals of %s with %s in the audit file, %u were seen\n",
                              ky_process_name(process), sums[op][rc], ky_operation_name(op),
                              ky_rc_name((ky_rc)-rc), h->refused[process][op][rc]);
    fail_msg("the audit file of %s does not hold the refusals that were seen", ky_process_name(process));
}

void harness_check_audit(const struct harness *h)
{
    check_process_audit(h, KY_PROCESS_SAM);
    check_process_audit(h, KY_PROCESS_CA);
}

/* ---- serving ---- */

struct pids harness_pids(const struct harness *h)
{
    struct pids p = {{0}};
    for (size_t i = 0; i < KY_COUNT(processes); i++)
        p.v[i] = realm_pid(&h->realm, processes[i]);
    return p;
}

void harness_check_serving(const struct harness *h, const struct pids *before)
{
    static const uint8_t is_short = KY_NONCE_SHORT;
    struct pids now = harness_pids(h);
    for (size_t i = 0; i < KY_COUNT(processes); i++) {
        if (before != NULL && (now.v[i] == 0 || now.v[i] != before->v[i]))
            fail_msg("%s was process %d and is %d", processes[i], (int)before->v[i], (int)now.v[i]);
        if (strstr(processes[i], "worker") == NULL)
            continue;
        ky_auto_buf reply = ky_buf_init(64);
        const struct ky_bytes field = {&is_short, 1};
        uint16_t type = processes[i][0] == 's' ? KY_MSG_SAM_NONCE : KY_MSG_CA_NONCE;
        assert_ok(realm_call(&h->realm, processes[i], type, &field, 1, &reply));
    }
}

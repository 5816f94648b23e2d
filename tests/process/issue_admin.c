/* Records that officers change: n of m, one version after the other. See attack_issue.h. */
#include "tests/process/attack_issue.h"

#include "crypto/random.h"
#include "os/clock.h"

/* An admin statement over a client's record, and what is spoilt of it. */
struct change {
    struct issue_world *w;
    struct client c;
    const struct person *officers[3];
    size_t count;
    uint32_t version;
    uint8_t replaces[KY_HASH_SIZE];
    bool replacing, remove;
    const char *type; /* of the record */
    const struct ky_buf *base, *also;
};

static ky_rc change_text(struct ky_buf *text, const struct change *x)
{
    uint8_t nonces[2][KY_NONCE_SIZE];
    const struct realm *r = &x->w->h.realm;
    ky_auto_json body = NULL;
    ky_auto_json st = NULL;
    ky_time now = ky_now();
    KY_TRY(realm_nonce(nonces[0], r, KY_PROCESS_SAM, KY_NONCE_LONG));
    KY_TRY(realm_nonce(nonces[1], r, KY_PROCESS_CA, KY_NONCE_LONG));
    const struct statement_head head = {.type = "admin",
                                        .realm = r->founding->realm,
                                        .sam_nonce = nonces[0],
                                        .ca_nonce = nonces[1],
                                        .iat = now,
                                        .exp = now + KY_DAY};
    KY_TRY(statement_new(&st, &head));
    KY_TRY(harness_client_body(&body, &x->c, x->version));
    KY_TRY(ky_body_set_text(body, "type", ky_bytes_str(x->type)));
    json_object_set(st, "record", body);
    if (x->replacing)
        KY_TRY(ky_body_set_hex(st, "replaces", KY_BYTES_OF(x->replaces)));
    if (x->remove)
        KY_TRY(ky_body_set_bool(st, "remove", true));
    return statement_text(text, st);
}

static ky_rc send_change(const struct change *x, struct ky_buf *record)
{
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX), records = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(change_text(&text, x));
    ky_list_begin(&records, (size_t)(x->base != NULL) + (x->also != NULL));
    if (x->base != NULL)
        ky_buf_add_lv(&records, ky_buf_bytes(x->base));
    if (x->also != NULL)
        ky_buf_add_lv(&records, ky_buf_bytes(x->also));
    return harness_execute(&x->w->h, KY_PROCESS_SAM, ky_buf_bytes(&text), x->officers, x->count,
                           ky_buf_bytes(&records), record);
}

/* Version 2 after version 1, by two officers: what each attack spoils. */
static void begin_change(struct change *x, struct issue_world *w, const struct ky_buf *base)
{
    *x = (struct change){.w = w,
                         .c = w->h.client,
                         .officers = {&w->h.realm.officers[0], &w->h.realm.officers[1]},
                         .count = 2,
                         .version = 2,
                         .replacing = true,
                         .type = "client",
                         .base = base};
    assert_ok(envelope_id(x->c.id, ky_buf_bytes(base)));
    assert_ok(envelope_hash(x->replaces, ky_buf_bytes(base)));
}

static void make_client(struct ky_buf *record, struct issue_world *w)
{
    struct client c = {.name = "Nền tảng học bạ"};
    ky_auto_json body = NULL;
    assert_ok(ky_random(c.id, sizeof c.id));
    assert_ok(harness_client_body(&body, &c, 1));
    assert_ok(harness_admin(&w->h, KY_PROCESS_SAM, KY_STEAL(body), KY_BYTES_NONE, false, record));
}

static void one_officer(struct change *x)
{
    x->count = 1;
}

static void one_officer_twice(struct change *x)
{
    x->officers[1] = x->officers[0];
}

static void without_the_role(struct change *x)
{
    x->officers[1] = &x->w->receiver.p;
    x->also = &x->w->receiver.sam;
}

static void by_a_stranger(struct change *x)
{
    assert_ok(ky_random(x->w->stranger.record, KY_ID_SIZE));
    x->officers[1] = &x->w->stranger;
}

static void wrong_replaces(struct change *x)
{
    x->replaces[0] ^= 1;
}

static void version_skipped(struct change *x)
{
    x->version = 3;
}

static void version_kept(struct change *x)
{
    x->version = 1;
}

static void replaces_nothing(struct change *x)
{
    x->replacing = false;
}

static void first_version_again(struct change *x)
{
    x->replacing = false;
    x->version = 1;
}

static void record_left_out(struct change *x)
{
    x->base = NULL;
}

static void a_device(struct change *x)
{
    x->type = "device";
}

static void another_type(struct change *x)
{
    x->type = "officer";
}

static void removes_nothing(struct change *x)
{
    first_version_again(x);
    x->remove = true;
    assert_ok(ky_random(x->c.id, KY_ID_SIZE));
}

static const struct {
    const char *name;
    void (*spoil)(struct change *x);
    ky_rc rc;
    const char *why;
} attacks[] = {
    {"one officer", one_officer, KY_EAUTH, "1 officers signed, 2 are wanted"},
    {"one officer twice", one_officer_twice, KY_EAUTH, "one person signed twice"},
    {"without the role", without_the_role, KY_EDENIED, "does not have the role"},
    {"by a stranger", by_a_stranger, KY_EDENIED, "no record of the officer"},
    {"wrong replaces", wrong_replaces, KY_EDENIED, "does not follow version 1"},
    {"version skipped", version_skipped, KY_EDENIED, "version 3 does not follow version 1"},
    {"version kept", version_kept, KY_EDENIED, "version 1 does not follow version 1"},
    {"replaces nothing", replaces_nothing, KY_EDENIED, "without the one it replaces"},
    {"first version again", first_version_again, KY_EDENIED, "version 1 of this record exists"},
    {"record left out", record_left_out, KY_EDENIED, "no record of the version that is replaced"},
    {"a device by officers", a_device, KY_EDENIED, "not made by officers"},
    {"another type", another_type, KY_EDENIED, "no record of the version that is replaced"},
    {"removes nothing", removes_nothing, KY_EDENIED, "nothing to remove"},
};

void records_change_by_two_officers(void **state)
{
    struct issue_world *w = *state;
    struct change x;
    ky_auto_buf first = ky_buf_init(KY_RECORD_ENVELOPE_MAX), second = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    for (size_t i = 0; i < KY_COUNT(attacks); i++) {
        ky_buf_reset(&first);
        make_client(&first, w);
        begin_change(&x, w, &first);
        attacks[i].spoil(&x);
        harness_refused(&w->h, attacks[i].name, KY_PROCESS_SAM, KY_OP_ADMIN, send_change(&x, NULL),
                        attacks[i].rc, attacks[i].why);
        begin_change(&x, w, &first);
        assert_ok(send_change(&x, &second));
    }
    harness_refused(&w->h, "on a version that was replaced", KY_PROCESS_SAM, KY_OP_ADMIN,
                    send_change(&x, NULL), KY_EDENIED, "is not the valid one, which is version 2");
}

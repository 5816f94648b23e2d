/*
 * Fills a database with what a department has after years: organisations below delegated authorities, dossiers in every
 * state, four people each, their certificates. Through the store's own statements, so that every constraint and
 * counter holds. People are sealed under no key of the service: lists, searches and the board open none.
 *
 *   bench_load DATABASE DOSSIERS
 *
 * DATABASE is that of a service that stands still, with its department. Prints one JSON object: what was made, in how
 * many seconds, and tokens of an officer of the department, one of a delegate and a school's clerk.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "crypto/random.h"
#include "domain/bearer.h"
#include "domain/dossier.h"
#include "domain/dossier_state.h"
#include "domain/org.h"
#include "domain/search.h"
#include "os/clock.h"
#include "store/credential.h"
#include "store/dossier.h"
#include "store/migrate.h"

#define DELEGATES 63
#define SCHOOLS_OF_EACH 200
#define SCHOOLS (DELEGATES * SCHOOLS_OF_EACH)
#define PEOPLE 4        /* of a dossier */
#define SEALED_SIZE 420 /* bytes of a sealed person */
#define CERT_SIZE 1200  /* bytes of a certificate */
#define BATCH 25000     /* dossiers of one transaction: their pages are written once */
#define YEARS 5
#define OPEN_SHARE 20 /* one dossier of so many is not finished */

/*
 * As any first load is made: nobody else is there, and a failure is begun anew from an empty file, so no page is written
 * twice. More memory than a service takes; the tables of words keep what they are told.
 */
static const char wide[] =
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA journal_mode = OFF;"
    "PRAGMA synchronous = OFF;"
    "PRAGMA cache_size = -4194304;"
    "INSERT INTO dossier_text (dossier_text, rank) VALUES ('hashsize', 67108864);"
    "INSERT INTO certificate_text (certificate_text, rank) VALUES ('hashsize', 67108864);";
static const char narrow[] =
    "INSERT INTO dossier_text (dossier_text, rank) VALUES ('hashsize', 1048576);"
    "INSERT INTO certificate_text (certificate_text, rank) VALUES ('hashsize', 1048576);"
    "PRAGMA journal_mode = WAL;";

struct place {
    char id[KY_NEW_ID_TEXT], path[KY_ORG_PATH_MAX];
};

struct load {
    struct ky_store *s;
    ky_time now;
    uint64_t dice; /* state of a generator: the same database each time, ids and secrets aside */
    struct place delegates[DELEGATES], schools[SCHOOLS];
    char clerks[DELEGATES][KY_NEW_ID_TEXT]; /* who has entered the dossiers of a delegate's schools */
    char department[KY_NEW_ID_TEXT];
    char officer[KY_BEARER_TEXT], delegate[KY_BEARER_TEXT], clerk[KY_BEARER_TEXT];
    uint8_t noise[65536];
};

static uint64_t roll(struct load *l, uint64_t sides)
{
    l->dice ^= l->dice << 13;
    l->dice ^= l->dice >> 7;
    l->dice ^= l->dice << 17;
    return l->dice % sides;
}

static struct ky_bytes noise(struct load *l, size_t n)
{
    return KY_BYTES(l->noise + roll(l, sizeof l->noise - n), n);
}

/* ---- organisations and people ---- */

static ky_rc find_department(struct load *l)
{
    bool have = false;
    ky_auto_rows rows = {.store = NULL};
    KY_TRY(
        ky_store_query(&rows, l->s, "SELECT id FROM organisation WHERE kind = 'department'", KY_NO_PARAMS));
    KY_TRY(ky_rows_next(&rows, &have));
    if (!have)
        return ky_fail(KY_ENOTFOUND, "the database has no department");
    struct ky_bytes id = ky_rows_bytes(&rows, 0);
    snprintf(l->department, sizeof l->department, "%.*s", (int)id.n, (const char *)id.p);
    return KY_OK;
}

static ky_rc add_org(struct place *out, struct load *l, const char *code, const char *name, const char *kind,
                     const struct place *parent)
{
    const struct ky_db_org org = {.code = code,
                                  .name = name,
                                  .kind = kind,
                                  .parent_id = parent == NULL ? l->department : parent->id,
                                  .province = "Quảng Ngãi",
                                  .place = "Quảng Ngãi",
                                  .sector = parent == NULL ? KY_SECTOR_AUTHORITY : "education"};
    KY_TRY(ky_org_create(out->id, l->s, &KY_ACTOR_SYSTEM, &org, l->now));
    snprintf(out->path, sizeof out->path, "%s%s/", parent == NULL ? KY_ORG_PATH_ROOT : parent->path, out->id);
    return KY_OK;
}

static ky_rc add_person(char id[KY_NEW_ID_TEXT], char token[KY_BEARER_TEXT], struct load *l, const char *org,
                        const char *roles)
{
    ky_auto_arena a = ky_arena_init(1 << 20);
    const struct ky_db_staff staff = {
        .org_id = org, .name = "Trần Văn An", .email = "an@quangngai.gov.vn", .roles = roles};
    KY_TRY(ky_staff_create(id, l->s, &a, &KY_ACTOR_SYSTEM, &staff, l->now));
    return token == NULL ? KY_OK : ky_staff_issue_token(token, l->s, &KY_ACTOR_SYSTEM, id, l->now);
}

static ky_rc add_branch(struct load *l, size_t d)
{
    static const char *const kinds[] = {"Tiểu học", "THCS", "THPT", "Mầm non"};
    static const char *const names[] = {"Nguyễn Du",  "Lê Lợi",        "Trần Hưng Đạo", "Phạm Văn Đồng",
                                        "Hoàng Diệu", "Nguyễn Nghiêm", "Bình Minh"};
    char code[32], name[128];
    snprintf(code, sizeof code, "SO-%03zu", d);
    snprintf(name, sizeof name, "Sở Giáo dục và Đào tạo số %zu", d);
    KY_TRY(add_org(&l->delegates[d], l, code, name, KY_ORG_DELEGATE, NULL));
    for (size_t i = d * SCHOOLS_OF_EACH; i < (d + 1) * SCHOOLS_OF_EACH; i++) {
        snprintf(code, sizeof code, "TR-%06zu", i);
        snprintf(name, sizeof name, "Trường %s %s số %zu", kinds[i % KY_COUNT(kinds)],
                 names[i % KY_COUNT(names)], i);
        KY_TRY(add_org(&l->schools[i], l, code, name, KY_ORG_PLAIN, &l->delegates[d]));
    }
    return add_person(l->clerks[d], NULL, l, l->schools[d * SCHOOLS_OF_EACH].id, "enter");
}

static ky_rc add_organisations(struct load *l)
{
    char id[KY_NEW_ID_TEXT];
    KY_TRY(ky_store_begin(l->s, KY_STORE_WRITE));
    for (size_t d = 0; d < DELEGATES; d++)
        KY_TRY(add_branch(l, d));
    KY_TRY(add_person(id, l->officer, l, l->department, "receive examine approve operate audit admin"));
    KY_TRY(add_person(id, l->delegate, l, l->delegates[0].id, "receive examine approve operate audit"));
    KY_TRY(add_person(id, l->clerk, l, l->schools[0].id, "enter sign support"));
    return ky_store_commit(l->s);
}

/* ---- one dossier ---- */

static void fresh_id(char out[KY_NEW_ID_TEXT], struct load *l)
{
    snprintf(out, KY_NEW_ID_TEXT, "%016" PRIx64 "%016" PRIx64, roll(l, UINT64_MAX), roll(l, UINT64_MAX));
}

/* Finished ones for the most part, the others in every open state alike. */
static const struct ky_state_info *choose_state(struct load *l)
{
    static const char *const finished[] = {"done",       "done",    "done",     "done",
                                           "activating", "refused", "withdrawn"};
    const struct ky_state_info *state;
    if (roll(l, OPEN_SHARE) != 0)
        return ky_dossier_state_find(finished[roll(l, KY_COUNT(finished))]);
    do
        state = ky_dossier_state_at(roll(l, 16));
    while (state == NULL || state->final);
    return state;
}

static bool has_certificates(const struct ky_state_info *state)
{
    return strcmp(state->id, "done") == 0 || strcmp(state->id, "activating") == 0;
}

static ky_rc certify(struct load *l, const struct ky_db_dossier_row *row, ky_time at)
{
    char serial[KY_NEW_ID_TEXT];
    uint8_t hash[32];
    fresh_id(serial, l);
    for (size_t i = 0; i < sizeof hash; i++)
        hash[i] = (uint8_t)roll(l, 256);
    const struct ky_db_cert cert = {.serial = serial,
                                    .dossier_id = row->dossier_id,
                                    .number = row->number,
                                    .key_id = row->key_id,
                                    .owner = row->owner,
                                    .der = noise(l, CERT_SIZE),
                                    .not_before = at,
                                    .not_after = at + 3 * 365 * KY_DAY,
                                    .created_at = at};
    KY_TRY(ky_db_cert_insert(l->s, &cert));
    KY_TRY(ky_db_cert_set_good(l->s, serial, cert.der, KY_BYTES_OF(hash)));
    KY_TRY(ky_db_dossier_row_set_serial(l->s, row->dossier_id, row->number, serial));
    return ky_search_add_certificate(l->s, serial);
}

static ky_rc add_subscriber(struct load *l, const char *dossier_id, int64_t number,
                            const struct ky_state_info *state, ky_time at)
{
    static const char *const families[] = {"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng",
                                           "Huỳnh",  "Phan", "Vũ", "Võ",   "Đặng"};
    static const char *const middles[] = {"Thị",     "Văn", "Thị Minh", "Quốc",
                                          "Thị Thu", "Đức", "Ngọc",     "Thanh"};
    static const char *const givens[] = {"Hằng", "Minh", "Lan", "Bảo",  "Hoa",  "Tuấn", "Hương", "Dũng",
                                         "Mai",  "Sơn",  "Hà",  "Long", "Thảo", "Phúc", "Yến",   "Khánh"};
    char name[128], key[KY_NEW_ID_TEXT], owner[2 * KY_NEW_ID_TEXT];
    uint8_t identity[32];
    snprintf(name, sizeof name, "%s %s %s", families[roll(l, KY_COUNT(families))],
             middles[roll(l, KY_COUNT(middles))], givens[roll(l, KY_COUNT(givens))]);
    fresh_id(key, l);
    fresh_id(owner, l);
    fresh_id(owner + 32, l);
    for (size_t i = 0; i < sizeof identity; i++)
        identity[i] = (uint8_t)roll(l, 256);
    bool issued = has_certificates(state);
    const struct ky_db_dossier_row row = {.dossier_id = dossier_id,
                                          .number = number,
                                          .state = issued ? "active" : "entered",
                                          .name = name,
                                          .identity_hash = KY_BYTES_OF(identity),
                                          .sealed_person = noise(l, SEALED_SIZE),
                                          .owner = issued ? owner : NULL,
                                          .key_id = issued ? key : NULL,
                                          .updated_at = at};
    KY_TRY(ky_db_dossier_row_insert(l->s, &row));
    return issued ? certify(l, &row, at) : KY_OK;
}

static ky_rc add_events(struct load *l, const struct ky_db_dossier *d)
{
    static const char *const actions[] = {"prepare", "submit", "receive"};
    for (size_t i = 0; i < KY_COUNT(actions); i++) {
        const struct ky_db_dossier_event event = {.dossier_id = d->id,
                                                  .at = d->created_at + (ky_time)i * KY_HOUR,
                                                  .staff_id = d->entered_by,
                                                  .action = actions[i],
                                                  .from_state = "draft",
                                                  .to_state = d->state};
        KY_TRY(ky_db_dossier_event_insert(l->s, &event));
    }
    return KY_OK;
}

static ky_rc start_clock(struct load *l, const struct ky_db_dossier *d, const struct ky_state_info *state)
{
    static const char *const clocks[] = {
        [KY_CLOCK_RUNS] = "runs", [KY_CLOCK_STANDS] = "stands", [KY_CLOCK_ENDS] = "ended"};
    if (state->clock == KY_CLOCK_NONE)
        return KY_OK;
    bool open = state->clock != KY_CLOCK_ENDS;
    return ky_db_dossier_set_clock(l->s, d->id, clocks[state->clock], open ? (int64_t)roll(l, 4) : 0,
                                   d->created_at, d->created_at + 3 * KY_DAY + (ky_time)roll(l, KY_DAY));
}

static ky_rc add_dossier(struct load *l, uint64_t number)
{
    char id[KY_NEW_ID_TEXT], code[KY_DOSSIER_CODE_MAX];
    size_t school = roll(l, SCHOOLS), delegate = school / SCHOOLS_OF_EACH;
    const struct ky_state_info *state = choose_state(l);
    bool open = state->clock == KY_CLOCK_RUNS || state->clock == KY_CLOCK_STANDS;
    ky_time at = l->now - (ky_time)roll(l, open ? 10 * KY_DAY : YEARS * 365 * KY_DAY);
    fresh_id(id, l);
    snprintf(code, sizeof code, "CM-2020-%06" PRIu64, number);
    const struct ky_db_dossier d = {.id = id,
                                    .code = code,
                                    .org_id = l->schools[school].id,
                                    .procedure = "new",
                                    .state = state->id,
                                    .entered_by = l->clerks[delegate],
                                    .legal = "2024",
                                    .document_number = "27/TH-VP",
                                    .document_date = at,
                                    .signer_title = "HIỆU TRƯỞNG",
                                    .signer_name = "Nguyễn Văn Hiệu",
                                    .recipient_name = "Lê Thị Tiếp",
                                    .recipient_channel = "email",
                                    .recipient_email = "tiep@quangngai.gov.vn",
                                    .sealed_recipient_phone = noise(l, 64),
                                    .path = l->schools[school].path,
                                    .handler = delegate % 2 == 0 ? l->department : l->delegates[delegate].id,
                                    .created_at = at,
                                    .updated_at = at};
    KY_TRY(ky_db_dossier_insert(l->s, &d));
    for (int64_t row = 1; row <= PEOPLE; row++)
        KY_TRY(add_subscriber(l, id, row, state, at));
    KY_TRY(add_events(l, &d));
    KY_TRY(ky_search_put_dossier(l->s, id));
    return start_clock(l, &d, state);
}

static ky_rc add_dossiers(struct load *l, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (i % BATCH == 0)
            KY_TRY(ky_store_begin(l->s, KY_STORE_WRITE));
        KY_TRY(add_dossier(l, i + 1));
        if (i % BATCH == BATCH - 1 || i + 1 == count)
            KY_TRY(ky_store_commit(l->s));
        if (i % 50000 == 0)
            fprintf(stderr, "%" PRIu64 " dossiers\n", i);
    }
    return KY_OK;
}

/* ---- the program ---- */

static ky_rc tell(const struct load *l, uint64_t dossiers, int64_t ms)
{
    int64_t people = 0, certs = 0;
    ky_auto_buf text = ky_buf_init(4096);
    struct ky_json_out o = KY_JSON_OUT(&text);
    KY_TRY(ky_store_query_int(&people, l->s, "SELECT count(*) FROM dossier_row", KY_NO_PARAMS));
    KY_TRY(ky_store_query_int(&certs, l->s, "SELECT count(*) FROM certificate", KY_NO_PARAMS));
    ky_json_open_object(&o, NULL);
    ky_json_put_int(&o, "dossiers", (int64_t)dossiers);
    ky_json_put_int(&o, "subscribers", people);
    ky_json_put_int(&o, "certificates", certs);
    ky_json_put_int(&o, "organisations", DELEGATES + SCHOOLS);
    ky_json_put_int(&o, "seconds", ms / 1000);
    ky_json_put_cstr(&o, "school", l->schools[0].id);
    ky_json_put_cstr(&o, "officer", l->officer);
    ky_json_put_cstr(&o, "delegate", l->delegate);
    ky_json_put_cstr(&o, "clerk", l->clerk);
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&text));
    puts(ky_buf_str(&text));
    return KY_OK;
}

static ky_rc run(struct load *l, const char *database, uint64_t dossiers)
{
    char where[512];
    int64_t began = ky_mono_ms();
    snprintf(where, sizeof where, "sqlite:%s", database);
    KY_TRY(ky_store_open(&l->s, where, 5000));
    KY_TRY(ky_migrate(l->s, ky_migrations, ky_migrations_count, ky_now()));
    KY_TRY(ky_store_script(l->s, wide));
    KY_TRY(ky_random(l->noise, sizeof l->noise));
    l->now = ky_now();
    l->dice = UINT64_C(0x9e3779b97f4a7c15);
    KY_TRY(find_department(l));
    KY_TRY(add_organisations(l));
    KY_TRY(add_dossiers(l, dossiers));
    KY_TRY(ky_store_script(l->s, narrow));
    return tell(l, dossiers, ky_mono_ms() - began);
}

int main(int argc, char **argv)
{
    struct load *l = calloc(1, sizeof *l);
    uint64_t dossiers = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    if (l == NULL || dossiers == 0) {
        fprintf(stderr, "usage: bench_load DATABASE DOSSIERS\n");
        return 2;
    }
    ky_rc rc = run(l, argv[1], dossiers);
    if (rc != KY_OK)
        fprintf(stderr, "bench_load: %s: %s\n", ky_rc_name(rc), ky_error());
    ky_store_close(l->s);
    free(l);
    return rc == KY_OK ? 0 : 1;
}

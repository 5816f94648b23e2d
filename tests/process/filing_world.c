/* See filing_world.h. */
#include "tests/process/filing_world.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "domain/org.h"
#include "domain/reglog.h"
#include "os/clock.h"
#include "store/migrate.h"
#include "tests/support/bodies.h"
#include "tests/support/papers.h"

#define WAIT_MS 60000
#define LOG_ENTRY 128

struct realm filing_realm;
static char tokens[FILING_PEOPLE][KY_BEARER_TEXT];
static char school[KY_NEW_ID_TEXT], other_school[KY_NEW_ID_TEXT], department[KY_NEW_ID_TEXT];

static const char *const roles[FILING_PEOPLE] = {
    [CLERK] = "enter", [HEAD] = "sign",     [EXAMINER] = "receive examine", [OFFICER] = "approve",
    [ADMIN] = "admin", [AUDITOR] = "audit", [OTHER_CLERK] = "enter",        [SECOND_OFFICER] = "approve",
};

/* ---- the world ---- */

ky_rc filing_store(struct ky_store **out)
{
    char where[160];
    snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", filing_realm.state);
    return ky_store_open(out, where, 5000);
}

static ky_rc add_org(char id[KY_NEW_ID_TEXT], struct ky_store *s, const char *code, const char *name,
                     const char *sector)
{
    const struct ky_db_org org = {
        .code = code, .name = name, .province = "Quảng Ngãi", .place = "Quảng Ngãi", .sector = sector};
    return ky_org_create(id, s, &KY_ACTOR_SYSTEM, &org, ky_now());
}

static ky_rc add_staff(struct ky_store *s, size_t who)
{
    char id[KY_NEW_ID_TEXT];
    ky_auto_arena a = ky_arena_init(1 << 20);
    const char *org = who <= HEAD ? school : who == OTHER_CLERK ? other_school : department;
    const struct ky_db_staff staff = {
        .org_id = org, .name = "Trần Văn An", .email = "an@quangngai.gov.vn", .roles = roles[who]};
    KY_TRY(ky_staff_create(id, s, &a, &KY_ACTOR_SYSTEM, &staff, ky_now()));
    return ky_staff_issue_token(tokens[who], s, &KY_ACTOR_SYSTEM, id, ky_now());
}

static ky_rc enter_all(void)
{
    ky_auto_store s = NULL;
    KY_TRY(filing_store(&s));
    KY_TRY(ky_migrate(s, ky_migrations, ky_migrations_count, ky_now()));
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    KY_TRY(add_org(department, s, "CUC", "Cục Chứng thực số", "authority"));
    KY_TRY(add_org(school, s, "SGD-QN", REALM_ORG_NAME, "education"));
    KY_TRY(add_org(other_school, s, "SYT-QN", "Sở Y tế Quảng Ngãi", "health"));
    for (size_t i = 0; i < FILING_PEOPLE; i++)
        KY_TRY(add_staff(s, i));
    return ky_store_commit(s);
}

/* ---- requests ---- */

const char *filing_token(size_t who)
{
    return tokens[who];
}

long filing_call(json_t **answer, size_t who, const char *method, const json_t *body, const char *path_fmt,
                 ...)
{
    char path[256];
    va_list args;
    const struct https to = {.port = filing_realm.https_port, .token = tokens[who]};
    va_start(args, path_fmt);
    vsnprintf(path, sizeof path, path_fmt, args);
    va_end(args);
    return https_call(answer, &to, method, body, "%s", path);
}

const char *filing_text(const json_t *obj, const char *name)
{
    const char *v = json_string_value(json_object_get(obj, name));
    if (v == NULL)
        fail_msg("no member %s", name);
    return v;
}

static json_t *signed_body(const char *statement, const struct person *const *people, size_t count)
{
    json_t *body = NULL;
    assert_ok(body_authorised(&body, &filing_realm, statement, people, count));
    return body;
}

static void ask_nonce(uint8_t out[KY_NONCE_SIZE], const char *process, const char *kind)
{
    ky_auto_json body = json_pack("{s:s, s:s}", "process", process, "kind", kind);
    ky_auto_json answer = NULL;
    ky_auto_buf nonce = ky_buf_init(KY_NONCE_SIZE);
    assert_int_equal(filing_call(&answer, ADMIN, "POST", body, "/api/v1/nonces"), 200);
    assert_ok(body_get_b64(&nonce, answer, "nonce"));
    memcpy(out, nonce.p, KY_NONCE_SIZE);
}

static void enrol_seal(void)
{
    uint8_t sam[KY_NONCE_SIZE], ca[KY_NONCE_SIZE];
    const struct person *const two[] = {&filing_realm.officers[0], &filing_realm.officers[1]};
    struct body_seal seal = {.sam_nonce = sam, .ca_nonce = ca, .org = school};
    ky_auto_json wish = json_pack("{s:s}", "identity", "051080000099");
    ky_auto_json answer = NULL;
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX);
    assert_int_equal(filing_call(&answer, ADMIN, "POST", wish, "/api/v1/owner"), 200);
    seal.owner = filing_text(answer, "owner");
    ask_nonce(sam, "sam", "long");
    ask_nonce(ca, "ca", "long");
    assert_ok(body_seal_statement(&text, &filing_realm, &seal));
    ky_auto_json body = signed_body(ky_buf_str(&text), two, KY_COUNT(two));
    assert_int_equal(filing_call(NULL, ADMIN, "POST", body, "/api/v1/admin"), 200);
}

int filing_set_up(void **state)
{
    return filing_set_up_several(state, 1);
}

int filing_set_up_several(void **state, unsigned officers)
{
    (void)state;
    const struct realm_options options = {
        .issuing_key = "p256", .root_key = "p256", .issue_n = officers, .web = true, .machine = true};
    assert_ok(realm_make(&filing_realm, &options));
    assert_ok(enter_all());
    assert_ok(realm_start(&filing_realm));
    enrol_seal();
    return 0;
}

int filing_tear_down(void **state)
{
    (void)state;
    realm_clear(&filing_realm);
    return 0;
}

/* ---- dossiers ---- */

json_t *filing_create(size_t who, const char *procedure, json_t *rows)
{
    json_t *answer = NULL;
    ky_auto_json body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "procedure", procedure, "recipient_name",
                                  "Lê Thị Tiếp", "recipient_channel", "email", "recipient_email",
                                  "tiep@quangngai.gov.vn", "recipient_phone", "0912345678", "people", rows);
    assert_int_equal(filing_call(&answer, who, "POST", body, "/api/v1/dossiers"), 201);
    return answer;
}

const char *filing_refusal(const json_t *answer, size_t row)
{
    const json_t *one = json_array_get(json_object_get(answer, "people"), row);
    const json_t *first = json_array_get(json_object_get(one, "refusals"), 0);
    return first == NULL ? "" : json_string_value(json_object_get(first, "code"));
}

/* Subscribers' own requests, for the rows that need one. */
static void hand_in_papers(const char *id)
{
    ky_auto_json papers = NULL;
    const struct https clerk = {.port = filing_realm.https_port, .token = tokens[CLERK]};
    assert_int_equal(filing_call(&papers, CLERK, "GET", NULL, "/api/v1/dossiers/%s/own-requests", id), 200);
    if (json_integer_value(json_object_get(papers, "missing")) > 0)
        assert_int_equal(papers_hand_in(&clerk, id), 201);
}

void filing_submit(const char *id)
{
    ky_auto_json nothing = json_object();
    ky_auto_json drawn = NULL;
    ky_auto_json body = NULL;
    hand_in_papers(id);
    assert_int_equal(filing_call(&drawn, HEAD, "POST", nothing, "/api/v1/dossiers/%s/document", id), 200);
    assert_ok(body_submission(&body, &filing_realm, drawn, &filing_realm.head));
    assert_int_equal(filing_call(NULL, HEAD, "POST", body, "/api/v1/dossiers/%s/submit", id), 200);
}

void filing_act(size_t who, const char *id, const char *action, const char *note)
{
    ky_auto_json body = note == NULL ? json_object() : json_pack("{s:s}", "note", note);
    assert_int_equal(filing_call(NULL, who, "POST", body, "/api/v1/dossiers/%s/%s", id, action), 200);
}

json_t *filing_get(const char *id)
{
    json_t *answer = NULL;
    assert_int_equal(filing_call(&answer, CLERK, "GET", NULL, "/api/v1/dossiers/%s", id), 200);
    return answer;
}

void filing_examine(const char *id)
{
    ky_auto_json d = filing_get(id);
    if (strcmp(filing_text(d, "state"), "sent") == 0)
        filing_act(EXAMINER, id, "receive", NULL);
    filing_act(EXAMINER, id, "examine", NULL);
}

long filing_approve(const char *id, int64_t *left)
{
    const struct person *const officer[] = {&filing_realm.officers[2]};
    ky_auto_json nothing = json_object();
    ky_auto_json text = NULL;
    long status = filing_call(&text, OFFICER, "POST", nothing, "/api/v1/dossiers/%s/approval", id);
    if (status != 200)
        return status;
    if (left != NULL)
        *left = json_integer_value(json_object_get(text, "left"));
    ky_auto_json body = signed_body(filing_text(text, "statement"), officer, 1);
    return filing_call(NULL, OFFICER, "POST", body, "/api/v1/dossiers/%s/approve", id);
}

void filing_refuse(const char *id, const char *reason)
{
    const struct person *const officer[] = {&filing_realm.officers[2]};
    ky_auto_json wish = json_pack("{s:s}", "reason", reason);
    ky_auto_json text = NULL;
    assert_int_equal(filing_call(&text, OFFICER, "POST", wish, "/api/v1/dossiers/%s/refusal", id), 200);
    ky_auto_json body = signed_body(filing_text(text, "statement"), officer, 1);
    assert_int_equal(filing_call(NULL, OFFICER, "POST", body, "/api/v1/statements"), 200);
}

void filing_lock(const char *key_id)
{
    uint8_t nonce[KY_NONCE_SIZE];
    const struct person *const officer[] = {&filing_realm.officers[2]};
    ky_auto_json st = NULL;
    ky_auto_buf text = ky_buf_init(65536);
    ask_nonce(nonce, "sam", "short");
    const struct statement_head head = {.type = "lock",
                                        .realm = filing_realm.founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = ky_now(),
                                        .exp = ky_now() + KY_MINUTE};
    assert_ok(statement_new(&st, &head));
    json_object_set_new(st, "credential", json_string(key_id));
    assert_ok(statement_text(&text, st));
    ky_auto_json body = signed_body(ky_buf_str(&text), officer, 1);
    assert_int_equal(filing_call(NULL, OFFICER, "POST", body, "/api/v1/statements"), 200);
}

void filing_wait(const char *id, const char *state)
{
    char last[64] = "";
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end; usleep(100000)) {
        ky_auto_json answer = NULL;
        if (filing_call(&answer, OFFICER, "GET", NULL, "/api/v1/dossiers/%s", id) != 200)
            continue; /* the web process is starting again */
        snprintf(last, sizeof last, "%s", filing_text(answer, "state"));
        if (strcmp(last, state) == 0)
            return;
    }
    fail_msg("dossier in state %s, not %s", last, state);
}

void filing_whole(char id[64], const char *procedure, json_t *rows, const char *state)
{
    ky_auto_json created = filing_create(CLERK, procedure, rows);
    for (size_t i = 0; i < json_array_size(json_object_get(created, "people")); i++)
        assert_string_equal(filing_refusal(created, i), "");
    snprintf(id, 64, "%s", filing_text(created, "id"));
    filing_submit(id);
    filing_examine(id);
    assert_int_equal(filing_approve(id, NULL), 202);
    filing_wait(id, state);
}

/* ---- what the world sees ---- */

void filing_cert(struct ky_db_cert *out, struct ky_arena *a, const char *dossier, int64_t row)
{
    ky_auto_store s = NULL;
    assert_ok(filing_store(&s));
    assert_ok(ky_db_cert_get_by_row(out, a, s, dossier, row));
}

static size_t take(char *p, size_t one, size_t n, void *ctx)
{
    struct ky_buf *out = ctx;
    ky_buf_add(out, KY_BYTES(p, one * n));
    return out->rc == KY_OK ? one * n : 0;
}

static void post_ocsp(struct ky_buf *answer, struct ky_bytes question)
{
    char url[64];
    CURL *c = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/ocsp-request");
    snprintf(url, sizeof url, "http://127.0.0.1:%u/ocsp", filing_realm.http_port);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)question.n);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, question.p);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, answer);
    assert_int_equal(curl_easy_perform(c), CURLE_OK);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
}

ky_ocsp_status filing_ocsp(const struct ky_db_cert *row)
{
    struct ky_ocsp_result result;
    ky_auto_cert cert = NULL;
    ky_auto_buf question = ky_buf_init(4096), answer = ky_buf_init(65536);
    const struct ky_founding *f = filing_realm.founding;
    assert_ok(ky_cert_parse(&cert, row->der));
    assert_ok(ky_ocsp_req_build(&question, cert, f->issuing, 20, KY_BYTES_NONE));
    post_ocsp(&answer, ky_buf_bytes(&question));
    assert_ok(ky_ocsp_verify(&result, ky_buf_bytes(&answer), cert, f->issuing, f->ocsp));
    return result.status;
}

bool filing_key_is_dead(const char *key_id)
{
    uint8_t id[KY_ID_SIZE], name[KY_LOG_ID_SIZE];
    int64_t dead = 0, blobs = 0;
    ky_auto_store s = NULL;
    ky_auto_rows rows = {.store = NULL};
    bool have = true;
    assert_ok(ky_hex_decode(id, sizeof id, ky_bytes_str(key_id)));
    ky_record_log_id(name, KY_REC_KEY, id);
    assert_ok(filing_store(&s));
    assert_ok(ky_store_query_int(&blobs, s, "SELECT count(*) FROM key_blob WHERE key_id = $1",
                                 KY_PARAMS(ky_value_text(key_id))));
    assert_ok(ky_store_query(&rows, s, "SELECT entry FROM registry_log", KY_NO_PARAMS));
    assert_ok(ky_rows_next(&rows, &have));
    while (have) {
        struct ky_bytes entry = ky_rows_bytes(&rows, 0);
        assert_int_equal(entry.n, LOG_ENTRY);
        dead += (entry.p[1] & ~KY_LOG_MORE) == KY_LOGGED_DEAD &&
                memmem(entry.p, entry.n, name, sizeof name) != NULL;
        assert_ok(ky_rows_next(&rows, &have));
    }
    return dead > 0 && blobs == 0;
}

int filing_mails(const char *address)
{
    char command[512];
    int n = -1;
    snprintf(command, sizeof command, "grep -l '^To:.*%s' %s/courier/outbox/*.eml | wc -l", address,
             filing_realm.state);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%d", &n), 1);
    pclose(f);
    return n;
}

/*
 * An organisation tries every object of another one over every address that
 * names an object, taken from the route table itself: what is another's and what
 * was never there are told apart by nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/base64.h"
#include "base/str.h"
#include "domain/nonce.h"
#include "domain/org.h"
#include "domain/search.h"
#include "domain/statement.h"
#include "os/clock.h"
#include "store/migrate.h"
#include "tests/support/https.h"
#include "tests/support/people.h"
#include "tests/support/realm.h"
#include "store/outbox.h"
#include "web/routes.h"

#define ADDRESS_MAX 256
#define NOBODY "00000000000000000000000000000000"

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

/* An organisation with a clerk who has every role, and a delegate's admin. */
struct side {
    char org[KY_NEW_ID_TEXT], staff[KY_NEW_ID_TEXT], token[KY_BEARER_TEXT], dossier[64], certificate[64];
    char message[KY_NEW_ID_TEXT]; /* about the dossier */
};

static struct realm realm;
static char department[KY_NEW_ID_TEXT], delegate[KY_NEW_ID_TEXT];
static struct side school, hospital; /* the school is the delegate's, the hospital is not */
static struct side officer, delegates_admin;

static ky_rc make_org(char id[KY_NEW_ID_TEXT], struct ky_store *s, const char *code, const char *kind,
                      const char *parent)
{
    const struct ky_db_org org = {
        .code = code,
        .name = "Cơ quan",
        .province = "Huế",
        .place = "Huế",
        .kind = kind,
        .parent_id = parent,
        .sector = ky_str_eq(kind, KY_ORG_PLAIN) ? "education" : KY_SECTOR_AUTHORITY,
    };
    return ky_org_create(id, s, &KY_ACTOR_SYSTEM, &org, ky_now());
}

static ky_rc make_person(struct side *side, struct ky_store *s, const char *org, const char *roles)
{
    ky_auto_arena a = ky_arena_init(1 << 20);
    const struct ky_db_staff staff = {
        .org_id = org, .name = "Trần Văn An", .email = "an@hue.edu.vn", .roles = roles};
    KY_TRY(ky_staff_create(side->staff, s, &a, &KY_ACTOR_SYSTEM, &staff, ky_now()));
    return ky_staff_issue_token(side->token, s, &KY_ACTOR_SYSTEM, side->staff, ky_now());
}

static ky_rc enter_everybody(void)
{
    ky_auto_store s = NULL;
    char where[160];
    snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", realm.state);
    KY_TRY(ky_store_open(&s, where, 5000));
    KY_TRY(ky_migrate(s, ky_migrations, ky_migrations_count, ky_now()));
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    KY_TRY(make_org(department, s, "CUC", KY_ORG_DEPARTMENT, NULL));
    KY_TRY(make_org(delegate, s, "SO", KY_ORG_DELEGATE, department));
    KY_TRY(make_org(school.org, s, "TRUONG", KY_ORG_PLAIN, delegate));
    KY_TRY(make_org(hospital.org, s, "VIEN", KY_ORG_PLAIN, department));
    KY_TRY(make_person(&school, s, school.org, "enter sign seal support"));
    KY_TRY(make_person(&hospital, s, hospital.org, "enter sign seal support"));
    KY_TRY(make_person(&delegates_admin, s, delegate, "receive examine approve operate audit admin"));
    KY_TRY(make_person(&officer, s, department, "receive examine approve operate audit admin"));
    return ky_store_commit(s);
}

static struct https as(const struct side *side)
{
    return (struct https){.port = realm.https_port, .token = side->token};
}

/* A message that went out about the dossier. */
static ky_rc make_message(struct side *side)
{
    ky_auto_store s = NULL;
    char where[160];
    snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", realm.state);
    KY_TRY(ky_store_open(&s, where, 5000));
    KY_TRY(ky_new_id(side->message));
    const struct ky_db_outbox m = {.id = side->message,
                                   .about = side->message,
                                   .template = "request-sent",
                                   .channel = "email",
                                   .sealed_message = KY_BYTES_LIT("x"),
                                   .dossier_id = side->dossier,
                                   .state = "dead"};
    return ky_db_outbox_put(s, &m);
}

static json_t *person(void)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "identity", "051191012345", "name",
                     "Nguyễn Thị Minh Hằng", "email", "hang@hue.edu.vn", "phone", "0912000001", "sector",
                     "education", "authority", 0, "finance", 0, "phone_own", 1);
}

static void make_dossier(struct side *side)
{
    const struct https to = as(side);
    ky_auto_json answer = NULL;
    ky_auto_json body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:[o]}", "procedure", "new", "recipient_name",
                                  "Lê Thị Tiếp", "recipient_channel", "email", "recipient_email",
                                  "tiep@hue.gov.vn", "recipient_phone", "0912345678", "people", person());
    assert_int_equal(https_call(&answer, &to, "POST", body, "/api/v1/dossiers"), 201);
    snprintf(side->dossier, sizeof side->dossier, "%s", json_string_value(json_object_get(answer, "id")));
    assert_ok(make_message(side));
}

/* A certificate in the side's dossier, as issuance would leave it. */
static ky_rc put_certificate(struct side *side)
{
    ky_auto_store s = NULL;
    char where[160];
    snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", realm.state);
    snprintf(side->certificate, sizeof side->certificate, "%s", side->dossier);
    KY_TRY(ky_store_open(&s, where, 5000));
    const struct ky_params id = KY_PARAMS(ky_value_text(side->dossier));
    KY_TRY(ky_store_exec(s,
                         "INSERT INTO certificate (serial, dossier_id, number, key_id, owner, status, der,"
                         " not_before, not_after, revoked_at, reason, created_at)"
                         " VALUES ($1, $1, 1, 'k', 'o', 'good', x'00', 0, 4102444800, 0, 0, 1)",
                         id));
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    KY_TRY(ky_search_add_certificate(s, side->certificate));
    return ky_store_commit(s);
}

static int set_up(void **state)
{
    (void)state;
    const struct realm_options options = {.issuing_key = "p256", .root_key = "p256", .web = true};
    assert_ok(realm_make(&realm, &options));
    assert_ok(enter_everybody());
    assert_ok(realm_start(&realm));
    make_dossier(&school);
    make_dossier(&hospital);
    assert_ok(put_certificate(&school));
    assert_ok(put_certificate(&hospital));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    realm_clear(&realm);
    return 0;
}

/* ---- every address ---- */

/* The address with the id in its first {} and row 1, or the action "withdraw", in the second. */
static void fill_address(char out[ADDRESS_MAX], const struct ky_route *route, const char *id)
{
    size_t n = 0;
    bool first = true;
    for (const char *p = route->path; *p != 0;) {
        if (!ky_str_starts(p, "{}")) {
            out[n++] = *p++;
            continue;
        }
        const char *rest = strstr(route->path, "/people/") != NULL ? "1" : "withdraw";
        n += (size_t)snprintf(out + n, ADDRESS_MAX - n, "%s", first ? id : rest);
        first = false;
        p += 2;
    }
    out[n] = 0;
}

static long ask(json_t **answer, const struct side *who, const struct ky_route *route, const char *id)
{
    char address[ADDRESS_MAX];
    const struct https to = as(who);
    ky_auto_json body = route->body == KY_BODY_JSON ? json_object() : NULL;
    fill_address(address, route, id);
    long status = https_call(answer, &to, route->method, body, "%s", address);
    if (*answer != NULL)
        json_object_del(*answer, "request"); /* differs with every request */
    return status;
}

static void expect_nothing_there(const struct side *who, const struct ky_route *route, const char *id)
{
    ky_auto_json others = NULL;
    ky_auto_json none = NULL;
    long status = ask(&others, who, route, id);
    long status_of_none = ask(&none, who, route, NOBODY);
    if (status != 404 || status_of_none != 404 || !json_equal(others, none))
        fail_msg("%s %s: %ld for another's, %ld for none", route->method, route->path, status,
                 status_of_none);
}

static size_t try_every_address(const struct side *who, const struct side *other)
{
    const char *const ids[KY_OBJECT_COUNT] = {[KY_OBJECT_DOSSIER] = other->dossier,
                                              [KY_OBJECT_ORG] = other->org,
                                              [KY_OBJECT_STAFF] = other->staff,
                                              [KY_OBJECT_MESSAGE] = other->message,
                                              [KY_OBJECT_CERTIFICATE] = other->certificate};
    size_t tried = 0;
    for (size_t i = 0; i < ky_routes_https_count; i++) {
        const struct ky_route *route = &ky_routes_https[i];
        bool names = route->object != KY_OBJECT_NONE && route->object != KY_OBJECT_FREE;
        for (size_t k = KY_OBJECT_DOSSIER; names && k < KY_OBJECT_COUNT; k++) {
            expect_nothing_there(who, route, ids[k]);
            tried++;
        }
    }
    return tried;
}

/* An address of the portal with a {} that names no object would escape the test. */
static void every_address_of_the_portal_says_what_it_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ky_routes_https_count; i++) {
        const struct ky_route *r = &ky_routes_https[i];
        if (r->family == KY_FAMILY_PORTAL && r->roles != 0 && strstr(r->path, "{}") != NULL &&
            r->object == KY_OBJECT_NONE)
            fail_msg("%s %s: of what is {} the id?", r->method, r->path);
    }
}

static void another_organisations_objects_are_not_there(void **state)
{
    (void)state;
    assert_true(try_every_address(&school, &hospital) > 60);
    try_every_address(&hospital, &school);
}

static void a_delegate_sees_its_branch_and_nothing_beside_it(void **state)
{
    (void)state;
    struct side above = officer;
    snprintf(above.org, sizeof above.org, "%s", department);
    snprintf(above.dossier, sizeof above.dossier, "%s", hospital.dossier);
    memcpy(above.message, hospital.message, sizeof above.message);
    snprintf(above.certificate, sizeof above.certificate, "%s", hospital.certificate);
    try_every_address(&delegates_admin, &hospital);
    try_every_address(&delegates_admin, &above);
    const struct https to = as(&delegates_admin);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/dossiers/%s", school.dossier), 200);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/certificates/%s", school.certificate), 200);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/staff/%s", school.staff), 200);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/organisations/%s", school.org), 200);
}

static void reaches_no_further(const struct https *to, const char *path, const char *list, size_t wanted)
{
    ky_auto_json answer = NULL;
    assert_int_equal(https_call(&answer, to, "GET", NULL, "/api/v1/%s", path), 200);
    if (json_array_size(json_object_get(answer, list)) != wanted)
        fail_msg("%s: %zu, not %zu", path, json_array_size(json_object_get(answer, list)), wanted);
}

/* Ids that a body or an argument names are looked up in the scope as well. */
static void bodies_and_lists_reach_no_further(void **state)
{
    (void)state;
    const struct https to = as(&delegates_admin), all = as(&officer);
    ky_auto_json list = NULL;
    ky_auto_json everything = NULL;
    ky_auto_json staff = json_pack("{s:s, s:s, s:s, s:s}", "org", hospital.org, "name", "An", "email",
                                   "a@b.vn", "roles", "enter");
    ky_auto_json move = json_pack("{s:s}", "parent_id", delegate);
    ky_auto_json client = json_pack("{s:s}", "record", NOBODY);
    assert_int_equal(https_call(NULL, &to, "POST", client, "/api/v1/clients"), 403);
    assert_int_equal(https_call(NULL, &all, "POST", client, "/api/v1/clients"), 404); /* no such record */
    assert_int_equal(https_call(NULL, &to, "POST", staff, "/api/v1/staff"), 404);
    assert_int_equal(https_call(NULL, &to, "POST", move, "/api/v1/organisations/%s/move", school.org), 403);
    assert_int_equal(https_call(&list, &to, "GET", NULL, "/api/v1/dossiers?org=%s", hospital.org), 200);
    assert_int_equal(json_array_size(json_object_get(list, "dossiers")), 0);
    json_decref(list);
    list = NULL;
    assert_int_equal(https_call(&list, &to, "GET", NULL, "/api/v1/dossiers"), 200);
    assert_int_equal(json_array_size(json_object_get(list, "dossiers")), 1);
    reaches_no_further(&to, "certificates?limit=10", "certificates", 1);
    reaches_no_further(&to, "certificates?sort=expiry", "certificates", 1);
    reaches_no_further(&to, "subscribers", "subscribers", 1);
    reaches_no_further(&to, "certificates?q=051191012345", "certificates", 1);
    reaches_no_further(&to, "dossiers?q=hang", "dossiers", 1);
    reaches_no_further(&to, "dossiers?q=051191012345", "dossiers", 1);
    reaches_no_further(&all, "certificates?q=051191012345", "certificates", 2);
    reaches_no_further(&all, "dossiers?q=hang", "dossiers", 2);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/figures?by=month&org=%s", hospital.org),
                     404);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/audit?process=sam"), 403);
    assert_int_equal(https_call(&everything, &all, "GET", NULL, "/api/v1/dossiers"), 200);
    assert_int_equal(json_array_size(json_object_get(everything, "dossiers")), 2);
}

static void ask_nonce(uint8_t out[KY_NONCE_SIZE], const struct side *who)
{
    const struct https to = as(who);
    ky_auto_json body = json_pack("{s:s, s:s}", "process", "sam", "kind", "long");
    ky_auto_json answer = NULL;
    ky_auto_buf nonce = ky_buf_init(KY_NONCE_SIZE);
    assert_int_equal(https_call(&answer, &to, "POST", body, "/api/v1/nonces"), 200);
    assert_ok(ky_base64url_decode(&nonce, ky_json_str(json_object_get(answer, "nonce"))));
    memcpy(out, nonce.p, KY_NONCE_SIZE);
}

static long hand_in(const struct side *who, const char *type, json_t *taken_members)
{
    uint8_t nonce[KY_NONCE_SIZE];
    const struct person *const officers[] = {&realm.officers[0]};
    const struct https to = as(who);
    ky_auto_json members = taken_members;
    ky_auto_json statement = NULL;
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX), auths = ky_buf_init(1 << 20),
                auths64 = ky_buf_init(1 << 21);
    ask_nonce(nonce, who);
    const struct statement_head head = {.type = type,
                                        .realm = realm.founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = ky_now(),
                                        .exp = ky_now() + KY_DAY};
    assert_ok(statement_new(&statement, &head));
    assert_int_equal(json_object_update(statement, members), 0);
    assert_ok(statement_text(&text, statement));
    assert_ok(people_authorise(&auths, officers, 1, ky_buf_bytes(&text), ky_now()));
    ky_buf_add_base64url(&auths64, ky_buf_bytes(&auths));
    ky_auto_json body =
        json_pack("{s:s, s:s}", "statement", ky_buf_str(&text), "authorisations", ky_buf_str(&auths64));
    return https_call(NULL, &to, "POST", body, "/api/v1/statements");
}

/* A statement about what is not in the branch is not even passed on to sam; the department's is, for sam to judge. */
static void statements_are_about_the_own_branch(void **state)
{
    (void)state;
    static const char hash[] = NOBODY NOBODY;
    const struct {
        const char *type;
        json_t *members;
    } cases[] = {
        {"refuse", json_pack("{s:s, s:[i], s:s}", "request", hash, "rows", 1, "reason", "Sai hồ sơ")},
        {"lock", json_pack("{s:s}", "credential", NOBODY)},
        {"unlock", json_pack("{s:s, s:s}", "credential", NOBODY, "lock", hash)},
        {"revoke", json_pack("{s:[s], s:[s], s:i}", "serials", NOBODY, "keys", NOBODY, "reason", 1)},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        assert_int_equal(hand_in(&delegates_admin, cases[i].type, json_incref(cases[i].members)), 404);
        assert_int_not_equal(hand_in(&officer, cases[i].type, cases[i].members), 404);
    }
}

static void people_come_change_and_go(void **state)
{
    (void)state;
    const struct https to = as(&delegates_admin), clerk = as(&school);
    ky_auto_json made = NULL;
    ky_auto_json refusal = NULL;
    ky_auto_json events = NULL;
    ky_auto_json found = NULL;
    ky_auto_json nothing = json_object();
    ky_auto_json staff = json_pack("{s:s, s:s, s:s, s:s}", "org", school.org, "name", "Lê Thị Hoa", "email",
                                   "hoa@hue.edu.vn", "roles", "enter");
    assert_int_equal(https_call(NULL, &clerk, "POST", staff, "/api/v1/staff"), 403);
    assert_int_equal(https_call(&made, &to, "POST", staff, "/api/v1/staff"), 201);
    const char *id = json_string_value(json_object_get(made, "id"));
    json_object_set_new(staff, "roles", json_string("enter support"));
    assert_int_equal(https_call(NULL, &to, "PUT", staff, "/api/v1/staff/%s", id), 204);
    assert_int_equal(https_call(NULL, &to, "POST", nothing, "/api/v1/staff/%s/token", id), 201);
    assert_int_equal(https_call(NULL, &to, "POST", nothing, "/api/v1/staff/%s/close", id), 204);
    assert_int_equal(https_call(NULL, &to, "POST", nothing, "/api/v1/staff/%s/invitation", id), 403);
    assert_int_equal(
        https_call(&refusal, &to, "POST", nothing, "/api/v1/staff/%s/close", delegates_admin.staff), 403);
    assert_non_null(strstr(json_string_value(json_object_get(refusal, "vi")), "quản trị viên cuối cùng"));
    assert_int_equal(https_call(&events, &to, "GET", NULL, "/api/v1/organisations/%s/events", school.org),
                     200);
    assert_true(json_array_size(json_object_get(events, "events")) >= 5);
    assert_int_equal(https_call(&found, &to, "GET", NULL, "/api/v1/organisations?q=truong"), 200);
    assert_int_equal(json_array_size(json_object_get(found, "organisations")), 1);
}

/* `kyso org …` at the console, beside the running service. */
static int console(const char *command)
{
    char line[512];
    snprintf(line, sizeof line, "$KYSO_BIN/kyso org %s --config %s/kyso.conf >%s/console 2>&1", command,
             realm.dir, realm.dir);
    int status = system(line);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_console_delegates_moves_and_closes(void **state)
{
    (void)state;
    const struct https to = as(&officer), clerk = as(&hospital);
    ky_auto_json shown = NULL;
    assert_int_equal(console("delegate --code SO --procedures 'renew change'"), 0);
    assert_int_equal(https_call(&shown, &to, "GET", NULL, "/api/v1/organisations/%s", delegate), 200);
    assert_int_equal(json_array_size(json_object_get(shown, "procedures")), 2);
    assert_int_not_equal(console("delegate --code TRUONG --procedures new"), 0); /* no authority */
    assert_int_not_equal(console("delegate --code SO --procedures 'new new'"), 0);
    assert_int_not_equal(console("close --code SO"), 0); /* the school is below it */
    assert_int_equal(console("move --code VIEN --above SO"), 0);
    assert_int_not_equal(console("move --code SO --above VIEN"), 0);
    assert_int_not_equal(console("move --code SO"), 0);
    const struct https above = as(&delegates_admin);
    assert_int_equal(https_call(NULL, &above, "GET", NULL, "/api/v1/dossiers/%s", hospital.dossier), 200);
    assert_int_equal(console("close --code VIEN"), 0);
    assert_int_equal(https_call(NULL, &clerk, "GET", NULL, "/api/v1/dossiers"), 401);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_of_the_portal_says_what_it_names),
        cmocka_unit_test(another_organisations_objects_are_not_there),
        cmocka_unit_test(a_delegate_sees_its_branch_and_nothing_beside_it),
        cmocka_unit_test(bodies_and_lists_reach_no_further),
        cmocka_unit_test(statements_are_about_the_own_branch),
        cmocka_unit_test(people_come_change_and_go),
        cmocka_unit_test(the_console_delegates_moves_and_closes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

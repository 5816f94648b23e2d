/* See login_world.h. */
#include "tests/process/login_world.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "ades/evidence.h"
#include "base/base64.h"
#include "base/hex.h"
#include "domain/outbox.h"
#include "os/clock.h"
#include "os/file.h"
#include "web/routes.h"

#define PEM_MAX 65536

/* ---- mail ---- */

static ky_rc keep_mail(struct ky_notifier *n, const struct ky_notice *notice, const char *id, ky_time now)
{
    struct login_world *w = (struct login_world *)(void *)((char *)n - offsetof(struct login_world, mailbox));
    snprintf(w->subject, sizeof w->subject, "%s", ky_buf_str(&notice->subject));
    snprintf(w->body, sizeof w->body, "%s", ky_buf_str(&notice->body));
    w->mails++;
    return KY_OK;
}

unsigned login_mails(struct login_world *w)
{
    struct ky_outbox_result result;
    struct ky_notifier *const by_channel[KY_CHANNEL_COUNT] = {[KY_CHANNEL_EMAIL] = &w->mailbox};
    w->mails = 0;
    assert_ok(ky_outbox_run(&result, w->web.db, &w->web.personal, by_channel, ky_now()));
    return w->mails;
}

/* ---- people ---- */

struct adding {
    struct login_world *w;
    struct colleague *c;
    const char *org, *sector, *roles;
};

static ky_rc add_colleague(struct ky_store *s, void *ctx)
{
    const struct adding *a = ctx;
    char org[KY_NEW_ID_TEXT];
    ky_auto_arena arena = ky_arena_init(65536);
    const struct ky_db_org row = {
        .code = a->org, .name = a->org, .province = "Hà Nội", .place = "Hà Nội", .sector = a->sector};
    KY_TRY(ky_org_create(org, s, &KY_ACTOR_SYSTEM, &row, ky_now()));
    const struct ky_db_staff staff = {
        .org_id = org, .name = "Trần Văn An", .email = "an@quangngai.gov.vn", .roles = a->roles};
    KY_TRY(ky_staff_create(a->c->id, s, &arena, &KY_ACTOR_SYSTEM, &staff, ky_now()));
    return ky_staff_issue_token(a->c->token, s, &KY_ACTOR_SYSTEM, a->c->id, ky_now());
}

static void hire(struct login_world *w, struct colleague *c, const char *org, const char *sector,
                 const char *roles)
{
    struct adding a = {w, c, org, sector, roles};
    assert_ok(ky_store_submit(w->web.db, add_colleague, &a));
    assert_ok(phone_init(&c->phone, w->origin, "127.0.0.1"));
    assert_ok(token_ca_certify(&w->ca, &c->person, "Trần Văn An", ky_now()));
}

struct closing {
    const char *id;
};

static ky_rc close_staff(struct ky_store *s, void *ctx)
{
    const struct ky_scope all = ky_scope_everything();
    return ky_db_staff_set_state(s, &all, ((struct closing *)ctx)->id, "closed");
}

void login_close_person(struct login_world *w, const struct colleague *c)
{
    struct closing closing = {c->id};
    assert_ok(ky_store_submit(w->web.db, close_staff, &closing));
}

void login_use_certificate(struct login_world *w, struct browser *b, const struct person *p, const char *name)
{
    static char cert[8][160], key[8][160];
    static unsigned next;
    unsigned i = next++ % 8;
    assert_ok(person_write(p, w->dir, name));
    snprintf(cert[i], sizeof cert[i], "%s/%s.pem", w->dir, name);
    snprintf(key[i], sizeof key[i], "%s/%s.key", w->dir, name);
    b->cert = cert[i];
    b->key = key[i];
}

void login_publish_list(struct login_world *w, const struct person *revoked)
{
    char hex[64], path[200];
    ky_auto_buf der = ky_buf_init(65536);
    assert_ok(token_ca_crl(&der, &w->ca, ky_now(), revoked));
    ky_hex_encode(hex, w->ca.ca.cert->ski);
    snprintf(path, sizeof path, "%s/%s.crl", w->dir, hex);
    assert_ok(ky_file_write(path, ky_buf_bytes(&der), 0644));
}

static json_t *base64url(struct ky_bytes bytes)
{
    ky_auto_buf text = ky_buf_init(65536);
    ky_buf_add_base64url(&text, bytes);
    return json_string(ky_buf_str(&text));
}

void login_register_certificate(struct login_world *w, struct colleague *c)
{
    struct browser b = login_browser(w);
    b.token = w->admin.token;
    assert_int_equal(browser_call(&b, NULL, "POST", w->port,
                                  json_pack("{s:o,s:s}", "certificate", base64url(c->person.cert->der),
                                            "name", "Thẻ ký số"),
                                  "/api/v1/staff/%s/certificates", c->id),
                     201);
}

/* ---- the servers ---- */

static int remove_path(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    return remove(path);
}

static void make_tls(struct login_world *w)
{
    KY_CLEANUP(person_clear) struct person tls = {0};
    w->tls_cert = ky_buf_init(PEM_MAX);
    w->tls_key = ky_buf_init_secret(PEM_MAX);
    w->client_cas = ky_buf_init(PEM_MAX);
    assert_ok(token_ca_certify(&w->ca, &tls, "127.0.0.1", ky_now()));
    ky_buf_add_cert_pem(&w->tls_cert, tls.cert->der);
    assert_ok(ky_softkey_store_pem(&w->tls_key, tls.key));
    ky_buf_add_cert_pem(&w->client_cas, w->ca.ca.cert->der);
}

static void start_servers(struct login_world *w)
{
    struct ky_server_config cfg = {.web = &w->web,
                                   .workers = w->workers,
                                   .address = "127.0.0.1",
                                   .tls_cert = ky_buf_str(&w->tls_cert),
                                   .tls_key = ky_buf_str(&w->tls_key),
                                   .io_threads = 1,
                                   .connections = 64,
                                   .routes = ky_routes_https,
                                   .route_count = ky_routes_https_count};
    assert_ok(ky_server_start(&w->https, &cfg));
    cfg.client_cas = ky_buf_str(&w->client_cas);
    cfg.routes = ky_routes_login;
    cfg.route_count = ky_routes_login_count;
    assert_ok(ky_server_start(&w->login, &cfg));
    w->port = ky_server_port(w->https);
    w->login_port = ky_server_port(w->login);
    w->web.login_port = (uint16_t)w->login_port;
    snprintf(w->origin, sizeof w->origin, "https://127.0.0.1:%u", w->port);
    assert_ok(ky_login_init(&w->web.login, w->origin));
}

static void fill_web(struct login_world *w)
{
    char path[200];
    uint8_t data_key[KY_DATA_KEY_SIZE] = {1};
    snprintf(path, sizeof path, "sqlite:%s/kyso.db", w->dir);
    assert_ok(ky_db_open(&w->web.db, path, 4, ky_now()));
    assert_ok(ky_personal_init(&w->web.personal, KY_BYTES_OF(data_key)));
    snprintf(path, sizeof path, "%s/etc/templates", getenv("KYSO_SOURCE"));
    assert_ok(ky_notices_load(&w->web.notices, path));
    w->web.login = (struct ky_login){.notices = w->web.notices,
                                     .personal = &w->web.personal,
                                     .limits = {.idle_s = 15 * KY_MINUTE, .absolute_s = 8 * KY_HOUR}};
    w->web.token_cas = ky_evidence_new();
    assert_ok(ky_evidence_add_cert(w->web.token_cas, w->ca.ca.cert->der));
    w->web.token_crls = w->dir;
}

int login_world_open(void **state)
{
    static const struct ky_notifier_ops mailbox = {.name = "mailbox", .send = keep_mail};
    char path[80];
    struct login_world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    snprintf(w->dir, sizeof w->dir, "/tmp/kyso-login-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    snprintf(path, sizeof path, "%s/machine", w->dir);
    w->machine = machine_make(path);
    assert_non_null(w->machine);
    w->mailbox = (struct ky_notifier){.ops = &mailbox, .channels = 1u << KY_CHANNEL_EMAIL};
    assert_ok(token_ca_init(&w->ca, "CA thử nghiệm", ky_now()));
    make_tls(w);
    fill_web(w);
    assert_ok(ky_workers_start(&w->workers, 2));
    start_servers(w);
    hire(w, &w->admin, "CUC", "authority", "admin approve");
    hire(w, &w->clerk, "THCS", "education", "enter");
    login_publish_list(w, NULL);
    *state = w;
    return 0;
}

static void dismiss(struct colleague *c)
{
    phone_clear(&c->phone);
    person_clear(&c->person);
}

int login_world_close(void **state)
{
    struct login_world *w = *state;
    ky_server_quiesce(w->https);
    ky_server_quiesce(w->login);
    ky_workers_stop(w->workers);
    ky_server_stop(w->https);
    ky_server_stop(w->login);
    ky_web_clear(&w->web);
    dismiss(&w->admin);
    dismiss(&w->clerk);
    token_ca_clear(&w->ca);
    ky_buf_clear(&w->tls_cert);
    ky_buf_clear(&w->tls_key);
    ky_buf_clear(&w->client_cas);
    machine_free(w->machine);
    nftw(w->dir, remove_path, 8, FTW_DEPTH | FTW_PHYS);
    free(w);
    return 0;
}

struct browser login_browser(const struct login_world *w)
{
    return (struct browser){.port = w->port, .origin = w->origin, .page = true};
}

/* ---- steps ---- */

long login_start(struct browser *b, const struct login_world *w, char start[80], uint8_t challenge[32])
{
    struct ky_bytes name;
    ky_auto_json answer = NULL;
    ky_auto_buf bytes = ky_buf_init(32);
    long status = browser_call(b, &answer, "POST", w->port, json_object(), "/api/v1/session/start");
    if (status != 200)
        return status;
    assert_ok(ky_json_get_str(&name, answer, "start", 79));
    assert_ok(ky_json_get_base64url(&bytes, answer, "challenge", 32));
    memcpy(start, name.p, name.n + 1);
    memcpy(challenge, bytes.p, 32);
    return status;
}

json_t *login_assertion(struct phone *p, const uint8_t challenge[32])
{
    KY_CLEANUP(phone_assertion_clear) struct phone_assertion made;
    assert_ok(phone_answer(p, &made, KY_BYTES(challenge, 32)));
    return json_pack("{s:o,s:o,s:o,s:o}", "credential", base64url(KY_BYTES_OF(p->credential_id)),
                     "authenticator_data", base64url(ky_buf_bytes(&made.authenticator_data)),
                     "client_data_json", base64url(ky_buf_bytes(&made.client_data)), "signature",
                     base64url(ky_buf_bytes(&made.signature)));
}

long login_by_passkey(struct browser *b, const struct login_world *w, struct phone *p)
{
    char start[80];
    uint8_t challenge[32];
    assert_int_equal(login_start(b, w, start, challenge), 200);
    return browser_call(b, NULL, "POST", w->port, login_assertion(p, challenge), "/api/v1/session");
}

void login_fetch_code(struct browser *b, const struct login_world *w, const char *start, char fragment[80])
{
    assert_int_equal(
        browser_call(b, NULL, "GET", w->login_port, NULL, "/api/v1/session/certificate?start=%s", start),
        303);
    const char *hash = strchr(b->location, '#');
    assert_non_null(hash);
    snprintf(fragment, 80, "%s", hash + 1);
}

long login_by_code(struct browser *b, const struct login_world *w, const char *fragment)
{
    const char *code = strncmp(fragment, "code=", 5) == 0 ? fragment + 5 : "";
    if (code[0] == 0) { /* the page shows the error */
        snprintf(b->error, sizeof b->error, "%s", fragment + strlen("error="));
        return 403;
    }
    return browser_call(b, NULL, "POST", w->port, json_pack("{s:s}", "code", code), "/api/v1/session");
}

long login_by_certificate(struct browser *b, const struct login_world *w)
{
    char start[80], fragment[80];
    uint8_t challenge[32];
    assert_int_equal(login_start(b, w, start, challenge), 200);
    login_fetch_code(b, w, start, fragment);
    return login_by_code(b, w, fragment);
}

void login_invite(struct login_world *w, const struct colleague *c, char secret[64])
{
    struct browser b = login_browser(w);
    b.token = w->admin.token;
    login_mails(w);
    assert_int_equal(
        browser_call(&b, NULL, "POST", w->port, json_object(), "/api/v1/staff/%s/invitation", c->id), 204);
    assert_int_equal(login_mails(w), 1);
    const char *hash = strstr(w->body, "/invitation#");
    assert_non_null(hash);
    snprintf(secret, 64, "%.43s", hash + strlen("/invitation#"));
}

json_t *login_registration(struct phone *p, const uint8_t challenge[32], const char *name)
{
    ky_auto_buf object = ky_buf_init(KY_WEBAUTHN_ATTESTATION_MAX);
    ky_auto_buf client_data = ky_buf_init(KY_WEBAUTHN_CLIENT_DATA_MAX);
    assert_ok(phone_create(p, &object, &client_data, KY_BYTES(challenge, 32)));
    return json_pack("{s:o,s:o,s:s}", "attestation_object", base64url(ky_buf_bytes(&object)),
                     "client_data_json", base64url(ky_buf_bytes(&client_data)), "name", name);
}

long login_accept(struct browser *b, const struct login_world *w, struct phone *p, const char *secret)
{
    ky_auto_json answer = NULL;
    ky_auto_buf challenge = ky_buf_init(32);
    long status = browser_call(b, &answer, "POST", w->port, json_pack("{s:s}", "invitation", secret),
                               "/api/v1/session/invitation");
    if (status != 200)
        return status;
    assert_ok(ky_json_get_base64url(&challenge, answer, "challenge", 32));
    return browser_call(b, NULL, "POST", w->port, login_registration(p, challenge.p, "Điện thoại"),
                        "/api/v1/session/registration");
}

long login_look(struct browser *b, const struct login_world *w)
{
    return browser_call(b, NULL, "GET", w->port, NULL, "/api/v1/session");
}

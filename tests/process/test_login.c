/*
 * Logging in over real HTTPS: the good ways, and whoever tries without the
 * key, with another's cookie, from another page, again, or too late.
 */
#include "tests/process/login_world.h"

#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/str.h"
#include "os/clock.h"
#include "os/file.h"

#define YEAR (365 * KY_DAY)
#define OTHER_NETWORK "127.0.7.1"

/* The clerk, with a passkey, logged in. */
static struct browser clerk_at_work(struct login_world *w)
{
    char secret[64];
    struct browser b = login_browser(w);
    login_invite(w, &w->clerk, secret);
    assert_int_equal(login_accept(&b, w, &w->clerk.phone, secret), 201);
    return b;
}

/* The administrator, with a certificate, logged in. */
static struct browser admin_at_work(struct login_world *w)
{
    struct browser b = login_browser(w);
    login_register_certificate(w, &w->admin);
    login_use_certificate(w, &b, &w->admin.person, "admin");
    assert_int_equal(login_by_certificate(&b, w), 200);
    return b;
}

static long step_up(struct browser *b, const struct login_world *w)
{
    return login_by_certificate(b, w);
}

static long invite_clerk(struct browser *b, const struct login_world *w)
{
    return browser_call(b, NULL, "POST", w->port, json_object(), "/api/v1/staff/%s/invitation", w->clerk.id);
}

/* ---- invitation and passkey ---- */

static void an_invitation_leads_to_a_passkey_and_a_session(void **state)
{
    struct login_world *w = *state;
    struct browser b = clerk_at_work(w);
    assert_non_null(strstr(b.set_cookie, "__Host-kyso-session="));
    assert_non_null(strstr(b.set_cookie, "; Path=/; Secure; HttpOnly; SameSite=Strict"));
    assert_null(strstr(b.set_cookie, "Domain"));
    assert_int_equal(login_look(&b, w), 200);
    assert_int_equal(login_mails(w), 1);
    assert_non_null(strstr(w->body, "Điện thoại")); /* its owner is told of the new key */
}

static void an_invitation_is_good_once_and_for_a_week(void **state)
{
    struct login_world *w = *state;
    char secret[64], later[64];
    struct browser b = login_browser(w);
    login_invite(w, &w->clerk, secret);
    login_invite(w, &w->clerk, later); /* voids the first */
    assert_int_equal(login_accept(&b, w, &w->clerk.phone, secret), 403);
    assert_string_equal(b.error, "invitation_invalid");
    assert_int_equal(login_accept(&b, w, &w->clerk.phone, later), 201);
    assert_int_equal(login_accept(&b, w, &w->clerk.phone, later), 403);
    login_invite(w, &w->admin, secret);
    machine_wait(w->machine, 7 * KY_DAY + 1);
    assert_int_equal(login_accept(&b, w, &w->admin.phone, secret), 403);
    assert_string_equal(b.error, "invitation_invalid");
}

static void a_passkey_logs_in(void **state)
{
    struct login_world *w = *state;
    struct browser at_work = clerk_at_work(w), b = login_browser(w);
    assert_int_equal(login_by_passkey(&b, w, &w->clerk.phone), 200);
    assert_int_equal(login_look(&b, w), 200);
    assert_string_not_equal(b.session, at_work.session);
    assert_int_equal(login_look(&at_work, w), 200);
}

static void a_replayed_assertion_is_refused(void **state)
{
    struct login_world *w = *state;
    char start[80], again[80];
    uint8_t challenge[32], other[32];
    clerk_at_work(w);
    struct browser b = login_browser(w);
    assert_int_equal(login_start(&b, w, start, challenge), 200);
    char cookie[BROWSER_COOKIE_MAX];
    memcpy(cookie, b.login, sizeof cookie);
    ky_auto_json assertion = login_assertion(&w->clerk.phone, challenge);
    assert_int_equal(browser_call(&b, NULL, "POST", w->port, json_incref(assertion), "/api/v1/session"), 200);
    struct browser thief = login_browser(w);
    memcpy(thief.login, cookie, sizeof cookie); /* even with the cookie of the beginning */
    assert_int_equal(browser_call(&thief, NULL, "POST", w->port, json_incref(assertion), "/api/v1/session"),
                     403);
    assert_string_equal(thief.error, "start_invalid");
    assert_int_equal(login_start(&thief, w, again, other), 200);
    assert_int_equal(browser_call(&thief, NULL, "POST", w->port, json_incref(assertion), "/api/v1/session"),
                     403);
    assert_string_equal(thief.error, "assertion_invalid");
}

static void a_passkey_must_be_used_here_and_by_its_owner(void **state)
{
    struct login_world *w = *state;
    clerk_at_work(w);
    struct phone *p = &w->clerk.phone;
    const struct phone good = *p;
    struct browser b = login_browser(w);
    snprintf(p->origin, sizeof p->origin, "https://127.0.0.1.example.vn");
    assert_int_equal(login_by_passkey(&b, w, p), 403);
    *p = good;
    snprintf(p->rp_id, sizeof p->rp_id, "0.0.1"); /* a parent domain */
    assert_int_equal(login_by_passkey(&b, w, p), 403);
    *p = good;
    p->flags = KY_WEBAUTHN_UP; /* nobody was verified */
    assert_int_equal(login_by_passkey(&b, w, p), 403);
    *p = good;
    p->client_type = "webauthn.create";
    assert_int_equal(login_by_passkey(&b, w, p), 403);
    assert_string_equal(b.error, "assertion_invalid");
    *p = good;
    p->credential_id[0] ^= 1;
    assert_int_equal(login_by_passkey(&b, w, p), 403);
    assert_string_equal(b.error, "key_unknown");
    *p = good;
    assert_int_equal(login_by_passkey(&b, w, p), 200);
}

static void a_registration_without_user_verification_is_refused(void **state)
{
    struct login_world *w = *state;
    char secret[64];
    struct browser b = login_browser(w);
    login_invite(w, &w->clerk, secret);
    w->clerk.phone.flags = KY_WEBAUTHN_UP;
    assert_int_equal(login_accept(&b, w, &w->clerk.phone, secret), 403);
    assert_string_equal(b.error, "registration_invalid");
    w->clerk.phone.flags |= KY_WEBAUTHN_UV; /* the invitation is still good */
    assert_int_equal(login_accept(&b, w, &w->clerk.phone, secret), 201);
}

/* ---- certificates ---- */

static void a_certificate_logs_in_by_its_own_port(void **state)
{
    struct login_world *w = *state;
    struct browser b = admin_at_work(w);
    ky_auto_json answer = NULL;
    assert_int_equal(browser_call(&b, &answer, "GET", w->port, NULL, "/api/v1/session"), 200);
    assert_string_equal(json_string_value(json_object_get(answer, "key_kind")), "certificate");
    assert_string_equal(json_string_value(json_object_get(answer, "address")), "127.0.0.1");
}

static void assert_refused(struct login_world *w, const struct person *p, const char *name, const char *error)
{
    struct browser b = login_browser(w);
    if (p != NULL)
        login_use_certificate(w, &b, p, name);
    assert_int_equal(login_by_certificate(&b, w), 403);
    assert_string_equal(b.error, error);
    assert_int_equal(login_look(&b, w), 401);
}

static void strangers_certificates_are_refused(void **state)
{
    struct login_world *w = *state;
    KY_CLEANUP(token_ca_clear) struct token_ca stranger = {0}, namesake = {0};
    KY_CLEANUP(person_clear) struct person foreign = {0}, twin = {0}, unknown = {0}, self = {0};
    login_register_certificate(w, &w->admin);
    assert_ok(token_ca_init(&stranger, "CA của người lạ", ky_now()));
    assert_ok(token_ca_init(&namesake, "CA thử nghiệm", ky_now())); /* the same name, another key */
    assert_ok(token_ca_certify(&stranger, &foreign, "Trần Văn An", ky_now()));
    assert_ok(token_ca_certify(&namesake, &twin, "Trần Văn An", ky_now()));
    assert_ok(person_certify_self(&self, "Trần Văn An", ky_now()));
    assert_ok(token_ca_certify(&w->ca, &unknown, "Trần Văn An", ky_now()));
    assert_refused(w, &foreign, "foreign", "certificate_untrusted");
    assert_refused(w, &twin, "twin", "certificate_untrusted");
    assert_refused(w, &self, "self", "certificate_untrusted");
    assert_refused(w, &unknown, "unknown", "key_unknown");
    assert_refused(w, NULL, NULL, "certificate_missing");
}

/* A list may have many megabytes, and anybody can make a certificate that names a known CA. */
static void a_forged_certificate_has_no_list_read(void **state)
{
    struct login_world *w = *state;
    char event[4096];
    KY_CLEANUP(token_ca_clear) struct token_ca stranger = {0};
    KY_CLEANUP(person_clear) struct person forged = {0};
    ky_auto_fd watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    assert_ok(token_ca_init(&stranger, "CA của người lạ", ky_now()));
    struct token_ca pretended = stranger;
    pretended.ca.cert = w->ca.ca.cert; /* its name and key identifier, not its key */
    assert_ok(token_ca_certify(&pretended, &forged, "Trần Văn An", ky_now()));
    login_publish_list(w, NULL);
    assert_true(inotify_add_watch(watch, w->dir, IN_ACCESS) >= 0);
    assert_refused(w, &forged, "forged", "certificate_untrusted");
    for (ssize_t n = read(watch, event, sizeof event); n > 0; n = read(watch, event, sizeof event))
        assert_null(memmem(event, (size_t)n, ".crl", 4));
}

static void an_expired_or_revoked_certificate_is_refused(void **state)
{
    struct login_world *w = *state;
    login_register_certificate(w, &w->admin);
    login_register_certificate(w, &w->clerk);
    login_publish_list(w, &w->admin.person);
    assert_refused(w, &w->admin.person, "revoked", "certificate_revoked");
    machine_wait(w->machine, 25 * KY_HOUR); /* the list says nothing any more */
    assert_refused(w, &w->clerk.person, "unsure", "revocation_unknown");
    machine_wait(w->machine, 3 * YEAR);
    login_publish_list(w, NULL);
    assert_refused(w, &w->clerk.person, "expired", "certificate_expired");
}

static void the_ordinary_port_asks_for_no_certificate(void **state)
{
    struct login_world *w = *state;
    char start[80];
    uint8_t challenge[32];
    struct browser b = login_browser(w);
    login_register_certificate(w, &w->admin);
    login_use_certificate(w, &b, &w->admin.person, "wrong-port");
    assert_int_equal(login_start(&b, w, start, challenge), 200);
    assert_int_equal(
        browser_call(&b, NULL, "GET", w->port, NULL, "/api/v1/session/certificate?start=%s", start), 404);
    assert_int_equal(login_look(&b, w), 401);
    assert_int_equal(browser_call(&b, NULL, "GET", w->login_port, NULL, "/api/v1/dossiers"), 404);
}

static void a_code_is_good_once_for_its_browser_and_thirty_seconds(void **state)
{
    struct login_world *w = *state;
    char start[80], fragment[80], stale[80];
    uint8_t challenge[32];
    struct browser b = login_browser(w), thief = login_browser(w);
    login_register_certificate(w, &w->admin);
    login_use_certificate(w, &b, &w->admin.person, "codes");
    assert_int_equal(login_start(&b, w, start, challenge), 200);
    login_fetch_code(&b, w, start, fragment);
    login_fetch_code(&b, w, start, stale);
    char other[80];
    assert_int_equal(login_start(&thief, w, other, challenge), 200);
    assert_int_equal(login_by_code(&thief, w, stale), 403); /* overheard: of another browser */
    assert_string_equal(thief.error, "code_invalid");
    assert_int_equal(login_by_code(&b, w, fragment), 200);
    b.session[0] = 0;
    assert_int_equal(login_start(&b, w, start, challenge), 200);
    assert_int_equal(login_by_code(&b, w, fragment), 403); /* again */
    assert_string_equal(b.error, "code_invalid");
    assert_int_equal(login_start(&b, w, start, challenge), 200);
    login_fetch_code(&b, w, start, fragment);
    machine_wait(w->machine, 31);
    assert_int_equal(login_by_code(&b, w, fragment), 403);
    assert_string_equal(b.error, "code_invalid");
}

/* ---- the cookie ---- */

static void a_stolen_cookie_cannot_be_proved_by_another_certificate(void **state)
{
    struct login_world *w = *state;
    struct browser victim = admin_at_work(w), thief = login_browser(w);
    login_register_certificate(w, &w->clerk);
    login_use_certificate(w, &thief, &w->clerk.person, "thief");
    memcpy(thief.session, victim.session, sizeof thief.session);
    machine_wait(w->machine, 6 * KY_MINUTE);
    assert_int_equal(invite_clerk(&thief, w), 403);
    assert_string_equal(thief.error, "step_up_required");
    assert_int_equal(login_by_certificate(&thief, w), 403);
    assert_string_equal(thief.error, "identity_differs");
    assert_int_equal(invite_clerk(&thief, w), 403);
    assert_int_equal(step_up(&victim, w), 200); /* and then the stolen one is of no use at all */
    assert_int_equal(login_look(&thief, w), 401);
    assert_int_equal(login_look(&victim, w), 200);
}

static void a_planted_cookie_is_not_taken(void **state)
{
    struct login_world *w = *state;
    static const char planted[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    clerk_at_work(w);
    struct browser b = login_browser(w);
    memcpy(b.session, planted, sizeof planted);
    assert_int_equal(login_look(&b, w), 401);
    memcpy(b.session, planted, sizeof planted);
    assert_int_equal(login_by_passkey(&b, w, &w->clerk.phone), 200);
    assert_string_not_equal(b.session, planted);
    struct browser attacker = login_browser(w);
    memcpy(attacker.session, planted, sizeof planted);
    assert_int_equal(login_look(&attacker, w), 401);
}

static void who_logs_in_as_another_leaves_no_session_behind(void **state)
{
    struct login_world *w = *state;
    char secret[64];
    struct browser b = admin_at_work(w), before = b;
    login_invite(w, &w->clerk, secret);
    assert_int_equal(login_accept(&b, w, &w->clerk.phone, secret), 201);
    assert_int_equal(login_look(&before, w), 401);
}

static void a_foreign_page_can_change_nothing(void **state)
{
    struct login_world *w = *state;
    struct browser b = admin_at_work(w);
    struct browser foreign = b;
    foreign.origin = "https://evil.example";
    assert_int_equal(invite_clerk(&foreign, w), 403);
    assert_string_equal(foreign.error, "foreign_page");
    foreign = b;
    foreign.origin = NULL;
    assert_int_equal(invite_clerk(&foreign, w), 403);
    foreign = b;
    foreign.page = false;
    assert_int_equal(invite_clerk(&foreign, w), 403);
    assert_int_equal(browser_call(&foreign, NULL, "DELETE", w->port, NULL, "/api/v1/sessions"), 403);
    assert_int_equal(browser_call(&foreign, NULL, "POST", w->port, json_object(), "/api/v1/session/start"),
                     403);
    assert_string_equal(foreign.error, "foreign_page");
    assert_int_equal(invite_clerk(&b, w), 204);
}

static void programs_go_on_with_their_tokens(void **state)
{
    struct login_world *w = *state;
    struct browser program = {.port = w->port, .token = w->admin.token};
    assert_int_equal(invite_clerk(&program, w), 204);
    assert_int_equal(browser_call(&program, NULL, "GET", w->port, NULL, "/api/v1/sessions"), 401);
    assert_string_equal(program.error, "not_logged_in"); /* a token is no session */
}

/* ---- time ---- */

static void approving_wants_a_fresh_proof(void **state)
{
    struct login_world *w = *state;
    struct browser b = admin_at_work(w);
    assert_int_equal(invite_clerk(&b, w), 204);
    machine_wait(w->machine, KY_SESSION_FRESH + 2);
    assert_int_equal(invite_clerk(&b, w), 403);
    assert_string_equal(b.error, "step_up_required");
    char old[BROWSER_COOKIE_MAX];
    memcpy(old, b.session, sizeof old);
    assert_int_equal(step_up(&b, w), 200);
    assert_string_not_equal(b.session, old);
    assert_int_equal(invite_clerk(&b, w), 204);
    struct browser before = login_browser(w);
    memcpy(before.session, old, sizeof old);
    assert_int_equal(login_look(&before, w), 401);
}

static void a_session_ends_unused_and_in_the_evening(void **state)
{
    struct login_world *w = *state;
    struct browser b = clerk_at_work(w);
    machine_wait(w->machine, 14 * KY_MINUTE);
    assert_int_equal(login_look(&b, w), 200);
    machine_wait(w->machine, 14 * KY_MINUTE);
    assert_int_equal(login_look(&b, w), 200);
    machine_wait(w->machine, 15 * KY_MINUTE);
    assert_int_equal(login_look(&b, w), 401);
    assert_int_equal(login_by_passkey(&b, w, &w->clerk.phone), 200);
    for (int i = 0; i < 47; i++) {
        machine_wait(w->machine, 10 * KY_MINUTE);
        assert_int_equal(login_look(&b, w), 200);
    }
    machine_wait(w->machine, 10 * KY_MINUTE);
    assert_int_equal(login_look(&b, w), 401);
}

/* ---- leaving ---- */

static void logging_out_ends_one_session_or_all(void **state)
{
    struct login_world *w = *state;
    struct browser a = clerk_at_work(w), b = login_browser(w), c = login_browser(w);
    ky_auto_json answer = NULL;
    assert_int_equal(login_by_passkey(&b, w, &w->clerk.phone), 200);
    assert_int_equal(login_by_passkey(&c, w, &w->clerk.phone), 200);
    assert_int_equal(browser_call(&a, &answer, "GET", w->port, NULL, "/api/v1/sessions"), 200);
    assert_int_equal(json_array_size(json_object_get(answer, "sessions")), 3);
    struct browser stolen = a;
    assert_int_equal(browser_call(&a, NULL, "DELETE", w->port, NULL, "/api/v1/session"), 204);
    assert_string_equal(a.session, ""); /* the browser forgets it, and so do we */
    assert_int_equal(login_look(&stolen, w), 401);
    assert_int_equal(login_look(&b, w), 200);
    struct browser also = b;
    assert_int_equal(browser_call(&c, NULL, "DELETE", w->port, NULL, "/api/v1/sessions"), 204);
    assert_int_equal(login_look(&also, w), 401);
}

static void nobody_ends_another_persons_session(void **state)
{
    struct login_world *w = *state;
    ky_auto_json answer = NULL;
    struct browser admin = admin_at_work(w), clerk = clerk_at_work(w);
    assert_int_equal(browser_call(&admin, &answer, "GET", w->port, NULL, "/api/v1/session"), 200);
    const char *id = json_string_value(json_object_get(answer, "id"));
    assert_int_equal(browser_call(&clerk, NULL, "DELETE", w->port, NULL, "/api/v1/sessions/%s", id), 404);
    assert_int_equal(login_look(&admin, w), 200);
}

static void a_closed_person_is_out_and_stays_out(void **state)
{
    struct login_world *w = *state;
    struct browser b = clerk_at_work(w);
    login_close_person(w, &w->clerk);
    assert_int_equal(login_look(&b, w), 401);
    assert_int_equal(login_by_passkey(&b, w, &w->clerk.phone), 403);
    assert_string_equal(b.error, "account_closed");
}

/* ---- keys ---- */

static void the_last_way_in_cannot_be_removed(void **state)
{
    struct login_world *w = *state;
    struct browser b = clerk_at_work(w);
    KY_CLEANUP(phone_clear) struct phone second = {0};
    char start[80];
    uint8_t challenge[32];
    ky_auto_json keys = NULL;
    assert_int_equal(browser_call(&b, &keys, "GET", w->port, NULL, "/api/v1/session/keys"), 200);
    const char *first =
        json_string_value(json_object_get(json_array_get(json_object_get(keys, "keys"), 0), "id"));
    assert_int_equal(browser_call(&b, NULL, "DELETE", w->port, NULL, "/api/v1/session/keys/%s", first), 409);
    assert_string_equal(b.error, "last_key");
    assert_ok(phone_init(&second, w->origin, "127.0.0.1"));
    assert_int_equal(login_start(&b, w, start, challenge), 200);
    assert_int_equal(browser_call(&b, NULL, "POST", w->port,
                                  login_registration(&second, challenge, "Khóa dự phòng"),
                                  "/api/v1/session/keys"),
                     201);
    assert_int_equal(browser_call(&b, NULL, "PUT", w->port, json_pack("{s:s}", "name", "Điện thoại cũ"),
                                  "/api/v1/session/keys/%s", first),
                     204);
    assert_int_equal(browser_call(&b, NULL, "DELETE", w->port, NULL, "/api/v1/session/keys/%s", first), 204);
    assert_int_equal(login_look(&b, w), 401); /* it was of the removed key */
    assert_int_equal(login_by_passkey(&b, w, &w->clerk.phone), 403);
    assert_string_equal(b.error, "key_unknown");
    assert_int_equal(login_by_passkey(&b, w, &second), 200);
}

/* ---- noise ---- */

static void repeated_failures_lock_for_a_growing_time(void **state)
{
    struct login_world *w = *state;
    clerk_at_work(w);
    struct browser b = login_browser(w);
    struct phone *p = &w->clerk.phone;
    login_mails(w);
    p->flags = KY_WEBAUTHN_UP;
    for (int i = 0; i < 6; i++)
        assert_int_equal(login_by_passkey(&b, w, p), 403);
    p->flags |= KY_WEBAUTHN_UV;
    assert_int_equal(login_by_passkey(&b, w, p), 429); /* also with the right answer */
    assert_string_equal(b.error, "locked");
    assert_true(atoi(b.retry_after) > 0 && atoi(b.retry_after) <= 30);
    assert_int_equal(login_mails(w), 1);
    assert_non_null(strstr(w->subject, "khóa"));
    machine_wait(w->machine, 31);
    p->flags = KY_WEBAUTHN_UP;
    assert_int_equal(login_by_passkey(&b, w, p), 403);
    machine_wait(w->machine, 31); /* now it is a minute */
    p->flags |= KY_WEBAUTHN_UV;
    assert_int_equal(login_by_passkey(&b, w, p), 429);
    machine_wait(w->machine, 31);
    assert_int_equal(login_by_passkey(&b, w, p), 200);
}

static void guessing_from_one_address_locks_that_address_only(void **state)
{
    struct login_world *w = *state;
    struct browser guesser = login_browser(w), b = login_browser(w);
    char secret[64];
    login_invite(w, &w->clerk, secret);
    for (int i = 0; i < 21; i++)
        assert_int_equal(
            login_accept(&guesser, w, &w->clerk.phone, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 403);
    assert_int_equal(login_accept(&guesser, w, &w->clerk.phone, secret), 429);
    b.from = OTHER_NETWORK;
    assert_int_equal(login_accept(&b, w, &w->clerk.phone, secret), 201);
}

/* <img src="https://…:8445/…"> on a page that a whole office reads. */
static void a_foreign_page_cannot_lock_an_office_out(void **state)
{
    struct login_world *w = *state;
    char start[80], fragment[80];
    uint8_t challenge[32];
    struct browser b = login_browser(w), thief = login_browser(w);
    login_register_certificate(w, &w->admin);
    assert_int_equal(login_start(&thief, w, start, challenge), 200);
    for (int i = 0; i < 30; i++)
        login_fetch_code(&b, w, start, fragment);
    assert_string_equal(fragment, "error=certificate_missing");
    login_use_certificate(w, &b, &w->admin.person, "office");
    assert_int_equal(login_by_certificate(&b, w), 200);
}

/* A program that has the answer of the CA's responder may bring it. */
static void evidence_may_come_along(void **state)
{
    struct login_world *w = *state;
    char start[80];
    uint8_t challenge[32];
    ky_auto_json answer = NULL;
    ky_auto_buf list = ky_buf_init(65536), text = ky_buf_init(65536);
    struct browser b = login_browser(w);
    login_register_certificate(w, &w->admin);
    login_use_certificate(w, &b, &w->admin.person, "evidence");
    machine_wait(w->machine, 25 * KY_HOUR);
    assert_int_equal(login_start(&b, w, start, challenge), 200);
    assert_int_equal(browser_call(&b, NULL, "POST", w->login_port, json_pack("{s:s}", "start", start),
                                  "/api/v1/session/certificate"),
                     503);
    assert_string_equal(b.error, "revocation_unknown");
    assert_ok(token_ca_crl(&list, &w->ca, ky_now(), NULL));
    ky_buf_add_base64url(&text, ky_buf_bytes(&list));
    assert_int_equal(browser_call(&b, &answer, "POST", w->login_port,
                                  json_pack("{s:s,s:[s]}", "start", start, "evidence", ky_buf_str(&text)),
                                  "/api/v1/session/certificate"),
                     200);
    assert_int_equal(browser_call(&b, NULL, "POST", w->port,
                                  json_pack("{s:O}", "code", json_object_get(answer, "code")),
                                  "/api/v1/session"),
                     200);
}

static void a_passkey_steps_up_its_own_session_only(void **state)
{
    struct login_world *w = *state;
    struct browser b = clerk_at_work(w), thief = login_browser(w);
    char secret[64];
    login_invite(w, &w->admin, secret);
    assert_int_equal(login_accept(&thief, w, &w->admin.phone, secret), 201);
    memcpy(thief.session, b.session, sizeof thief.session);
    assert_int_equal(login_by_passkey(&thief, w, &w->admin.phone), 403);
    assert_string_equal(thief.error, "identity_differs");
    assert_int_equal(login_by_passkey(&b, w, &w->clerk.phone), 200);
    assert_int_equal(login_look(&thief, w), 401);
}

static void a_key_belongs_to_one_person(void **state)
{
    struct login_world *w = *state;
    char secret[64];
    struct browser b = login_browser(w);
    clerk_at_work(w);
    login_invite(w, &w->admin, secret);
    assert_int_equal(login_accept(&b, w, &w->clerk.phone, secret), 409);
    assert_string_equal(b.error, "key_taken");
    b = login_browser(w);
    b.token = w->clerk.token;
    assert_int_equal(invite_clerk(&b, w), 403); /* not an administrator */
}

static void a_new_place_is_told_by_mail(void **state)
{
    struct login_world *w = *state;
    clerk_at_work(w);
    struct browser b = login_browser(w);
    login_mails(w);
    assert_int_equal(login_by_passkey(&b, w, &w->clerk.phone), 200);
    assert_int_equal(login_mails(w), 0);
    b = login_browser(w);
    b.from = OTHER_NETWORK;
    assert_int_equal(login_by_passkey(&b, w, &w->clerk.phone), 200);
    assert_int_equal(login_mails(w), 1);
    assert_non_null(strstr(w->body, OTHER_NETWORK));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, login_world_open, login_world_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_invitation_leads_to_a_passkey_and_a_session),
        CASE(an_invitation_is_good_once_and_for_a_week),
        CASE(a_passkey_logs_in),
        CASE(a_replayed_assertion_is_refused),
        CASE(a_passkey_must_be_used_here_and_by_its_owner),
        CASE(a_registration_without_user_verification_is_refused),
        CASE(a_certificate_logs_in_by_its_own_port),
        CASE(strangers_certificates_are_refused),
        CASE(a_forged_certificate_has_no_list_read),
        CASE(an_expired_or_revoked_certificate_is_refused),
        CASE(the_ordinary_port_asks_for_no_certificate),
        CASE(a_code_is_good_once_for_its_browser_and_thirty_seconds),
        CASE(a_stolen_cookie_cannot_be_proved_by_another_certificate),
        CASE(a_planted_cookie_is_not_taken),
        CASE(who_logs_in_as_another_leaves_no_session_behind),
        CASE(a_foreign_page_can_change_nothing),
        CASE(programs_go_on_with_their_tokens),
        CASE(approving_wants_a_fresh_proof),
        CASE(a_session_ends_unused_and_in_the_evening),
        CASE(logging_out_ends_one_session_or_all),
        CASE(nobody_ends_another_persons_session),
        CASE(a_closed_person_is_out_and_stays_out),
        CASE(the_last_way_in_cannot_be_removed),
        CASE(repeated_failures_lock_for_a_growing_time),
        CASE(guessing_from_one_address_locks_that_address_only),
        CASE(a_foreign_page_cannot_lock_an_office_out),
        CASE(evidence_may_come_along),
        CASE(a_passkey_steps_up_its_own_session_only),
        CASE(a_key_belongs_to_one_person),
        CASE(a_new_place_is_told_by_mail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

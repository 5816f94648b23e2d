#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "web/portal.h"
#include "web/routes.h"
#include "web/server.h"
#include "web/web.h"

#define ANSWER_MAX 65536

struct fixture {
    char dir[64], pages[80];
    struct ky_web web;
    struct ky_workers *workers;
    struct ky_server *server;
};

static void put(const char *dir, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(ky_file_write(path, ky_bytes_str(text), 0644), KY_OK);
}

/* A folder as a build makes it, in a folder with a secret beside it. */
static void make_pages(struct fixture *f)
{
    char path[200];
    snprintf(f->dir, sizeof f->dir, "/tmp/kyso-portal-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->pages, sizeof f->pages, "%s/portal", f->dir);
    assert_int_equal(mkdir(f->pages, 0755), 0);
    snprintf(path, sizeof path, "%s/assets", f->pages);
    assert_int_equal(mkdir(path, 0755), 0);
    put(f->dir, "secret.txt", "SECRET");
    put(f->pages, "index.html", "<html><meta content=\"__CSP_NONCE__\"><style nonce=__CSP_NONCE__></html>");
    put(f->pages, "favicon.ico", "ICON");
    put(f->pages, ".hidden.txt", "SECRET");
    put(f->pages, "notes.md", "SECRET");
    put(f->pages, "guide.html", "<html>guide</html>");
    put(f->pages, "assets/index-5f3a.js", "export {}");
    put(f->pages, "assets/index-5f3a.js.gz", "PACKED");
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -1;
    make_pages(f);
    f->web.pages = f->dir; /* the operator's own; the portal comes first */
    if (ky_portal_load(&f->web.portal, f->pages) != KY_OK || ky_workers_start(&f->workers, 2) != KY_OK)
        return -1;
    const struct ky_server_config cfg = {.web = &f->web,
                                         .workers = f->workers,
                                         .address = "127.0.0.1",
                                         .io_threads = 1,
                                         .connections = 16,
                                         .connections_per_address = 16,
                                         .idle_s = 5,
                                         .routes = ky_routes_https,
                                         .route_count = ky_routes_https_count};
    *state = f;
    return ky_server_start(&f->server, &cfg) == KY_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    ky_server_quiesce(f->server);
    ky_workers_stop(f->workers);
    ky_server_stop(f->server);
    ky_portal_free(f->web.portal);
    snprintf(command, sizeof command, "rm -rf %s", f->dir);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

/* One request by hand; the status, and the whole answer in out. */
static int ask(const struct fixture *f, const char *method, const char *path, const char *more, char *out)
{
    char text[600];
    int status = 0;
    size_t n = 0;
    ssize_t got = 1;
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(ky_server_port(f->server)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    int length = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n",
                          method, path, more);
    assert_int_equal(write(fd, text, (size_t)length), length);
    while (got > 0 && n < ANSWER_MAX - 1) {
        got = read(fd, out + n, ANSWER_MAX - 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    out[n] = 0;
    close(fd);
    sscanf(out, "HTTP/1.1 %d", &status);
    return status;
}

static int get(void **state, const char *path, char *out)
{
    return ask(*state, "GET", path, "", out);
}

static void gives_the_application_at_every_address_of_its_own(void **state)
{
    static const char *const paths[] = {
        "/",    "/index.html",    "/login", "/dossiers/00112233445566778899aabbccddeeff", "/a/b/c/d/e/f",
        "/api", "/tra-cuu?code=x"};
    char out[ANSWER_MAX];
    for (size_t i = 0; i < KY_COUNT(paths); i++) {
        assert_int_equal(get(state, paths[i], out), 200);
        assert_non_null(strstr(out, "Content-Type: text/html; charset=utf-8\r\n"));
        assert_non_null(strstr(out, "Cache-Control: no-cache\r\n"));
    }
}

static void leaves_addresses_of_interfaces_alone(void **state)
{
    static const char *const paths[] = {"/api/", "/api/v1/nosuch", "/approve/v1/nosuch", "/oauth2/nosuch"};
    char out[ANSWER_MAX];
    for (size_t i = 0; i < KY_COUNT(paths); i++) {
        assert_int_equal(get(state, paths[i], out), 404);
        assert_non_null(strstr(out, "Content-Type: application/json\r\n"));
    }
    assert_int_equal(ask(*state, "POST", "/csc/v2/nosuch", "Content-Length: 0\r\n", out), 501);
}

static void keeps_hashed_names_for_ever_and_packs_them(void **state)
{
    char out[ANSWER_MAX];
    assert_int_equal(get(state, "/assets/index-5f3a.js", out), 200);
    assert_non_null(strstr(out, "Cache-Control: public, max-age=31536000, immutable\r\n"));
    assert_non_null(strstr(out, "Vary: Accept-Encoding\r\n"));
    assert_non_null(strstr(out, "\r\n\r\nexport {}"));
    assert_int_equal(ask(*state, "GET", "/assets/index-5f3a.js", "Accept-Encoding: br, gzip;q=0.8\r\n", out),
                     200);
    assert_non_null(strstr(out, "Content-Encoding: gzip\r\n"));
    assert_non_null(strstr(out, "Content-Type: text/javascript; charset=utf-8\r\n"));
    assert_non_null(strstr(out, "\r\n\r\nPACKED"));
    assert_int_equal(ask(*state, "GET", "/assets/index-5f3a.js", "Accept-Encoding: gzip;q=0, br\r\n", out),
                     200);
    assert_null(strstr(out, "Content-Encoding"));
}

static void names_a_new_nonce_in_page_and_policy(void **state)
{
    char first[ANSWER_MAX], second[ANSWER_MAX], want[64];
    assert_int_equal(get(state, "/", first), 200);
    assert_int_equal(get(state, "/", second), 200);
    const char *policy = strstr(first, "style-src 'self' 'nonce-");
    assert_non_null(policy);
    policy += strlen("style-src 'self' 'nonce-");
    snprintf(want, sizeof want, "<style nonce=%.*s>", (int)strcspn(policy, "'"), policy);
    assert_non_null(strstr(first, want));
    assert_null(strstr(second, want));
    assert_null(strstr(first, KY_PORTAL_NONCE));
    assert_int_equal(get(state, "/guide.html", first), 200); /* a page without the place needs none */
    assert_null(strstr(first, "nonce-"));
}

static void is_strict_with_browsers(void **state)
{
    static const char *const wanted[] = {"default-src 'none'; script-src 'self'; ",
                                         "frame-ancestors 'none'",
                                         "object-src 'none'",
                                         "connect-src 'self' wss://127.0.0.1:8987;",
                                         "Referrer-Policy: no-referrer\r\n",
                                         "X-Content-Type-Options: nosniff\r\n",
                                         "Cross-Origin-Opener-Policy: same-origin\r\n",
                                         "Strict-Transport-Security: max-age=",
                                         "publickey-credentials-get=(self)"};
    char out[ANSWER_MAX];
    assert_int_equal(get(state, "/", out), 200);
    for (size_t i = 0; i < KY_COUNT(wanted); i++)
        if (strstr(out, wanted[i]) == NULL)
            fail_msg("no %s in %s", wanted[i], out);
}

static void does_not_leave_its_folder(void **state)
{
    static const char *const paths[] = {"/../secret.txt",
                                        "/assets/../../secret.txt",
                                        "/%2e%2e/secret.txt",
                                        "/..%2fsecret.txt",
                                        "/%2e%2e%2fsecret.txt",
                                        "//etc/hostname.txt",
                                        "/assets/index-5f3a.js.gz",
                                        "/.hidden.txt",
                                        "/notes.md",
                                        "/assets/nosuch.js",
                                        "/secret.txt%00.html",
                                        "/..\\secret.txt"};
    char out[ANSWER_MAX];
    for (size_t i = 0; i < KY_COUNT(paths); i++) {
        int status = get(state, paths[i], out);
        if (status != 404 || strstr(out, "SECRET") != NULL)
            fail_msg("%s: %s", paths[i], out);
    }
}

static void answers_head_ranges_and_what_is_unchanged(void **state)
{
    char out[ANSWER_MAX], more[128];
    assert_int_equal(ask(*state, "HEAD", "/favicon.ico", "", out), 200);
    assert_non_null(strstr(out, "Content-Length: 4\r\n"));
    assert_null(strstr(out, "ICON"));
    assert_int_equal(ask(*state, "GET", "/favicon.ico", "Range: bytes=1-2\r\n", out),
                     200); /* whole: allowed */
    assert_non_null(strstr(out, "\r\n\r\nICON"));
    const char *tag = strstr(out, "ETag: ");
    assert_non_null(tag);
    tag += strlen("ETag: ");
    snprintf(more, sizeof more, "If-None-Match: %.*s\r\n", (int)strcspn(tag, "\r"), tag);
    assert_int_equal(ask(*state, "GET", "/favicon.ico", more, out), 304);
    assert_null(strstr(out, "ICON"));
}

static void takes_no_other_methods(void **state)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "X"};
    char out[ANSWER_MAX];
    for (size_t i = 0; i < KY_COUNT(methods); i++)
        assert_int_equal(ask(*state, methods[i], "/login", "Content-Length: 0\r\n", out), 405);
}

static void assert_refused(const struct fixture *f, ky_rc wanted, const char *about)
{
    struct ky_portal *p = NULL;
    assert_int_equal(ky_portal_load(&p, f->pages), wanted);
    if (strstr(ky_error(), about) == NULL)
        fail_msg("\"%s\" does not name %s", ky_error(), about);
}

static void refuses_links_devices_and_odd_names(void **state)
{
    const struct fixture *f = *state;
    char path[200];
    snprintf(path, sizeof path, "%s/link.txt", f->pages);
    assert_int_equal(symlink("../secret.txt", path), 0);
    assert_refused(f, KY_EDENIED, "link.txt");
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/out", f->pages);
    assert_int_equal(symlink("/etc", path), 0);
    assert_refused(f, KY_EDENIED, "out");
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/pipe.txt", f->pages);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused(f, KY_EDENIED, "pipe.txt");
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/a b.txt", f->pages);
    put(f->pages, "a b.txt", "");
    assert_refused(f, KY_EDENIED, "a b.txt");
    assert_int_equal(unlink(path), 0);
}

static void refuses_what_is_too_much_and_what_is_no_portal(void **state)
{
    struct fixture *f = *state;
    char path[200], deep[200];
    struct ky_portal *p = NULL;
    snprintf(path, sizeof path, "%s/big.pdf", f->pages);
    put(f->pages, "big.pdf", "");
    assert_int_equal(truncate(path, (off_t)KY_PORTAL_BYTES_MAX + 1), 0);
    assert_refused(f, KY_ELIMIT, "big.pdf");
    assert_int_equal(unlink(path), 0);
    snprintf(deep, sizeof deep, "%s/1", f->pages);
    for (int i = 0; i <= KY_PORTAL_DEPTH_MAX; i++) {
        assert_int_equal(mkdir(deep, 0755), 0);
        strcat(deep, "/1");
    }
    assert_refused(f, KY_ELIMIT, "1/1/1");
    snprintf(deep, sizeof deep, "%s/1", f->pages);
    assert_int_equal(ky_portal_load(&p, deep), KY_ENOTFOUND); /* no index.html */
    assert_int_equal(ky_portal_load(&p, "/nosuch"), KY_ENOTFOUND);
    snprintf(path, sizeof path, "rm -rf %s/1", f->pages);
    assert_int_equal(system(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_application_at_every_address_of_its_own),
        cmocka_unit_test(leaves_addresses_of_interfaces_alone),
        cmocka_unit_test(keeps_hashed_names_for_ever_and_packs_them),
        cmocka_unit_test(names_a_new_nonce_in_page_and_policy),
        cmocka_unit_test(is_strict_with_browsers),
        cmocka_unit_test(does_not_leave_its_folder),
        cmocka_unit_test(answers_head_ranges_and_what_is_unchanged),
        cmocka_unit_test(takes_no_other_methods),
        cmocka_unit_test(refuses_links_devices_and_odd_names),
        cmocka_unit_test(refuses_what_is_too_much_and_what_is_no_portal),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

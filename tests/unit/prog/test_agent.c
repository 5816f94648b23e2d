/* prog/agent: frames, rules, messages, what people are shown, and the agent's TLS identity; no process is started. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/str.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "os/file.h"
#include "pki/cert.h"
#include "prog/agent/conf.h"
#include "prog/agent/message.h"
#include "prog/agent/revision.h"
#include "prog/agent/rules.h"
#include "prog/agent/show.h"
#include "prog/agent/show_list.h"
#include "prog/agent/tls.h"
#include "prog/agent/ws.h"

#define ORIGIN "https://cong.example.vn:8443"
#define LABEL "kyso statement v1"

/* ---- frames ---- */

struct tape {
    struct ky_bytes left;
    struct ky_buf pongs;
};

static ky_rc give(void *ctx, uint8_t *out, size_t n)
{
    struct tape *t = ctx;
    if (n > t->left.n)
        return ky_fail(KY_ENOTFOUND, "end of the tape");
    memcpy(out, t->left.p, n);
    t->left = KY_BYTES(t->left.p + n, t->left.n - n);
    return KY_OK;
}

static ky_rc pong(void *ctx, struct ky_bytes payload)
{
    struct tape *t = ctx;
    ky_buf_add(&t->pongs, payload);
    return ky_buf_finish(&t->pongs);
}

static ky_rc read_tape(struct ky_buf *text, ws_status *status, struct tape *t)
{
    const struct ws_source source = {.ctx = t, .give = give, .pong = pong};
    return ws_read_text(text, status, &source);
}

static void accept_is_that_of_the_rfc(void **state)
{
    char accept[WS_ACCEPT_SIZE]; /* RFC 6455 §1.3 */
    (void)state;
    assert_int_equal(ws_accept(accept, "dGhlIHNhbXBsZSBub25jZQ=="), KY_OK);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_int_equal(ws_accept(accept, "dGhlIHNhbXBsZSBub25jZQ"), KY_EFORMAT);
    assert_int_equal(ws_accept(accept, "????????????????????????"), KY_EFORMAT);
    assert_int_equal(ws_accept(accept, NULL), KY_EFORMAT);
}

static const struct {
    const char *name, *bytes;
    size_t n;
    ky_rc want;
    ws_status status; /* to close with when it fails */
    const char *text; /* when it does not */
} tapes[] = {
#define TAPE(name_, bytes_, want_, status_, text_)                                                           \
    {                                                                                                        \
        name_, bytes_, sizeof(bytes_) - 1, want_, status_, text_                                             \
    }
    TAPE("masked text (RFC 6455 5.7)", "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", KY_OK, WS_PROTOCOL,
         "Hello"),
    TAPE("empty text", "\x81\x80\0\0\0\0", KY_OK, WS_PROTOCOL, ""),
    TAPE("two pieces with a ping between", "\x01\x81\0\0\0\0a\x89\x81\0\0\0\0p\x80\x81\0\0\0\0b", KY_OK,
         WS_PROTOCOL, "ab"),
    TAPE("not masked", "\x81\x05Hello", KY_EFORMAT, WS_PROTOCOL, NULL),
    TAPE("reserved bit", "\xc1\x81\0\0\0\0a", KY_EFORMAT, WS_PROTOCOL, NULL),
    TAPE("unknown opcode", "\x83\x81\0\0\0\0a", KY_EFORMAT, WS_PROTOCOL, NULL),
    TAPE("binary", "\x82\x81\0\0\0\0a", KY_EFORMAT, WS_UNSUPPORTED, NULL),
    TAPE("continuation first", "\x80\x81\0\0\0\0a", KY_EFORMAT, WS_PROTOCOL, NULL),
    TAPE("text within a text", "\x01\x81\0\0\0\0a\x81\x81\0\0\0\0b", KY_EFORMAT, WS_PROTOCOL, NULL),
    TAPE("ping in pieces", "\x09\x81\0\0\0\0a", KY_EFORMAT, WS_PROTOCOL, NULL),
    TAPE("ping of 126 bytes", "\x89\xfe\0\x7e\0\0\0\0", KY_EFORMAT, WS_PROTOCOL, NULL),
    TAPE("16-bit length that 7 bits hold", "\x81\xfe\0\x01\0\0\0\0a", KY_EFORMAT, WS_PROTOCOL, NULL),
    TAPE("64-bit length that 16 bits hold", "\x81\xff\0\0\0\0\0\0\xff\xff\0\0\0\0", KY_EFORMAT, WS_PROTOCOL,
         NULL),
    TAPE("64-bit length with its top bit", "\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0", KY_EFORMAT, WS_PROTOCOL,
         NULL),
    TAPE("longer than the limit", "\x81\xa1\0\0\0\0", KY_ELIMIT, WS_TOO_BIG, NULL),
    TAPE("not UTF-8", "\x81\x81\0\0\0\0\xff", KY_EFORMAT, WS_NOT_UTF8, NULL),
    TAPE("closed", "\x88\x80\0\0\0\0", KY_ENOTFOUND, WS_PROTOCOL, NULL),
    TAPE("torn", "\x81\x85\0\0\0\0ab", KY_ENOTFOUND, WS_PROTOCOL, NULL),
};

static void reads_one_text_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < KY_COUNT(tapes); i++) {
        ws_status status;
        struct tape t = {.left = KY_BYTES(tapes[i].bytes, tapes[i].n), .pongs = ky_buf_init(WS_CONTROL_MAX)};
        ky_auto_buf text = ky_buf_init(32);
        const ky_rc rc = read_tape(&text, &status, &t);
        ky_buf_clear(&t.pongs);
        if (rc != tapes[i].want || (rc != KY_OK && status != tapes[i].status) ||
            (rc == KY_OK && !ky_str_eq(ky_buf_str(&text), tapes[i].text)))
            fail_msg("%s: %d, close %d, \"%s\"", tapes[i].name, rc, status, ky_buf_str(&text));
    }
}

static void a_message_has_a_bounded_number_of_frames(void **state)
{
    ws_status status;
    ky_auto_buf frames = ky_buf_init(1 << 20), text = ky_buf_init(32);
    (void)state;
    for (int i = 0; i < WS_PIECES_MAX; i++)
        ky_buf_add(&frames, KY_BYTES(i == 0 ? "\x01\x80\0\0\0\0" : "\x00\x80\0\0\0\0", 6));
    struct tape t = {.left = ky_buf_bytes(&frames)};
    assert_int_equal(read_tape(&text, &status, &t), KY_ELIMIT);
}

static void writes_each_length_in_its_shortest_form(void **state)
{
    static const struct {
        size_t n, header;
    } cases[] = {{0, 2}, {125, 2}, {126, 4}, {65535, 4}, {65536, 10}};
    static const uint8_t zeros[65536];
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(1 << 20);
        ws_add_frame(&out, WS_TEXT, KY_BYTES(zeros, cases[i].n));
        assert_int_equal(out.n, cases[i].n + cases[i].header);
    }
    ky_auto_buf bye = ky_buf_init(16);
    ws_add_close(&bye, WS_TOO_BIG);
    assert_memory_equal(bye.p, "\x88\x02\x03\xf1", 4);
}

/* ---- rules ---- */

static void origins_are_exact(void **state)
{
    static const char *const good[] = {"https://a.vn", "https://a.vn:8443", "https://127.0.0.1:1"};
    static const char *const bad[] = {"",
                                      "https://",
                                      "http://a.vn",
                                      "https://a.vn/",
                                      "https://A.vn",
                                      "https://a.vn:443",
                                      "https://a.vn:0",
                                      "https://a.vn:65536",
                                      "https://a.vn:",
                                      "https://a@b.vn",
                                      "*",
                                      "null",
                                      "https://*.vn",
                                      "https://a.vn:08443"};
    (void)state;
    for (size_t i = 0; i < KY_COUNT(good); i++)
        assert_int_equal(agent_origin_check(ky_bytes_str(good[i])), KY_OK);
    for (size_t i = 0; i < KY_COUNT(bad); i++)
        if (agent_origin_check(ky_bytes_str(bad[i])) != KY_EFORMAT)
            fail_msg("taken: %s", bad[i]);
    assert_int_equal(agent_origins_check("  "), KY_EINVAL);
    assert_int_equal(agent_origins_check("https://a.vn *"), KY_EFORMAT);
    assert_int_equal(agent_origins_check(" https://a.vn  https://b.vn "), KY_OK);
}

static void only_listed_origins_and_own_hosts_are_allowed(void **state)
{
    static const char list[] = "https://a.vn https://b.vn:8443";
    (void)state;
    assert_true(agent_origin_allowed(list, "https://a.vn"));
    assert_true(agent_origin_allowed(list, "https://b.vn:8443"));
    assert_false(agent_origin_allowed(list, "https://b.vn"));
    assert_false(agent_origin_allowed(list, "https://a.v"));
    assert_false(agent_origin_allowed(list, ""));
    assert_false(agent_origin_allowed(list, "https://a.vn https://b.vn:8443"));
    assert_false(agent_origin_allowed(list, NULL));
    assert_true(agent_host_allowed("127.0.0.1:8987", 8987));
    assert_true(agent_host_allowed("localhost:8987", 8987));
    assert_false(agent_host_allowed("localhost", 8987));
    assert_false(agent_host_allowed("evil.vn:8987", 8987));
    assert_false(agent_host_allowed("localhost:89870", 8987));
    assert_false(agent_host_allowed(NULL, 8987));
}

static void addresses_lie_on_the_page_s_own_origin(void **state)
{
    static const struct {
        const char *url;
        ky_rc want;
    } cases[] = {
        {ORIGIN "/dl/x.pdf?t=1", KY_OK},
        {ORIGIN "/", KY_OK},
        {ORIGIN, KY_EDENIED},
        {ORIGIN "0/dl", KY_EDENIED},
        {ORIGIN ".evil.vn/", KY_EDENIED},
        {"https://cong.example.vn/dl", KY_EDENIED},
        {"http://cong.example.vn:8443/", KY_EDENIED},
        {"https://x@cong.example.vn:8443/", KY_EDENIED},
        {ORIGIN "/a b", KY_EFORMAT},
        {ORIGIN "/a\n", KY_EFORMAT},
        {ORIGIN "/\\\\evil", KY_EFORMAT},
        {ORIGIN "/#x", KY_EFORMAT},
        {"", KY_EDENIED},
    };
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        if (agent_url_check("FileName", ky_bytes_str(cases[i].url), ORIGIN) != cases[i].want)
            fail_msg("%s: not %d", cases[i].url, cases[i].want);
    assert_true(ky_bytes_eq_str(agent_url_name(ky_bytes_str(ORIGIN "/dl/x.pdf?t=/y")), "x.pdf"));
    assert_int_equal(agent_url_name(ky_bytes_str(ORIGIN "/dl/")).n, 0);
}

/* ---- messages ---- */

static ky_rc ask_as(const char *origin)
{
    char copy[AGENT_ORIGIN_MAX + 1];
    ky_auto_buf question = ky_buf_init(1024);
    struct agent_request req = {agent_endpoint_find("/SignMsg"), origin, KY_BYTES_LIT("text")};
    agent_question_add(&question, &req);
    ky_rc rc = agent_question_read(&req, copy, "https://a.vn https://b.vn:8443", ky_buf_bytes(&question));
    if (rc == KY_OK)
        assert_true(ky_str_eq(req.origin, origin) && ky_bytes_eq_str(req.text, "text"));
    return rc;
}

/* As a listener would ask that somebody else has taken over. */
static void the_desk_works_for_listed_origins_only(void **state)
{
    (void)state;
    assert_int_equal(ask_as("https://b.vn:8443"), KY_OK);
    assert_int_equal(ask_as("https://10.0.0.1"), KY_EDENIED);
    assert_int_equal(ask_as("https://b.vn"), KY_EDENIED);
    assert_int_equal(ask_as("http://a.vn"), KY_EFORMAT);
}

static void finds_endpoints_by_exact_path(void **state)
{
    (void)state;
    assert_int_equal(agent_endpoint_find("/SignApproved")->call, AGENT_CALL_DOCUMENT);
    assert_int_equal(agent_endpoint_find("/SignMsg")->call, AGENT_CALL_MESSAGE);
    assert_null(agent_endpoint_find("/signmsg"));
    assert_null(agent_endpoint_find("/"));
    for (size_t i = 0; agent_endpoint_at(i) != NULL; i++)
        assert_int_equal(agent_endpoint_index(agent_endpoint_at(i)), i);
}

static ky_rc read_document(struct agent_document *doc, const char *text)
{
    ky_auto_json json = NULL;
    KY_TRY(ky_json_parse(&json, ky_bytes_str(text), AGENT_TEXT_MAX));
    const ky_rc rc = agent_document_read(doc, json, ORIGIN);
    if (rc == KY_OK) /* views into what goes now: keep the counts */
        doc->download = doc->upload = KY_BYTES_NONE;
    return rc;
}

#define HASH_OF_A "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" /* SHA-256 of "a" */
#define ADDRESSES "\"FileName\":\"" ORIGIN "/a\",\"FileUploadHandler\":\"" ORIGIN "/b\""
static void reads_document_calls(void **state)
{
    static const struct {
        const char *text;
        ky_rc want;
    } cases[] = {
        {"{" ADDRESSES "}", KY_OK},
        {"{" ADDRESSES ",\"SessionId\":\"x\",\"Other\":[1]}", KY_OK},
        {"{" ADDRESSES ",\"JWTToken\":\"a.b-c_d\",\"MetaData\":[{\"Key\":\"k\",\"Value\":\"v\"}]}", KY_OK},
        {"{" ADDRESSES ",\"JWTToken\":\"a b\"}", KY_EFORMAT},
        {"{" ADDRESSES ",\"MetaData\":[{\"Key\":\"k\"}]}", KY_EFORMAT},
        {"{" ADDRESSES ",\"MetaData\":[{\"Key\":\"\",\"Value\":\"v\"}]}", KY_EFORMAT},
        {"{" ADDRESSES ",\"MetaData\":[{\"Key\":\"a\\\"b\",\"Value\":\"v\"}]}", KY_EFORMAT},
        {"{\"FileName\":\"" ORIGIN "/a\"}", KY_EFORMAT},
        {"{\"FileName\":\"https://evil.vn/a\",\"FileUploadHandler\":\"" ORIGIN "/b\"}", KY_EDENIED},
        {"{" ADDRESSES ",\"FileHash\":\"" HASH_OF_A "\",\"Base64Content\":\"aGVsbG8=\"}", KY_OK},
        {"{" ADDRESSES ",\"FileHash\":\"ca97\"}", KY_EFORMAT},
        {"{" ADDRESSES ",\"FileHash\":\"" HASH_OF_A "00\"}", KY_ELIMIT},
        {"{" ADDRESSES ",\"FileHash\":7}", KY_EFORMAT},
        {"{" ADDRESSES ",\"Base64Content\":{}}", KY_EFORMAT},
        {"[]", KY_EFORMAT},
        {"7", KY_EFORMAT},
    };
    struct agent_document doc;
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        if (read_document(&doc, cases[i].text) != cases[i].want)
            fail_msg("%s: not %d", cases[i].text, cases[i].want);
    assert_int_equal(read_document(&doc, cases[2].text), KY_OK);
    assert_int_equal(doc.n_meta, 1);
    assert_int_equal(doc.bearer.n, 7);
    assert_false(doc.announced);
    assert_int_equal(read_document(&doc, cases[9].text), KY_OK);
    assert_true(doc.announced);
    assert_int_equal(doc.file_hash[0], 0xca);
    assert_int_equal(doc.content.n, 8);
}

static void reads_contents_but_no_bare_hashes(void **state)
{
    static const struct {
        const char *text;
        ky_rc want;
    } cases[] = {
        {"aGVsbG8=", KY_OK},
        {"{\"Base64Content\":\"aGVsbG8=\"}", KY_OK},
        {"{\"Base64Content\":\"aGVsbG8=\",\"HashAlg\":\"Sha256\"}", KY_OK},
        {"{\"HashValue\":\"aGVsbG8=\"}", KY_EDENIED},
        {"{\"HashValue\":\"aGVsbG8=\",\"Base64Content\":\"aGVsbG8=\"}", KY_EDENIED},
        {"{\"Base64Content\":1}", KY_EFORMAT},
        {"{", KY_EFORMAT},
        {"", KY_EFORMAT},
        {"aGVsbG8", KY_EFORMAT},
    };
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(64);
        const ky_rc rc = agent_content_read(&out, ky_bytes_str(cases[i].text));
        if (rc != cases[i].want || (rc == KY_OK && !ky_str_eq(ky_buf_str(&out), "hello")))
            fail_msg("%s: %d", cases[i].text, rc);
    }
}

static ky_rc reply_to(struct ky_buf *out, struct ky_bytes upload)
{
    return agent_reply_document(out, upload, KY_BYTES_NONE, NULL);
}

static void replies_say_what_the_server_said(void **state)
{
    ky_auto_buf out = ky_buf_init(4096);
    (void)state;
    assert_int_equal(reply_to(&out, KY_BYTES_LIT("{\"Status\":true,\"FileName\":\"x\"}")), KY_OK);
    assert_string_equal(ky_buf_str(&out),
                        "{\"Status\":0,\"Message\":\"\",\"FileName\":\"x\",\"FileServer\":\"\","
                        "\"DocumentNumber\":\"\",\"DocumentDate\":\"\"}");
    assert_int_equal(reply_to(&out, KY_BYTES_LIT("{\"Status\":false,\"Message\":\"no\"}")), KY_EDENIED);
    assert_int_equal(reply_to(&out, KY_BYTES_LIT("{\"Status\":3}")), KY_EDENIED);
    assert_int_equal(reply_to(&out, KY_BYTES_LIT("{\"FileName\":7}")), KY_EFORMAT);
    assert_int_equal(reply_to(&out, KY_BYTES_LIT("[]")), KY_EFORMAT);
    assert_int_equal(reply_to(&out, KY_BYTES_LIT("thanks")), KY_EFORMAT);
    ky_buf_reset(&out);
    agent_reply_failure(&out, ky_fail(KY_EAUTH, "PIN \"x\" is wrong"));
    assert_non_null(strstr(ky_buf_str(&out), "{\"Status\":401,"));
    assert_non_null(strstr(ky_buf_str(&out), "PIN \\\"x\\\" is wrong"));
    assert_int_equal(agent_status(KY_OK), 0);
    assert_int_equal(agent_status(KY_ECRYPTO), 520);
}

static void a_reply_carries_the_signature_of_the_statement(void **state)
{
    const struct ky_cert cert = {.der = KY_BYTES_LIT("der")};
    ky_auto_buf out = ky_buf_init(4096);
    (void)state;
    assert_int_equal(
        agent_reply_document(&out, KY_BYTES_LIT("{\"Status\":true}"), KY_BYTES_LIT("cms"), &cert), KY_OK);
    assert_non_null(strstr(ky_buf_str(&out), "\"Signature\":\"Y21z\",\"CertBase64\":\"ZGVy\"}"));
}

static void repeats_only_words_that_can_be_shown(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"{\"vi\":\"Địa chỉ đã được dùng.\",\"error_description\":\"used\"}", "Địa chỉ đã được dùng."},
        {"{\"error_description\":\"used\"}", ""},
        {"{\"vi\":7}", ""},
        {"{\"vi\":\"a\\u202eb\"}", ""},
        {"{\"vi\":\"a\\nb\"}", ""},
    };
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_json json = NULL;
        struct ky_bytes words;
        assert_int_equal(ky_json_parse(&json, ky_bytes_str(cases[i].text), 4096), KY_OK);
        agent_server_words(&words, json);
        if (!ky_bytes_eq_str(words, cases[i].want))
            fail_msg("%s: %.*s", cases[i].text, (int)words.n, (const char *)words.p);
    }
}

static void finds_what_a_document_was_before_it_was_signed(void **state)
{
    static const struct {
        const char *earlier, *file;
        bool want;
    } cases[] = {
        {"%PDF-1 %%EOF\n", "%PDF-1 %%EOF\n", true},
        {"%PDF-1 %%EOF\n", "%PDF-1 %%EOF\nmore %%EOF\n", true},
        {"%PDF-1 %%EOF\r\nmore %%EOF", "%PDF-1 %%EOF\r\nmore %%EOF", true},
        {"%PDF-1 %%EOF\nmore %%EOF\n", "%PDF-1 %%EOF\nmore %%EOF\nlast %%EOF", true},
        {"%PDF-1 %%EOF\n", "%PDF-2 %%EOF\nmore %%EOF\n", false},
        {"%PDF-1 ", "%PDF-1 %%EOF\n", false},
        {"%PDF-1 %%EOF\nmore", "%PDF-1 %%EOF\nmore %%EOF\n", false},
        {"", "%%EO", false},
    };
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        uint8_t hash[KY_SHA256_SIZE];
        bool found;
        assert_int_equal(ky_sha256(hash, ky_bytes_str(cases[i].earlier)), KY_OK);
        assert_int_equal(agent_revision_find(&found, ky_bytes_str(cases[i].file), hash), KY_OK);
        if (found != cases[i].want)
            fail_msg("case %zu", i);
    }
}

static void looks_at_few_revisions(void **state)
{
    uint8_t hash[KY_SHA256_SIZE];
    bool found;
    ky_auto_buf file = ky_buf_init(4096);
    (void)state;
    for (int i = 0; i <= AGENT_REVISIONS_MAX + 1; i++)
        ky_buf_add_str(&file, "%%EOF\n");
    assert_int_equal(ky_sha256(hash, KY_BYTES(file.p, 6 * AGENT_REVISIONS_MAX)), KY_OK);
    assert_int_equal(agent_revision_find(&found, ky_buf_bytes(&file), hash), KY_OK);
    assert_true(found);
    assert_int_equal(ky_sha256(hash, KY_BYTES(file.p, 6 * (AGENT_REVISIONS_MAX + 1))), KY_OK);
    assert_int_equal(agent_revision_find(&found, ky_buf_bytes(&file), hash), KY_OK);
    assert_false(found);
}

/* ---- what people see ---- */

static ky_rc find(const char *content, size_t n, bool *found)
{
    ky_auto_statement st = {.type = KY_ST_SIGN};
    return agent_statement_find(&st, found, KY_BYTES(content, n));
}

static void what_begins_as_a_statement_is_one_or_is_refused(void **state)
{
    bool found;
    (void)state;
#define FIND(literal) find(literal, sizeof(literal) - 1, &found)
    assert_int_equal(FIND("hello"), KY_OK);
    assert_false(found);
    assert_int_equal(FIND("Kyso statement v1"), KY_OK);
    assert_false(found);
    assert_int_equal(FIND(LABEL), KY_EDENIED);
    assert_int_equal(FIND(LABEL "\0"), KY_EDENIED);
    assert_int_equal(FIND(LABEL "\0{}"), KY_EDENIED);
    assert_int_equal(FIND(LABEL "x\0{}"), KY_EDENIED);
    assert_int_equal(FIND("kyso statement v2\0{}"), KY_EDENIED);
    assert_int_equal(FIND("kyso statements v1\0\0\0"), KY_EDENIED);
    assert_int_equal(FIND("kyso statements v2\0\0\1"), KY_EDENIED);
}

static void shows_every_member_of_a_statement(void **state)
{
    static const char *const words[] = {"THU HỒI CHỨNG THƯ SỐ", "Lý do: 1",
                                        "Hết hiệu lực lúc: ", "Hồ sơ: 0a0b",
                                        "-: 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"};
    static const char text[] =
        "{\"aud\":[{\"n\":\"AgABAAAAAAAAAAAAAAAAZVPxAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"p\":"
        "\"ca\"}],"
        "\"dossier\":\"0a0b0a0b0a0b0a0b0a0b0a0b0a0b0a0b\",\"exp\":1700000060,\"iat\":1700000000,"
        "\"keys\":[\"0a0b0a0b0a0b0a0b0a0b0a0b0a0b0a0b\"],"
        "\"realm\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"reason\":1,"
        "\"serials\":[\"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\"],\"type\":\"revoke\",\"v\":1}";
    ky_auto_statement st = {.type = KY_ST_SIGN};
    ky_auto_buf out = ky_buf_init(AGENT_SHOW_MAX);
    (void)state;
    assert_int_equal(ky_statement_parse(&st, ky_bytes_str(text)), KY_OK);
    agent_show_statement(&out, &st);
    assert_int_equal(ky_buf_finish(&out), KY_OK);
    for (size_t i = 0; i < KY_COUNT(words); i++)
        if (strstr(ky_buf_str(&out), words[i]) == NULL)
            fail_msg("not shown: %s in\n%s", words[i], ky_buf_str(&out));
}

/* What an organisation says of certificates that end or are replaced: in words, and moments as moments. */
static void shows_what_becomes_of_a_certificate(void **state)
{
    static const char text[] =
        "{\"aud\":[{\"n\":\"AgABAAAAAAAAAAAAAAAAZVPxAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"p\":"
        "\"sam\"}],"
        "\"document\":\"0102010201020102010201020102010201020102010201020102010201020102\","
        "\"dossier\":\"0a0b0a0b0a0b0a0b0a0b0a0b0a0b0a0b\",\"exp\":1700000060,\"iat\":1700000000,"
        "\"org\":{\"id\":\"0a0b0a0b0a0b0a0b0a0b0a0b0a0b0a0b\",\"name\":\"Trường THCS A\"},"
        "\"procedure\":\"revoke\","
        "\"realm\":\"0000000000000000000000000000000000000000000000000000000000000000\","
        "\"rows\":[{\"ground\":\"key-lost\",\"happened\":1690000000,\"name\":\"Nguyễn Thị Hà\",\"reason\":1,"
        "\"row\":1,\"serial\":\"41000000000000000000000000000000\"}],\"type\":\"request\",\"v\":1}";
    static const char *const words[] = {"Căn cứ thu hồi: key-lost", "Xảy ra lúc: 2023-07-22T",
                                        "Số hiệu chứng thư số: 4100"};
    ky_auto_statement st = {.type = KY_ST_SIGN};
    ky_auto_buf out = ky_buf_init(AGENT_SHOW_MAX);
    (void)state;
    assert_int_equal(ky_statement_parse(&st, ky_bytes_str(text)), KY_OK);
    agent_show_statement(&out, &st);
    assert_int_equal(ky_buf_finish(&out), KY_OK);
    for (size_t i = 0; i < KY_COUNT(words); i++)
        if (strstr(ky_buf_str(&out), words[i]) == NULL)
            fail_msg("not shown: %s in\n%s", words[i], ky_buf_str(&out));
}

#define NONCE "AgABAAAAAAAAAAAAAAAAZVPxAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define HEAD "\"aud\":[{\"n\":\"" NONCE "\",\"p\":\"sam\"}],"

static const char request_text[] =
    "{" HEAD "\"document\":\"" ZEROS "\",\"dossier\":\"0a0b0a0b0a0b0a0b0a0b0a0b0a0b0a0b\",\"exp\":1700000060,"
    "\"iat\":1700000000,\"org\":{\"id\":\"0a0b0a0b0a0b0a0b0a0b0a0b0a0b0a0b\",\"name\":\"Trường THCS A\"},"
    "\"procedure\":\"revoke\",\"realm\":\"" ZEROS "\",\"rows\":["
    "{\"ground\":\"key-lost\",\"happened\":1690000000,\"name\":\"Nguyễn Thị Hà\",\"reason\":1,"
    "\"row\":1,\"serial\":\"41000000000000000000000000000000\"},"
    "{\"ground\":\"key-lost\",\"happened\":1690000000,\"name\":\"Trần Văn Bình\",\"reason\":1,"
    "\"row\":2,\"serial\":\"42000000000000000000000000000000\"}],\"type\":\"request\",\"v\":1}";

/* A revocation of row 1 of that request; reason: something to tell two by. */
static void make_revoke(struct ky_buf *out, const char *exp)
{
    uint8_t hash[KY_HASH_SIZE];
    *out = ky_buf_init(4096);
    assert_int_equal(ky_statement_hash(hash, ky_bytes_str(request_text)), KY_OK);
    ky_buf_addf(out,
                "{" HEAD "\"document\":\"" ZEROS
                "\",\"dossier\":\"0a0b0a0b0a0b0a0b0a0b0a0b0a0b0a0b\",\"exp\":%s,"
                "\"iat\":1700000000,\"realm\":\"" ZEROS "\",\"request\":\"",
                exp);
    ky_buf_add_hex(out, KY_BYTES_OF(hash));
    ky_buf_add_str(out, "\",\"rows\":[1],\"type\":\"revoke\",\"v\":1}");
    assert_int_equal(ky_buf_finish(out), KY_OK);
}

static void read_list(struct ky_statement_list *list)
{
    bool found;
    ky_auto_buf one = {0}, two = {0}, content = ky_buf_init(65536);
    make_revoke(&one, "1700000060");
    make_revoke(&two, "1700000061");
    const struct ky_bytes texts[] = {ky_buf_bytes(&one), ky_buf_bytes(&two)};
    assert_int_equal(ky_statement_list_encode(&content, texts, KY_COUNT(texts)), KY_OK);
    assert_int_equal(agent_list_find(list, &found, ky_buf_bytes(&content)), KY_OK);
    assert_true(found);
    assert_int_equal(agent_list_find(list, &found, KY_BYTES(content.p, content.n - 1)), KY_EDENIED);
    assert_int_equal(agent_list_find(list, &found, ky_bytes_str("hello")), KY_OK);
    assert_false(found);
}

static void read_requests(struct agent_requests *requests, const char *text, ky_rc want)
{
    ky_auto_buf message = ky_buf_init(65536);
    ky_buf_add_str(&message, "{\"Base64Content\":\"eA==\",\"Base64Requests\":[\"");
    ky_buf_add_base64(&message, ky_bytes_str(text));
    ky_buf_add_str(&message, "\"]}");
    assert_int_equal(agent_requests_read(requests, ky_buf_bytes(&message)), want);
}

static void shows_of_a_list_how_much_and_for_whom(void **state)
{
    static const char *const words[] = {
        "Số tuyên bố: 2", "Tổng số dòng: 2",      "Số cơ quan, tổ chức: 1",      " -: Trường THCS A",
        "--- 2/2 ---",    "THU HỒI CHỨNG THƯ SỐ", "Dòng 1 : Nguyễn Thị Hà; 4100"};
    ky_auto_statement_list list = {0};
    agent_auto_requests requests = {0}, none = {0};
    ky_auto_buf out = ky_buf_init(AGENT_SHOW_MAX), bare = ky_buf_init(AGENT_SHOW_MAX);
    (void)state;
    read_list(&list);
    read_requests(&requests, request_text, KY_OK);
    agent_show_list(&out, &list, &requests);
    assert_int_equal(ky_buf_finish(&out), KY_OK);
    for (size_t i = 0; i < KY_COUNT(words); i++)
        if (strstr(ky_buf_str(&out), words[i]) == NULL)
            fail_msg("not shown: %s in\n%s", words[i], ky_buf_str(&out));
    assert_null(strstr(ky_buf_str(&out), "Trần Văn Bình")); /* row 2 is not decided */
    assert_null(strstr(ky_buf_str(&out), "KHÔNG KÈM"));
    agent_show_list(&bare, &list, &none);
    assert_non_null(strstr(ky_buf_str(&bare), "KHÔNG KÈM NỘI DUNG ĐỀ NGHỊ, chỉ có mã băm: 2"));
    assert_null(strstr(ky_buf_str(&bare), "Trường THCS A"));
}

static void requests_that_come_along_are_requests(void **state)
{
    agent_auto_requests requests = {0};
    ky_auto_buf revoke = {0};
    (void)state;
    make_revoke(&revoke, "1700000060");
    read_requests(&requests, ky_buf_str(&revoke), KY_EFORMAT);
    read_requests(&requests, "{}", KY_EFORMAT);
    assert_int_equal(agent_requests_read(&requests, KY_BYTES_LIT("aGVsbG8=")), KY_OK);
    assert_int_equal(agent_requests_read(&requests, KY_BYTES_LIT("{\"Base64Content\":\"eA==\"}")), KY_OK);
    assert_int_equal(requests.count, 0);
}

static void shows_only_text_as_text(void **state)
{
    static const struct {
        const char *content;
        bool shown;
    } cases[] = {{"Xin chào\nhai dòng\n", true},
                 {"\x1b[2J", false},
                 {"a\xe2\x80\xae"
                  "b",
                  false},
                 {"\xff", false}};
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(AGENT_SHOW_MAX);
        agent_show_content(&out, ky_bytes_str(cases[i].content));
        assert_int_equal(strstr(ky_buf_str(&out), cases[i].content) != NULL, cases[i].shown);
    }
}

/* ---- TLS identity ---- */

static const char *const identity_files[] = {AGENT_ROOT_FILE, AGENT_CERT_FILE, AGENT_KEY_FILE};

static void remove_identity(const char *folder)
{
    char path[64];
    for (size_t i = 0; i < KY_COUNT(identity_files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, identity_files[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

/* The first n files of a new identity, the others of the one before. */
static void an_identity_half_written_is_made_anew(void **state)
{
    (void)state;
    for (size_t n = 0; n <= KY_COUNT(identity_files); n++) {
        char folder[] = "/tmp/kyso-agent-unit-XXXXXX", path[64];
        struct ky_buf fresh[] = {ky_buf_init(AGENT_PEM_MAX), ky_buf_init(AGENT_PEM_MAX),
                                 ky_buf_init(AGENT_PEM_MAX)};
        struct agent_tls tls;
        bool made;
        assert_non_null(mkdtemp(folder));
        assert_int_equal(agent_tls_load(&tls, &made, folder, 1800000000), KY_OK);
        agent_tls_clear(&tls);
        assert_int_equal(agent_tls_make(&fresh[0], &fresh[1], &fresh[2], 1800000000), KY_OK);
        for (size_t i = 0; i < n; i++) {
            snprintf(path, sizeof path, "%s/%s", folder, identity_files[i]);
            assert_int_equal(ky_file_write(path, ky_buf_bytes(&fresh[i]), 0600), KY_OK);
        }
        assert_int_equal(agent_tls_load(&tls, &made, folder, 1800000000), KY_OK);
        assert_int_equal(made, n != 0 && n != KY_COUNT(identity_files));
        agent_tls_clear(&tls);
        for (size_t i = 0; i < KY_COUNT(identity_files); i++)
            ky_buf_clear(&fresh[i]);
        remove_identity(folder);
    }
}

static void the_identity_is_made_once_and_kept(void **state)
{
    char folder[] = "/tmp/kyso-agent-unit-XXXXXX", path[64];
    struct agent_tls first, second;
    bool made;
    const ky_time now = 1800000000;
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(agent_tls_load(&first, &made, folder, now), KY_OK);
    assert_true(made);
    assert_int_equal(agent_tls_load(&second, &made, folder, now + KY_DAY), KY_OK);
    assert_false(made);
    assert_true(ky_bytes_eq(ky_buf_bytes(&first.cert), ky_buf_bytes(&second.cert)));
    agent_tls_clear(&second);
    assert_int_equal(agent_tls_load(&second, &made, folder, now + 3 * 365 * KY_DAY), KY_OK);
    assert_true(made);
    agent_tls_clear(&second);
    snprintf(path, sizeof path, "%s/" AGENT_KEY_FILE, folder);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(agent_tls_load(&second, &made, folder, now), KY_EDENIED);
    agent_tls_clear(&first);
    agent_tls_clear(&second);
    remove_identity(folder);
}

static void the_root_signs_its_one_certificate(void **state)
{
    ky_auto_buf root = ky_buf_init(AGENT_PEM_MAX), cert = ky_buf_init(AGENT_PEM_MAX);
    ky_auto_buf key = ky_buf_init_secret(AGENT_PEM_MAX);
    ky_auto_cert ca = NULL;
    ky_auto_cert own = NULL;
    (void)state;
    assert_int_equal(agent_tls_make(&root, &cert, &key, 1800000000), KY_OK);
    assert_int_equal(ky_cert_parse_any(&ca, ky_buf_bytes(&root)), KY_OK);
    assert_int_equal(ky_cert_parse_any(&own, ky_buf_bytes(&cert)), KY_OK);
    assert_true(ca->ca);
    assert_int_equal(ca->path_len, 0);
    assert_non_null(ky_cert_find_ext(ca, "2.5.29.30"));
    assert_true(ky_cert_find_ext(ca, "2.5.29.30")->critical);
    assert_false(own->ca);
    assert_int_equal(ky_cert_verify_signature(own, ca), KY_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accept_is_that_of_the_rfc),
        cmocka_unit_test(reads_one_text_message),
        cmocka_unit_test(a_message_has_a_bounded_number_of_frames),
        cmocka_unit_test(writes_each_length_in_its_shortest_form),
        cmocka_unit_test(origins_are_exact),
        cmocka_unit_test(only_listed_origins_and_own_hosts_are_allowed),
        cmocka_unit_test(addresses_lie_on_the_page_s_own_origin),
        cmocka_unit_test(the_desk_works_for_listed_origins_only),
        cmocka_unit_test(finds_endpoints_by_exact_path),
        cmocka_unit_test(reads_document_calls),
        cmocka_unit_test(reads_contents_but_no_bare_hashes),
        cmocka_unit_test(replies_say_what_the_server_said),
        cmocka_unit_test(a_reply_carries_the_signature_of_the_statement),
        cmocka_unit_test(repeats_only_words_that_can_be_shown),
        cmocka_unit_test(finds_what_a_document_was_before_it_was_signed),
        cmocka_unit_test(looks_at_few_revisions),
        cmocka_unit_test(what_begins_as_a_statement_is_one_or_is_refused),
        cmocka_unit_test(shows_every_member_of_a_statement),
        cmocka_unit_test(shows_what_becomes_of_a_certificate),
        cmocka_unit_test(shows_of_a_list_how_much_and_for_whom),
        cmocka_unit_test(requests_that_come_along_are_requests),
        cmocka_unit_test(shows_only_text_as_text),
        cmocka_unit_test(the_identity_is_made_once_and_kept),
        cmocka_unit_test(an_identity_half_written_is_made_anew),
        cmocka_unit_test(the_root_signs_its_one_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

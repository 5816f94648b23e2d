/* codec/pdf encryption: files that qpdf encrypted, opened with each password; and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "build_pdf.h"
#include "codec/pdf/cipher.h"
#include "codec/pdf/crypt.h"
#include "codec/pdf/lex.h"
#include "codec/pdf/page.h"

static struct ky_buf load(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/unit/codec/pdf/data/%s.pdf", getenv("KYSO_SOURCE"), name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    struct ky_buf b = ky_buf_init(1 << 16);
    uint8_t chunk[8192];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        ky_buf_add(&b, KY_BYTES(chunk, n));
    fclose(f);
    return b;
}

static void check_content(struct ky_pdf *doc)
{
    struct ky_pdf_page page;
    ky_auto_buf content = ky_buf_init(1000);
    assert_null(ky_pdf_needs_repair(doc));
    assert_int_equal(ky_pdf_page_get(&page, doc, 0), KY_OK);
    assert_true(ky_bytes_eq_str(ky_pdf_get(doc, page.dict, "Lang")->text, "vi-VN"));
    assert_int_equal(ky_pdf_stream_decode(&content, doc, ky_pdf_get(doc, page.dict, "Contents")), KY_OK);
    assert_string_equal(ky_buf_str(&content), "0 0 50 50 re f");
}

static void opens_every_revision_with_either_password(void **state)
{
    static const struct {
        const char *file, *user, *owner;
        int revision;
    } cases[] = {
        {"r2", "user", "owner", 2},     {"r3", "user", "owner", 3}, {"r4-rc4", "user", "owner", 4},
        {"r4-aes", "user", "owner", 4}, {"r5", "user", "owner", 5}, {"r6", "user", "owner", 6},
        {"r6-packed", NULL, "chủ", 6},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf file = load(cases[i].file);
        const char *const passwords[] = {cases[i].user, cases[i].owner};
        for (size_t p = 0; p < KY_COUNT(passwords); p++) {
            ky_auto_pdf doc = NULL;
            const struct ky_pdf_open_args args = {.password = passwords[p]};
            assert_int_equal(ky_pdf_open(&doc, ky_buf_bytes(&file), &args), KY_OK);
            assert_int_equal(ky_pdf_crypt_revision(doc), cases[i].revision);
            assert_int_equal(ky_pdf_rights_of(doc), p == 0 ? KY_PDF_RIGHTS_USER : KY_PDF_RIGHTS_OWNER);
            check_content(doc);
        }
        struct ky_pdf *none;
        const struct ky_pdf_open_args wrong = {.password = "wrong"};
        assert_int_equal(ky_pdf_open(&none, ky_buf_bytes(&file), &wrong), KY_EAUTH);
    }
}

static ky_rc open_with(const char *encrypt)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_object(&b, 5, encrypt);
    build_table(&b, "/Encrypt 5 0 R");
    ky_auto_pdf doc = NULL;
    return ky_pdf_open(&doc, build_bytes(&b), NULL);
}

#define HEX32 "<0000000000000000000000000000000000000000000000000000000000000000>"

static void refuses_other_encryption(void **state)
{
    static const struct {
        const char *encrypt;
        ky_rc want;
    } cases[] = {
        {"<< /Filter /Adobe.PubSec /V 4 /R 4 >>", KY_EDENIED},
        {"<< /Filter /Standard /V 3 /R 3 >>", KY_EDENIED},
        {"<< /Filter /Standard /V 2 /R 6 >>", KY_EDENIED},
        {"<< /Filter /Standard /V 4 /R 4 /StmF /Unknown >>", KY_EDENIED},
        {"<< /Filter /Standard /V 4 /R 4 /CF << /X << /CFM /AESV9 >> >> /StrF /X >>", KY_EDENIED},
        {"<< /Filter /Standard /V 1 /R 2 /O (short) /U (short) >>", KY_EFORMAT},
        {"<< /Filter /Standard /V 1 /R 2 /P -4 /O " HEX32 " /U " HEX32 " >>", KY_EAUTH},
        {"<< /Filter /Standard /V 5 /R 6 /O " HEX32 " /U " HEX32 " >>", KY_EFORMAT},
        {"<< /Filter /Standard /V 4 /R 4 /P -4 /O " HEX32 " /U " HEX32 " >>", KY_OK}, /* Identity for all */
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        assert_int_equal(open_with(cases[i].encrypt), cases[i].want);
}

static void rc4_is_rc4(void **state)
{
    uint8_t out[9];
    ky_pdf_rc4(out, KY_BYTES_LIT("Key"), KY_BYTES_LIT("Plaintext"));
    assert_memory_equal(out, "\xbb\xf3\x16\xe8\xd9\x40\xaf\x0a\xd3", 9);
}

static void data_come_back_with_every_cipher(void **state)
{
    static const struct {
        ky_pdf_cipher cipher;
        size_t key_n, sealed_n;
    } cases[] = {{KY_PDF_CIPHER_NONE, 16, 5},
                 {KY_PDF_CIPHER_RC4, 5, 5},
                 {KY_PDF_CIPHER_AESV2, 16, 32},
                 {KY_PDF_CIPHER_AESV3, 32, 32}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_pdf_crypt c = {.key_n = cases[i].key_n};
        ky_auto_buf sealed = ky_buf_init(100), plain = ky_buf_init(100);
        struct ky_pdf_ref ref = {7, 1};
        assert_int_equal(ky_pdf_encrypt(&sealed, &c, cases[i].cipher, ref, KY_BYTES_LIT("hello")), KY_OK);
        assert_int_equal(sealed.n, cases[i].sealed_n);
        assert_int_equal(ky_pdf_decrypt(&plain, &c, cases[i].cipher, ref, ky_buf_bytes(&sealed)), KY_OK);
        assert_string_equal(ky_buf_str(&plain), "hello");
    }
    struct ky_pdf_crypt locked = {.key_n = 0}, odd = {.key_n = 32};
    ky_auto_buf out = ky_buf_init(100);
    const struct ky_pdf_ref ref = {1, 0};
    assert_int_equal(ky_pdf_decrypt(&out, &locked, KY_PDF_CIPHER_RC4, ref, KY_BYTES_LIT("x")), KY_EAUTH);
    assert_int_equal(ky_pdf_decrypt(&out, &odd, KY_PDF_CIPHER_RC4, ref, KY_BYTES_LIT("x")), KY_EFORMAT);
    odd.key_n = 16;
    assert_int_equal(ky_pdf_decrypt(&out, &odd, KY_PDF_CIPHER_AESV3, ref, KY_BYTES_LIT("x")), KY_EFORMAT);
}

static ky_pdf_cipher cipher_for(struct ky_arena *a, const struct ky_pdf_crypt *c, const char *dict)
{
    struct ky_pdf_lexer lx = {.in = ky_bytes_str(dict), .arena = a};
    struct ky_pdf_value *v;
    assert_int_equal(ky_pdf_parse_value(&v, &lx), KY_OK);
    return ky_pdf_crypt_stream_cipher(c, v);
}

static void streams_choose_their_cipher(void **state)
{
    ky_auto_arena a = ky_arena_init(1 << 16);
    struct ky_pdf_lexer lx = {.in = KY_BYTES_LIT("<< /Std << /CFM /AESV2 >> >>"), .arena = &a};
    struct ky_pdf_value *filters;
    assert_int_equal(ky_pdf_parse_value(&filters, &lx), KY_OK);
    struct ky_pdf_crypt c = {
        .v = 4, .streams = KY_PDF_CIPHER_RC4, .files = KY_PDF_CIPHER_AESV2, .filters = filters};
    assert_int_equal(cipher_for(&a, &c, "<< >>"), KY_PDF_CIPHER_RC4);
    assert_int_equal(cipher_for(&a, &c, "<< /Type /XRef >>"), KY_PDF_CIPHER_NONE);
    assert_int_equal(cipher_for(&a, &c, "<< /Type /Metadata >>"), KY_PDF_CIPHER_NONE);
    assert_int_equal(cipher_for(&a, &c, "<< /Type /EmbeddedFile >>"), KY_PDF_CIPHER_AESV2);
    assert_int_equal(cipher_for(&a, &c, "<< /Filter [/Crypt] >>"), KY_PDF_CIPHER_NONE);
    assert_int_equal(cipher_for(&a, &c, "<< /Filter /Crypt /DecodeParms << /Name /Std >> >>"),
                     KY_PDF_CIPHER_AESV2);
    c.encrypt_metadata = true;
    assert_int_equal(cipher_for(&a, &c, "<< /Type /Metadata >>"), KY_PDF_CIPHER_RC4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_every_revision_with_either_password),
        cmocka_unit_test(refuses_other_encryption),
        cmocka_unit_test(rc4_is_rc4),
        cmocka_unit_test(data_come_back_with_every_cipher),
        cmocka_unit_test(streams_choose_their_cipher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

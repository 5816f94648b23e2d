/*
 * crypto/pubkey against the Wycheproof vectors in $KYSO_TEST_DATA/wycheproof;
 * skipped, with the reason, where the folder is not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>

#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/pubkey.h"

#define FILE_MAX (4 * 1024 * 1024)

struct counts {
    size_t valid, invalid; /* cases judged as expected */
    size_t skipped;        /* cases whose key or hash is outside crypto/alg */
};

/* Hexadecimal of any length, as the vectors have it. */
static struct ky_buf unhex(const char *text)
{
    struct ky_buf out = ky_buf_init(FILE_MAX);
    for (; text[0] != 0 && text[1] != 0; text += 2) {
        unsigned byte;
        assert_int_equal(sscanf(text, "%2x", &byte), 1);
        ky_buf_add_u8(&out, (uint8_t)byte);
    }
    return out;
}

static const char *member(const json_t *v, const char *name)
{
    const char *text = json_string_value(json_object_get(v, name));
    return text == NULL ? "" : text;
}

static bool hash_by_name(ky_hash *out, const char *name)
{
    for (size_t i = 0; i < KY_HASH_COUNT; i++) {
        if (strcmp(ky_hash_info((ky_hash)i)->name, name) != 0)
            continue;
        *out = (ky_hash)i;
        return true;
    }
    return false;
}

/* How one group signs; false when alg.h does not have it. */
static bool scheme_of(ky_scheme *scheme, ky_hash *hash, const json_t *group)
{
    const char *type = member(group, "type");
    if (!hash_by_name(hash, member(group, "sha")))
        return false;
    *scheme = strncmp(type, "Ecdsa", 5) == 0       ? KY_ECDSA
              : strncmp(type, "RsassaPss", 9) == 0 ? KY_RSA_PSS
                                                   : KY_RSA_PKCS1V15;
    bool pss = *scheme == KY_RSA_PSS;
    return !pss ||
           (strcmp(member(group, "mgfSha"), member(group, "sha")) == 0 &&
            json_integer_value(json_object_get(group, "sLen")) == (json_int_t)ky_hash_info(*hash)->size);
}

static ky_rc verify_case(const struct ky_pubkey *key, ky_scheme scheme, ky_hash hash, bool raw,
                         const json_t *c)
{
    ky_auto_buf message = unhex(member(c, "msg")), sig = unhex(member(c, "sig")),
                der = ky_buf_init(KY_SIGNATURE_MAX);
    uint8_t digest[KY_HASH_MAX];
    KY_TRY(ky_digest(digest, hash, ky_buf_bytes(&message)));
    if (raw && sig.n != 2 * (ky_pubkey_point(key).n / 2))
        return ky_fail(KY_EFORMAT, "raw signature of %zu bytes", sig.n);
    if (raw)
        KY_TRY(ky_ecdsa_to_der(&der, ky_buf_bytes(&sig)));
    return ky_pubkey_verify(key, scheme, hash, KY_BYTES(digest, ky_hash_info(hash)->size),
                            ky_buf_bytes(raw ? &der : &sig));
}

static void run_case(struct counts *n, const struct ky_pubkey *key, ky_scheme scheme, ky_hash hash, bool raw,
                     const json_t *c, const char *file)
{
    const char *result = member(c, "result");
    bool good = verify_case(key, scheme, hash, raw, c) == KY_OK;
    bool acceptable = strcmp(result, "acceptable") == 0, want = strcmp(result, "valid") == 0;
    if (!acceptable && good != want)
        fail_msg("%s: case %lld (%s) must be %s", file, json_integer_value(json_object_get(c, "tcId")),
                 member(c, "comment"), result);
    if (!acceptable && want)
        n->valid++;
    else if (!acceptable)
        n->invalid++;
}

static void run_group(struct counts *n, const json_t *group, const char *file)
{
    const json_t *cases = json_object_get(group, "tests");
    ky_auto_buf spki = unhex(member(group, "publicKeyDer"));
    ky_auto_pubkey key = NULL;
    ky_scheme scheme;
    ky_hash hash;
    if (!scheme_of(&scheme, &hash, group) || ky_pubkey_parse(&key, ky_buf_bytes(&spki)) != KY_OK) {
        n->skipped += json_array_size(cases);
        return;
    }
    bool raw = strstr(member(group, "type"), "P1363") != NULL;
    for (size_t i = 0; i < json_array_size(cases); i++)
        run_case(n, key, scheme, hash, raw, json_array_get(cases, i), file);
}

static void run_file(struct counts *n, const char *path)
{
    json_error_t error;
    ky_auto_json v = json_load_file(path, 0, &error);
    assert_non_null(v);
    const json_t *groups = json_object_get(v, "testGroups");
    for (size_t i = 0; i < json_array_size(groups); i++)
        run_group(n, json_array_get(groups, i), path);
}

static void run_pattern(struct counts *n, const char *pattern)
{
    const char *data = getenv("KYSO_TEST_DATA");
    char path[4096];
    glob_t found = {0};
    snprintf(path, sizeof path, "%s/wycheproof/%s", data == NULL ? "" : data, pattern);
    if (data == NULL || glob(path, 0, NULL, &found) != 0) {
        printf("SKIP %s: KYSO_TEST_DATA has no wycheproof folder\n", pattern);
        skip();
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        run_file(n, found.gl_pathv[i]);
    globfree(&found);
    printf("%s: %zu valid, %zu invalid as expected; %zu of other keys or hashes\n", pattern, n->valid,
           n->invalid, n->skipped);
}

static void ecdsa_vectors(void **state)
{
    struct counts n = {0};
    run_pattern(&n, "ecdsa_*_test.json");
    assert_true(n.valid > 500 && n.invalid > 500);
}

static void rsa_pkcs1_vectors(void **state)
{
    struct counts n = {0};
    run_pattern(&n, "rsa_signature_*_test.json");
    assert_true(n.valid > 50 && n.invalid > 500);
}

static void rsa_pss_vectors(void **state)
{
    struct counts n = {0};
    run_pattern(&n, "rsa_pss_*_test.json");
    assert_true(n.valid > 50 && n.invalid > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdsa_vectors),
        cmocka_unit_test(rsa_pkcs1_vectors),
        cmocka_unit_test(rsa_pss_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * NIST PKITS (path validation test suite) in the JSON form of its public
 * port: $KYSO_TEST_DATA/nist-pkits. Skipped when it is not there.
 */
#include "hierarchy.h"

#include <jansson.h>

#define AT ((ky_time)1590969600) /* 2020-06-01, within the suite's validity */
#define FILES_MAX 16
#define SKIPPED 77 /* exit status that Meson takes for "skipped" */

/* Sections of the suite, by the first three digits of an id. */
static const struct section {
    const char *id, *name;
    const char *left_out; /* why not; NULL: every test counts */
} sections[] = {
    {"401", "signature verification", NULL},
    {"402", "validity periods", NULL},
    {"403", "name chaining", NULL},
    {"404", "basic certificate revocation", NULL},
    {"405", "self-issued certificates", NULL},
    {"406", "basic constraints", NULL},
    {"407", "key usage", NULL},
    {"408", "certificate policies", "kyso asks for no policies in paths"},
    {"409", "require explicit policy", "kyso asks for no policies in paths"},
    {"410", "policy mappings", "kyso asks for no policies in paths"},
    {"411", "inhibit policy mapping", "kyso asks for no policies in paths"},
    {"412", "inhibit any policy", "kyso asks for no policies in paths"},
    {"413", "name constraints", NULL},
    {"414", "distribution points", "indirect lists and lists by reason are not used"},
    {"415", "delta-CRLs", "delta lists are not used in validation"},
    {"416", "private certificate extensions", NULL},
};

/* Valid in the suite, refused by kyso's own rules. */
static const struct {
    const char *id, *why;
} refused_by_rule[] = {
    {"40104", "DSA"},
    {"40105", "DSA"},
};

static const char *root_dir;

static bool load(struct ky_buf *out, const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/nist-pkits/%s/%s", root_dir, folder, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    for (int c = fgetc(f); c != EOF; c = fgetc(f))
        ky_buf_add_u8(out, (uint8_t)c);
    fclose(f);
    return true;
}

static struct ky_cert *load_cert(const char *name)
{
    ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
    struct ky_cert *cert = NULL;
    if (!load(&der, "certs", name))
        fail_msg("%s is missing", name);
    return ky_cert_parse(&cert, ky_buf_bytes(&der)) == KY_OK ? cert : NULL;
}

static struct ky_crl *load_crl(const char *name)
{
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    struct ky_crl *crl = NULL;
    if (!load(&der, "crls", name))
        fail_msg("%s is missing", name);
    return ky_crl_parse(&crl, ky_buf_bytes(&der)) == KY_OK ? crl : NULL;
}

struct material {
    struct ky_cert *leaf, *anchor, *others[FILES_MAX];
    struct ky_crl *crls[FILES_MAX];
    size_t n_others, n_crls;
};

static void gather(struct material *m, const json_t *test)
{
    size_t i;
    json_t *name;
    *m = (struct material){0};
    m->leaf = load_cert(json_string_value(json_object_get(test, "cert")));
    m->anchor = load_cert("TrustAnchorRootCertificate.crt");
    m->crls[m->n_crls++] = load_crl("TrustAnchorRootCRL.crl");
    json_array_foreach(json_object_get(test, "other_certs"), i, name)
    {
        m->others[m->n_others] = load_cert(json_string_value(name));
        m->n_others += m->others[m->n_others] != NULL;
    }
    json_array_foreach(json_object_get(test, "crls"), i, name)
    {
        m->crls[m->n_crls] = load_crl(json_string_value(name));
        m->n_crls += m->crls[m->n_crls] != NULL;
    }
}

static void drop(struct material *m)
{
    ky_cert_free(m->leaf);
    ky_cert_free(m->anchor);
    for (size_t i = 0; i < m->n_others; i++)
        ky_cert_free(m->others[i]);
    for (size_t i = 0; i < m->n_crls; i++)
        ky_crl_free(m->crls[i]);
}

/* Is the path good, in kyso's opinion? */
static bool is_accepted(const json_t *test, struct ky_chain *chain)
{
    struct material m;
    gather(&m, test);
    bool good = false;
    if (m.leaf != NULL && m.anchor != NULL) {
        const struct ky_cert *anchors[] = {m.anchor};
        assert_ok(ky_chain_validate(
            chain, &(struct ky_chain_in){
                       .leaf = m.leaf,
                       .anchors = {anchors, 1},
                       .intermediates = {(const struct ky_cert *const *)m.others, m.n_others},
                       .at = AT,
                       .revocation = KY_REVOCATION_REQUIRED,
                       .crls = (const struct ky_crl *const *)m.crls,
                       .n_crls = m.n_crls,
                   }));
        good = chain->sub == KY_SUB_NONE;
    }
    drop(&m);
    return good;
}

static bool is_refused_by_rule(const char *id)
{
    for (size_t i = 0; i < KY_COUNT(refused_by_rule); i++)
        if (strcmp(refused_by_rule[i].id, id) == 0)
            return true;
    return false;
}

/* Runs one section; the number of tests that went wrong. */
static size_t run_section(const struct section *s, const json_t *tests)
{
    size_t i, right = 0, wrong = 0, left_out = 0;
    json_t *test;
    json_array_foreach(tests, i, test)
    {
        const char *id = json_string_value(json_object_get(test, "id"));
        struct ky_chain chain = {0};
        if (strncmp(id, s->id, 3) != 0)
            continue;
        if (s->left_out != NULL || is_refused_by_rule(id)) {
            left_out++;
            continue;
        }
        bool want = json_object_get(test, "error") == NULL;
        if (is_accepted(test, &chain) == want) {
            right++;
            continue;
        }
        wrong++;
        print_message("%s %s: should be %s; %s, certificate %zu: %s\n", id,
                      json_string_value(json_object_get(test, "name")), want ? "valid" : "invalid",
                      ky_sub_name(chain.sub), chain.at_fault, chain.text);
    }
    print_message("PKITS 4.%d %s: %zu right, %zu wrong, %zu out of scope%s%s\n", atoi(s->id + 1), s->name,
                  right, wrong, left_out, s->left_out == NULL ? "" : ": ",
                  s->left_out == NULL ? "" : s->left_out);
    return wrong;
}

static void follows_nist_pkits(void **state)
{
    char path[1024];
    json_error_t error;
    snprintf(path, sizeof path, "%s/nist-pkits/pkits.json", root_dir);
    json_t *tests = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    size_t wrong = 0;
    assert_non_null(tests);
    for (size_t i = 0; i < KY_COUNT(sections); i++)
        wrong += run_section(&sections[i], tests);
    json_decref(tests);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(follows_nist_pkits)};
    root_dir = getenv("KYSO_TEST_DATA");
    if (root_dir == NULL) {
        printf("skipped: KYSO_TEST_DATA is not set\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

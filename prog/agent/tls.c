/* See tls.h. */
#include "prog/agent/tls.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto/ossl.h"
#include "crypto/random.h"
#include "os/file.h"
#include "pki/cert.h"

#define SERIAL_SIZE 16
#define BEFORE (-KY_HOUR)
#define AFTER (3 * 365 * KY_DAY)
#define RENEW_BEFORE (30 * KY_DAY)
#define PATH_MAX_BYTES 4096
#define HOST_NAME_BYTES 65

#define SUBJECT_MAX 160

KY_DEFINE_CLEANUP(X509, X509_free)
KY_DEFINE_CLEANUP(EVP_PKEY, EVP_PKEY_free)
KY_DEFINE_CLEANUP(X509_EXTENSION, X509_EXTENSION_free)
KY_DEFINE_CLEANUP(BIO, BIO_free_all)
KY_DEFINE_CLEANUP(BIGNUM, BN_free)
#define auto_x509 KY_CLEANUP(X509_freep) X509 *
#define auto_pkey KY_CLEANUP(EVP_PKEY_freep) EVP_PKEY *
#define auto_bio KY_CLEANUP(BIO_free_allp) BIO *

struct extension {
    int nid;
    const char *value; /* openssl's x509v3_config */
};

static const struct extension root_extensions[] = {
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,keyCertSign"},
    {NID_ext_key_usage, "serverAuth"},
    {NID_name_constraints, "critical,permitted;DNS:localhost,permitted;IP:127.0.0.1/255.255.255.255"},
    {NID_subject_key_identifier, "hash"},
};
static const struct extension own_extensions[] = {
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"},
    {NID_ext_key_usage, "serverAuth"},
    {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
};

/* ---- making ---- */

static ky_rc set_serial(X509 *cert)
{
    uint8_t bytes[SERIAL_SIZE];
    KY_TRY(ky_random(bytes, sizeof bytes));
    bytes[0] = (uint8_t)((bytes[0] & 0x7f) | 0x40); /* positive, never a zero first byte */
    KY_CLEANUP(BN_freep) BIGNUM *n = BN_bin2bn(bytes, sizeof bytes, NULL);
    return n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL
               ? KY_OK
               : ky_fail_ossl(KY_ECRYPTO, "serial");
}

static ky_rc add_extensions(X509 *cert, X509 *issuer, const struct extension *list, size_t n)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    for (size_t i = 0; i < n; i++) {
        KY_CLEANUP(X509_EXTENSION_freep)
        X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, &ctx, list[i].nid, list[i].value);
        if (e == NULL || X509_add_ext(cert, e, -1) != 1)
            return ky_fail_ossl(KY_ECRYPTO, list[i].value);
    }
    return KY_OK;
}

static bool set_name(X509_NAME *name, const char *common_name)
{
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1,
                                      0) == 1;
}

/* issuer NULL: by itself. */
static ky_rc fill(X509 *cert, X509 *issuer, EVP_PKEY *key, const char *common_name, ky_time now)
{
    KY_TRY(set_serial(cert));
    const bool good =
        X509_set_version(cert, X509_VERSION_3) == 1 &&
        ASN1_TIME_set(X509_getm_notBefore(cert), now + BEFORE) != NULL &&
        ASN1_TIME_set(X509_getm_notAfter(cert), now + AFTER) != NULL &&
        set_name(X509_get_subject_name(cert), common_name) &&
        X509_set_issuer_name(cert, X509_get_subject_name(issuer == NULL ? cert : issuer)) == 1 &&
        X509_set_pubkey(cert, key) == 1;
    return good ? KY_OK : ky_fail_ossl(KY_ECRYPTO, common_name);
}

static ky_rc certify(X509 **out, X509 *issuer, EVP_PKEY *key, EVP_PKEY *issuer_key, const char *common_name,
                     ky_time now)
{
    auto_x509 cert = X509_new();
    if (cert == NULL)
        return ky_fail_ossl(KY_ENOMEM, common_name);
    KY_TRY(fill(cert, issuer, key, common_name, now));
    if (issuer == NULL)
        KY_TRY(add_extensions(cert, cert, root_extensions, KY_COUNT(root_extensions)));
    else
        KY_TRY(add_extensions(cert, issuer, own_extensions, KY_COUNT(own_extensions)));
    if (X509_sign(cert, issuer_key, EVP_sha256()) == 0)
        return ky_fail_ossl(KY_ECRYPTO, common_name);
    *out = KY_STEAL(cert);
    return KY_OK;
}

static ky_rc take_text(struct ky_buf *out, BIO *bio, bool written)
{
    char *p = NULL;
    const long n = written ? BIO_get_mem_data(bio, &p) : 0;
    if (n <= 0)
        return ky_fail_ossl(KY_ECRYPTO, "PEM");
    ky_buf_add(out, KY_BYTES(p, n));
    return ky_buf_finish(out);
}

static ky_rc add_cert(struct ky_buf *out, X509 *cert)
{
    auto_bio bio = BIO_new(BIO_s_mem());
    return take_text(out, bio, bio != NULL && PEM_write_bio_X509(bio, cert) == 1);
}

static ky_rc add_key(struct ky_buf *out, EVP_PKEY *key)
{
    auto_bio bio = BIO_new(BIO_s_secmem());
    return take_text(out, bio,
                     bio != NULL && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1);
}

/* Several machines' roots can be told apart in one list. */
static void name_root(char out[SUBJECT_MAX], const uint8_t tag[2])
{
    char host[HOST_NAME_BYTES] = "";
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = 0;
    snprintf(out, SUBJECT_MAX, "kyso-agent %.32s %02x%02x", host, tag[0], tag[1]);
}

ky_rc agent_tls_make(struct ky_buf *root, struct ky_buf *cert, struct ky_buf *key, ky_time now)
{
    char name[SUBJECT_MAX];
    uint8_t tag[2];
    auto_pkey root_key = EVP_EC_gen("P-256");
    auto_pkey own_key = EVP_EC_gen("P-256");
    auto_x509 root_cert = NULL;
    auto_x509 own_cert = NULL;
    if (root_key == NULL || own_key == NULL)
        return ky_fail_ossl(KY_ECRYPTO, "key");
    KY_TRY(ky_random(tag, sizeof tag));
    name_root(name, tag);
    KY_TRY(certify(&root_cert, NULL, root_key, root_key, name, now));
    KY_TRY(certify(&own_cert, root_cert, own_key, root_key, "localhost", now));
    KY_TRY(add_cert(root, root_cert));
    KY_TRY(add_cert(cert, own_cert));
    KY_TRY(add_cert(cert, root_cert));
    return add_key(key, own_key);
}

/* ---- keeping ---- */

static ky_rc path_of(char out[PATH_MAX_BYTES], const char *folder, const char *name)
{
    return snprintf(out, PATH_MAX_BYTES, "%s/%s", folder, name) < PATH_MAX_BYTES
               ? KY_OK
               : ky_fail(KY_ELIMIT, "%s: path too long", folder);
}

static ky_rc store(const char *folder, const char *name, const struct ky_buf *content)
{
    char path[PATH_MAX_BYTES];
    KY_TRY(path_of(path, folder, name));
    return ky_file_write(path, ky_buf_bytes(content), 0600);
}

static ky_rc make_and_store(const char *folder, ky_time now)
{
    ky_auto_buf root = ky_buf_init(AGENT_PEM_MAX), cert = ky_buf_init(AGENT_PEM_MAX);
    ky_auto_buf key = ky_buf_init_secret(AGENT_PEM_MAX);
    KY_TRY(agent_tls_make(&root, &cert, &key, now));
    KY_TRY(store(folder, AGENT_ROOT_FILE, &root));
    KY_TRY(store(folder, AGENT_CERT_FILE, &cert));
    return store(folder, AGENT_KEY_FILE, &key);
}

/* The three files as they are. */
struct kept {
    struct agent_tls *tls;
    struct ky_buf root;
};

static ky_rc read_files(struct kept *out, const char *folder)
{
    char root[PATH_MAX_BYTES], cert[PATH_MAX_BYTES], key[PATH_MAX_BYTES];
    KY_TRY(path_of(root, folder, AGENT_ROOT_FILE));
    KY_TRY(path_of(cert, folder, AGENT_CERT_FILE));
    KY_TRY(path_of(key, folder, AGENT_KEY_FILE));
    KY_TRY(ky_file_read_secret(&out->tls->key, key));
    KY_TRY(ky_file_read(&out->root, root));
    return ky_file_read(&out->tls->cert, cert);
}

static ky_rc key_fits(bool *out, const struct agent_tls *t)
{
    auto_bio cert_bio = BIO_new_mem_buf(t->cert.p, (int)t->cert.n);
    auto_bio key_bio = BIO_new_mem_buf(t->key.p, (int)t->key.n);
    auto_x509 cert = cert_bio == NULL ? NULL : PEM_read_bio_X509(cert_bio, NULL, NULL, NULL);
    auto_pkey key = key_bio == NULL ? NULL : PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
    if (cert == NULL || key == NULL)
        return ky_fail_ossl(KY_EFORMAT, cert == NULL ? AGENT_CERT_FILE : AGENT_KEY_FILE);
    *out = X509_check_private_key(cert, key) == 1;
    ERR_clear_error();
    return KY_OK;
}

static bool ends_with(const struct ky_buf *text, const struct ky_buf *end)
{
    return text->n >= end->n && memcmp(text->p + text->n - end->n, end->p, end->n) == 0;
}

/* Its time is near, or who made it was stopped between two files. */
static ky_rc is_due(bool *due, const struct kept *k, ky_time now)
{
    bool whole = false;
    ky_auto_cert cert = NULL;
    KY_TRY(ky_context(ky_cert_parse_any(&cert, ky_buf_bytes(&k->tls->cert)), AGENT_CERT_FILE));
    KY_TRY(key_fits(&whole, k->tls));
    *due = now > cert->not_after - RENEW_BEFORE || !whole || !ends_with(&k->tls->cert, &k->root);
    return KY_OK;
}

static void reset(struct kept *k)
{
    agent_tls_clear(k->tls);
    ky_buf_clear(&k->root);
    k->tls->cert = ky_buf_init(AGENT_PEM_MAX);
    k->tls->key = ky_buf_init_secret(AGENT_PEM_MAX);
    k->root = ky_buf_init(AGENT_PEM_MAX);
}

static ky_rc load(struct kept *k, bool *made, const char *folder, ky_time now)
{
    const ky_rc rc = read_files(k, folder);
    *made = rc == KY_ENOTFOUND;
    if (rc != KY_OK && !*made)
        return rc;
    if (rc == KY_OK)
        KY_TRY(is_due(made, k, now));
    if (!*made)
        return KY_OK;
    KY_TRY(make_and_store(folder, now));
    reset(k);
    return read_files(k, folder);
}

ky_rc agent_tls_load(struct agent_tls *out, bool *made, const char *folder, ky_time now)
{
    struct kept k = {.tls = out};
    *out = (struct agent_tls){.cert = ky_buf_init(0)};
    reset(&k);
    const ky_rc rc = load(&k, made, folder, now);
    ky_buf_clear(&k.root);
    return rc;
}

void agent_tls_clear(struct agent_tls *t)
{
    ky_buf_clear(&t->cert);
    ky_buf_clear(&t->key);
}

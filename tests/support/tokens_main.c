/*
 * kyso-tokens: stands in for the authority that gives officers and heads of
 * organisations their hardware tokens. Sets up a token for each person in the PKCS#11
 * module (SoftHSM), makes the key inside it, certifies it, and writes CA, CRL and certificates to a folder.
 *
 *     KYSO_PIN=… kyso-tokens MODULE DIR URL LABEL=NAME …        URL: where ca.crl and ca.crt of DIR will be served
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/secret.h"
#include "crypto/personal.h"
#include "crypto/random.h"
#include "crypto/softkey.h"
#include "os/clock.h"
#include "os/file.h"
#include "pki/crl.h"
#include "pki/name.h"
#include "pki/profile.h"

#define PATH_BYTES 512
#define CRL_MAX 65536
#define PEM_MAX 65536
#define YEAR (365 * KY_DAY)
#define SO_PIN_RANDOM 18

struct maker {
    const char *module, *dir;
    struct ky_secret pin;
    struct ky_softkey *ca_key; /* owned */
    struct ky_signer ca_signer;
    struct ky_sigkey ca_sigkey;
    struct ky_cert *ca; /* owned */
    char crl_url[PATH_BYTES], ca_url[PATH_BYTES];
    ky_time now;
};

static ky_rc write_file(const struct maker *m, const char *name, struct ky_bytes content)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", m->dir, name);
    return ky_file_write(path, content, 0644);
}

static ky_rc write_pem(const struct maker *m, const char *name, const struct ky_cert *cert)
{
    char file[PATH_BYTES];
    ky_auto_buf pem = ky_buf_init(PEM_MAX);
    ky_buf_add_cert_pem(&pem, cert->der);
    KY_TRY(ky_buf_finish(&pem));
    snprintf(file, sizeof file, "%s.pem", name);
    return write_file(m, file, ky_buf_bytes(&pem));
}

/* issuer NULL: the CA itself. */
static ky_rc certify(struct ky_cert **out, const struct maker *m, ky_profile_kind kind, const char *cn,
                     struct ky_bytes spki)
{
    const struct ky_name_attr attrs[] = {{"C", "VN"}, {"O", "Cơ quan cấp thiết bị (trình diễn)"}, {"CN", cn}};
    const struct ky_profile_conf addresses = {.crl_url = m->crl_url,
                                              .ocsp_url = m->crl_url,
                                              .ca_issuers_url = m->ca_url,
                                              .policy = {.cps = m->ca_url}};
    uint8_t serial[16];
    struct ky_policy policy;
    ky_auto_buf name = ky_buf_init(KY_NAME_DER_MAX), der = ky_buf_init(KY_CERT_DER_MAX);
    KY_TRY(ky_random(serial, sizeof serial));
    serial[0] = 0x5a;
    KY_TRY(ky_name_encode(&name, attrs, KY_COUNT(attrs)));
    bool root = m->ca == NULL;
    struct ky_cert_tbs t = {.serial = KY_BYTES_OF(serial),
                            .issuer = root ? ky_buf_bytes(&name) : m->ca->subject,
                            .subject = ky_buf_bytes(&name),
                            .spki = spki,
                            .not_before = m->now - KY_DAY,
                            .not_after = m->now + (root ? 10 : 3) * YEAR,
                            .scheme = KY_ECDSA,
                            .hash = KY_SHA256,
                            .aki = root ? KY_BYTES_NONE : m->ca->ski};
    KY_TRY(ky_profile_apply(&t, &policy, ky_profile(kind), &addresses));
    t.ocsp_url = NULL; /* status is told by the CRL alone */
    KY_TRY(ky_cert_issue(&der, &t, &m->ca_sigkey));
    return ky_cert_parse(out, ky_buf_bytes(&der));
}

static ky_rc make_ca(struct maker *m)
{
    KY_TRY(ky_softkey_generate(&m->ca_key, KY_KEY_P256));
    m->ca_signer = ky_softkey_signer(m->ca_key);
    m->ca_sigkey = (struct ky_sigkey){.signer = &m->ca_signer, .scheme = KY_ECDSA, .hash = KY_SHA256};
    KY_TRY(certify(&m->ca, m, KY_PROFILE_ROOT, "CA thiết bị (trình diễn)",
                   ky_pubkey_spki(ky_softkey_public(m->ca_key))));
    KY_TRY(write_file(m, "ca.crt", m->ca->der));
    return write_pem(m, "ca", m->ca);
}

static ky_rc nobody_revoked(void *ctx, struct ky_crl_entry *out)
{
    (void)ctx, (void)out;
    return KY_ENOTFOUND;
}

static ky_rc make_crl(const struct maker *m)
{
    ky_auto_buf der = ky_buf_init(CRL_MAX);
    const struct ky_crl_tbs tbs = {.issuer = m->ca->subject,
                                   .aki = m->ca->ski,
                                   .this_update = m->now,
                                   .next_update = m->now + 7 * KY_DAY,
                                   .number = 1};
    KY_TRY(ky_crl_build(&der, &tbs, &m->ca_sigkey, nobody_revoked, NULL));
    return write_file(m, "ca.crl", ky_buf_bytes(&der));
}

static ky_rc make_so_pin(struct ky_secret *out)
{
    uint8_t random[SO_PIN_RANDOM];
    ky_auto_buf text = ky_buf_init_secret(64);
    KY_TRY(ky_random(random, sizeof random));
    ky_buf_add_base64url(&text, KY_BYTES_OF(random));
    KY_TRY(ky_buf_finish(&text));
    KY_TRY(ky_secret_init(out, text.n));
    memcpy(out->p, text.p, text.n);
    return KY_OK;
}

static ky_rc put_certificate(const struct maker *m, struct ky_keystore *ks, const char *label, const char *cn)
{
    ky_auto_token_key key = NULL;
    ky_auto_cert cert = NULL;
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    KY_TRY(ky_personal_find_key(&key, ks, label));
    KY_TRY(ky_keystore_public(&spki, key));
    KY_TRY(certify(&cert, m, KY_PROFILE_OFFICER, cn, ky_buf_bytes(&spki)));
    const struct ky_personal_cert put = {
        .der = cert->der, .subject = cert->subject, .issuer = cert->issuer, .serial = cert->serial};
    KY_TRY(ky_personal_put_cert(key, &put));
    return write_pem(m, label, cert);
}

static ky_rc make_token(const struct maker *m, const char *label, const char *cn)
{
    ky_auto_secret so_pin = {0};
    ky_auto_keystore ks = NULL;
    KY_TRY(make_so_pin(&so_pin));
    KY_TRY(ky_keystore_init_token(m->module, label, &so_pin, &m->pin));
    const struct ky_keystore_config cfg = {
        .module = m->module, .token = label, .pin = &m->pin, .read_write = true};
    KY_TRY(ky_keystore_open(&ks, &cfg));
    KY_TRY(ky_keystore_make_key(ks, label, KY_USE_SIGN, KY_KEY_P256));
    return put_certificate(m, ks, label, cn);
}

static ky_rc make_person(const struct maker *m, char *spec)
{
    char *equals = strchr(spec, '=');
    if (equals == NULL)
        return ky_fail(KY_EINVAL, "\"%s\" is not LABEL=NAME", spec);
    *equals = 0;
    return ky_context(make_token(m, spec, equals + 1), "%s", spec);
}

static ky_rc read_pin(struct maker *m)
{
    const char *pin = getenv("KYSO_PIN");
    if (pin == NULL || pin[0] == 0)
        return ky_fail(KY_EINVAL, "KYSO_PIN is not set");
    KY_TRY(ky_secret_init(&m->pin, strlen(pin)));
    memcpy(m->pin.p, pin, strlen(pin));
    return KY_OK;
}

static ky_rc make_all(struct maker *m, int argc, char **argv)
{
    if (argc < 5)
        return ky_fail(KY_EINVAL, "usage: kyso-tokens MODULE DIR URL LABEL=NAME …");
    m->module = argv[1];
    m->dir = argv[2];
    snprintf(m->crl_url, sizeof m->crl_url, "%s/ca.crl", argv[3]);
    snprintf(m->ca_url, sizeof m->ca_url, "%s/ca.crt", argv[3]);
    KY_TRY(read_pin(m));
    KY_TRY(make_ca(m));
    KY_TRY(make_crl(m));
    for (int i = 4; i < argc; i++)
        KY_TRY(make_person(m, argv[i]));
    return KY_OK;
}

int main(int argc, char **argv)
{
    struct maker m = {.now = ky_now()};
    ky_rc rc = make_all(&m, argc, argv);
    if (rc != KY_OK)
        fprintf(stderr, "kyso-tokens: %s\n", ky_error());
    ky_cert_free(m.ca);
    ky_softkey_free(m.ca_key);
    ky_secret_clear(&m.pin);
    return rc == KY_OK ? 0 : 1;
}

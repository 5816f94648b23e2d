#include "hierarchy.h"

#include <sys/wait.h>
#include <unistd.h>

const struct ky_profile_conf demo_conf = {
    .crl_url = "http://ca.example.vn:8080/crl/issuing.crl",
    .ocsp_url = "http://ca.example.vn:8080/ocsp",
    .ca_issuers_url = "http://ca.example.vn:8080/crt/issuing.crt",
    .policy = {.cps = "https://ca.example.vn/cps",
               .notice = "Chỉ dùng để ký số tập trung trong ngành giáo dục, y tế."},
};

static char dir[64];

void party_init(struct party *p, ky_key_type type)
{
    assert_ok(ky_softkey_generate(&p->key, type));
    p->signer = ky_softkey_signer(p->key);
    p->sigkey = (struct ky_sigkey){
        .signer = &p->signer,
        .scheme = ky_key_info(type)->rsa ? KY_RSA_PKCS1V15 : KY_ECDSA,
        .hash = KY_SHA256,
    };
}

void party_clear(struct party *p)
{
    ky_cert_free(p->cert);
    ky_softkey_free(p->key);
    *p = (struct party){0};
}

void party_tbs(struct ky_cert_tbs *t, struct ky_policy *policy_slot, struct ky_buf *name,
               const uint8_t *serial, const struct party *p, const struct party *issuer, ky_profile_kind kind,
               const char *cn, ky_time not_before, ky_time not_after)
{
    const struct ky_name_attr attrs[] = {
        {"C", "VN"}, {"L", "Quảng Ngãi"}, {"O", "Cơ quan thử nghiệm"}, {"CN", cn}};
    bool is_root = p == issuer;
    assert_ok(ky_name_encode(name, attrs, KY_COUNT(attrs)));
    *t = (struct ky_cert_tbs){
        .serial = KY_BYTES(serial, SERIAL_SIZE),
        .issuer = is_root ? ky_buf_bytes(name) : issuer->cert->subject,
        .subject = ky_buf_bytes(name),
        .spki = ky_pubkey_spki(ky_softkey_public(p->key)),
        .not_before = not_before,
        .not_after = not_after,
        .scheme = issuer->sigkey.scheme,
        .hash = issuer->sigkey.hash,
        .aki = is_root ? KY_BYTES_NONE : issuer->cert->ski,
    };
    assert_ok(ky_profile_apply(t, policy_slot, ky_profile(kind), &demo_conf));
}

void party_certify(struct party *p, const struct party *issuer, ky_profile_kind kind, const char *cn,
                   uint8_t serial, ky_time not_before, ky_time not_after)
{
    struct ky_cert_tbs t;
    struct ky_policy policy;
    uint8_t number[SERIAL_SIZE] = {0x5a, 0xc3, 0x17, 0x99, 0xe0, 0x42, 0x71, 0x0d,
                                   0x88, 0x2b, 0xf6, 0x3c, 0xa5, 0x54, 0x1e, serial};
    ky_auto_buf name = ky_buf_init(KY_NAME_DER_MAX), der = ky_buf_init(KY_CERT_DER_MAX);
    party_tbs(&t, &policy, &name, number, p, issuer, kind, cn, not_before, not_after);
    if (kind == KY_PROFILE_SUBSCRIBER)
        t.email = "nguyenvana@example.vn";
    assert_ok(ky_cert_issue(&der, &t, &issuer->sigkey));
    assert_ok(ky_cert_parse(&p->cert, ky_buf_bytes(&der)));
}

void hierarchy_init(struct hierarchy *h, ky_key_type type)
{
    struct party *all[] = {&h->root, &h->ca, &h->ocsp, &h->tsa, &h->user};
    *h = (struct hierarchy){0};
    for (size_t i = 0; i < KY_COUNT(all); i++)
        party_init(all[i], type);
    party_certify(&h->root, &h->root, KY_PROFILE_ROOT, "Gốc thử nghiệm", 1, T0, T0 + 3650 * KY_DAY);
    party_certify(&h->ca, &h->root, KY_PROFILE_ISSUING_CA, "CA thử nghiệm", 2, T0, T0 + 3000 * KY_DAY);
    party_certify(&h->ocsp, &h->ca, KY_PROFILE_OCSP, "OCSP thử nghiệm", 3, T0, T0 + 80 * KY_DAY);
    party_certify(&h->tsa, &h->ca, KY_PROFILE_TSA, "TSA thử nghiệm", 4, T0, T0 + 2000 * KY_DAY);
    party_certify(&h->user, &h->ca, KY_PROFILE_SUBSCRIBER, "Nguyễn Văn Á", 5, T0, T0 + 365 * KY_DAY);
}

void hierarchy_clear(struct hierarchy *h)
{
    party_clear(&h->root);
    party_clear(&h->ca);
    party_clear(&h->ocsp);
    party_clear(&h->tsa);
    party_clear(&h->user);
}

static void remove_dir(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    if (system(command) != 0)
        perror(dir);
}

const char *work_dir(void)
{
    if (dir[0] == '\0') {
        strcpy(dir, "/tmp/kyso-pki-XXXXXX");
        assert_non_null(mkdtemp(dir));
        atexit(remove_dir);
    }
    return dir;
}

static FILE *open_in_dir(const char *name, const char *mode)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", work_dir(), name);
    FILE *f = fopen(path, mode);
    assert_non_null(f);
    return f;
}

void write_file(const char *name, struct ky_bytes content)
{
    FILE *f = open_in_dir(name, "wb");
    assert_int_equal(fwrite(content.p, 1, content.n, f), content.n);
    assert_int_equal(fclose(f), 0);
}

void write_cert(const char *name, const struct ky_cert *cert)
{
    ky_auto_buf pem = ky_buf_init(2 * KY_CERT_DER_MAX);
    ky_buf_add_cert_pem(&pem, cert->der);
    assert_ok(ky_buf_finish(&pem));
    write_file(name, ky_buf_bytes(&pem));
}

void read_file(struct ky_buf *out, const char *name)
{
    FILE *f = open_in_dir(name, "rb");
    for (int c = fgetc(f); c != EOF; c = fgetc(f))
        ky_buf_add_u8(out, (uint8_t)c);
    fclose(f);
    assert_ok(ky_buf_finish(out));
}

int run(char *out, size_t room, const char *fmt, ...)
{
    char command[2048];
    va_list ap;
    int n = snprintf(command, sizeof command, "cd %s && { ", work_dir());
    va_start(ap, fmt);
    n += vsnprintf(command + n, sizeof command - (size_t)n, fmt, ap);
    va_end(ap);
    snprintf(command + n, sizeof command - (size_t)n, "; } 2>&1");
    FILE *p = popen(command, "r");
    assert_non_null(p);
    size_t got = fread(out, 1, room - 1, p);
    out[got] = '\0';
    while (fgetc(p) != EOF)
        continue;
    return WEXITSTATUS(pclose(p));
}

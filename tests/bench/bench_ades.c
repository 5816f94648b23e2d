/*
 * PAdES-B-B of a 100 KB PDF and its validation, beside what the machine can
 * do: signing the same digest and hashing the same bytes, verifying the two
 * signatures of signer and certificate. Two processes. One JSON object a line.
 *
 *   bench_ades [seconds for each measurement, 1 to 60; default 2]
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ades/format.h"
#include "ades/validate.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/softkey.h"
#include "os/clock.h"
#include "pki/name.h"

#define FILE_BYTES 100000
#define PROCESSES 2
#define YEAR (365 * KY_DAY)

struct bench {
    ky_key_type type;
    ky_scheme scheme;
    struct ky_softkey *ca_key, *key;
    struct ky_cert *ca, *cert;
    struct ky_buf pdf, signed_pdf;
    ky_time now;
};

typedef ky_rc work_fn(struct bench *b);

static ky_rc issue(struct ky_cert **out, struct bench *b, const char *name, struct ky_softkey *key, bool ca)
{
    ky_auto_buf issuer = ky_buf_init(1024), subject = ky_buf_init(1024), der = ky_buf_init(KY_CERT_DER_MAX);
    const struct ky_name_attr root[] = {{"C", "VN"}, {"CN", "bench CA"}}, own[] = {{"C", "VN"}, {"CN", name}};
    const uint8_t serial = ca ? 1 : 2;
    KY_TRY(ky_name_encode(&issuer, root, 2));
    KY_TRY(ky_name_encode(&subject, own, 2));
    struct ky_signer signer = ky_softkey_signer(b->ca_key);
    const struct ky_sigkey sigkey = {&signer, KY_ECDSA, KY_SHA256};
    const struct ky_cert_tbs tbs = {
        .serial = {&serial, 1},
        .issuer = ky_buf_bytes(&issuer),
        .subject = ky_buf_bytes(&subject),
        .spki = ky_pubkey_spki(ky_softkey_public(key)),
        .not_before = b->now - YEAR,
        .not_after = b->now + YEAR,
        .scheme = KY_ECDSA,
        .hash = KY_SHA256,
        .aki = ca ? KY_BYTES_NONE : b->ca->ski,
        .ca = ca,
        .path_len = KY_PATH_LEN_NONE,
        .key_usage = ca ? KY_KU_KEY_CERT_SIGN | KY_KU_CRL_SIGN : KY_KU_NON_REPUDIATION,
    };
    KY_TRY(ky_cert_issue(&der, &tbs, &sigkey));
    return ky_cert_parse(out, ky_buf_bytes(&der));
}

/* One page, and a stream of random bytes that makes it 100 KB. */
static ky_rc make_pdf(struct ky_buf *out)
{
    size_t at[6];
    ky_auto_buf noise = ky_buf_init(FILE_BYTES);
    uint8_t *p = ky_buf_grow(&noise, FILE_BYTES - 900);
    if (p == NULL)
        return ky_buf_finish(&noise);
    KY_TRY(ky_random(p, noise.n));
    ky_buf_add_str(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
    at[1] = out->n;
    ky_buf_add_str(out, "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
    at[2] = out->n;
    ky_buf_add_str(out, "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
    at[3] = out->n;
    ky_buf_add_str(out, "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> "
                        "/Contents 4 0 R >>\nendobj\n");
    at[4] = out->n;
    ky_buf_add_str(out, "4 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n");
    at[5] = out->n;
    ky_buf_addf(out, "5 0 obj\n<< /Length %zu >>\nstream\n", noise.n);
    ky_buf_add(out, ky_buf_bytes(&noise));
    ky_buf_add_str(out, "\nendstream\nendobj\n");
    size_t xref = out->n;
    ky_buf_add_str(out, "xref\n0 6\n0000000000 65535 f \n");
    for (size_t i = 1; i <= 5; i++)
        ky_buf_addf(out, "%010zu 00000 n \n", at[i]);
    ky_buf_addf(out, "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", xref);
    return ky_buf_finish(out);
}

static ky_rc sign_once(struct bench *b, struct ky_buf *keep)
{
    const struct ky_ades_format_ops *format;
    ky_auto_ades_job job = NULL;
    ky_auto_buf value = ky_buf_init(KY_SIGNATURE_MAX);
    const struct ky_cert *chain[] = {b->ca};
    struct ky_bytes parts[KY_ADES_PARTS_MAX];
    const struct ky_ades_request req = {.file = ky_buf_bytes(&b->pdf),
                                        .signer = b->cert,
                                        .others = {chain, 1},
                                        .scheme = b->scheme,
                                        .hash = KY_SHA256,
                                        .signing_time = b->now};
    KY_TRY(ky_ades_format_by_name(&format, "pades"));
    KY_TRY(ky_ades_prepare(&job, format, &req));
    struct ky_signer signer = ky_softkey_signer(b->key);
    KY_TRY(signer.sign(signer.ctx, &value, b->scheme, KY_SHA256, ky_ades_digest(job)));
    KY_TRY(ky_ades_finish(job, ky_buf_bytes(&value)));
    size_t n = ky_ades_parts(job, parts);
    for (size_t i = 0; keep != NULL && i < n; i++)
        ky_buf_add(keep, parts[i]);
    return keep == NULL ? KY_OK : ky_buf_finish(keep);
}

static ky_rc do_sign(struct bench *b)
{
    return sign_once(b, NULL);
}

/* The work no signer of a PDF can save: hash the file, make the value. */
static ky_rc do_sign_limit(struct bench *b)
{
    uint8_t digest[KY_SHA256_SIZE];
    ky_auto_buf value = ky_buf_init(KY_SIGNATURE_MAX);
    struct ky_signer signer = ky_softkey_signer(b->key);
    KY_TRY(ky_sha256(digest, ky_buf_bytes(&b->pdf)));
    return signer.sign(signer.ctx, &value, b->scheme, KY_SHA256, KY_BYTES_OF(digest));
}

static ky_rc do_verify(struct bench *b)
{
    ky_auto_report report = {0};
    ky_auto_evidence evidence = ky_evidence_new();
    const struct ky_cert *anchors[] = {b->ca};
    if (evidence == NULL)
        return ky_fail(KY_ENOMEM, "evidence");
    const struct ky_validate_in in = {
        .file = ky_buf_bytes(&b->signed_pdf), .anchors = {anchors, 1}, .evidence = evidence, .at = b->now};
    KY_TRY(ky_validate(&report, &in));
    return report.n == 1 && report.signatures[0].indication != KY_TOTAL_FAILED
               ? KY_OK
               : ky_fail(KY_EINTERNAL, "not valid");
}

/* Hash the file, verify the signature, verify the certificate's. */
static ky_rc do_verify_limit(struct bench *b)
{
    static _Thread_local struct ky_buf value;
    uint8_t digest[KY_SHA256_SIZE];
    KY_TRY(ky_sha256(digest, ky_buf_bytes(&b->pdf)));
    if (value.p == NULL) {
        struct ky_signer signer = ky_softkey_signer(b->key);
        value = ky_buf_init(KY_SIGNATURE_MAX);
        KY_TRY(signer.sign(signer.ctx, &value, b->scheme, KY_SHA256, KY_BYTES_OF(digest)));
    }
    KY_TRY(ky_pubkey_verify(ky_softkey_public(b->key), b->scheme, KY_SHA256, KY_BYTES_OF(digest),
                            ky_buf_bytes(&value)));
    return ky_cert_verify_signature(b->cert, b->ca);
}

/* Runs fn for that long in one process; the count goes through the pipe. */
static void run_child(struct bench *b, work_fn *fn, int seconds, int out)
{
    int64_t end = ky_mono_ms() + seconds * 1000;
    uint64_t count = 0;
    for (; ky_mono_ms() < end; count++) {
        if (fn(b) != KY_OK) {
            fprintf(stderr, "bench_ades: %s\n", ky_error());
            _exit(1);
        }
    }
    _exit(write(out, &count, sizeof count) == sizeof count ? 0 : 1);
}

/* Per second by all processes together; -1 when one failed. */
static double rate(struct bench *b, work_fn *fn, int seconds)
{
    int ends[2], status;
    uint64_t sum = 0, count;
    if (pipe(ends) != 0)
        return -1;
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0)
            run_child(b, fn, seconds, ends[1]);
    close(ends[1]);
    for (int i = 0; i < PROCESSES; i++) {
        wait(&status);
        if (status != 0 || read(ends[0], &count, sizeof count) != sizeof count)
            return -1;
        sum += count;
    }
    close(ends[0]);
    return (double)sum / seconds;
}

static ky_rc prepare(struct bench *b)
{
    b->now = ky_now();
    b->pdf = ky_buf_init(FILE_BYTES * 2);
    b->signed_pdf = ky_buf_init(FILE_BYTES * 4);
    KY_TRY(ky_softkey_generate(&b->ca_key, KY_KEY_P256));
    KY_TRY(ky_softkey_generate(&b->key, b->type));
    KY_TRY(issue(&b->ca, b, "bench CA", b->ca_key, true));
    KY_TRY(issue(&b->cert, b, "bench signer", b->key, false));
    KY_TRY(make_pdf(&b->pdf));
    return sign_once(b, &b->signed_pdf);
}

static void clear(struct bench *b)
{
    ky_cert_free(b->cert);
    ky_cert_free(b->ca);
    ky_softkey_free(b->key);
    ky_softkey_free(b->ca_key);
    ky_buf_clear(&b->pdf);
    ky_buf_clear(&b->signed_pdf);
}

static int measure(struct bench *b, const char *name, const char *unit, work_fn *fn, work_fn *limit,
                   const char *limit_is, int seconds)
{
    double most = rate(b, limit, seconds), value = rate(b, fn, seconds);
    printf("{\"name\":\"%s\",\"value\":%.1f,\"unit\":\"%s\",\"limit\":%.1f,\"limit_is\":\"%s\"}\n", name,
           value, unit, most, limit_is);
    return fflush(stdout) == 0 && most > 0 && value > 0 ? 0 : 1;
}

static int bench_key(ky_key_type type, ky_scheme scheme, const char *sign_name, const char *verify_name,
                     int seconds)
{
    KY_CLEANUP(clear) struct bench b = {.type = type, .scheme = scheme};
    if (prepare(&b) != KY_OK) {
        fprintf(stderr, "bench_ades: %s\n", ky_error());
        return 1;
    }
    int failed = measure(&b, sign_name, "PDF/s", do_sign, do_sign_limit,
                         "SHA-256 of the file and one signature", seconds);
    if (verify_name != NULL)
        failed |= measure(&b, verify_name, "PDF/s", do_verify, do_verify_limit,
                          "SHA-256 of the file and two verifications", seconds);
    return failed;
}

int main(int argc, char **argv)
{
    uint64_t seconds = 2;
    if (argc > 1 && ky_parse_u64(&seconds, ky_bytes_str(argv[1]), 60) != KY_OK) {
        fprintf(stderr, "bench_ades: seconds: %s\n", ky_error());
        return 2;
    }
    return bench_key(KY_KEY_P256, KY_ECDSA, "pades.b_b.100k.p256", "verify.b_b", (int)seconds) |
           bench_key(KY_KEY_RSA2048, KY_RSA_PKCS1V15, "pades.b_b.100k.rsa2048", NULL, (int)seconds);
}

/*
 * Certificate revocation lists. Source: RFC 5280 §5. A list is built straight
 * from a stream of entries into DER; a read one keeps an index of offsets
 * sorted by serial. Called by ca (build) and chain (read).
 */
#include "pki/crl.h"

#include "pki/name.h"
#include "pki/wire.h"

#include <stdlib.h>

#define ARENA_EXTRA 4096
#define CRL_V2 1
#define SERIAL_READ_MAX 64 /* octets of a serial in a foreign list */

/* --- building --- */

static void add_reason(struct ky_buf *b, ky_crl_reason reason)
{
    uint8_t code = (uint8_t)reason;
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_REASON_CODE, false);
    ky_der_add(b, KY_DER_ENUMERATED, KY_BYTES(&code, 1));
    ky_wire_end_ext(b, e);
}

static void add_invalidity(struct ky_buf *b, ky_time t)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_INVALIDITY_DATE, false);
    ky_der_add_generalized_time(b, t);
    ky_wire_end_ext(b, e);
}

static ky_rc add_entry(struct ky_buf *b, const struct ky_crl_entry *e)
{
    if (e->serial.n == 0 || e->serial.n > KY_SERIAL_MAX)
        return ky_fail(KY_EINVAL, "crl: a serial of %zu octets, 1 to %d are possible", e->serial.n,
                       KY_SERIAL_MAX);
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_der_add(b, KY_DER_INTEGER, e->serial);
    ky_der_add_time(b, e->revoked_at);
    if (e->reason != KY_REASON_UNSPECIFIED || e->invalid_since != 0) {
        size_t exts = ky_der_begin(b, KY_DER_SEQUENCE);
        if (e->reason != KY_REASON_UNSPECIFIED)
            add_reason(b, e->reason);
        if (e->invalid_since != 0)
            add_invalidity(b, e->invalid_since);
        ky_der_end(b, exts);
    }
    ky_der_end(b, seq);
    return ky_buf_finish(b);
}

/* An empty list is absent (RFC 5280 §5.1.2.6). */
static ky_rc add_entries(struct ky_buf *b, ky_crl_next *next, void *ctx)
{
    struct ky_crl_entry e = {0};
    ky_rc rc = next(ctx, &e);
    if (rc == KY_ENOTFOUND)
        return KY_OK;
    size_t at = ky_der_begin(b, KY_DER_SEQUENCE);
    for (size_t n = 0; rc == KY_OK; n++) {
        if (n == KY_CRL_ENTRIES_MAX)
            return ky_fail(KY_ELIMIT, "crl: more than %u entries", KY_CRL_ENTRIES_MAX);
        KY_TRY(add_entry(b, &e));
        e = (struct ky_crl_entry){0};
        rc = next(ctx, &e);
    }
    if (rc != KY_ENOTFOUND)
        return rc;
    ky_der_end(b, at);
    return ky_buf_finish(b);
}

static void add_number(struct ky_buf *b, uint64_t number)
{
    uint8_t magnitude[8];
    ky_put_u64(magnitude, number);
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_CRL_NUMBER, false);
    ky_der_add_uint(b, KY_BYTES_OF(magnitude));
    ky_wire_end_ext(b, e);
}

static void add_partition(struct ky_buf *b, const char *url)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_IDP, true);
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    size_t name = ky_der_begin(b, KY_DER_CONTEXT_CONS(0));
    size_t full = ky_der_begin(b, KY_DER_CONTEXT_CONS(0));
    ky_wire_add_uri(b, url);
    ky_der_end(b, full);
    ky_der_end(b, name);
    ky_der_end(b, seq);
    ky_wire_end_ext(b, e);
}

static void add_list_exts(struct ky_buf *b, const struct ky_crl_tbs *t)
{
    size_t tagged = ky_der_begin(b, KY_DER_CONTEXT_CONS(0));
    size_t exts = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_ext_add_aki(b, t->aki);
    add_number(b, t->number);
    if (t->partition_url != NULL)
        add_partition(b, t->partition_url);
    ky_der_end(b, exts);
    ky_der_end(b, tagged);
}

ky_rc ky_crl_build(struct ky_buf *out, const struct ky_crl_tbs *t, const struct ky_sigkey *key,
                   ky_crl_next *next, void *ctx)
{
    ky_auto_buf tbs = ky_buf_init(KY_CRL_DER_MAX), sig = ky_buf_init(KY_SIGNATURE_MAX);
    if (t->next_update <= t->this_update || t->aki.n == 0 || t->issuer.n == 0)
        return ky_fail(KY_EINVAL, "crl: nextUpdate not after thisUpdate, or issuer or its key id missing");
    size_t seq = ky_der_begin(&tbs, KY_DER_SEQUENCE);
    ky_der_add_int(&tbs, CRL_V2);
    ky_buf_add(&tbs, ky_sign_alg_der(key->scheme, key->hash));
    ky_buf_add(&tbs, t->issuer);
    ky_der_add_time(&tbs, t->this_update);
    ky_der_add_time(&tbs, t->next_update);
    KY_TRY(add_entries(&tbs, next, ctx));
    add_list_exts(&tbs, t);
    ky_der_end(&tbs, seq);
    KY_TRY(ky_buf_finish(&tbs));
    KY_TRY(ky_sigkey_sign(&sig, key, ky_buf_bytes(&tbs)));
    return ky_signed_assemble(out, ky_buf_bytes(&tbs), key->scheme, key->hash, ky_buf_bytes(&sig));
}

/* --- reading --- */

static ky_rc read_reason(ky_crl_reason *out, struct ky_der *value)
{
    struct ky_der_tlv code;
    KY_TRY(ky_der_expect(&code, value, KY_DER_ENUMERATED, "reasonCode"));
    if (code.value.n != 1 || code.value.p[0] > KY_REASON_AA_COMPROMISE || code.value.p[0] == 7)
        return ky_fail(KY_EFORMAT, "crl: no such reasonCode");
    *out = (ky_crl_reason)code.value.p[0];
    return KY_OK;
}

static ky_rc read_entry_exts(struct ky_crl_entry *e, bool *unknown_critical, struct ky_der *entry)
{
    struct ky_der list;
    KY_TRY(ky_der_enter(&list, entry, KY_DER_SEQUENCE, "crlEntryExtensions"));
    while (!ky_der_at_end(&list)) {
        struct ky_wire_ext ext;
        KY_TRY(ky_wire_next_ext(&ext, &list));
        if (strcmp(ext.oid, KY_OID_EXT_REASON_CODE) == 0)
            KY_TRY(read_reason(&e->reason, &ext.value));
        else if (strcmp(ext.oid, KY_OID_EXT_INVALIDITY_DATE) == 0)
            KY_TRY(ky_der_get_time(&e->invalid_since, &ext.value, "invalidityDate"));
        else
            *unknown_critical |= ext.critical;
    }
    return KY_OK;
}

static ky_rc read_entry(struct ky_crl_entry *e, bool *unknown_critical, struct ky_der *entries)
{
    struct ky_der entry;
    struct ky_der_tlv serial;
    *e = (struct ky_crl_entry){0};
    KY_TRY(ky_der_enter(&entry, entries, KY_DER_SEQUENCE, "revokedCertificate"));
    KY_TRY(ky_der_expect(&serial, &entry, KY_DER_INTEGER, "userCertificate"));
    if (serial.value.n > SERIAL_READ_MAX)
        return ky_fail(KY_ELIMIT, "crl: a serial of %zu octets", serial.value.n);
    e->serial = serial.value;
    KY_TRY(ky_der_get_time(&e->revoked_at, &entry, "revocationDate"));
    if (!ky_der_at_end(&entry))
        KY_TRY(read_entry_exts(e, unknown_critical, &entry));
    return ky_der_finish(&entry, "revokedCertificate");
}

/*
 * The serial of an entry that was read before: its form is known to be right, and a serial's length fits
 * one octet.
 */
static struct ky_bytes serial_at(const struct ky_crl *c, uint32_t offset)
{
    const uint8_t *p = c->entries.p + offset + 1;
    p += *p < 0x80 ? 1 : 1 + (*p & 0x7f);
    return KY_BYTES(p + 2, p[1]);
}

static int compare_serials(struct ky_bytes a, struct ky_bytes b)
{
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return memcmp(a.p, b.p, a.n);
}

static int compare_offsets(const void *a, const void *b, void *crl)
{
    return compare_serials(serial_at(crl, *(const uint32_t *)a), serial_at(crl, *(const uint32_t *)b));
}

static ky_rc read_entries(struct ky_crl *c)
{
    struct ky_der d = KY_DER_READ(c->entries);
    size_t room = 0;
    while (!ky_der_at_end(&d)) {
        struct ky_crl_entry e;
        if (c->n_entries == KY_CRL_ENTRIES_MAX)
            return ky_fail(KY_ELIMIT, "crl: more than %u entries", KY_CRL_ENTRIES_MAX);
        if (c->n_entries == room) {
            room = room == 0 ? 64 : 2 * room;
            uint32_t *grown = realloc(c->index, room * sizeof *grown);
            if (grown == NULL)
                return ky_fail(KY_ENOMEM, "crl index");
            c->index = grown;
        }
        c->index[c->n_entries] = (uint32_t)(d.left.p - c->entries.p);
        KY_TRY(read_entry(&e, &c->unknown_critical, &d));
        c->n_entries++;
    }
    if (c->n_entries > 1)
        qsort_r(c->index, c->n_entries, sizeof *c->index, compare_offsets, c);
    return KY_OK;
}

static ky_rc read_partition_name(struct ky_crl *c, struct ky_der *idp)
{
    struct ky_der name, full;
    KY_TRY(ky_der_enter(&name, idp, KY_DER_CONTEXT_CONS(0), "distributionPoint"));
    c->has_partition = true;
    if (!ky_der_at(&name, KY_DER_CONTEXT_CONS(0)))
        return KY_OK;
    KY_TRY(ky_der_enter(&full, &name, KY_DER_CONTEXT_CONS(0), "fullName"));
    return ky_wire_find_uri(&c->partition_url, &c->arena, full);
}

static ky_rc read_idp(struct ky_crl *c, struct ky_der *value)
{
    struct ky_der idp;
    bool *flags[] = {NULL, &c->only_user, &c->only_ca, &c->some_reasons, &c->indirect, &c->only_attribute};
    KY_TRY(ky_der_enter(&idp, value, KY_DER_SEQUENCE, "issuingDistributionPoint"));
    if (ky_der_at(&idp, KY_DER_CONTEXT_CONS(0)))
        KY_TRY(read_partition_name(c, &idp));
    while (!ky_der_at_end(&idp)) {
        struct ky_der_tlv flag;
        KY_TRY(ky_der_next(&flag, &idp, "issuingDistributionPoint"));
        size_t i = flag.tag & 0x1f;
        if ((flag.tag & 0xe0) != 0x80 || i == 0 || i >= KY_COUNT(flags) || flag.value.n == 0)
            return ky_fail(KY_EFORMAT, "crl: issuingDistributionPoint has a field 0x%02x", flag.tag);
        *flags[i] = flag.tag == KY_DER_CONTEXT(3) || flag.value.p[0] != 0;
    }
    return KY_OK;
}

static ky_rc read_aki(struct ky_crl *c, struct ky_der *value)
{
    return ky_wire_get_aki(&c->aki, value);
}

static ky_rc read_number(struct ky_crl *c, struct ky_der *value)
{
    struct ky_der_tlv number;
    KY_TRY(ky_der_expect(&number, value, KY_DER_INTEGER, "cRLNumber"));
    c->number = number.value;
    return KY_OK;
}

static ky_rc read_delta(struct ky_crl *c, struct ky_der *value)
{
    c->delta = true;
    return KY_OK;
}

static const struct {
    const char *oid;
    ky_rc (*read)(struct ky_crl *c, struct ky_der *value);
} readers[] = {
    {KY_OID_EXT_AKI, read_aki},
    {KY_OID_EXT_CRL_NUMBER, read_number},
    {KY_OID_EXT_IDP, read_idp},
    {KY_OID_EXT_DELTA_CRL, read_delta},
};

static ky_rc read_list_ext(struct ky_crl *c, struct ky_der *list)
{
    struct ky_wire_ext ext;
    KY_TRY(ky_wire_next_ext(&ext, list));
    for (size_t i = 0; i < KY_COUNT(readers); i++)
        if (strcmp(readers[i].oid, ext.oid) == 0)
            return ky_context(readers[i].read(c, &ext.value), "crl: extension %s", ext.oid);
    c->unknown_critical |= ext.critical;
    return KY_OK;
}

static ky_rc read_list_exts(struct ky_crl *c, struct ky_der *tbs)
{
    struct ky_der tagged, list;
    if (ky_der_at_end(tbs))
        return KY_OK;
    KY_TRY(ky_der_enter(&tagged, tbs, KY_DER_CONTEXT_CONS(0), "crlExtensions"));
    KY_TRY(ky_der_enter(&list, &tagged, KY_DER_SEQUENCE, "crlExtensions"));
    while (!ky_der_at_end(&list))
        KY_TRY(read_list_ext(c, &list));
    return ky_der_finish(&tagged, "crlExtensions");
}

static ky_rc read_times(struct ky_crl *c, struct ky_der *tbs)
{
    KY_TRY(ky_der_get_time(&c->this_update, tbs, "thisUpdate"));
    if (!ky_der_at(tbs, KY_DER_UTC_TIME) && !ky_der_at(tbs, KY_DER_GENERALIZED_TIME))
        return KY_OK;
    return ky_der_get_time(&c->next_update, tbs, "nextUpdate");
}

static ky_rc read_tbs(struct ky_crl *c)
{
    struct ky_der d = KY_DER_READ(c->tbs), tbs;
    struct ky_der_tlv tlv;
    int64_t version = CRL_V2;
    KY_TRY(ky_der_enter(&tbs, &d, KY_DER_SEQUENCE, "tbsCertList"));
    if (ky_der_at(&tbs, KY_DER_INTEGER))
        KY_TRY(ky_der_get_int(&version, &tbs, "version"));
    if (version != CRL_V2)
        return ky_fail(KY_EFORMAT, "crl: version %lld", (long long)version);
    KY_TRY(ky_der_expect(&tlv, &tbs, KY_DER_SEQUENCE, "signature"));
    if (!ky_bytes_eq(tlv.whole, c->sig_alg))
        return ky_fail(KY_EFORMAT, "crl: inner and outer signature algorithm differ");
    KY_TRY(ky_der_expect(&tlv, &tbs, KY_DER_SEQUENCE, "issuer"));
    c->issuer = tlv.whole;
    KY_TRY(read_times(c, &tbs));
    if (ky_der_at(&tbs, KY_DER_SEQUENCE)) {
        KY_TRY(ky_der_next(&tlv, &tbs, "revokedCertificates"));
        c->entries = tlv.value;
        KY_TRY(read_entries(c));
    }
    KY_TRY(read_list_exts(c, &tbs));
    return ky_der_finish(&tbs, "tbsCertList");
}

static ky_rc read_crl(struct ky_crl *c)
{
    struct ky_der d = KY_DER_READ(c->der), list;
    struct ky_der_tlv tbs, alg;
    KY_TRY(ky_der_enter(&list, &d, KY_DER_SEQUENCE, "CertificateList"));
    KY_TRY(ky_der_finish(&d, "CertificateList"));
    KY_TRY(ky_der_expect(&tbs, &list, KY_DER_SEQUENCE, "tbsCertList"));
    KY_TRY(ky_der_expect(&alg, &list, KY_DER_SEQUENCE, "signatureAlgorithm"));
    KY_TRY(ky_der_get_bit_octets(&c->signature, &list, "signatureValue"));
    KY_TRY(ky_der_finish(&list, "CertificateList"));
    c->tbs = tbs.whole;
    c->sig_alg = alg.whole;
    return read_tbs(c);
}

ky_rc ky_crl_parse(struct ky_crl **out, struct ky_bytes der)
{
    if (der.n > KY_CRL_DER_MAX)
        return ky_fail(KY_ELIMIT, "crl: %zu bytes, at most %zu", der.n, KY_CRL_DER_MAX);
    ky_auto_crl c = calloc(1, sizeof *c);
    if (c == NULL)
        return ky_fail(KY_ENOMEM, "crl");
    c->arena = ky_arena_init(der.n + ARENA_EXTRA);
    c->next_update = KY_TIME_NEVER;
    uint8_t *copy = ky_arena_dup(&c->arena, der);
    if (copy == NULL)
        return KY_ENOMEM;
    c->der = KY_BYTES(copy, der.n);
    KY_TRY(read_crl(c));
    *out = KY_STEAL(c);
    return KY_OK;
}

void ky_crl_free(struct ky_crl *c)
{
    if (c == NULL)
        return;
    free(c->index);
    ky_arena_clear(&c->arena);
    free(c);
}

ky_rc ky_crl_verify(const struct ky_crl *c, const struct ky_cert *issuer)
{
    if (!ky_name_same(c->issuer, issuer->subject))
        return ky_fail(KY_EAUTH, "crl: its issuer is not the subject of the certificate");
    if (issuer->has_key_usage && (issuer->key_usage & KY_KU_CRL_SIGN) == 0)
        return ky_fail(KY_EAUTH, "crl: the certificate may not sign lists (keyUsage cRLSign)");
    return ky_sigalg_verify(issuer->spki, c->sig_alg, c->tbs, c->signature);
}

ky_rc ky_crl_find(struct ky_crl_entry *out, const struct ky_crl *c, struct ky_bytes serial)
{
    size_t low = 0, high = c->n_entries;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = compare_serials(serial, serial_at(c, c->index[mid]));
        if (order == 0) {
            struct ky_der d =
                KY_DER_READ(KY_BYTES(c->entries.p + c->index[mid], c->entries.n - c->index[mid]));
            bool unknown_critical = false;
            return read_entry(out, &unknown_critical, &d);
        }
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return ky_fail(KY_ENOTFOUND, "crl: the serial is not in the list");
}

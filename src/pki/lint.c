/*
 * Rules for certificates before issue. Source: named in each rule; RFC 5280,
 * RFC 6960, RFC 3161, EN 319 412-2. The table is the documentation: one row,
 * one rule, one check. Called by ca, which issues nothing that has a finding.
 */
#include "pki/lint.h"

#include "base/str.h"
#include "codec/der.h"
#include "crypto/pubkey.h"
#include "pki/name.h"

#define KIND(k) (1u << (k))
#define ALL (KIND(KY_PROFILE_KIND_COUNT) - 1)
#define CAS (KIND(KY_PROFILE_ROOT) | KIND(KY_PROFILE_ISSUING_CA))
#define LEAVES (ALL & ~CAS)
#define NOT_ROOT (ALL & ~KIND(KY_PROFILE_ROOT))
#define OCSP KIND(KY_PROFILE_OCSP)
#define SUBSCRIBER KIND(KY_PROFILE_SUBSCRIBER)
#define ROOT KIND(KY_PROFILE_ROOT)
#define SERIAL_MIN 8 /* octets: at least 64 bits of a random number */
#define NAME_VALUE_MAX 1024
#define SHALL false /* advice */
#define SHOULD true
#define YEAR_2050 2524608000

/* What a check looks at. */
struct subject {
    const struct ky_cert *cert;
    const struct ky_cert *issuer; /* NULL: not known */
    const struct ky_profile *profile;
};

static bool is_critical(const struct subject *s, const char *oid)
{
    const struct ky_cert_ext *e = ky_cert_find_ext(s->cert, oid);
    return e != NULL && e->critical;
}

static bool has(const struct subject *s, const char *oid)
{
    return ky_cert_find_ext(s->cert, oid) != NULL;
}

/* --- serial, validity, algorithm, key --- */

static bool version_is_3(const struct subject *s)
{
    return s->cert->version == 3;
}

static bool serial_is_positive(const struct subject *s)
{
    return s->cert->serial.n > 0 && s->cert->serial.p[0] < 0x80;
}

static bool serial_fits(const struct subject *s)
{
    return s->cert->serial.n <= KY_SERIAL_MAX;
}

static bool serial_is_long(const struct subject *s)
{
    return s->cert->serial.n >= SERIAL_MIN;
}

static bool validity_follows(const struct subject *s)
{
    return s->cert->not_before < s->cert->not_after;
}

static bool validity_within_profile(const struct subject *s)
{
    return s->cert->not_after - s->cert->not_before <= s->profile->max_validity_s;
}

static bool validity_within_issuer(const struct subject *s)
{
    return s->issuer == NULL ||
           (s->cert->not_before >= s->issuer->not_before && s->cert->not_after <= s->issuer->not_after);
}

/* The tag of a time must be UTCTime through 2049 and GeneralizedTime from then on. */
static bool time_has_right_type(struct ky_der *validity)
{
    bool generalized = ky_der_at(validity, KY_DER_GENERALIZED_TIME);
    ky_time t;
    return ky_der_get_time(&t, validity, "validity") == KY_OK && generalized == (t >= YEAR_2050);
}

static bool times_have_right_type(const struct subject *s)
{
    struct ky_der d = KY_DER_READ(s->cert->tbs), tbs, validity;
    struct ky_der_tlv skipped;
    if (ky_der_enter(&tbs, &d, KY_DER_SEQUENCE, "tbs") != KY_OK)
        return false;
    for (int i = 0; i < 4; i++) /* version, serialNumber, signature, issuer */
        if (ky_der_next(&skipped, &tbs, "tbs") != KY_OK)
            return false;
    return ky_der_enter(&validity, &tbs, KY_DER_SEQUENCE, "validity") == KY_OK &&
           time_has_right_type(&validity) && time_has_right_type(&validity);
}

static bool algorithm_is_exact(const struct subject *s)
{
    struct ky_sigalg alg;
    return ky_sigalg_parse(&alg, s->cert->sig_alg) == KY_OK && alg.hash_fixed &&
           ky_bytes_eq(s->cert->sig_alg, ky_sign_alg_der(alg.scheme, alg.hash));
}

static bool key_is_accepted(const struct subject *s)
{
    ky_auto_pubkey key = NULL;
    return ky_pubkey_parse(&key, s->cert->spki) == KY_OK && ky_bytes_eq(ky_pubkey_spki(key), s->cert->spki);
}

/* --- names --- */

static bool subject_has(const struct subject *s, const char *type)
{
    ky_auto_buf value = ky_buf_init(NAME_VALUE_MAX);
    return ky_name_get(&value, s->cert->subject, type, 0) == KY_OK && value.n > 0;
}

static bool subject_has_country(const struct subject *s)
{
    return subject_has(s, "C");
}

static bool subject_has_common_name(const struct subject *s)
{
    return subject_has(s, "CN");
}

static bool subject_has_organisation(const struct subject *s)
{
    return subject_has(s, "O");
}

/* EN 319 412-2 §4.2.4: these stand there once at most; organizational units may repeat. */
static bool subject_repeats_nothing(const struct subject *s)
{
    static const char *const once[] = {"C", "O", "CN", "SN", "GN", "serialNumber", "pseudonym", "E"};
    for (size_t i = 0; i < KY_COUNT(once); i++) {
        ky_auto_buf value = ky_buf_init(NAME_VALUE_MAX);
        if (ky_name_get(&value, s->cert->subject, once[i], 1) != KY_ENOTFOUND)
            return false;
    }
    return true;
}

static bool person_has_names(const struct subject *s)
{
    return subject_has(s, "pseudonym") != (subject_has(s, "GN") && subject_has(s, "SN"));
}

static bool person_has_serial(const struct subject *s)
{
    return subject_has(s, "serialNumber");
}

static bool issuer_is_named(const struct subject *s)
{
    ky_auto_buf country = ky_buf_init(NAME_VALUE_MAX), organisation = ky_buf_init(NAME_VALUE_MAX);
    return ky_name_get(&country, s->cert->issuer, "C", 0) == KY_OK &&
           ky_name_get(&organisation, s->cert->issuer, "O", 0) == KY_OK;
}

static bool issuer_is_copied(const struct subject *s)
{
    return s->issuer == NULL || ky_bytes_eq(s->cert->issuer, s->issuer->subject);
}

/*
 * Every attribute is alone in its RDN and one that ky_name_encode would write: known type, string type,
 * NFC, length.
 */
static bool subject_is_exact(const struct subject *s)
{
    struct ky_der d = KY_DER_READ(s->cert->subject), rdns, rdn, attr;
    if (ky_der_enter(&rdns, &d, KY_DER_SEQUENCE, "Name") != KY_OK || ky_der_at_end(&rdns))
        return false;
    while (!ky_der_at_end(&rdns)) {
        char oid[KY_DER_OID_TEXT_MAX];
        struct ky_der_tlv value;
        if (ky_der_enter(&rdn, &rdns, KY_DER_SET, "RDN") != KY_OK ||
            ky_der_enter(&attr, &rdn, KY_DER_SEQUENCE, "attribute") != KY_OK || !ky_der_at_end(&rdn) ||
            ky_der_get_oid(oid, &attr, "attribute") != KY_OK ||
            ky_der_next(&value, &attr, "attribute") != KY_OK ||
            !ky_name_value_fits(oid, value.tag, value.value))
            return false;
    }
    return true;
}

/* --- extensions --- */

static bool ski_is_key_hash(const struct subject *s)
{
    return ky_bytes_eq(s->cert->ski, KY_BYTES_OF(s->cert->key_sha1)) && !is_critical(s, KY_OID_EXT_SKI);
}

static bool aki_is_issuers(const struct subject *s)
{
    return s->cert->aki.n > 0 && !is_critical(s, KY_OID_EXT_AKI) &&
           (s->issuer == NULL || ky_bytes_eq(s->cert->aki, s->issuer->ski));
}

static bool key_usage_is_profiles(const struct subject *s)
{
    return is_critical(s, KY_OID_EXT_KEY_USAGE) && s->cert->key_usage == s->profile->key_usage;
}

static bool ca_is_constrained(const struct subject *s)
{
    return s->cert->ca && is_critical(s, KY_OID_EXT_BASIC_CONSTRAINTS) &&
           s->cert->path_len == s->profile->path_len;
}

static bool leaf_is_no_ca(const struct subject *s)
{
    return !s->cert->ca && s->cert->path_len == KY_PATH_LEN_NONE;
}

static bool key_usage_fits_ca(const struct subject *s)
{
    unsigned both = KY_KU_KEY_CERT_SIGN | KY_KU_CRL_SIGN;
    return (s->cert->key_usage & both) == (s->cert->ca ? both : 0);
}

static bool usage_is_type_a(const struct subject *s)
{
    return s->cert->key_usage == KY_KU_NON_REPUDIATION;
}

static bool ekus_are_profiles(const struct subject *s)
{
    return s->cert->ekus == s->profile->ekus && is_critical(s, KY_OID_EXT_EKU) == s->profile->eku_critical;
}

static bool no_unknown_critical(const struct subject *s)
{
    return !s->cert->unknown_critical;
}

static bool policies_are_profiles(const struct subject *s)
{
    return (s->cert->n_policies > 0) == s->profile->policy && !is_critical(s, KY_OID_EXT_POLICIES);
}

static bool addresses_are_profiles(const struct subject *s)
{
    return (s->cert->crl_url != NULL) == s->profile->crl_url &&
           (s->cert->ocsp_url != NULL) == s->profile->ocsp &&
           (s->cert->ca_issuers_url != NULL) == s->profile->aia;
}

static bool addresses_are_not_critical(const struct subject *s)
{
    return !is_critical(s, KY_OID_EXT_CDP) && !is_critical(s, KY_OID_EXT_AIA);
}

/*
 * Revocation addresses are plain http: https would need a certificate to check a certificate (RFC 5280 §8).
 */
static bool is_http(const char *url)
{
    return url == NULL || ky_str_starts(url, "http://");
}

static bool addresses_are_http(const struct subject *s)
{
    return is_http(s->cert->crl_url) && is_http(s->cert->ocsp_url) && is_http(s->cert->ca_issuers_url);
}

static bool san_is_not_critical(const struct subject *s)
{
    return !is_critical(s, KY_OID_EXT_SAN) && (!has(s, KY_OID_EXT_SAN) || s->cert->email != NULL);
}

static bool responder_has_nocheck(const struct subject *s)
{
    return s->cert->ocsp_nocheck && !is_critical(s, KY_OID_EXT_OCSP_NOCHECK);
}

static bool others_have_no_nocheck(const struct subject *s)
{
    return !s->cert->ocsp_nocheck;
}

static bool root_is_self_issued(const struct subject *s)
{
    return ky_cert_self_issued(s->cert);
}

_Static_assert(KY_PROFILE_KIND_COUNT < 32, "kinds are bits of an unsigned");

static const struct rule {
    struct ky_lint_finding finding;
    unsigned kinds;
    bool (*holds)(const struct subject *s);
} rules[] = {
    {{"version_3", "RFC 5280 §4.1.2.1", "version is v3", SHALL}, ALL, version_is_3},
    {{"serial_positive", "RFC 5280 §4.1.2.2", "serialNumber is positive", SHALL}, ALL, serial_is_positive},
    {{"serial_length", "RFC 5280 §4.1.2.2", "serialNumber has at most 20 octets", SHALL}, ALL, serial_fits},
    {{"serial_entropy", "CA/B BR §7.1", "serialNumber has at least 64 bits", SHALL}, ALL, serial_is_long},
    {{"validity_order", "RFC 5280 §4.1.2.5", "notBefore is before notAfter", SHALL}, ALL, validity_follows},
    {{"validity_profile", "certificate profile", "the validity is not longer than the profile allows", SHALL},
     ALL,
     validity_within_profile},
    {{"validity_issuer", "EN 319 411-1 §6.3.2", "the validity lies within that of the issuer", SHALL},
     NOT_ROOT,
     validity_within_issuer},
    {{"time_type", "RFC 5280 §4.1.2.5", "UTCTime through 2049, GeneralizedTime from 2050", SHALL},
     ALL,
     times_have_right_type},
    {{"algorithm_exact", "RFC 4055 §5, RFC 5758 §3.2",
      "the signature algorithm has exactly the parameters of its standard", SHALL},
     ALL,
     algorithm_is_exact},
    {{"key_accepted", "EN 319 412-2 §4.2.5", "the public key is of an accepted type and encoded exactly",
      SHALL},
     ALL,
     key_is_accepted},
    {{"subject_country", "EN 319 412-2 §4.2.4", "the subject has countryName", SHALL},
     ALL,
     subject_has_country},
    {{"subject_common_name", "EN 319 412-2 §4.2.4", "the subject has commonName", SHALL},
     ALL,
     subject_has_common_name},
    {{"subject_organisation", "EN 319 412-3 §4.2.1", "the subject has organizationName", SHALL},
     CAS,
     subject_has_organisation},
    {{"subject_exact", "RFC 5280 §4.1.2.6",
      "subject attributes have the right string type, Unicode NFC and length", SHALL},
     ALL,
     subject_is_exact},
    {{"subject_once", "EN 319 412-2 §4.2.4", "subject attributes stand there once, but for OU and UID",
      SHALL},
     ALL,
     subject_repeats_nothing},
    {{"person_names", "EN 319 412-2 §4.2.4", "a person has givenName and surname, or a pseudonym", SHOULD},
     SUBSCRIBER,
     person_has_names},
    {{"person_serial", "EN 319 412-2 §4.2.4", "a person has serialNumber, to be told apart", SHOULD},
     SUBSCRIBER,
     person_has_serial},
    {{"issuer_named", "EN 319 412-2 §4.2.3.1", "the issuer has countryName and organizationName", SHALL},
     ALL,
     issuer_is_named},
    {{"issuer_copied", "RFC 5280 §4.1.2.4", "the issuer is the CA's subject, byte by byte", SHALL},
     NOT_ROOT,
     issuer_is_copied},
    {{"root_self_issued", "RFC 5280 §3.2", "a root's issuer is its subject", SHALL},
     ROOT,
     root_is_self_issued},
    {{"ski_present", "RFC 5280 §4.2.1.2", "subjectKeyIdentifier is there, the SHA-1 of the key, not critical",
      SHALL},
     ALL,
     ski_is_key_hash},
    {{"aki_issuer", "RFC 5280 §4.2.1.1",
      "authorityKeyIdentifier is there, the CA's key identifier, not critical", SHALL},
     NOT_ROOT,
     aki_is_issuers},
    {{"key_usage_profile", "RFC 5280 §4.2.1.3", "keyUsage is there, critical, exactly that of the profile",
      SHALL},
     ALL,
     key_usage_is_profiles},
    {{"key_usage_ca", "RFC 5280 §4.2.1.9", "keyCertSign and cRLSign with cA, and only then", SHALL},
     ALL,
     key_usage_fits_ca},
    {{"key_usage_type_a", "EN 319 412-2 §4.3.2", "a person's signing key has nonRepudiation alone (type A)",
      SHALL},
     SUBSCRIBER,
     usage_is_type_a},
    {{"basic_constraints_ca", "RFC 5280 §4.2.1.9",
      "basicConstraints cA, critical, with the profile's pathLen", SHALL},
     CAS,
     ca_is_constrained},
    {{"basic_constraints_leaf", "RFC 5280 §4.2.1.9", "an end entity is no CA and has no pathLen", SHALL},
     LEAVES,
     leaf_is_no_ca},
    {{"eku_profile", "RFC 5280 §4.2.1.12", "extKeyUsage and its criticality are those of the profile", SHALL},
     ALL,
     ekus_are_profiles},
    {{"no_unknown_critical", "RFC 5280 §4.2", "no critical extension that is not understood", SHALL},
     ALL,
     no_unknown_critical},
    {{"policies_profile", "EN 319 412-2 §4.3.3", "certificatePolicies as in the profile, not critical",
      SHALL},
     ALL,
     policies_are_profiles},
    {{"addresses_profile", "EN 319 412-2 §4.3.11, §4.4.1",
      "CRL, OCSP and caIssuers addresses as in the profile", SHALL},
     ALL,
     addresses_are_profiles},
    {{"addresses_not_critical", "RFC 5280 §4.2.1.13, §4.2.2.1", "addresses are not critical", SHALL},
     ALL,
     addresses_are_not_critical},
    {{"addresses_http", "RFC 5280 §8", "CRL, OCSP and caIssuers addresses are http", SHALL},
     ALL,
     addresses_are_http},
    {{"san_email", "EN 319 412-2 §4.3.5", "subjectAltName is not critical and not empty", SHALL},
     ALL,
     san_is_not_critical},
    {{"ocsp_nocheck", "RFC 6960 §4.2.2.2.1", "a responder has id-pkix-ocsp-nocheck, not critical", SHALL},
     OCSP,
     responder_has_nocheck},
    {{"no_nocheck", "RFC 6960 §4.2.2.2.1", "id-pkix-ocsp-nocheck is for responders only", SHALL},
     ALL & ~OCSP,
     others_have_no_nocheck},
};

ky_rc ky_lint_cert(struct ky_lint_report *out, struct ky_bytes cert_der, ky_profile_kind kind,
                   const struct ky_cert *issuer)
{
    ky_auto_cert cert = NULL;
    *out = (struct ky_lint_report){0};
    KY_TRY(ky_context(ky_cert_parse(&cert, cert_der), "lint"));
    const struct subject s = {cert, kind == KY_PROFILE_ROOT ? cert : issuer, ky_profile(kind)};
    const struct ky_lint_finding *first = NULL;
    for (size_t i = 0; i < KY_COUNT(rules); i++) {
        if ((rules[i].kinds & KIND(kind)) == 0 || rules[i].holds(&s))
            continue;
        out->v[out->n++] = rules[i].finding;
        if (first == NULL && !rules[i].finding.advice)
            first = &rules[i].finding;
    }
    if (first != NULL)
        return ky_fail(KY_EDENIED, "lint: %s (%s): not so: %s", first->rule, first->source, first->says);
    return KY_OK;
}

_Static_assert(KY_COUNT(rules) <= KY_LINT_FINDINGS_MAX, "every rule may be broken at once");

size_t ky_lint_rule_count(void)
{
    return KY_COUNT(rules);
}

const struct ky_lint_finding *ky_lint_rule(size_t i)
{
    return &rules[i].finding;
}

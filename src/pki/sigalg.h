/*
 * Signatures over DER structures: which AlgorithmIdentifier means what, signing
 * a to-be-signed part with a struct ky_signer, verifying with a
 * SubjectPublicKeyInfo. Certificates, CRLs, OCSP answers and CMS all come here.
 */
#ifndef KY_PKI_SIGALG_H
#define KY_PKI_SIGALG_H

#include "crypto/signer.h"

/* A key that signs, with the algorithm it is to use. */
struct ky_sigkey {
    const struct ky_signer *signer; /* borrowed */
    ky_scheme scheme;
    ky_hash hash;
};

struct ky_sigalg {
    ky_scheme scheme;
    ky_hash hash;
    bool hash_fixed; /* false: bare rsaEncryption, as CMS writes it; the hash is named elsewhere */
};

/*
 * Reads an AlgorithmIdentifier of a signature. RSASSA-PSS: hash and MGF1 hash must be equal, salt as long
 * as the hash, trailer 1
 * (RFC 4055 §3.1). RSA PKCS#1: parameters NULL or absent. ECDSA: absent.
 * KY_EFORMAT; KY_EDENIED for an algorithm that kyso does not accept (SHA-1, MD5, DSA …), naming its OID.
 */
ky_rc ky_sigalg_parse(struct ky_sigalg *out, struct ky_bytes alg_der);

/* KY_EAUTH when the signature over message is not that of the key in spki; else as ky_sigalg_parse. */
ky_rc ky_sigalg_verify(struct ky_bytes spki, struct ky_bytes alg_der, struct ky_bytes message,
                       struct ky_bytes signature);
/* The same for a digest that was made before; hash must be the one that made it. */
ky_rc ky_sigalg_verify_digest(struct ky_bytes spki, ky_scheme scheme, ky_hash hash, struct ky_bytes digest,
                              struct ky_bytes signature);

/*
 * Hashes the message and appends the signature (RSA octets or DER ECDSA-Sig-Value) to sig. Errors of the
 * signer.
 */
ky_rc ky_sigkey_sign(struct ky_buf *sig, const struct ky_sigkey *key, struct ky_bytes message);

/* Appends SEQUENCE { tbs, AlgorithmIdentifier, BIT STRING signature }: Certificate, CertificateList. */
ky_rc ky_signed_assemble(struct ky_buf *out, struct ky_bytes tbs, ky_scheme scheme, ky_hash hash,
                         struct ky_bytes signature);

#endif

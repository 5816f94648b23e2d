/* OCSP answers: input is certificate and issuer, each with its length before it, then the answer. */
#include <stdlib.h>

#include "pki/ocsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_reader r = KY_READER(KY_BYTES(data, size));
    ky_auto_cert cert = NULL;
    ky_auto_cert issuer = NULL;
    struct ky_ocsp_result result;
    if (ky_cert_parse(&cert, ky_read_lv(&r, KY_CERT_DER_MAX)) != KY_OK ||
        ky_cert_parse(&issuer, ky_read_lv(&r, KY_CERT_DER_MAX)) != KY_OK)
        return 0;
    if (ky_ocsp_verify(&result, r.left, cert, issuer, NULL) == KY_OK && result.status > KY_OCSP_UNKNOWN)
        abort();
    return 0;
}

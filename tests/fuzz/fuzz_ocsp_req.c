/* OCSP requests, as POST bodies and as GET paths: the numbers of what is read keep to their limits. */
#include <stdlib.h>

#include "pki/ocsp.h"

static void read_request(struct ky_bytes der)
{
    struct ky_ocsp_req req;
    if (ky_ocsp_req_parse(&req, der) != KY_OK)
        return;
    if (req.n_ids == 0 || req.n_ids > KY_OCSP_SINGLES_MAX || req.nonce.n > KY_OCSP_NONCE_MAX ||
        req.has_nonce != (req.nonce.n > 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ky_auto_buf decoded = ky_buf_init(KY_OCSP_REQ_MAX);
    read_request(KY_BYTES(data, size));
    if (ky_ocsp_get_decode(&decoded, KY_BYTES(data, size)) == KY_OK)
        read_request(ky_buf_bytes(&decoded));
    return 0;
}

/* Time-stamp requests, answers and tokens. */
#include <stdlib.h>

#include "pki/tsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_bytes input = KY_BYTES(data, size), token = input;
    struct ky_tsp_req req;
    struct ky_tsp_token t;
    ky_tsp_failure why;
    if (ky_tsp_req_parse(&req, &why, input) == KY_OK && req.digest.n != ky_hash_info(req.hash)->size)
        abort();
    if (ky_tsp_resp_token(&token, input) != KY_OK)
        token = input; /* perhaps it is a token itself */
    if (ky_tsp_token_parse(&t, token) != KY_OK)
        return 0;
    if (ky_tsp_token_verify(&t, t.hash, t.digest, NULL) == KY_OK && t.cms->signer == NULL)
        abort();
    ky_tsp_token_clear(&t);
    return 0;
}

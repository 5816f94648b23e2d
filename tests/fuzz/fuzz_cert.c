/* Certificates: what is read is kept whole, comes back through PEM, and may be linted and path-validated. */
#include <stdlib.h>

#include "pki/chain.h"
#include "pki/lint.h"

static void check_pem(const struct ky_cert *c)
{
    ky_auto_buf pem = ky_buf_init(4 * KY_CERT_DER_MAX);
    ky_auto_cert again = NULL;
    ky_buf_add_cert_pem(&pem, c->der);
    if (ky_cert_parse_any(&again, ky_buf_bytes(&pem)) != KY_OK || !ky_bytes_eq(again->der, c->der))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ky_auto_cert c = NULL;
    struct ky_lint_report report;
    struct ky_chain chain;
    if (ky_cert_parse_any(&c, KY_BYTES(data, size)) != KY_OK)
        return 0;
    check_pem(c);
    for (ky_profile_kind kind = 0; kind < KY_PROFILE_KIND_COUNT; kind++)
        if (ky_lint_cert(&report, c->der, kind, c) == KY_EFORMAT)
            abort();
    const struct ky_cert *self[] = {c};
    const struct ky_chain_in in = {.leaf = c, .anchors = {self, 1}, .at = c->not_before};
    if (ky_chain_validate(&chain, &in) == KY_OK && chain.sub == KY_SUB_NONE && chain.n_path == 0)
        abort();
    return 0;
}

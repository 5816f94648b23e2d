/*
 * What a browser sends: u16 length, clientDataJSON, then authenticatorData or
 * an attestationObject. Nothing made up here can carry a right signature.
 */
#include <stdlib.h>

#include "crypto/webauthn.h"

static const struct ky_webauthn_expected want = {
    .rp_id = "approve.example.vn",
    .origin = "https://approve.example.vn",
    .challenge = {(const uint8_t *)"0123456789abcdef0123456789abcdef", 32},
};

/* The generator of P-256: a point whose private key, 1, no fuzzer signs with. */
static const uint8_t point[KY_P256_POINT] =
    "\x04\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0"
    "\xf4\xa1\x39\x45\xd8\x98\xc2\x96\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b"
    "\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_reader r = KY_READER(KY_BYTES(data, size));
    struct ky_bytes client_data = ky_read_bytes(&r, ky_read_u16(&r));
    const struct ky_webauthn_assertion got = {
        .authenticator_data = r.left, .client_data_json = client_data, .signature = r.left};
    struct ky_webauthn_signed head;
    if (ky_webauthn_verify_assertion(&head, &want, point, true, &got) == KY_OK)
        abort();
    struct ky_webauthn_credential made;
    if (ky_webauthn_verify_registration(&made, &want, r.left, client_data) == KY_OK &&
        (made.id_n == 0 || ky_p256_check_point(KY_BYTES_OF(made.point)) != KY_OK))
        abort();
    return 0;
}

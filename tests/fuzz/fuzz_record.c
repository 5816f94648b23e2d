/*
 * Records. The input is an envelope, which must not be believed, and the JSON of one whose MAC is right: what is then
 * opened has the members of its type.
 */
#include <stdlib.h>

#include "crypto/digest.h"
#include "domain/record.h"

static const uint8_t realm[KY_HASH_SIZE];

static ky_rc hmac(void *ctx, uint8_t out[KY_HMAC_SIZE], const struct ky_bytes *parts, size_t count)
{
    return ky_hmac_sha256(out, ky_bytes_str(ctx), parts, count);
}

static const struct ky_mac mac = {(void *)(uintptr_t) "a key that no fuzzer has", hmac};

static void read_members(const struct ky_record *r)
{
    static struct ky_officer officer;
    static struct ky_seal_record seal;
    static struct ky_authenticator device;
    static struct ky_key_record key;
    static struct ky_activation_record activation;
    ky_rc rc = KY_OK;
    if (r->type == KY_REC_OFFICER)
        rc = ky_record_officer(&officer, r);
    else if (r->type == KY_REC_SEAL)
        rc = ky_record_seal_of(&seal, r);
    else if (r->type == KY_REC_DEVICE)
        rc = ky_record_device(&device, r);
    else if (r->type == KY_REC_KEY)
        rc = ky_record_key(&key, r);
    else if (r->type == KY_REC_ACTIVATION)
        rc = ky_record_activation(&activation, r);
    if (rc == KY_OK &&
        (r->version == 0 || key.spki_n > sizeof key.spki || device.passkey_n > sizeof device.passkey ||
         seal.cert_n > sizeof seal.cert || officer.cert_n > sizeof officer.cert))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_record r;
    struct ky_bytes json = KY_BYTES(data, size);
    if (ky_record_open(&r, json, KY_PROCESS_SAM, &mac, realm) == KY_OK)
        abort();
    uint8_t head[5] = {KY_PROCESS_SAM}, code[KY_HMAC_SIZE];
    ky_put_u32(head + 1, (uint32_t)size);
    const struct ky_bytes parts[] = {KY_LABEL("kyso record v1"), KY_BYTES_OF(head), json};
    ky_auto_buf envelope = ky_buf_init(size + 4 + KY_HMAC_SIZE);
    if (ky_mac_make(code, &mac, parts, KY_COUNT(parts)) != KY_OK)
        abort();
    ky_buf_add_lv(&envelope, json);
    ky_buf_add(&envelope, KY_BYTES_OF(code));
    ky_rc rc = ky_record_open(&r, ky_buf_bytes(&envelope), KY_PROCESS_SAM, &mac, realm);
    if (rc == KY_EAUTH)
        abort(); /* then this target reads nothing */
    if (rc != KY_OK)
        return 0;
    read_members(&r);
    ky_record_clear(&r);
    return 0;
}

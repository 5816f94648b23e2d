/* Letters; see letter.h. */
#include "domain/letter.h"

#include "base/secret.h"
#include "crypto/digest.h"
#include "domain/attestation.h"
#include "domain/record.h"

static const struct ky_bytes label = KY_LABEL("kyso letter v1");

static const char *const kinds[KY_LETTER_KIND_COUNT] = {"activation-mail", "activation-code",
                                                        "device-notice"};

#define TEXT(name_, required_, max_)                                                                         \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_STR, .required = required_, .min = 0, .max = max_                     \
    }
#define HEX(name_, n_)                                                                                       \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_HEX, .required = true, .min = n_, .max = n_                           \
    }
#define INT(name_, min_, max_)                                                                               \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_INT, .required = true, .min = min_, .max = max_                       \
    }

static const struct ky_json_member members[] = {
    INT("v", 1, 1),
    HEX("realm", KY_HASH_SIZE),
    INT("node", 1, UINT16_MAX),
    INT("number", 1, KY_JSON_INT_MAX),
    TEXT("kind", true, 32),
    TEXT("channel", true, 8),
    TEXT("address", true, KY_LETTER_TEXT_MAX - 1),
    TEXT("name", true, KY_LETTER_TEXT_MAX - 1),
    HEX("id", KY_ID_SIZE),
    TEXT("secret", true, 63),
    TEXT("device", true, KY_LETTER_TEXT_MAX - 1),
    TEXT("words", true, KY_LETTER_TEXT_MAX - 1),
    INT("not_after", 0, KY_JSON_INT_MAX),
};

/* Texts of a letter and where they stand. */
static const struct {
    const char *name;
    size_t at, room;
} texts[] = {
    {"address", offsetof(struct ky_letter, address), KY_LETTER_TEXT_MAX},
    {"name", offsetof(struct ky_letter, name), KY_LETTER_TEXT_MAX},
    {"secret", offsetof(struct ky_letter, secret), 64},
    {"device", offsetof(struct ky_letter, device), KY_LETTER_TEXT_MAX},
    {"words", offsetof(struct ky_letter, words), KY_LETTER_TEXT_MAX},
};

static void make_aad(uint8_t out[sizeof "kyso letter v1" + 8], uint64_t number)
{
    memcpy(out, label.p, label.n);
    ky_put_u64(out + label.n, number);
}

static ky_rc encode(struct ky_buf *json, const struct ky_letter *l)
{
    ky_auto_json body = json_object();
    if (body == NULL)
        return ky_fail(KY_ENOMEM, "letter");
    KY_TRY(ky_body_set_int(body, "v", 1));
    KY_TRY(ky_body_set_hex(body, "realm", KY_BYTES_OF(l->realm)));
    KY_TRY(ky_body_set_int(body, "node", l->node));
    KY_TRY(ky_body_set_int(body, "number", (int64_t)l->number));
    KY_TRY(ky_body_set_text(body, "kind", ky_bytes_str(kinds[l->kind])));
    KY_TRY(ky_body_set_text(body, "channel", ky_bytes_str(l->sms ? "sms" : "email")));
    KY_TRY(ky_body_set_hex(body, "id", KY_BYTES_OF(l->id)));
    KY_TRY(ky_body_set_int(body, "not_after", l->not_after));
    for (size_t i = 0; i < KY_COUNT(texts); i++)
        KY_TRY(ky_body_set_text(body, texts[i].name, ky_bytes_str((const char *)l + texts[i].at)));
    return ky_jcs_encode(json, body, 1);
}

ky_rc ky_letter_seal(struct ky_buf *out, const struct ky_letter *letter, const struct ky_signer *k_att,
                     const uint8_t courier_key[KY_X25519_SIZE])
{
    uint8_t signature[KY_P256_RAW], aad[sizeof "kyso letter v1" + 8];
    ky_auto_buf plain = ky_buf_init_secret(KY_LETTER_MAX + KY_P256_RAW);
    KY_TRY(ky_context(encode(&plain, letter), "letter"));
    KY_TRY(ky_sign_labelled(signature, k_att, label, ky_buf_bytes(&plain)));
    ky_buf_add(&plain, KY_BYTES_OF(signature));
    KY_TRY(ky_buf_finish(&plain));
    make_aad(aad, letter->number);
    return ky_seal_x25519(out, courier_key, KY_BYTES_OF(aad), ky_buf_bytes(&plain));
}

static ky_rc decode(struct ky_letter *out, const json_t *body, const uint8_t realm[KY_HASH_SIZE])
{
    int64_t node, number, not_after;
    struct ky_bytes kind, channel, text;
    KY_TRY(ky_json_check_closed(body, members, KY_COUNT(members), "letter"));
    KY_TRY(ky_json_get_hex(out->realm, KY_HASH_SIZE, body, "realm"));
    KY_TRY(ky_json_get_int(&node, body, "node", 1, UINT16_MAX));
    KY_TRY(ky_json_get_int(&number, body, "number", 1, KY_JSON_INT_MAX));
    KY_TRY(ky_json_get_int(&not_after, body, "not_after", 0, KY_JSON_INT_MAX));
    KY_TRY(ky_json_get_str(&kind, body, "kind", 32));
    KY_TRY(ky_json_get_str(&channel, body, "channel", 8));
    KY_TRY(ky_json_get_hex(out->id, KY_ID_SIZE, body, "id"));
    out->node = (uint16_t)node;
    out->number = (uint64_t)number;
    out->not_after = not_after;
    out->sms = ky_bytes_eq_str(channel, "sms");
    out->kind = KY_LETTER_KIND_COUNT;
    for (ky_letter_kind k = 0; k < KY_LETTER_KIND_COUNT; k++)
        if (ky_bytes_eq_str(kind, kinds[k]))
            out->kind = k;
    if (out->kind == KY_LETTER_KIND_COUNT)
        return ky_fail(KY_EFORMAT, "letter of unknown kind");
    for (size_t i = 0; i < KY_COUNT(texts); i++) {
        KY_TRY(ky_json_get_str(&text, body, texts[i].name, texts[i].room - 1));
        memcpy((char *)out + texts[i].at, text.p, text.n);
        ((char *)out + texts[i].at)[text.n] = 0;
    }
    if (memcmp(out->realm, realm, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EAUTH, "letter of another realm");
    return KY_OK;
}

ky_rc ky_letter_open(struct ky_letter *out, struct ky_bytes sealed, uint64_t number,
                     const uint8_t courier_private[KY_X25519_SIZE], const uint8_t k_att[KY_P256_POINT],
                     const uint8_t realm[KY_HASH_SIZE])
{
    uint8_t aad[sizeof "kyso letter v1" + 8];
    ky_auto_json body = NULL;
    ky_auto_buf plain = ky_buf_init_secret(KY_LETTER_MAX + KY_P256_RAW);
    make_aad(aad, number);
    KY_TRY(ky_context(ky_unseal_x25519(&plain, courier_private, KY_BYTES_OF(aad), sealed), "letter"));
    if (plain.n <= KY_P256_RAW)
        return ky_fail(KY_EFORMAT, "letter of %zu bytes", plain.n);
    struct ky_bytes json = {plain.p, plain.n - KY_P256_RAW};
    KY_TRY(ky_context(ky_verify_labelled(k_att, label, json, KY_BYTES(plain.p + json.n, KY_P256_RAW)),
                      "letter"));
    KY_TRY(ky_jcs_parse(&body, json, KY_LETTER_MAX, 1));
    KY_TRY(decode(out, body, realm));
    if (out->number != number)
        return ky_fail(KY_EAUTH, "letter %llu came as number %llu", (unsigned long long)out->number,
                       (unsigned long long)number);
    return KY_OK;
}

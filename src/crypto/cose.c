/* COSE_Key of type EC2 on P-256 for ES256 (RFC 9052 §7, RFC 9053 §2.1, §7.1.1); see webauthn.h. */
#include "codec/cbor.h"
#include "crypto/webauthn.h"

#define COORDINATE 32

/* The five members in canonical order; both coordinates are byte strings. */
static const struct {
    int64_t label;
    int64_t value;
    bool coordinate;
    const char *what;
} members[] = {
    {1, 2, false, "COSE key: kty"}, {3, -7, false, "COSE key: alg"}, {-1, 1, false, "COSE key: crv"},
    {-2, 0, true, "COSE key: x"},   {-3, 0, true, "COSE key: y"},
};

static bool has_label(const struct ky_cbor_item *key, int64_t label)
{
    const bool negative = label < 0;
    return key->type == (negative ? KY_CBOR_NINT : KY_CBOR_UINT) &&
           key->n == (uint64_t)(negative ? -1 - label : label);
}

static ky_rc read_coordinate(uint8_t *to, struct ky_cbor *c, const char *what)
{
    struct ky_bytes bytes;
    KY_TRY(ky_cbor_get_bytes(&bytes, c, COORDINATE, what));
    if (bytes.n != COORDINATE)
        return ky_fail(KY_EFORMAT, "%s: %zu bytes, must be %d", what, bytes.n, COORDINATE);
    memcpy(to, bytes.p, COORDINATE);
    return KY_OK;
}

static ky_rc read_members(uint8_t point[KY_P256_POINT], struct ky_cbor_map *map, struct ky_cbor *c)
{
    uint8_t *to = point;
    *to++ = 0x04;
    for (size_t i = 0; i < KY_COUNT(members); i++) {
        struct ky_cbor_item key;
        int64_t value;
        if (map->left == 0)
            return ky_fail(KY_EFORMAT, "%s: missing", members[i].what);
        KY_TRY(ky_cbor_map_key(&key, map, c, members[i].what));
        if (!has_label(&key, members[i].label))
            return ky_fail(KY_EFORMAT, "%s: another member is in its place", members[i].what);
        if (members[i].coordinate) {
            KY_TRY(read_coordinate(to, c, members[i].what));
            to += COORDINATE;
            continue;
        }
        KY_TRY(ky_cbor_get_int(&value, c, members[i].what));
        if (value != members[i].value)
            return ky_fail(KY_EDENIED, "%s: %lld, only EC2 P-256 ES256 is allowed", members[i].what,
                           (long long)value);
    }
    return KY_OK;
}

ky_rc ky_cose_parse_p256(uint8_t point[KY_P256_POINT], struct ky_bytes cose)
{
    struct ky_cbor c = KY_CBOR_READ(cose);
    struct ky_cbor_map map;
    uint8_t parsed[KY_P256_POINT];
    KY_TRY(ky_cbor_get_map(&map, &c, KY_COUNT(members), "COSE key"));
    KY_TRY(read_members(parsed, &map, &c));
    KY_TRY(ky_cbor_finish(&c, "COSE key"));
    KY_TRY(ky_context(ky_p256_check_point(KY_BYTES_OF(parsed)), "COSE key"));
    memcpy(point, parsed, sizeof parsed);
    return KY_OK;
}

void ky_cose_add_p256(struct ky_buf *out, const uint8_t point[KY_P256_POINT])
{
    const uint8_t *from = point + 1;
    ky_cbor_add_map(out, KY_COUNT(members));
    for (size_t i = 0; i < KY_COUNT(members); i++) {
        ky_cbor_add_int(out, members[i].label);
        if (!members[i].coordinate) {
            ky_cbor_add_int(out, members[i].value);
            continue;
        }
        ky_cbor_add_bytes(out, KY_BYTES(from, COORDINATE));
        from += COORDINATE;
    }
}

/* Envelope addresses; see bounce.h. */
#include "domain/bounce.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/secret.h"
#include "base/str.h"

#define PREFIX "bounce+"
#define MAC_BYTES 12
#define MAC_DIGITS (2 * MAC_BYTES)

static ky_rc make_mac(char out[MAC_DIGITS + 1], const struct ky_personal *personal, const char *id)
{
    char text[KY_BOUNCE_ID_MAX + 16];
    uint8_t hash[KY_PERSONAL_HASH_SIZE];
    snprintf(text, sizeof text, "bounce v1/%s", id);
    KY_TRY(ky_personal_hash(hash, personal, ky_bytes_str(text)));
    ky_hex_encode(out, KY_BYTES(hash, MAC_BYTES));
    return KY_OK;
}

static bool is_id(const char *id)
{
    size_t n = 0;
    while ((id[n] >= '0' && id[n] <= '9') || (id[n] >= 'a' && id[n] <= 'z'))
        n++;
    return n > 0 && n < KY_BOUNCE_ID_MAX && id[n] == 0;
}

ky_rc ky_bounce_address(char out[KY_BOUNCE_ADDRESS_MAX], const struct ky_personal *personal, const char *id,
                        const char *from)
{
    char mac[MAC_DIGITS + 1];
    const char *domain = strrchr(from, '@');
    if (!is_id(id) || domain == NULL || domain[1] == 0)
        return ky_fail(KY_EINVAL, "bounce: no address of '%s' and '%s'", id, from);
    KY_TRY(make_mac(mac, personal, id));
    int n = snprintf(out, KY_BOUNCE_ADDRESS_MAX, PREFIX "%s.%s%s", id, mac, domain);
    return n < KY_BOUNCE_ADDRESS_MAX ? KY_OK : ky_fail(KY_EINVAL, "bounce: the domain is too long");
}

/* Small letters: mail servers may change the case. */
static ky_rc lower_local(char out[KY_BOUNCE_ADDRESS_MAX], struct ky_bytes address)
{
    const uint8_t *at = address.n == 0 ? NULL : memchr(address.p, '@', address.n);
    size_t n = at == NULL ? 0 : (size_t)(at - address.p);
    if (n == 0 || n >= KY_BOUNCE_ADDRESS_MAX)
        return ky_fail(KY_EFORMAT, "bounce: not an address");
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(address.p[i] >= 'A' && address.p[i] <= 'Z' ? address.p[i] + 32 : address.p[i]);
    out[n] = 0;
    return KY_OK;
}

ky_rc ky_bounce_open(char id[KY_BOUNCE_ID_MAX], const struct ky_personal *personal, struct ky_bytes address)
{
    char local[KY_BOUNCE_ADDRESS_MAX], mac[MAC_DIGITS + 1];
    KY_TRY(lower_local(local, address));
    char *dot = strchr(local, '.');
    if (!ky_str_starts(local, PREFIX) || dot == NULL)
        return ky_fail(KY_EFORMAT, "bounce: not an address that mails come back to");
    *dot = 0;
    if (!is_id(local + strlen(PREFIX)))
        return ky_fail(KY_EFORMAT, "bounce: no id of a message");
    KY_TRY(make_mac(mac, personal, local + strlen(PREFIX)));
    if (!ky_secret_eq(ky_bytes_str(mac), ky_bytes_str(dot + 1)))
        return ky_fail(KY_EAUTH, "bounce: the address is forged");
    snprintf(id, KY_BOUNCE_ID_MAX, "%s", local + strlen(PREFIX));
    return KY_OK;
}

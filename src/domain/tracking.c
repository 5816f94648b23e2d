/* Base 32 without I, L, O and U, and Luhn's check in base 32; see tracking.h. */
#include "domain/tracking.h"

#include "crypto/random.h"

#define SYMBOLS 15
#define BASE 32u
#define GROUP 4

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Every second value counts double, from the right: tells every single slip and most exchanged neighbours. */
static unsigned check_of(const uint8_t values[SYMBOLS])
{
    unsigned sum = 0;
    for (size_t i = 0; i < SYMBOLS; i++) {
        unsigned v = values[i] * ((SYMBOLS - i) % 2 == 1 ? 2u : 1u);
        sum += v / BASE + v % BASE;
    }
    return (BASE - sum % BASE) % BASE;
}

static void write_code(char out[KY_TRACKING_TEXT], const uint8_t values[SYMBOLS])
{
    size_t n = 0;
    for (size_t i = 0; i <= SYMBOLS; i++) {
        if (i > 0 && i % GROUP == 0)
            out[n++] = '-';
        out[n++] = alphabet[i < SYMBOLS ? values[i] : check_of(values)];
    }
    out[n] = 0;
}

ky_rc ky_tracking_make(char out[KY_TRACKING_TEXT])
{
    uint8_t values[SYMBOLS];
    KY_TRY(ky_random(values, sizeof values));
    for (size_t i = 0; i < SYMBOLS; i++)
        values[i] %= BASE;
    write_code(out, values);
    return KY_OK;
}

static int value_of(uint8_t c)
{
    if (c >= 'a' && c <= 'z')
        c = (uint8_t)(c - 'a' + 'A');
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    const char *at = c == 0 ? NULL : strchr(alphabet, c);
    return at == NULL ? -1 : (int)(at - alphabet);
}

ky_rc ky_tracking_read(char out[KY_TRACKING_TEXT], struct ky_bytes typed)
{
    uint8_t values[SYMBOLS + 1];
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++) {
        if (typed.p[i] == '-' || typed.p[i] == ' ')
            continue;
        int v = value_of(typed.p[i]);
        if (v < 0 || n == sizeof values)
            return ky_fail(KY_EFORMAT, "not a code of a dossier");
        values[n++] = (uint8_t)v;
    }
    if (n != sizeof values || values[SYMBOLS] != check_of(values))
        return ky_fail(KY_EFORMAT, "not a code of a dossier, or a letter of it is wrong");
    write_code(out, values);
    return KY_OK;
}

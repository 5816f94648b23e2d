/* One form of a statement: RFC 8785, NFC, closed schema. See attack_sign.h. */
#include "tests/process/attack_sign.h"

#include <stdio.h>

/* ---- one form ---- */

static void spaced(struct signing *s)
{
    sign_replace(s, ",\"exp\":", ", \"exp\":");
}

static void reordered(struct signing *s)
{
    sign_replace(s, ",\"v\":1}", "}");
    sign_replace(s, "{\"actor\"", "{\"v\":1,\"actor\"");
}

static void duplicate_member(struct signing *s)
{
    sign_replace(s, ",\"v\":1}", ",\"v\":1,\"v\":1}");
}

static void unknown_member(struct signing *s)
{
    sign_set_text(s, "note", "x");
}

static void number_as_string(struct signing *s)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)json_integer_value(json_object_get(s->st, "exp")));
    sign_set_text(s, "exp", text);
}

static void fraction(struct signing *s)
{
    sign_replace(s, ",\"v\":1}", ",\"v\":1.0}");
}

static void null_member(struct signing *s)
{
    sign_replace(s, "\"text\":\"Ký học bạ lớp 6A\"", "\"text\":null");
}

static void escaped(struct signing *s)
{
    sign_replace(s, "6A", "6\\u0041");
}

/* "ý" as "y" and a combining acute accent. */
static void not_nfc(struct signing *s)
{
    sign_replace(s, "\"text\":\"Ký", "\"text\":\"Ky\xcc\x81");
}

static void bidi(struct signing *s)
{
    sign_set_text(s, "text",
                  "Ký \xe2\x80\xae"
                  "dnas nghìn");
}

static void zero_width(struct signing *s)
{
    json_object_set_new(json_object_get(s->st, "requester"), "name",
                        json_string("Học bạ\xe2\x80\x8b số Quảng Ngãi"));
}

static void upper_case(struct signing *s)
{
    sign_replace(s, "\"cert\":\"", "\"cert\":\"A");
    char *at = strstr((char *)s->text.p, "\"cert\":\"A") + 9;
    memmove(at, at + 1, strlen(at)); /* still 64 digits */
    s->text.n--;
}

static void trailing_byte(struct signing *s)
{
    ky_buf_add_u8(&s->text, '\n');
}

static void documents_and_opaque(struct signing *s)
{
    json_object_set_new(s->st, "documents",
                        json_pack("[{s:s,s:i,s:s}]", "name", "a.pdf", "size", 1, "digest",
                                  "00000000000000000000000000000000000000000000000000000000000000ff"));
}

static void not_opaque(struct signing *s)
{
    json_object_set_new(s->st, "opaque", json_false());
}

static void unknown_type(struct signing *s)
{
    sign_set_text(s, "type", "session");
}

static void other_type(struct signing *s)
{
    json_t *st = json_object();
    static const char *const kept[] = {"v", "realm", "aud", "iat", "exp", "actor", "credential"};
    for (size_t i = 0; i < KY_COUNT(kept); i++)
        json_object_set(st, kept[i], json_object_get(s->st, kept[i]));
    json_object_set_new(st, "type", json_string("lock"));
    json_decref(s->st);
    s->st = st;
}

static void garbage(struct signing *s)
{
    ky_buf_reset(&s->text);
    ky_buf_add_str(&s->text, "{{{{");
}

static const struct sign_attack forms[] = {
    {"a space", WORD, spaced, KY_EFORMAT, "not canonical JSON"},
    {"another order", WORD, reordered, KY_EFORMAT, "not canonical JSON"},
    {"a member twice", WORD, duplicate_member, KY_EFORMAT, "duplicate"},
    {"an unknown member", ASK, unknown_member, KY_EFORMAT, "member \"note\" is unknown"},
    {"a number as string", ASK, number_as_string, KY_EFORMAT, "exp: must be"},
    {"a fraction", WORD, fraction, KY_EFORMAT, "fractions are not allowed"},
    {"null", WORD, null_member, KY_EFORMAT, "null and fractions"},
    {"an escape", WORD, escaped, KY_EFORMAT, "not canonical JSON"},
    {"a twin not in NFC", WORD, not_nfc, KY_EFORMAT, "is not in NFC"},
    {"right-to-left text", ASK, bidi, KY_EFORMAT, "text"},
    {"a zero-width space", ASK, zero_width, KY_EFORMAT, "name"},
    {"upper-case digits", WORD, upper_case, KY_EFORMAT, "not lower-case hexadecimal"},
    {"a trailing byte", WORD, trailing_byte, KY_EFORMAT, "not canonical JSON"},
    {"documents and opaque", ASK, documents_and_opaque, KY_EFORMAT, "either documents or opaque"},
    {"neither documents nor opaque", ASK, not_opaque, KY_EFORMAT, "either documents or opaque"},
    {"an unknown type", ASK, unknown_type, KY_EFORMAT, "unknown type"},
    {"another type", ASK, other_type, KY_EDENIED, "type lock where sign is wanted"},
    {"no JSON", WORD, garbage, KY_EFORMAT, "JSON"},
};

void statement_has_one_form(void **state)
{
    sign_attack_all(*state, forms, KY_COUNT(forms));
}

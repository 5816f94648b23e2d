/* Writing JSON (RFC 8259) into a buffer; strings as RFC 8785 §3.2.2.2 escapes them. */
#include "codec/json.h"

#include "base/base64.h"
#include "base/hex.h"
#include "base/str.h"

static void add_escaped(struct ky_buf *b, int32_t c)
{
    static const char shorts[] = "btn\0fr"; /* U+0008 … U+000D; U+000B has no short form */
    if (c >= 0x08 && c <= 0x0d && c != 0x0b)
        ky_buf_addf(b, "\\%c", shorts[c - 0x08]);
    else if (c == '"' || c == '\\')
        ky_buf_addf(b, "\\%c", (char)c);
    else
        ky_buf_addf(b, "\\u%04x", (unsigned)c);
}

void ky_buf_add_json_str(struct ky_buf *b, struct ky_bytes text)
{
    ky_buf_add_u8(b, '"');
    const uint8_t *plain = text.p; /* start of the run that needs no escape */
    while (text.n > 0) {
        const uint8_t *at = text.p;
        int32_t c = ky_utf8_next(&text);
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        ky_buf_add(b, KY_BYTES(plain, at - plain));
        if (c < 0) {
            ky_buf_add_str(b, "\xef\xbf\xbd");
            text = KY_BYTES(at + 1, text.n - 1);
        } else {
            add_escaped(b, c);
        }
        plain = text.p;
    }
    ky_buf_add(b, KY_BYTES(plain, text.p - plain));
    ky_buf_add_u8(b, '"');
}

static void begin_value(struct ky_json_out *o, const char *name)
{
    if (o->comma)
        ky_buf_add_u8(o->buf, ',');
    o->comma = true;
    if (name == NULL)
        return;
    ky_buf_add_json_str(o->buf, ky_bytes_str(name));
    ky_buf_add_u8(o->buf, ':');
}

static void open_level(struct ky_json_out *o, const char *name, uint8_t bracket)
{
    begin_value(o, name);
    ky_buf_add_u8(o->buf, bracket);
    o->comma = false;
}

static void close_level(struct ky_json_out *o, uint8_t bracket)
{
    ky_buf_add_u8(o->buf, bracket);
    o->comma = true;
}

void ky_json_open_object(struct ky_json_out *o, const char *name)
{
    open_level(o, name, '{');
}

void ky_json_close_object(struct ky_json_out *o)
{
    close_level(o, '}');
}

void ky_json_open_array(struct ky_json_out *o, const char *name)
{
    open_level(o, name, '[');
}

void ky_json_close_array(struct ky_json_out *o)
{
    close_level(o, ']');
}

void ky_json_put_str(struct ky_json_out *o, const char *name, struct ky_bytes text)
{
    begin_value(o, name);
    ky_buf_add_json_str(o->buf, text);
}

void ky_json_put_cstr(struct ky_json_out *o, const char *name, const char *text)
{
    ky_json_put_str(o, name, ky_bytes_str(text));
}

void ky_json_put_int(struct ky_json_out *o, const char *name, int64_t v)
{
    begin_value(o, name);
    ky_buf_addf(o->buf, "%lld", (long long)v);
}

void ky_json_put_bool(struct ky_json_out *o, const char *name, bool v)
{
    begin_value(o, name);
    ky_buf_add_str(o->buf, v ? "true" : "false");
}

void ky_json_put_null(struct ky_json_out *o, const char *name)
{
    begin_value(o, name);
    ky_buf_add_str(o->buf, "null");
}

/* Text that needs no escapes, in quotes. */
static void put_encoded(struct ky_json_out *o, const char *name, struct ky_bytes v,
                        void (*encode)(struct ky_buf *, struct ky_bytes))
{
    begin_value(o, name);
    ky_buf_add_u8(o->buf, '"');
    encode(o->buf, v);
    ky_buf_add_u8(o->buf, '"');
}

void ky_json_put_hex(struct ky_json_out *o, const char *name, struct ky_bytes v)
{
    put_encoded(o, name, v, ky_buf_add_hex);
}

void ky_json_put_base64(struct ky_json_out *o, const char *name, struct ky_bytes v)
{
    put_encoded(o, name, v, ky_buf_add_base64);
}

void ky_json_put_base64url(struct ky_json_out *o, const char *name, struct ky_bytes v)
{
    put_encoded(o, name, v, ky_buf_add_base64url);
}

void ky_json_put_raw(struct ky_json_out *o, const char *name, struct ky_bytes json)
{
    begin_value(o, name);
    ky_buf_add(o->buf, json);
}

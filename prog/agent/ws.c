/* See ws.h. */
#include "prog/agent/ws.h"

#include <openssl/sha.h>

#include "base/base64.h"
#include "base/str.h"

#define KEY_TEXT 24 /* 16 bytes in base64 */
#define FIN 0x80
#define RESERVED 0x70
#define OPCODE 0x0f
#define MASKED 0x80
#define SHORT 0x7f
#define LENGTH_16 126
#define LENGTH_64 127
#define MASK_SIZE 4

ky_rc ws_accept(char out[WS_ACCEPT_SIZE], const char *key)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; /* §1.3 */
    uint8_t digest[SHA_DIGEST_LENGTH];
    ky_auto_buf nonce = ky_buf_init(16), text = ky_buf_init(WS_ACCEPT_SIZE);
    if (key == NULL || strlen(key) != KEY_TEXT || ky_base64_decode(&nonce, ky_bytes_str(key)) != KY_OK)
        return ky_fail(KY_EFORMAT, "Sec-WebSocket-Key is not 16 bytes in base64");
    ky_auto_buf both = ky_buf_init(KEY_TEXT + sizeof guid);
    ky_buf_add_str(&both, key);
    ky_buf_add_str(&both, guid);
    KY_TRY(ky_buf_finish(&both));
    SHA1(both.p, both.n, digest); /* §4.2.2 names SHA-1; nothing depends on its strength */
    ky_buf_add_base64(&text, KY_BYTES_OF(digest));
    KY_TRY(ky_buf_finish(&text));
    memcpy(out, ky_buf_str(&text), WS_ACCEPT_SIZE);
    return KY_OK;
}

static size_t length_size(uint8_t second)
{
    const uint8_t length = second & SHORT;
    return length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
}

size_t ws_header_size(const uint8_t start[2])
{
    return 2 + length_size(start[1]) + ((start[1] & MASKED) != 0 ? MASK_SIZE : 0);
}

static bool is_known(ws_opcode opcode)
{
    return opcode <= WS_BINARY || (opcode >= WS_CLOSE && opcode <= WS_PONG);
}

static ky_rc read_length(struct ws_frame *out, const uint8_t *p)
{
    const uint8_t length = p[1] & SHORT;
    out->length = length == LENGTH_16 ? ky_get_u16(p + 2) : length == LENGTH_64 ? ky_get_u64(p + 2) : length;
    if ((length == LENGTH_16 && out->length < LENGTH_16) ||
        (length == LENGTH_64 && (out->length <= UINT16_MAX || out->length > INT64_MAX)))
        return ky_fail(KY_EFORMAT, "frame: length is not in its shortest form");
    return KY_OK;
}

ky_rc ws_header_parse(struct ws_frame *out, struct ky_bytes header)
{
    if (header.n < 2 || header.n != ws_header_size(header.p))
        return ky_fail(KY_EFORMAT, "frame: header of %zu bytes", header.n);
    *out = (struct ws_frame){.fin = (header.p[0] & FIN) != 0, .opcode = header.p[0] & OPCODE};
    if ((header.p[0] & RESERVED) != 0 || !is_known(out->opcode))
        return ky_fail(KY_EFORMAT, "frame: first byte 0x%02x", header.p[0]);
    if ((header.p[1] & MASKED) == 0)
        return ky_fail(KY_EFORMAT, "frame: not masked");
    KY_TRY(read_length(out, header.p));
    if (out->opcode >= WS_CLOSE && (!out->fin || out->length > WS_CONTROL_MAX))
        return ky_fail(KY_EFORMAT, "control frame: in pieces or longer than %d bytes", WS_CONTROL_MAX);
    memcpy(out->mask, header.p + header.n - MASK_SIZE, MASK_SIZE);
    return KY_OK;
}

void ws_unmask(uint8_t *payload, size_t n, const struct ws_frame *frame, uint64_t at)
{
    for (size_t i = 0; i < n; i++)
        payload[i] ^= frame->mask[(at + i) % MASK_SIZE];
}

void ws_add_frame(struct ky_buf *out, ws_opcode opcode, struct ky_bytes payload)
{
    ky_buf_add_u8(out, (uint8_t)(FIN | opcode));
    if (payload.n < LENGTH_16) {
        ky_buf_add_u8(out, (uint8_t)payload.n);
    } else if (payload.n <= UINT16_MAX) {
        ky_buf_add_u8(out, LENGTH_16);
        ky_buf_add_u16(out, (uint16_t)payload.n);
    } else {
        ky_buf_add_u8(out, LENGTH_64);
        ky_buf_add_u64(out, payload.n);
    }
    ky_buf_add(out, payload);
}

void ws_add_close(struct ky_buf *out, ws_status status)
{
    uint8_t code[2];
    ky_put_u16(code, (uint16_t)status);
    ws_add_frame(out, WS_CLOSE, KY_BYTES_OF(code));
}

/* ---- a message ---- */

static ky_rc read_header(struct ws_frame *frame, const struct ws_source *source)
{
    uint8_t header[WS_HEADER_MAX];
    KY_TRY(source->give(source->ctx, header, 2));
    const size_t n = ws_header_size(header);
    if (n > 2)
        KY_TRY(source->give(source->ctx, header + 2, n - 2));
    return ws_header_parse(frame, KY_BYTES(header, n));
}

static ky_rc answer_control(const struct ws_frame *frame, const struct ws_source *source)
{
    uint8_t payload[WS_CONTROL_MAX];
    const size_t n = (size_t)frame->length;
    if (n > 0)
        KY_TRY(source->give(source->ctx, payload, n));
    ws_unmask(payload, n, frame, 0);
    if (frame->opcode == WS_CLOSE)
        return ky_fail(KY_ENOTFOUND, "the page closed the connection");
    return frame->opcode == WS_PING ? source->pong(source->ctx, KY_BYTES(payload, n)) : KY_OK;
}

static ky_rc append_payload(struct ky_buf *text, ws_status *status, const struct ws_frame *frame,
                            const struct ws_source *source)
{
    if (frame->length > text->max - text->n) {
        *status = WS_TOO_BIG;
        return ky_fail(KY_ELIMIT, "message: longer than %zu bytes", text->max);
    }
    if (frame->length == 0)
        return KY_OK;
    const size_t n = (size_t)frame->length;
    uint8_t *at = ky_buf_grow(text, n);
    KY_TRY(ky_buf_finish(text));
    KY_TRY(source->give(source->ctx, at, n));
    ws_unmask(at, n, frame, 0);
    return KY_OK;
}

/* A text frame begins a message, continuations follow until fin. */
static ky_rc check_order(ws_status *status, const struct ws_frame *frame, bool begun)
{
    if (frame->opcode == WS_BINARY) {
        *status = WS_UNSUPPORTED;
        return ky_fail(KY_EFORMAT, "message: binary");
    }
    if ((frame->opcode == WS_CONTINUATION) != begun)
        return ky_fail(KY_EFORMAT, "message: frames out of order");
    return KY_OK;
}

ky_rc ws_read_text(struct ky_buf *text, ws_status *status, const struct ws_source *source)
{
    bool begun = false;
    *status = WS_PROTOCOL;
    for (int pieces = 0; pieces < WS_PIECES_MAX; pieces++) {
        struct ws_frame frame;
        KY_TRY(read_header(&frame, source));
        if (frame.opcode >= WS_CLOSE) {
            KY_TRY(answer_control(&frame, source));
            continue;
        }
        KY_TRY(check_order(status, &frame, begun));
        KY_TRY(append_payload(text, status, &frame, source));
        begun = true;
        if (!frame.fin)
            continue;
        *status = WS_NOT_UTF8;
        return ky_utf8_valid(ky_buf_bytes(text)) ? KY_OK : ky_fail(KY_EFORMAT, "message: not UTF-8");
    }
    return ky_fail(KY_ELIMIT, "message: more than %d frames", WS_PIECES_MAX);
}

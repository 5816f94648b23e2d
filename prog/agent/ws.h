/*
 * WebSocket as far as a server needs it that gets one text message and answers with one (RFC 6455): the opening
 * handshake's answer and frames. No extensions, no subprotocols, no binary messages.
 */
#ifndef KY_PROG_AGENT_WS_H
#define KY_PROG_AGENT_WS_H

#include "base/buf.h"

#define WS_ACCEPT_SIZE 29  /* base64 of SHA-1, with NUL */
#define WS_HEADER_MAX 14   /* bytes of a frame's header */
#define WS_CONTROL_MAX 125 /* bytes of a control frame's payload (§5.5) */
#define WS_PIECES_MAX 4096 /* frames of one message, control frames included */

typedef enum ws_opcode {
    WS_CONTINUATION = 0,
    WS_TEXT = 1,
    WS_BINARY = 2,
    WS_CLOSE = 8,
    WS_PING = 9,
    WS_PONG = 10,
} ws_opcode;

/* Why a connection is closed (§7.4.1). */
typedef enum ws_status {
    WS_NORMAL = 1000,
    WS_PROTOCOL = 1002,
    WS_UNSUPPORTED = 1003,
    WS_NOT_UTF8 = 1007,
    WS_TOO_BIG = 1009,
} ws_status;

struct ws_frame {
    bool fin;
    ws_opcode opcode;
    uint64_t length; /* bytes of payload */
    uint8_t mask[4];
};

/* Sec-WebSocket-Accept for a Sec-WebSocket-Key (§4.2.2). KY_EFORMAT: the key is not 16 bytes in base64. */
ky_rc ws_accept(char out[WS_ACCEPT_SIZE], const char *key);

/* Bytes of a header that begins with these two. */
size_t ws_header_size(const uint8_t start[2]);
/*
 * A whole header of a frame from a client. KY_EFORMAT: not masked, reserved bits, unknown opcode, a length not in its
 * shortest form, a control frame in pieces or too long.
 */
ky_rc ws_header_parse(struct ws_frame *out, struct ky_bytes header);
/* Takes the mask off payload, in place; at: how many bytes of the frame came before. */
void ws_unmask(uint8_t *payload, size_t n, const struct ws_frame *frame, uint64_t at);

/* Appends an unmasked frame, whole (fin). */
void ws_add_frame(struct ky_buf *out, ws_opcode opcode, struct ky_bytes payload);
/* Appends a close frame with its status. */
void ws_add_close(struct ky_buf *out, ws_status status);

/* Reads one message, wherever its bytes come from: give fills n bytes or fails. */
struct ws_source {
    void *ctx;
    ky_rc (*give)(void *ctx, uint8_t *out, size_t n);
    ky_rc (*pong)(void *ctx, struct ky_bytes payload); /* answers a ping */
};
/*
 * ws_read_text — the next text message, whole, into text (empty before; its maximum is the limit).
 *
 * *status is what to close with when it fails: KY_EFORMAT protocol or UTF-8, KY_ELIMIT too long or in too many pieces,
 * KY_ENOTFOUND the peer closed; those of the source.
 */
ky_rc ws_read_text(struct ky_buf *text, ws_status *status, const struct ws_source *source);

#endif

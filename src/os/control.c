/* The few bytes of control messages that are not text. */
#include "os/control.h"

void ky_control_peer_encode(struct ky_buf *out, const struct ky_control_peer *peer)
{
    ky_buf_add_u8(out, (uint8_t)peer->role);
    ky_buf_add_u32(out, peer->index);
    ky_buf_add_u32(out, peer->ticket);
}

ky_rc ky_control_peer_decode(struct ky_control_peer *out, struct ky_bytes body)
{
    struct ky_reader r = KY_READER(body);
    uint8_t role = ky_read_u8(&r);
    uint32_t index = ky_read_u32(&r), ticket = ky_read_u32(&r);
    KY_TRY(ky_reader_finish(&r, "peer"));
    if (role >= KY_ROLE_COUNT)
        return ky_fail(KY_EFORMAT, "peer with role %u; at most %d", role, KY_ROLE_COUNT - 1);
    *out = (struct ky_control_peer){.role = (ky_role)role, .index = index, .ticket = ticket};
    return KY_OK;
}

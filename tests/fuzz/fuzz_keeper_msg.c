/* Messages of workers: a head, then what reserves and what executes. What is taken comes back as it was. */
#include <stdlib.h>

#include "domain/keeper_msg.h"

static struct ky_keeper_head head, head_again;
static struct ky_reserve reserve, reserve_again;
static struct ky_execute execute, execute_again;

static void try_reserve(struct ky_reader in)
{
    ky_auto_buf out = ky_buf_init(65536);
    if (ky_reserve_decode(&reserve, &in) != KY_OK)
        return;
    ky_reserve_encode(&out, &reserve);
    struct ky_reader back = KY_READER(ky_buf_bytes(&out));
    if (ky_reserve_decode(&reserve_again, &back) != KY_OK || reserve_again.count != reserve.count ||
        memcmp(reserve.positions, reserve_again.positions, reserve.count * sizeof *reserve.positions) != 0)
        abort();
}

static void try_execute(struct ky_reader in)
{
    ky_auto_buf out = ky_buf_init(KY_KEEPER_BODY_MAX);
    if (ky_execute_decode(&execute, &in) != KY_OK)
        return;
    ky_execute_encode(&out, &execute);
    struct ky_reader back = KY_READER(ky_buf_bytes(&out));
    if (ky_execute_decode(&execute_again, &back) != KY_OK ||
        execute_again.spend_count != execute.spend_count ||
        execute_again.append_count != execute.append_count ||
        !ky_bytes_eq(execute_again.outbox, execute.outbox) ||
        !ky_bytes_eq(execute_again.audit, execute.audit))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_reader in = KY_READER(KY_BYTES(data, size));
    ky_auto_buf out = ky_buf_init(65536);
    if (ky_keeper_head_decode(&head, &in) != KY_OK)
        return 0;
    ky_keeper_head_encode(&out, &head);
    struct ky_reader back = KY_READER(ky_buf_bytes(&out));
    if (ky_keeper_head_decode(&head_again, &back) != KY_OK || head_again.ref_count != head.ref_count)
        abort();
    try_reserve(in);
    try_execute(in);
    return 0;
}

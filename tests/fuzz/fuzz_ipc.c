/* The bytes of a hostile peer into a message server: header, table, body, descriptors. */
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "os/clock.h"
#include "os/ipc_server.h"
#include "os/sock.h"

#define INPUT_MAX 65536 /* fits the socket's buffer */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ky_rc on_echo(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    ky_buf_add(reply, body);
    return KY_OK;
}

static ky_rc on_later(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_ipc_ticket *ticket = ctx;
    *ticket = ky_ipc_defer(request);
    return KY_OK;
}

static void on_reply(void *ctx, ky_rc rc, bool transport, struct ky_bytes body)
{
    if (rc == KY_OK && body.n > KY_IPC_ACK_MAX)
        abort();
}

static const struct ky_ipc_message messages[] = {
    {1, "echo", KY_PEER(KY_ROLE_WEB), 1, 4096, false, on_echo},
    {2, "later", KY_PEER(KY_ROLE_WEB), 1, 64, false, on_later},
    {3, "other", KY_PEER(KY_ROLE_COURIER), 1, 64, false, on_echo},
    {4, "phase", KY_PEER(KY_ROLE_WEB), 2, 64, false, on_echo},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fds[2];
    struct ky_ipc_server *server;
    struct ky_ipc_ticket ticket = {0};
    struct ky_ipc_table table = {messages, KY_COUNT(messages), &ticket};
    if (size > INPUT_MAX || ky_sock_pair(fds) != KY_OK || ky_ipc_server_new(&server) != KY_OK)
        return 0;
    ky_log_init("fuzz", KY_LOG_ERROR);
    if (ky_ipc_server_serve(server, &table) != KY_OK ||
        ky_ipc_server_add(server, KY_ROLE_WEB, 0, fds[0]) != KY_OK ||
        ky_ipc_ask(server, KY_ROLE_WEB, 0, 7, KY_BYTES_NONE, on_reply, NULL) != KY_OK ||
        ky_sock_write(fds[1], KY_BYTES(data, size), -1, ky_deadline_in(1000)) != KY_OK)
        abort();
    close(fds[1]);
    while (ky_ipc_server_has(server, KY_ROLE_WEB, 0)) /* ends: every input is used up or breaks a rule */
        if (ky_ipc_server_step(server, 1000) != KY_OK)
            abort();
    ky_ipc_answer(server, ticket, KY_OK, KY_BYTES_NONE);
    ky_ipc_server_free(server);
    return 0;
}

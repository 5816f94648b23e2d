/*
 * CA_RECEIVE and CA_OVERDUE: a request for revocation that nobody answers is
 * executed when its hour has come (docs/protocol/procedures.md §5). When it
 * came stands in the keeper's log, by the keeper's clock; whose certificate it
 * is says the request it was once issued by, which only gives that serial
 * number when not a byte of it was changed.
 */
#include "prog/ca/ca.h"

/* ---- received ---- */

/* When the request came. The keeper judges the hour again, when it executes. */
static ky_rc ask_received(ky_time *at, struct ky_ca *ca, const uint8_t request[KY_HASH_SIZE])
{
    uint8_t id[KY_LOG_ID_SIZE];
    ky_auto_buf reply = ky_buf_init(16);
    KY_TRY(ky_received_id(id, request));
    KY_TRY(ky_worker_keeper(&ca->w, KY_MSG_K_RECEIVED, KY_BYTES_OF(id), &reply));
    struct ky_reader in = KY_READER(ky_buf_bytes(&reply));
    bool known = ky_read_u8(&in) != 0;
    *at = (ky_time)ky_read_u64(&in);
    KY_TRY(ky_reader_finish(&in, "received"));
    return known ? KY_OK : ky_fail(KY_EDENIED, "this request for revocation was not received here");
}

static ky_rc log_received(struct ky_ca *ca, struct ky_decision *d, struct ky_bytes body)
{
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX];
    struct ky_execute e = {.spend_nonce = true, .append_count = 1};
    ky_procedure procedure;
    bool repeated;
    KY_TRY(ky_message_read(fields, KY_MSG_CA_RECEIVE, body));
    KY_TRY(ky_worker_request(&ca->w, d, fields, ky_worker_now(&ca->w)));
    KY_TRY(ky_procedure_read(&procedure, d->request.json));
    if (procedure != KY_PROCEDURE_REVOKE)
        return ky_fail(KY_EDENIED, "request: of procedure %s, nothing is to be revoked",
                       ky_procedure_name(procedure));
    d->head.op = KY_OP_RECEIVE;
    e.appends[0] = (struct ky_append){.kind = KY_LOGGED_RECEIVED, .not_after = d->request.exp};
    KY_TRY(ky_received_id(e.appends[0].id, d->request.hash));
    memcpy(e.appends[0].hash, d->request.hash, KY_HASH_SIZE);
    return ky_worker_execute(&ca->w, &d->head, &e, &repeated, NULL);
}

/* The answer says from when on it may be executed without an officer: web asks then, and not before. */
static ky_rc receive(struct ky_ca *ca, struct ky_bytes body, struct ky_buf *reply)
{
    ky_auto_decision d = {0};
    ky_time at;
    KY_TRY(log_received(ca, &d, body));
    KY_TRY(ask_received(&at, ca, d.request.hash));
    ky_buf_add_u64(reply, (uint64_t)at);
    ky_buf_add_u32(reply, (uint32_t)ca->overdue_s);
    return ky_buf_finish(reply);
}

ky_rc ky_ca_handle_receive(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply)
{
    struct ky_ca *ca = ctx;
    (void)request;
    return ky_worker_refused(&ca->w, KY_OP_RECEIVE, receive(ca, body, reply));
}

/* ---- overdue ---- */

static ky_rc read_number(uint32_t *out, struct ky_bytes field)
{
    if (field.n != 4)
        return ky_fail(KY_EFORMAT, "row number of %zu bytes", field.n);
    *out = ky_get_u32(field.p);
    return KY_OK;
}

/* The certificate was issued by a request of the same organisation: its serial number is a MAC over that request. */
static ky_rc check_origin(const struct ky_ca *ca, const struct ky_decision *d,
                          const struct ky_revoke_row *row, const struct ky_bytes fields[2])
{
    ky_auto_statement origin = {0};
    uint8_t serial[KY_SERIAL_SIZE];
    uint32_t number;
    KY_TRY(read_number(&number, fields[1]));
    KY_TRY(ky_context(ky_statement_parse(&origin, fields[0]), "origin"));
    KY_TRY(ky_serial_of(serial, &ca->w.k_id, origin.hash, number));
    if (!ky_secret_eq(KY_BYTES_OF(serial), KY_BYTES_OF(row->serial)))
        return ky_fail(KY_EDENIED, "origin: the certificate was not issued by that request and row");
    const json_t *theirs = json_object_get(json_object_get(origin.json, "org"), "id");
    const json_t *ours = json_object_get(json_object_get(d->request.json, "org"), "id");
    if (theirs == NULL || !json_equal(theirs, ours))
        return ky_fail(KY_EDENIED, "origin: the certificate belongs to another organisation");
    return KY_OK;
}

static ky_rc add_overdue(struct ky_execute *e, const struct ky_decision *d, uint32_t number)
{
    struct ky_append *a = &e->appends[e->append_count++];
    *a = (struct ky_append){.kind = KY_LOGGED_OVERDUE, .not_after = d->request.exp};
    KY_TRY(ky_row_spend_id(a->id, d->request.hash, number));
    return ky_received_id(a->hash, d->request.hash);
}

static ky_rc execute_overdue(struct ky_ca *ca, struct ky_bytes body)
{
    ky_auto_decision d = {0};
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX];
    struct ky_execute e = {.spend_count = 1, .spends[0].not_after = KY_TIME_NEVER};
    struct ky_revoke_row row;
    uint8_t hash[KY_HASH_SIZE];
    uint32_t number;
    ky_time at;
    bool repeated;
    KY_TRY(ky_message_read(fields, KY_MSG_CA_OVERDUE, body));
    KY_TRY(read_number(&number, fields[4]));
    KY_TRY(ky_statement_hash(hash, fields[0]));
    KY_TRY(ask_received(&at, ca, hash));
    KY_TRY(ky_worker_request(&ca->w, &d, fields, at));
    KY_TRY(ky_revoke_find_row(&row, &d.request, number));
    KY_TRY(ky_ca_check_issued(ca, row.serial));
    KY_TRY(check_origin(ca, &d, &row, fields + 5));
    d.head.op = KY_OP_OVERDUE;
    d.head.has_nonce = false; /* spent when it was received */
    KY_TRY(ky_row_spend_id(e.spends[0].id, d.request.hash, number));
    KY_TRY(add_overdue(&e, &d, number));
    ky_ca_add_revoked(&e, &row, d.request.hash);
    return ky_worker_execute(&ca->w, &d.head, &e, &repeated, NULL);
}

ky_rc ky_ca_handle_overdue(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply)
{
    struct ky_ca *ca = ctx;
    (void)request, (void)reply;
    return ky_worker_refused(&ca->w, KY_OP_OVERDUE, execute_overdue(ca, body));
}

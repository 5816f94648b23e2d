/* What comes in over HTTP and over the socket of a parse process: routes, statements with authorisations, records. */
#include <stdlib.h>

#include "ades/verify_job.h"
#include "web/records.h"
#include "web/routes.h"
#include "web/statement_in.h"

#define BODY_MAX 65536

static void try_route(struct ky_bytes path)
{
    struct ky_exchange x;
    ky_exchange_init(&x);
    x.method = "POST";
    x.path = (const char *)ky_arena_dup(&x.arena, path);
    if (x.path != NULL && ky_route_find(&x, ky_routes_https, ky_routes_https_count) == KY_OK &&
        x.route == NULL)
        abort();
    ky_exchange_clear(&x);
}

static void try_statement(struct ky_bytes text)
{
    ky_auto_json body = NULL;
    ky_auto_statement_in in = {.st = {.type = 0}};
    if (ky_json_parse(&body, text, BODY_MAX) == KY_OK && json_is_object(body) &&
        ky_statement_in_read(&in, &(struct ky_web){.founding = NULL}, body) == KY_OK && in.st.json == NULL)
        abort();
}

/* An envelope that is taken apart is put together again to the same bytes. */
static void try_record(struct ky_bytes envelope)
{
    struct ky_db_record row;
    ky_auto_arena a = ky_arena_init(1 << 20);
    ky_auto_buf again = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    if (ky_record_to_row(&row, &a, KY_PROCESS_SAM, envelope, 0) != KY_OK)
        return;
    ky_buf_add_record(&again, &row);
    if (!ky_bytes_eq(ky_buf_bytes(&again), envelope))
        abort();
}

static void try_question(struct ky_bytes body)
{
    struct ky_verify_question q;
    ky_auto_buf again = ky_buf_init(KY_VERIFY_QUESTION_MAX);
    if (ky_verify_question_decode(&q, body) != KY_OK)
        return;
    ky_verify_question_encode(&again, &q);
    if (!ky_bytes_eq(ky_buf_bytes(&again), body))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_bytes in = KY_BYTES(data, size);
    try_route(in);
    try_statement(in);
    try_record(in);
    try_question(in);
    return 0;
}

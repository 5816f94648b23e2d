/* See show_list.h. */
#include "prog/agent/show_list.h"

#include <stdlib.h>

#include "base/base64.h"
#include "os/lang.h"
#include "prog/agent/message.h"
#include "prog/agent/show.h"

void agent_requests_clear(struct agent_requests *requests)
{
    for (size_t i = 0; i < requests->count; i++)
        ky_statement_clear(&requests->items[i]);
    free(requests->items);
    *requests = (struct agent_requests){0};
}

static ky_rc read_request(struct ky_statement *out, const json_t *item)
{
    ky_auto_statement st = {0};
    ky_auto_buf text = ky_buf_init(KY_REQUEST_MAX);
    KY_TRY(ky_base64_decode(&text, ky_json_str(item)));
    KY_TRY(ky_statement_parse(&st, ky_buf_bytes(&text)));
    if (st.type != KY_ST_REQUEST)
        return ky_fail(KY_EFORMAT, "a statement of type %s where a request is wanted",
                       ky_statement_type_name(st.type));
    *out = st;
    st = (struct ky_statement){0};
    return KY_OK;
}

ky_rc agent_requests_read(struct agent_requests *out, struct ky_bytes text)
{
    const json_t *list;
    ky_auto_json json = NULL;
    agent_auto_requests requests = {0};
    if (text.n == 0 || text.p[0] != '{')
        return KY_OK;
    KY_TRY(ky_json_parse(&json, text, AGENT_TEXT_MAX));
    KY_TRY(ky_json_find_array(&list, json, "Base64Requests", KY_STATEMENT_LIST_MAX));
    requests.items = calloc(json_array_size(list) + 1, sizeof *requests.items);
    if (requests.items == NULL)
        return ky_fail(KY_ENOMEM, "requests");
    for (size_t i = 0; i < json_array_size(list); i++, requests.count++)
        KY_TRY(ky_context(read_request(&requests.items[i], json_array_get(list, i)), "Base64Requests: %zu",
                          i + 1));
    *out = requests;
    requests = (struct agent_requests){0};
    return KY_OK;
}

ky_rc agent_list_find(struct ky_statement_list *list, bool *found, struct ky_bytes content)
{
    *found = ky_statement_list_is(content);
    if (!*found || ky_statement_list_parse(list, content) == KY_OK)
        return KY_OK;
    return ky_context(
        ky_fail(KY_EDENIED, "%s", ky_error()), "%s",
        ky_say("danh sách tuyên bố không đúng dạng, không ký", "malformed list of statements, not signed"));
}

static const struct ky_statement *find_request(const struct agent_requests *requests,
                                               const struct ky_statement *st)
{
    uint8_t hash[KY_HASH_SIZE];
    if (json_object_get(st->json, "request") == NULL ||
        ky_json_get_hex(hash, sizeof hash, st->json, "request") != KY_OK)
        return NULL;
    for (size_t i = 0; i < requests->count; i++)
        if (memcmp(requests->items[i].hash, hash, sizeof hash) == 0)
            return &requests->items[i];
    return NULL;
}

static struct ky_bytes org_of(const struct ky_statement *request)
{
    return ky_json_str(json_object_get(json_object_get(request->json, "org"), "name"));
}

static void show_row(struct ky_buf *out, const json_t *row)
{
    static const char *const members[] = {"name", "identity", "title", "email", "phone", "serial", "ground"};
    ky_auto_buf line = ky_buf_init(4096);
    for (size_t i = 0; i < KY_COUNT(members); i++) {
        const json_t *v = json_object_get(row, members[i]);
        if (!json_is_string(v))
            continue;
        ky_buf_add_str(&line, line.n == 0 ? "" : "; ");
        ky_buf_add(&line, ky_json_str(v));
    }
    ky_buf_addf(out, "    %s %lld ", ky_say("Dòng", "Row"),
                (long long)json_integer_value(json_object_get(row, "row")));
    agent_show_line(out, "", ky_buf_bytes(&line));
}

static bool decides(const struct ky_statement *st, const json_t *number)
{
    size_t i;
    json_t *v;
    json_array_foreach(json_object_get(st->json, "rows"), i, v)
    {
        if (json_equal(v, number))
            return true;
    }
    return false;
}

void agent_show_request(struct ky_buf *out, const struct ky_statement *st,
                        const struct agent_requests *requests)
{
    size_t i;
    json_t *row;
    const struct ky_statement *request = find_request(requests, st);
    if (request == NULL)
        return;
    agent_show_line(out, ky_say("Cơ quan, tổ chức", "Organisation"), org_of(request));
    agent_show_line(out, ky_say("Thủ tục", "Procedure"),
                    ky_json_str(json_object_get(request->json, "procedure")));
    json_array_foreach(json_object_get(request->json, "rows"), i, row)
    {
        if (decides(st, json_object_get(row, "row")))
            show_row(out, row);
    }
}

/* Each organisation once, in the order of the list. */
static void show_organisations(struct ky_buf *out, const struct ky_statement_list *list,
                               const struct agent_requests *requests)
{
    struct ky_bytes names[KY_STATEMENT_LIST_MAX];
    size_t n = 0, without = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct ky_statement *request = find_request(requests, &list->items[i]);
        size_t known = 0;
        without += request == NULL;
        while (request != NULL && known < n && !ky_bytes_eq(names[known], org_of(request)))
            known++;
        if (request != NULL && known == n)
            names[n++] = org_of(request);
    }
    agent_show_number(out, ky_say("Số cơ quan, tổ chức", "Organisations"), n);
    for (size_t i = 0; i < n; i++)
        agent_show_line(out, " -", names[i]);
    if (without > 0)
        agent_show_number(out,
                          ky_say("KHÔNG KÈM NỘI DUNG ĐỀ NGHỊ, chỉ có mã băm",
                                 "WITHOUT the request they are about, only its hash"),
                          without);
}

void agent_show_list(struct ky_buf *out, const struct ky_statement_list *list,
                     const struct agent_requests *requests)
{
    ky_buf_addf(out, "\n%s\n",
                ky_say("NHIỀU TUYÊN BỐ BẰNG MỘT CHỮ KÝ", "SEVERAL STATEMENTS BY ONE SIGNATURE"));
    agent_show_number(out, ky_say("Số tuyên bố", "Statements"), list->count);
    agent_show_number(out, ky_say("Tổng số dòng", "Rows in all"), list->rows);
    show_organisations(out, list, requests);
    for (size_t i = 0; i < list->count; i++) {
        ky_buf_addf(out, "\n--- %zu/%zu ---", i + 1, list->count);
        agent_show_statement(out, &list->items[i]);
        agent_show_request(out, &list->items[i], requests);
    }
}

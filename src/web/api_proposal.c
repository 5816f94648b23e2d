/*
 * Administration in the pages: one officer draws up an admin statement, others sign the same bytes, and when as many
 * have signed as the founding record asks it is executed. What waits decides nothing: sam and ca judge the signatures.
 */
#include "base/hex.h"
#include "store/proposal.h"
#include "web/body.h"
#include "web/execute.h"
#include "web/handlers.h"
#include "web/records.h"

#define OPEN_MAX 20 /* of one person */
#define ID_DIGITS ((size_t)(2 * KY_HASH_SIZE))

struct proposal_call {
    struct ky_exchange *x;
    struct ky_db_proposal in, *list;
    const char **names; /* of those who proposed, as the list */
    const char *id;
    struct ky_bytes signed_by; /* encoded list */
    struct ky_page page;
    size_t n;
};

static bool is_overseer(const struct ky_exchange *x)
{
    return x->actor.department && (x->actor.roles & KY_STAFF_ADMIN) != 0;
}

/* ---- drawing up ---- */

static ky_rc insert(struct ky_store *s, void *ctx)
{
    struct proposal_call *c = ctx;
    int64_t open = 0;
    KY_TRY(ky_db_proposal_purge(s, c->x->now));
    KY_TRY(ky_db_proposal_count(&open, s, c->x->actor.staff_id, c->x->now));
    if (open >= OPEN_MAX)
        return ky_why_deny(&c->x->why, c->x->actor.name,
                           "đã có 20 quyết định quản trị đang chờ ký; hãy hủy bớt",
                           "20 proposals wait already: withdraw some");
    return ky_db_proposal_insert(s, &c->in);
}

ky_rc ky_handle_proposal_create(struct ky_web *w, struct ky_exchange *x)
{
    ky_auto_statement_in in = {.st = {.type = 0}};
    char id[KY_HEX_HASH];
    struct proposal_call c = {.x = x};
    KY_TRY(ky_statement_in_read(&in, w, x->json));
    if (in.st.type != KY_ST_ADMIN)
        return ky_fail(KY_EFORMAT, "statement: of type admin");
    if (in.st.exp <= x->now)
        return ky_fail(KY_EEXPIRED, "statement: it has expired");
    ky_hex_encode(id, KY_BYTES_OF(in.st.hash));
    c.in = (struct ky_db_proposal){.id = id,
                                   .statement = ky_statement_text(&in.st),
                                   .authorisations = ky_buf_bytes(&in.auth_list),
                                   .proposed_by = x->actor.staff_id,
                                   .created_at = x->now,
                                   .expires_at = in.st.exp};
    KY_TRY(ky_store_submit(w->db, insert, &c));
    ky_json_put_cstr(ky_answer_begin(x, 201), "id", id);
    return ky_answer_end(x);
}

/* ---- those that wait ---- */

static ky_rc list(struct ky_store *s, void *ctx)
{
    struct proposal_call *c = ctx;
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_db_proposal_list(&c->list, &c->n, &c->x->arena, s,
                               is_overseer(c->x) ? NULL : c->x->actor.staff_id, c->x->now, &c->page));
    c->names = ky_arena_alloc_array(&c->x->arena, c->n + 1, sizeof *c->names);
    if (c->names == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < c->n; i++) {
        struct ky_db_staff person;
        KY_TRY(ky_db_staff_get(&person, &c->x->arena, s, &all, c->list[i].proposed_by));
        c->names[i] = person.name;
    }
    return KY_OK;
}

static ky_rc put_signers(struct ky_json_out *o, struct ky_bytes list_of)
{
    struct ky_authorisations auths;
    KY_TRY(ky_authorisations_parse(&auths, list_of));
    ky_json_open_array(o, "signers");
    for (size_t i = 0; i < auths.count; i++)
        ky_json_put_hex(o, NULL, KY_BYTES_OF(auths.item[i].record));
    ky_json_close_array(o);
    return KY_OK;
}

ky_rc ky_handle_proposal_list(struct ky_web *w, struct ky_exchange *x)
{
    struct proposal_call c = {.x = x};
    char cursor[KY_CURSOR_MAX];
    KY_TRY(ky_body_page(&c.page, x));
    KY_TRY(ky_db_read(w->db, list, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_int(o, "needed", w->founding->n);
    ky_json_open_array(o, "proposals");
    for (size_t i = 0; i < c.n; i++) {
        const struct ky_db_proposal *p = &c.list[i];
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "id", p->id);
        ky_json_put_str(o, "statement", p->statement);
        KY_TRY(put_signers(o, p->authorisations));
        ky_json_put_cstr(o, "proposed_by", p->proposed_by);
        ky_json_put_cstr(o, "proposed_by_name", c.names[i]);
        ky_json_put_int(o, "created_at", p->created_at);
        ky_json_put_int(o, "expires_at", p->expires_at);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    if (c.n == (size_t)c.page.limit) {
        ky_cursor_format(cursor, c.list[c.n - 1].created_at, c.list[c.n - 1].id);
        ky_json_put_cstr(o, "next", cursor);
    }
    return ky_answer_end(x);
}

/* ---- signing ---- */

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct proposal_call *c = ctx;
    return ky_db_proposal_get(&c->in, &c->x->arena, s, c->id);
}

static ky_rc keep_signature(struct ky_store *s, void *ctx)
{
    struct proposal_call *c = ctx;
    ky_rc rc = ky_db_proposal_sign(s, c->id, c->in.authorisations, c->signed_by);
    return rc == KY_ENOTFOUND ? ky_fail(KY_EEXIST, "proposal %s: somebody signed at the same time", c->id)
                              : rc;
}

static ky_rc forget(struct ky_store *s, void *ctx)
{
    struct proposal_call *c = ctx;
    ky_rc rc = ky_db_proposal_delete(s, c->id);
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

/* Both lists in one. KY_EEXIST: one of the records has signed already. */
static ky_rc join(struct ky_buf *out, size_t *count, struct ky_bytes before, struct ky_bytes added)
{
    struct ky_authorisations old, new;
    KY_TRY(ky_authorisations_parse(&old, before));
    KY_TRY(ky_authorisations_parse(&new, added));
    if (new.count == 0 || old.count + new.count > KY_AUTHORISATIONS_MAX)
        return ky_fail(KY_EFORMAT, "authorisations: one at least, and at most %d together",
                       KY_AUTHORISATIONS_MAX);
    for (size_t i = 0; i < new.count; i++)
        for (size_t k = 0; k < old.count; k++)
            if (memcmp(new.item[i].record, old.item[k].record, KY_ID_SIZE) == 0)
                return ky_fail(KY_EEXIST, "authorisations: this officer record has signed already");
    *count = old.count + new.count;
    ky_buf_add_u8(out, (uint8_t)*count);
    ky_buf_add(out, KY_BYTES(before.p + 1, before.n - 1));
    ky_buf_add(out, KY_BYTES(added.p + 1, added.n - 1));
    return ky_buf_finish(out);
}

static ky_rc execute(struct ky_web *w, struct ky_exchange *x, const struct proposal_call *c)
{
    ky_auto_statement_in in = {.auth_list = ky_buf_init(KY_AUTHORISATION_CMS_MAX + 65536)};
    KY_TRY(ky_statement_parse(&in.st, c->in.statement));
    ky_buf_add(&in.auth_list, c->signed_by);
    KY_TRY(ky_buf_finish(&in.auth_list));
    KY_TRY(ky_authorisations_parse(&in.auths, ky_buf_bytes(&in.auth_list)));
    KY_TRY(ky_evidence_in_read(&in.evidence, w, x->json));
    return ky_execute_statement(w, &x->arena, &in, x->now);
}

ky_rc ky_handle_proposal_sign(struct ky_web *w, struct ky_exchange *x)
{
    struct proposal_call c = {.x = x};
    size_t count = 0;
    ky_auto_buf added = ky_buf_init(KY_AUTHORISATION_CMS_MAX), all = ky_buf_init(KY_AUTHORISATION_CMS_MAX);
    if (!is_overseer(x))
        return ky_why_deny(&x->why, x->actor.name, "chỉ quản trị viên của Cục ký quyết định quản trị",
                           "only admins of the department sign what is proposed");
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(ky_json_get_base64url(&added, x->json, "authorisations", KY_AUTHORISATION_CMS_MAX));
    KY_TRY(ky_db_read(w->db, load, &c));
    KY_TRY(join(&all, &count, c.in.authorisations, ky_buf_bytes(&added)));
    c.signed_by = ky_buf_bytes(&all);
    bool enough = (int64_t)count >= w->founding->n;
    if (enough)
        KY_TRY(execute(w, x, &c));
    KY_TRY(ky_store_submit(w->db, enough ? forget : keep_signature, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_int(o, "signed", (int64_t)count);
    ky_json_put_int(o, "needed", w->founding->n);
    ky_json_put_bool(o, "executed", enough);
    return ky_answer_end(x);
}

/* ---- withdrawing ---- */

static ky_rc withdraw(struct ky_store *s, void *ctx)
{
    struct proposal_call *c = ctx;
    KY_TRY(load(s, c));
    if (!is_overseer(c->x) && strcmp(c->in.proposed_by, c->x->actor.staff_id) != 0)
        return ky_fail(KY_ENOTFOUND, "proposal %s: none of yours", c->id);
    return ky_db_proposal_delete(s, c->id);
}

ky_rc ky_handle_proposal_delete(struct ky_web *w, struct ky_exchange *x)
{
    struct proposal_call c = {.x = x};
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, withdraw, &c));
    return ky_answer_empty(x);
}

/* What officers have signed: approvals of one dossier or of several, kept until there are enough, then executed. */
#include <stdio.h>

#include "base/hex.h"
#include "base/str.h"
#include "domain/approval.h"
#include "domain/dossier_right.h"
#include "web/body.h"
#include "web/dispatch.h"
#include "web/handlers.h"
#include "web/pipeline.h"

#define ID_DIGITS ((size_t)(2 * KY_ID_SIZE))

/* One who signed. The name is borrowed from the record. */
struct approver {
    struct ky_record record; /* without json: an officer of the founding record */
    struct ky_officer officer;
};

struct approving {
    struct ky_web *w;
    struct ky_exchange *x;
    struct ky_registration reg;
    struct ky_buf auth_list, evidence;
    struct ky_authorisations auths;
    struct approver approvers[KY_AUTHORISATIONS_MAX];
    const struct ky_statement *st;
    const char *id; /* dossier */
    struct ky_approval_count count;
};

static void clear_approving(struct approving *p)
{
    for (size_t i = 0; i < KY_AUTHORISATIONS_MAX; i++)
        ky_record_clear(&p->approvers[i].record);
    ky_buf_clear(&p->auth_list);
    ky_buf_clear(&p->evidence);
}
#define auto_approving KY_CLEANUP(clear_approving) struct approving

static ky_rc begin(struct approving *p, struct ky_web *w, struct ky_exchange *x)
{
    const size_t most = KY_AUTHORISATION_CMS_MAX + 65536;
    p->w = w;
    p->x = x;
    p->reg = ky_web_registration_of(w, x);
    p->auth_list = ky_buf_init(most);
    KY_TRY(ky_json_get_base64url(&p->auth_list, x->json, "authorisations", most));
    KY_TRY(ky_authorisations_parse(&p->auths, ky_buf_bytes(&p->auth_list)));
    if (p->auths.count == 0)
        return ky_fail(KY_EAUTH, "nobody has signed");
    return ky_evidence_in_read(&p->evidence, w, x->json);
}

/* ---- who signed ---- */

static ky_rc find_officer(struct approver *out, struct ky_store *s, struct approving *p, size_t i)
{
    char id[KY_HEX_ID];
    struct ky_db_record row;
    ky_hex_encode(id, KY_BYTES_OF(p->auths.item[i].record));
    const struct ky_officer *founder = ky_founding_find_officer(p->w->founding, p->auths.item[i].record);
    ky_rc rc = ky_db_record_get(&row, &p->x->arena, s, "sam", id);
    if (rc == KY_OK) {
        KY_TRY(ky_record_peek(&out->record, &row));
        if (out->record.type != KY_REC_OFFICER)
            return ky_fail(KY_EDENIED, "the record of who signed is not an officer's");
        return ky_record_officer(&out->officer, &out->record);
    }
    if (rc == KY_ENOTFOUND && founder != NULL) {
        out->officer = *founder;
        return KY_OK;
    }
    return rc == KY_ENOTFOUND ? ky_fail(KY_EDENIED, "no record of the officer who signed") : rc;
}

static ky_rc find_officers(struct ky_store *s, void *ctx)
{
    struct approving *p = ctx;
    for (size_t i = 0; i < p->auths.count; i++)
        KY_TRY(find_officer(&p->approvers[i], s, p, i));
    return KY_OK;
}

/* Here only so that who signed wrongly is told at once, and not the last of several: sam and ca judge for themselves. */
static ky_rc judge(struct approving *p, const struct ky_statement *st)
{
    KY_TRY(ky_db_read(p->w->db, find_officers, p));
    for (size_t i = 0; i < p->auths.count; i++) {
        const struct ky_officer *officer = &p->approvers[i].officer;
        if ((officer->roles & KY_MAY_APPROVE) == 0)
            return ky_fail(KY_EDENIED, "the officer who signed does not have the role");
        KY_TRY(ky_authorise_officer(&p->auths.item[i], st, officer, ky_buf_bytes(&p->evidence),
                                    p->w->founding, p->x->now));
    }
    return KY_OK;
}

/* ---- keeping ---- */

static ky_rc keep_one(struct ky_store *s, struct approving *p, size_t i)
{
    const struct ky_officer *officer = &p->approvers[i].officer;
    ky_auto_buf item = ky_buf_init(KY_AUTHORISATION_CMS_MAX + 65536);
    if (p->auths.item[i].kind == KY_AUTH_CMS)
        ky_authorisation_add_cms(&item, p->auths.item[i].record, p->auths.item[i].cms);
    else
        ky_authorisation_add_webauthn(&item, &p->auths.item[i]);
    KY_TRY(ky_buf_finish(&item));
    const struct ky_approval_in in = {.st = p->st,
                                      .dossier_id = p->id,
                                      .item = ky_buf_bytes(&item),
                                      .evidence = ky_buf_bytes(&p->evidence),
                                      .owner = officer->owner,
                                      .name = officer->name};
    return ky_approval_keep(&p->count, s, &p->reg, &p->x->actor, p->w->founding, &in, p->x->now);
}

static ky_rc keep(struct ky_store *s, void *ctx)
{
    struct approving *p = ctx;
    for (size_t i = 0; i < p->auths.count; i++)
        KY_TRY(keep_one(s, p, i));
    return KY_OK;
}

static bool approves(const struct ky_statement *st)
{
    return (st->type == KY_ST_ISSUE || st->type == KY_ST_REVOKE) &&
           json_object_get(st->json, "dossier") != NULL && json_object_get(st->json, "request") != NULL;
}

static void put_count(struct ky_json_out *o, const struct ky_approval_count *count)
{
    ky_json_open_object(o, "approvals");
    ky_json_put_int(o, "given", count->given);
    ky_json_put_int(o, "needed", count->needed);
    ky_json_put_bool(o, "mine", true);
    ky_json_close_object(o);
}

/* ---- one dossier ---- */

static ky_rc make_void(struct ky_store *s, void *ctx)
{
    const struct ky_statement *st = ctx;
    return ky_db_statement_void(s, KY_BYTES_OF(st->hash), "refused by the key process");
}

/*
 * The first rows at once: whether the approval is good is the key process's to say. When it says no, the approval is worth
 * nothing and another may be made; when it cannot say now, the pipeline asks again.
 */
static ky_rc start_approved(struct approving *p, struct ky_statement *st, size_t *done)
{
    char why[512];
    ky_auto_issuance i = {.w = NULL};
    KY_TRY(ky_issuance_load(&i, p->w, KY_BYTES_OF(st->hash), p->x->now));
    ky_rc rc = ky_approval_start(&i, &p->x->actor, done);
    if (!ky_rc_is_refusal(rc))
        return rc;
    snprintf(why, sizeof why, "%s", ky_error());
    KY_TRY(ky_store_submit(p->w->db, make_void, st));
    return ky_fail(rc, "%s", why);
}

static ky_rc check_for_dossier(const struct ky_statement *st, const char *id)
{
    return approves(st) && ky_str_eq(json_string_value(json_object_get(st->json, "dossier")), id)
               ? KY_OK
               : ky_fail(KY_EDENIED, "neither issue nor revoke, or not about this dossier");
}

static ky_rc execute(struct approving *p, struct ky_statement *st, size_t *done)
{
    if (p->count.given < p->count.needed)
        return KY_OK;
    ky_rc rc = start_approved(p, st, done);
    if (ky_rc_is_refusal(rc))
        return rc;
    if (rc != KY_OK)
        *done = 0;
    ky_pipeline_push(p->w->pipeline, st->hash);
    return KY_OK;
}

ky_rc ky_handle_approve(struct ky_web *w, struct ky_exchange *x)
{
    size_t done = 0;
    struct ky_bytes text;
    ky_auto_statement st = {0};
    auto_approving p = {.st = &st};
    KY_TRY(ky_exchange_param_hex(&p.id, x, 0, ID_DIGITS));
    KY_TRY(ky_json_get_str(&text, x->json, "statement", KY_STATEMENT_MAX));
    KY_TRY(ky_statement_parse(&st, text));
    KY_TRY(check_for_dossier(&st, p.id));
    KY_TRY(begin(&p, w, x));
    KY_TRY(judge(&p, &st));
    KY_TRY(ky_store_submit(w->db, keep, &p));
    KY_TRY(execute(&p, &st, &done));
    struct ky_json_out *o = ky_answer_begin(x, 202);
    ky_json_put_hex(o, "statement", KY_BYTES_OF(st.hash));
    ky_json_put_int(o, "keys", (int64_t)done);
    put_count(o, &p.count);
    return ky_answer_end(x);
}

/* ---- several dossiers ---- */

static ky_rc approve_listed(struct approving *p, const struct ky_statement *st)
{
    p->st = st;
    p->id = json_string_value(json_object_get(st->json, "dossier"));
    p->count = (struct ky_approval_count){.given = 0};
    if (!approves(st))
        return ky_fail(KY_EDENIED, "not the approval of a dossier");
    KY_TRY(ky_store_submit(p->w->db, keep, p));
    if (p->count.given >= p->count.needed)
        ky_pipeline_push(p->w->pipeline, st->hash);
    return KY_OK;
}

static ky_rc put_listed(struct ky_json_out *o, struct approving *p, const struct ky_statement *st)
{
    ky_rc rc = approve_listed(p, st);
    if (rc != KY_OK && !ky_rc_is_refusal(rc))
        return rc;
    ky_json_open_object(o, NULL);
    ky_json_put_text(o, "dossier", p->id);
    ky_json_put_hex(o, "statement", KY_BYTES_OF(st->hash));
    if (rc == KY_OK)
        put_count(o, &p->count);
    else
        ky_failure_put(o, "refused", p->x, rc);
    ky_json_close_object(o);
    return KY_OK;
}

/* The signature is judged once; each statement of its list is kept by itself, and one that is refused does not stop the others. */
ky_rc ky_handle_approvals_signed(struct ky_web *w, struct ky_exchange *x)
{
    auto_approving p = {.id = NULL};
    ky_auto_statement_list list = {0};
    KY_TRY(begin(&p, w, x));
    if (p.auths.count != 1)
        return ky_fail(KY_EINVAL, "%zu signatures, exactly one is wanted", p.auths.count);
    KY_TRY(ky_authorisation_list(&list, &p.auths.item[0]));
    KY_TRY(judge(&p, &list.items[0]));
    struct ky_json_out *o = ky_answer_begin(x, 202);
    ky_json_open_array(o, "dossiers");
    for (size_t i = 0; i < list.count; i++)
        KY_TRY(put_listed(o, &p, &list.items[i]));
    ky_json_close_array(o);
    return ky_answer_end(x);
}

/* ---- taking back ---- */

static ky_rc take_back(struct ky_store *s, void *ctx)
{
    struct approving *p = ctx;
    struct ky_db_dossier head;
    struct ky_db_statement row;
    KY_TRY(ky_db_dossier_get(&head, &p->x->arena, s, &p->reg.scope, p->id));
    KY_TRY(ky_dossier_check(NULL, s, &p->reg, &p->x->actor, &head, KY_ACT_APPROVE));
    KY_TRY(ky_db_statement_get_gathered(&row, &p->x->arena, s, p->id, p->x->now));
    return ky_db_statement_void_open(s, p->id, true, "taken back");
}

/* An approval that waits for more officers is void: whoever may approve may say so. */
ky_rc ky_handle_approval_take_back(struct ky_web *w, struct ky_exchange *x)
{
    auto_approving p = {.w = w, .x = x, .reg = ky_web_registration_of(w, x)};
    KY_TRY(ky_exchange_param_hex(&p.id, x, 0, ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, take_back, &p));
    return ky_answer_empty(x);
}

/* Making, opening and answering links; see own_link.h. */
#include "domain/own_link.h"

#include <stdio.h>

#include "base/secret.h"
#include "base/str.h"
#include "domain/bearer.h"
#include "domain/dossier_step.h"
#include "domain/lockout.h"
#include "domain/outbox.h"
#include "domain/own_form.h"

#define LINK_ARENA 65536
#define VALUE_MAX 1024 /* bytes of one */
#define ADDRESS_MAX 255
#define TEMPLATE "own-request-link"

/* ---- making ---- */

static ky_rc find_row(size_t *out, const struct ky_dossier *d, int64_t number)
{
    for (size_t i = 0; i < d->n; i++) {
        if (d->rows[i].number == number) {
            *out = i;
            return KY_OK;
        }
    }
    return ky_fail(KY_ENOTFOUND, "dossier %s has no row %lld", d->head.code, (long long)number);
}

/* Counts this one; links of the last day only. */
static ky_rc count_link(struct ky_db_own_link *row, struct ky_own_link *out, struct ky_store *s, ky_time now)
{
    struct ky_db_own_link before;
    ky_auto_arena a = ky_arena_init(LINK_ARENA);
    ky_rc rc = ky_db_own_link_get(&before, &a, s, row->dossier_id, row->number);
    if (rc != KY_OK && rc != KY_ENOTFOUND)
        return rc;
    bool fresh = rc == KY_ENOTFOUND || now - before.since >= KY_DAY;
    row->made = fresh ? 1 : before.made + 1;
    row->since = fresh ? now : before.since;
    out->locked_until = row->made > KY_OWN_LINKS_A_DAY ? row->since + KY_DAY : 0;
    return KY_OK;
}

static ky_rc send(struct ky_store *s, const struct ky_registration *reg, const struct ky_dossier *d,
                  const struct ky_legal_procedure *procedure, size_t i, const struct ky_own_link *link,
                  ky_time now)
{
    char until[KY_TIME_TEXT_MAX], id[KY_NEW_ID_TEXT], about[80];
    ky_auto_notice notice = {.channel = KY_CHANNEL_EMAIL};
    ky_notice_time(until, link->expires_at);
    KY_TRY(ky_new_id(id)); /* each link is told */
    snprintf(about, sizeof about, TEMPLATE "/%s", id);
    const struct ky_place places[] = {{"name", d->rows[i].name},
                                      {"org", d->org.name},
                                      {"procedure", procedure->vi},
                                      {"link", link->url},
                                      {"until", until}};
    KY_TRY(ky_notice_make(&notice, reg->notices, TEMPLATE, KY_CHANNEL_EMAIL, link->email, places,
                          KY_COUNT(places)));
    notice.dossier_id = d->head.id; /* one that comes back shows on the dossier */
    return ky_outbox_put(s, reg->personal, TEMPLATE, about, &notice, now);
}

static ky_rc check_wanted(const struct ky_registration *reg, const struct ky_dossier *d, size_t i)
{
    if (ky_own_request_is_needed(d, &d->people[i]))
        return KY_OK;
    return ky_why_deny(reg->why, d->head.code, "dòng này không cần văn bản đề nghị của thuê bao.",
                       "this row needs no request of the subscriber's own");
}

static ky_rc make(struct ky_own_link *out, struct ky_arena *a, struct ky_store *s,
                  const struct ky_registration *reg, const struct ky_dossier *d, size_t i, const char *origin,
                  ky_time now)
{
    char secret[KY_BEARER_TEXT];
    uint8_t hash[KY_BEARER_HASH];
    const struct ky_legal_procedure *procedure;
    struct ky_db_own_link row = {
        .dossier_id = d->head.id, .number = d->rows[i].number, .expires_at = now + KY_OWN_LINK_LIFE};
    *out = (struct ky_own_link){.number = row.number};
    KY_TRY(ky_legal_procedure_get(&procedure, d->legal, d->head.procedure));
    KY_TRY(count_link(&row, out, s, now));
    if (out->locked_until != 0)
        return KY_OK;
    out->email = (const char *)ky_arena_dup(a, d->people[i].email);
    if (out->email == NULL)
        return KY_ENOMEM;
    KY_TRY(ky_bearer_new(secret, hash));
    row.hash = KY_BYTES_OF(hash);
    out->expires_at = row.expires_at;
    snprintf(out->url, sizeof out->url, "%s" KY_OWN_LINK_PATH "#%s", origin, secret);
    ky_wipe(secret, sizeof secret);
    KY_TRY(ky_db_own_link_put(s, &row));
    return send(s, reg, d, procedure, i, out, now);
}

ky_rc ky_own_link_make(struct ky_own_link *out, struct ky_arena *a, struct ky_store *s,
                       const struct ky_registration *reg, const struct ky_actor *actor, const char *origin,
                       const char *id, int64_t number, ky_time now)
{
    ky_auto_dossier d = {.n = 0};
    size_t i;
    KY_TRY(ky_dossier_load(&d, s, reg, id));
    KY_TRY(ky_dossier_check_draft(&d.head, actor));
    KY_TRY(find_row(&i, &d, number));
    KY_TRY(check_wanted(reg, &d, i));
    return make(out, a, s, reg, &d, i, origin, now);
}

ky_rc ky_own_links_make(struct ky_own_link **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                        const struct ky_registration *reg, const struct ky_actor *actor, const char *origin,
                        const char *id, ky_time now)
{
    ky_auto_dossier d = {.n = 0};
    struct ky_own_state *states;
    KY_TRY(ky_dossier_load(&d, s, reg, id));
    KY_TRY(ky_dossier_check_draft(&d.head, actor));
    KY_TRY(ky_own_requests_list(&states, a, s, reg, &d, now));
    *n = 0;
    *out = ky_arena_alloc_array(a, d.n + 1, sizeof **out);
    if (*out == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < d.n; i++) {
        if (!states[i].needed || states[i].there || states[i].link != NULL)
            continue;
        KY_TRY(ky_context(make(&(*out)[*n], a, s, reg, &d, i, origin, now), "row %lld",
                          (long long)d.rows[i].number));
        ++*n;
    }
    return KY_OK;
}

/* ---- opening ---- */

void ky_own_page_clear(struct ky_own_page *page)
{
    ky_dossier_clear(&page->d);
}

static ky_rc refuse_link(struct ky_own_result *out, struct ky_store *s, const struct ky_own_guest *guest)
{
    bool first;
    out->verdict = KY_OWN_BAD_LINK;
    return ky_lockout_count(&out->until, &first, s, KY_LOCKOUT_GUEST, guest->address, guest->now);
}

static ky_rc load_page(struct ky_own_page *page, struct ky_store *s, const struct ky_own_guest *guest,
                       const struct ky_db_own_link *link)
{
    KY_TRY(ky_dossier_load(&page->d, s, guest->reg, link->dossier_id));
    KY_TRY(ky_legal_procedure_get(&page->procedure, page->d.legal, page->d.head.procedure));
    page->expires_at = link->expires_at;
    return find_row(&page->row, &page->d, link->number);
}

ky_rc ky_own_link_open(struct ky_own_result *out, struct ky_own_page *page, struct ky_store *s,
                       const struct ky_own_guest *guest)
{
    uint8_t hash[KY_BEARER_HASH];
    struct ky_db_own_link link;
    ky_auto_arena a = ky_arena_init(LINK_ARENA);
    *out = (struct ky_own_result){.verdict = KY_OWN_LOCKED};
    KY_TRY(ky_lockout_get(&out->until, s, KY_LOCKOUT_GUEST, guest->address, guest->now));
    if (out->until > guest->now)
        return KY_OK;
    ky_rc rc = ky_bearer_hash(hash, guest->secret);
    if (rc == KY_OK)
        rc = ky_db_own_link_find(&link, &a, s, KY_BYTES_OF(hash), guest->now);
    if (rc == KY_EAUTH || rc == KY_ENOTFOUND)
        return refuse_link(out, s, guest);
    KY_TRY(rc);
    KY_TRY(load_page(page, s, guest, &link));
    out->verdict = ky_dossier_is_open(page->d.head.state) ? KY_OWN_GOOD : KY_OWN_CLOSED;
    return KY_OK;
}

/* ---- answering ---- */

static ky_rc take_value(json_t *row, const struct ky_own_page *page, const char *key, const json_t *values)
{
    struct ky_bytes text;
    const struct ky_legal_field *f =
        ky_legal_field_find(page->procedure->fields, page->procedure->n_fields, key);
    if (json_object_get(values, key) == NULL || f == NULL || ky_own_form_is_fixed(page->procedure, key))
        return KY_OK;
    KY_TRY(ky_json_get_str(&text, values, key, VALUE_MAX));
    if (text.n == 0 && !f->required)
        json_object_del(row, key);
    else if (json_object_set_new(row, key, json_stringn((const char *)text.p, text.n)) != 0)
        return ky_fail(KY_EFORMAT, "%s cannot be read", key);
    return KY_OK;
}

/* What she declares is kept as she declares it; eligibility judges it. */
static ky_rc take_declarations(json_t *row, const struct ky_own_page *page, const json_t *declarations)
{
    for (size_t i = 0; i < page->procedure->n_declarations; i++) {
        const char *key = page->procedure->declarations[i];
        bool said;
        if (!ky_own_form_declares(key))
            continue;
        KY_TRY(ky_json_get_bool(&said, declarations, key));
        json_object_set_new(row, key, json_boolean(said));
    }
    return KY_OK;
}

static ky_rc take_answer(json_t **out, const struct ky_own_page *page, const json_t *values,
                         const json_t *declarations)
{
    const struct ky_legal_own_form *own = &page->procedure->own_form;
    ky_auto_json row = json_deep_copy(page->d.people[page->row].json);
    if (row == NULL)
        return ky_fail(KY_ENOMEM, "answer");
    for (size_t i = 0; i < own->n_fields; i++)
        KY_TRY(take_value(row, page, own->fields[i], values));
    KY_TRY(take_declarations(row, page, declarations));
    *out = KY_STEAL(row);
    return KY_OK;
}

/* A person is judged as when she was entered; of a row about a certificate, what was asked here. */
static void judge(struct ky_refusals *out, const struct ky_own_page *page, const struct ky_person *p,
                  ky_time now)
{
    const struct ky_check check = {.legal = page->d.legal, .now = now};
    const struct ky_legal_own_form *own = &page->procedure->own_form;
    if (page->procedure->of_people)
        ky_eligibility_check(out, p, &check);
    else
        ky_eligibility_check_declared(out, p, page->d.legal, page->procedure);
    for (size_t i = 0; !page->procedure->of_people && i < own->n_fields; i++)
        if (!ky_own_form_is_fixed(page->procedure, own->fields[i]))
            ky_field_check(
                out, &check,
                ky_legal_field_find(page->procedure->fields, page->procedure->n_fields, own->fields[i]),
                ky_json_str(json_object_get(p->json, own->fields[i])));
    ky_eligibility_check_among(out, p, page->d.people, page->row);
    ky_eligibility_check_among(out, p, page->d.people + page->row + 1, page->d.n - page->row - 1);
}

static ky_rc keep(struct ky_own_kept *kept, struct ky_store *s, const struct ky_own_guest *guest,
                  const struct ky_own_page *page, const struct ky_person *p)
{
    uint8_t row_hash[KY_SHA256_SIZE];
    const char *id = page->d.head.id;
    const int64_t number = page->d.rows[page->row].number;
    const struct ky_own_form form = {
        .d = &page->d, .number = number, .p = p, .address = guest->address, .at = guest->now};
    KY_TRY(ky_own_form_draw(&kept->pdf, &form));
    KY_TRY(ky_dossier_paper_keep(kept->hash, s, guest->reg, id, ky_buf_bytes(&kept->pdf), guest->now));
    KY_TRY(ky_dossier_set_person(s, guest->reg, id, number, p, guest->now));
    KY_TRY(ky_own_request_row_hash(row_hash, p));
    const struct ky_db_own_request row = {.dossier_id = id,
                                          .number = number,
                                          .source = "link",
                                          .hash = KY_BYTES_OF(kept->hash),
                                          .row_hash = KY_BYTES_OF(row_hash),
                                          .address = guest->address,
                                          .at = guest->now};
    KY_TRY(ky_db_own_request_put(s, &row));
    return ky_dossier_paper_sweep(s, id);
}

static ky_rc use_up(struct ky_store *s, const struct ky_own_guest *guest)
{
    uint8_t hash[KY_BEARER_HASH];
    KY_TRY(ky_bearer_hash(hash, guest->secret));
    return ky_db_own_link_use(s, KY_BYTES_OF(hash));
}

ky_rc ky_own_link_answer(struct ky_own_result *out, struct ky_own_kept *kept, struct ky_store *s,
                         const struct ky_own_guest *guest, const json_t *values, const json_t *declarations)
{
    ky_auto_own_page page = {.row = 0};
    ky_auto_json row = NULL;
    ky_auto_person p = {.json = NULL};
    KY_TRY(ky_own_link_open(out, &page, s, guest));
    if (out->verdict != KY_OWN_GOOD)
        return KY_OK;
    KY_TRY(take_answer(&row, &page, values, declarations));
    KY_TRY(ky_person_read_kept(&p, row));
    judge(&out->refusals, &page, &p, guest->now);
    if (out->refusals.n > 0) {
        out->verdict = KY_OWN_REFUSED;
        return KY_OK;
    }
    KY_TRY(keep(kept, s, guest, &page, &p));
    return use_up(s, guest);
}

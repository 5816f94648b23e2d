/* The legal profile in force, as the wizards' forms need it: fields, limits, declarations, grounds; the same for everybody. */
#include <stdio.h>

#include "base/hex.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "web/body.h"
#include "web/download.h"
#include "web/forms.h"
#include "web/handlers.h"

#define ETAG_SIZE 16 /* bytes of the hash */

static void put_labels(struct ky_json_out *o, const char *key, const char *vi, const char *en)
{
    ky_json_put_cstr(o, "key", key);
    ky_json_put_cstr(o, "vi", vi);
    ky_json_put_cstr(o, "en", en);
}

static void put_proof(struct ky_json_out *o, const struct ky_legal_proof *p)
{
    ky_json_put_bool(o, "official", p->official);
    ky_json_put_text(o, "source", p->source);
    ky_json_put_text(o, "note", p->note);
}

static void put_texts(struct ky_json_out *o, const char *name, const char *const *texts, size_t n)
{
    ky_json_open_array(o, name);
    for (size_t i = 0; i < n; i++)
        ky_json_put_cstr(o, NULL, texts[i]);
    ky_json_close_array(o);
}

static void put_choices(struct ky_json_out *o, const char *name, const struct ky_legal_choice *c, size_t n)
{
    ky_json_open_array(o, name);
    for (size_t i = 0; i < n; i++) {
        ky_json_open_object(o, NULL);
        put_labels(o, c[i].key, c[i].vi, c[i].en);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static void put_field(struct ky_json_out *o, const struct ky_legal_field *f)
{
    static const char *const types[] = {
        [KY_FIELD_TEXT] = "text",         [KY_FIELD_NAME] = "name",     [KY_FIELD_DATE] = "date",
        [KY_FIELD_IDENTITY] = "identity", [KY_FIELD_PHONE] = "phone",   [KY_FIELD_EMAIL] = "email",
        [KY_FIELD_CHOICE] = "choice",     [KY_FIELD_GROUND] = "ground", [KY_FIELD_SERIAL] = "serial",
    };
    ky_json_open_object(o, NULL);
    put_labels(o, f->key, f->vi, f->en);
    ky_json_put_cstr(o, "type", types[f->type]);
    ky_json_put_bool(o, "required", f->required);
    if (f->type == KY_FIELD_DATE)
        ky_json_put_bool(o, "past", f->past);
    ky_json_put_int(o, "max_chars", f->max_chars);
    ky_json_put_int(o, "max_bytes", f->max_bytes);
    if (f->n_choices > 0)
        put_choices(o, "choices", f->choices, f->n_choices);
    put_proof(o, &f->proof);
    ky_json_close_object(o);
}

static void put_fields(struct ky_json_out *o, const char *name, const struct ky_legal_field *f, size_t n)
{
    ky_json_open_array(o, name);
    for (size_t i = 0; i < n; i++)
        put_field(o, &f[i]);
    ky_json_close_array(o);
}

/* ---- one procedure ---- */

static void put_form(struct ky_json_out *o, const struct ky_legal_form *f)
{
    ky_json_open_object(o, "form");
    ky_json_put_text(o, "number", f->number);
    ky_json_put_cstr(o, "title", f->title);
    put_proof(o, &f->proof);
    ky_json_close_object(o);
}

static void put_own_form(struct ky_json_out *o, const struct ky_legal_own_form *f)
{
    ky_json_open_object(o, "own_form");
    ky_json_put_text(o, "number", f->number);
    ky_json_put_cstr(o, "title", f->title);
    ky_json_put_cstr(o, "subject", f->subject);
    ky_json_put_cstr(o, "addressee", f->addressee);
    put_texts(o, "fields", f->fields, f->n_fields);
    put_proof(o, &f->proof);
    ky_json_close_object(o);
}

static void put_limits(struct ky_json_out *o, const struct ky_legal_procedure *p)
{
    static const char *const keys[] = {[KY_LIMIT_ANSWER] = "answer",
                                       [KY_LIMIT_VALIDITY] = "validity",
                                       [KY_LIMIT_REMAINING] = "remaining",
                                       [KY_LIMIT_TIMES] = "times"},
                             *const units[] = {[KY_UNIT_HOUR] = "hour",
                                               [KY_UNIT_WORKING_DAY] = "working-day",
                                               [KY_UNIT_DAY] = "day",
                                               [KY_UNIT_YEAR] = "year",
                                               [KY_UNIT_TIME] = "time"};
    ky_json_open_array(o, "limits");
    for (size_t i = 0; i < p->n_limits; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "key", keys[p->limits[i].key]);
        ky_json_put_int(o, "amount", p->limits[i].amount);
        ky_json_put_cstr(o, "unit", units[p->limits[i].unit]);
        put_proof(o, &p->limits[i].proof);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static void put_conditions(struct ky_json_out *o, const struct ky_legal_procedure *p)
{
    ky_json_open_array(o, "conditions");
    for (size_t i = 0; i < p->n_conditions; i++) {
        ky_json_open_object(o, NULL);
        put_labels(o, p->conditions[i].key, p->conditions[i].vi, p->conditions[i].en);
        put_proof(o, &p->conditions[i].proof);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static void put_procedure(struct ky_json_out *o, const struct ky_legal_procedure *p)
{
    ky_json_open_object(o, NULL);
    put_labels(o, p->key, p->vi, p->en);
    ky_json_put_cstr(o, "code", p->code);
    ky_json_put_bool(o, "of_people", p->of_people);
    ky_json_put_bool(o, "keeps_not_after", p->keeps_not_after);
    ky_json_put_bool(o, "needs_seal", p->needs_seal);
    put_form(o, &p->form);
    put_own_form(o, &p->own_form);
    ky_json_put_cstr(o, "subject", p->subject.text);
    ky_json_put_cstr(o, "addressee", p->addressee);
    put_fields(o, "fields", p->fields, p->n_fields);
    put_limits(o, p);
    put_texts(o, "declarations", p->declarations, p->n_declarations);
    put_conditions(o, p);
    ky_json_close_object(o);
}

/* ---- the profile ---- */

static void put_declarations(struct ky_json_out *o, const struct ky_legal *l)
{
    ky_json_open_array(o, "declarations");
    for (size_t i = 0; i < l->n_declarations; i++) {
        ky_json_open_object(o, NULL);
        put_labels(o, l->declarations[i].key, l->declarations[i].vi, l->declarations[i].en);
        ky_json_put_bool(o, "must_be", l->declarations[i].must_be);
        put_proof(o, &l->declarations[i].proof);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static void put_askers(struct ky_json_out *o, unsigned who)
{
    static const struct {
        unsigned bit;
        const char *word;
    } askers[] = {{KY_ASKER_SUBSCRIBER, "subscriber"},
                  {KY_ASKER_BODY, "body"},
                  {KY_ASKER_PROCEEDINGS, "proceedings"},
                  {KY_ASKER_AUTHORITY, "authority"}};
    ky_json_open_array(o, "who");
    for (size_t i = 0; i < KY_COUNT(askers); i++)
        if ((who & askers[i].bit) != 0)
            ky_json_put_cstr(o, NULL, askers[i].word);
    ky_json_close_array(o);
}

static void put_grounds(struct ky_json_out *o, const struct ky_legal *l)
{
    ky_json_open_array(o, "grounds");
    for (size_t i = 0; i < l->n_grounds; i++) {
        ky_json_open_object(o, NULL);
        put_labels(o, l->grounds[i].key, l->grounds[i].vi, l->grounds[i].en);
        ky_json_put_int(o, "reason", l->grounds[i].reason);
        put_askers(o, l->grounds[i].who);
        put_proof(o, &l->grounds[i].proof);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static void put_attachments(struct ky_json_out *o, const struct ky_legal *l)
{
    ky_json_open_array(o, "attachments");
    for (size_t i = 0; i < l->n_attachments; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "type", l->attachments[i].type);
        ky_json_put_cstr(o, "extension", l->attachments[i].extension);
        ky_json_put_int(o, "max_bytes", l->attachments[i].max_bytes);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    ky_json_put_int(o, "attachments_max", l->attachments_max);
}

static void put_people(struct ky_json_out *o, const struct ky_legal_people *p)
{
    put_texts(o, "mail_domains", p->mail_domains, p->n_mail_domains);
    put_texts(o, "public_mailers", p->public_mailers, p->n_public_mailers);
    put_texts(o, "mobile_prefixes", p->mobile_prefixes, p->n_mobile_prefixes);
    ky_json_open_array(o, "provinces");
    for (size_t i = 0; i < p->n_provinces; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "code", p->provinces[i].code);
        ky_json_put_cstr(o, "name", p->provinces[i].name);
        ky_json_put_text(o, "since_2025", p->provinces[i].since_2025);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static void put_profile(struct ky_json_out *o, const struct ky_legal *l)
{
    ky_json_put_cstr(o, "id", l->id);
    ky_json_put_cstr(o, "vi", l->vi);
    ky_json_put_cstr(o, "en", l->en);
    ky_json_put_int(o, "in_force_from", l->in_force_from);
    put_proof(o, &l->proof);
    ky_json_put_cstr(o, "authority", l->authority);
    ky_json_put_cstr(o, "key_default", l->key_default);
    put_choices(o, "terms", l->terms, l->n_terms);
    put_fields(o, "document", l->document, l->n_document);
    put_fields(o, "recipient", l->recipient, l->n_recipient);
    put_declarations(o, l);
    put_grounds(o, l);
    put_attachments(o, l);
    ky_json_open_array(o, "procedures");
    for (size_t i = 0; i < l->n_procedures; i++)
        put_procedure(o, &l->procedures[i]);
    ky_json_close_array(o);
    put_people(o, l->people);
}

/* The answer is told apart by its own hash: what a client has and what it would get. */
static ky_rc answer_tagged(struct ky_exchange *x)
{
    uint8_t hash[KY_SHA256_SIZE];
    char hex[2 * ETAG_SIZE + 1];
    KY_TRY(ky_answer_end(x));
    KY_TRY(ky_sha256(hash, ky_buf_bytes(&x->out)));
    ky_hex_encode(hex, KY_BYTES(hash, ETAG_SIZE));
    const char *etag = ky_arena_printf(&x->arena, "\"%s\"", hex);
    if (etag == NULL)
        return KY_ENOMEM;
    ky_exchange_header(x, "Cache-Control", "public, max-age=300");
    (void)ky_answer_unchanged(x, etag);
    return KY_OK;
}

/* Those that are loaded, and from when each is in force. */
static void put_book(struct ky_json_out *o, const struct ky_legal_book *b)
{
    ky_json_open_array(o, "profiles");
    for (size_t i = 0; i < b->n; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "id", b->profiles[i]->id);
        ky_json_put_cstr(o, "vi", b->profiles[i]->vi);
        ky_json_put_cstr(o, "en", b->profiles[i]->en);
        ky_json_put_int(o, "in_force_from", b->profiles[i]->in_force_from);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

ky_rc ky_handle_legal(struct ky_web *w, struct ky_exchange *x)
{
    const struct ky_legal *l;
    const char *wanted = ky_exchange_arg(x, "profile");
    if (wanted == NULL)
        KY_TRY(ky_legal_at(&l, &w->legal, x->now));
    else
        KY_TRY(ky_legal_get(&l, &w->legal, wanted));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    put_profile(o, l);
    put_book(o, &w->legal);
    return answer_tagged(x);
}

/* ---- its forms, with nobody's name in them ---- */

static void put_blank(struct ky_json_out *o, const struct ky_web_form *f)
{
    const bool own = f->kind == KY_BLANK_OWN;
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "file", f->name);
    ky_json_put_cstr(o, "procedure", f->procedure->key);
    ky_json_put_cstr(o, "by", own ? "subscriber" : "organisation");
    ky_json_put_text(o, "number", own ? f->procedure->own_form.number : f->procedure->form.number);
    ky_json_put_cstr(o, "title", own ? f->procedure->own_form.title : f->procedure->form.title);
    ky_json_put_int(o, "bytes", (int64_t)f->pdf.n);
    ky_json_put_int(o, "date", f->legal->in_force_from);
    ky_json_close_object(o);
}

ky_rc ky_handle_forms(struct ky_web *w, struct ky_exchange *x)
{
    const struct ky_legal *l;
    const struct ky_web_form *f;
    KY_TRY(ky_legal_at(&l, &w->legal, x->now));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "profile", l->id);
    ky_json_open_array(o, "forms");
    for (size_t i = 0; (f = ky_web_forms_at(w->forms, l, i)) != NULL; i++)
        put_blank(o, f);
    ky_json_close_array(o);
    return ky_answer_end(x);
}

ky_rc ky_handle_form(struct ky_web *w, struct ky_exchange *x)
{
    const struct ky_web_form *f;
    KY_TRY(ky_web_forms_get(&f, w->forms, x->params[0]));
    return ky_answer_download(x, "application/pdf", f->name, f->pdf);
}

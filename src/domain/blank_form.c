/* Dots where something is to be written; see blank_form.h. */
#include "domain/blank_form.h"

#include "domain/form.h"
#include "domain/own_form.h"

#define SHORT_GAP "…………………"
#define LONG_GAP "…………………………………………………"

static ky_rc draw_request(struct ky_buf *pdf, const struct ky_legal *legal, const char *procedure)
{
    struct ky_form_place place;
    const struct ky_form form = {.blank = true,
                                 .procedure = procedure,
                                 .parent_name = SHORT_GAP,
                                 .org_name = SHORT_GAP,
                                 .place = "…………",
                                 .date = legal->in_force_from,
                                 .recipient_name = LONG_GAP,
                                 .recipient_phone = SHORT_GAP,
                                 .recipient_email = SHORT_GAP};
    return ky_form_draw(pdf, &place, legal, &form);
}

static ky_rc draw_own(struct ky_buf *pdf, const struct ky_legal *legal, const char *procedure)
{
    const struct ky_dossier nobodys = {
        .legal = legal, .head = {.procedure = procedure}, .org = {.name = LONG_GAP, .place = "…………"}};
    const struct ky_own_form form = {.blank = true, .d = &nobodys, .at = legal->in_force_from};
    return ky_own_form_draw(pdf, &form);
}

ky_rc ky_blank_form_draw(struct ky_buf *pdf, const struct ky_legal *legal, const char *procedure,
                         ky_blank_kind kind)
{
    return kind == KY_BLANK_OWN ? draw_own(pdf, legal, procedure) : draw_request(pdf, legal, procedure);
}

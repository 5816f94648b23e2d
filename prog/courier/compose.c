/* From letter to notice; see courier.h. But for the line about support all of it comes from the letter and the founding record. */
#include <stdio.h>

#include "base/hex.h"
#include "prog/courier/courier.h"

#define LINK_MAX 512

static const char *const templates[KY_LETTER_KIND_COUNT] = {
    [KY_LETTER_ACTIVATION_MAIL] = "activation-mail",
    [KY_LETTER_ACTIVATION_CODE] = "activation-code",
    [KY_LETTER_DEVICE_NOTICE] = "device-notice",
};

/* Id and secret stand in the fragment, which no server sees (docs/protocol/statements.md §8). */
static void write_link(char out[LINK_MAX], const struct courier *c, const struct ky_letter *l, const char *id)
{
    snprintf(out, LINK_MAX, "%s/a#%s.%s", c->founding->origin, id, l->secret);
}

ky_rc courier_compose(struct ky_notice *out, const struct courier *c, const struct ky_letter *l,
                      const struct ky_support *support)
{
    char id[2 * KY_ID_SIZE + 1], link[LINK_MAX], until[KY_TIME_TEXT_MAX];
    ky_hex_encode(id, KY_BYTES_OF(l->id));
    write_link(link, c, l, id);
    ky_notice_time(until, l->not_after);
    const struct ky_place places[] = {
        {"name", l->name},
        {"id", id},
        {"link", link},
        {"code", l->secret},
        {"until", until},
        {"device", l->device},
        {"words", l->words},
        {"support", support->vi},
        {"support_en", support->en},
    };
    ky_channel channel = l->sms ? KY_CHANNEL_SMS : KY_CHANNEL_EMAIL;
    ky_rc rc =
        ky_notice_make(out, c->templates, templates[l->kind], channel, l->address, places, KY_COUNT(places));
    ky_wipe(link, sizeof link);
    return rc;
}

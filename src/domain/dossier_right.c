/* Roles over one dossier, and two persons on each side; see dossier_right.h. */
#include "domain/dossier_right.h"

#include "base/str.h"

unsigned ky_dossier_roles(const struct ky_db_dossier *d, const struct ky_actor *actor)
{
    unsigned mine = 0;
    bool handles = d->handler == NULL ? actor->department : ky_str_eq(actor->org_id, d->handler);
    if ((actor->roles & KY_STAFF_SYSTEM) != 0)
        return actor->roles;
    if (ky_str_eq(actor->org_id, d->org_id))
        mine |= KY_STAFF_OF_ORG;
    if (handles)
        mine |= KY_STAFF_OF_AUTHORITY;
    return actor->roles & mine;
}

static ky_rc more_than_one_signs(bool *out, struct ky_store *s, const struct ky_actor *actor)
{
    int64_t n = 0;
    KY_TRY(ky_db_staff_count_role(&n, s, actor->org_id, "sign", "seal"));
    *out = n > 1;
    return KY_OK;
}

static ky_rc check_signer(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                          const struct ky_db_dossier *d)
{
    bool needed = ky_str_eq(actor->separation, "always");
    if (!ky_str_eq(d->entered_by, actor->staff_id))
        return KY_OK;
    if (ky_str_eq(actor->separation, "auto"))
        KY_TRY(more_than_one_signs(&needed, s, actor));
    return needed ? ky_why_deny(reg->why, actor->name,
                                "đã nhập hồ sơ này nên không được ký gửi; cần lãnh đạo ký hoặc văn thư khác",
                                "entered this dossier and may not submit it too; somebody else who signs or "
                                "seals must")
                  : KY_OK;
}

static ky_rc check_approver(struct ky_store *s, const struct ky_registration *reg,
                            const struct ky_actor *actor, const struct ky_db_dossier *d)
{
    bool examined = false;
    if (ky_str_eq(actor->separation, "never"))
        return KY_OK;
    KY_TRY(
        ky_db_dossier_event_by(&examined, s, d->id, ky_dossier_action_name(KY_ACT_EXAMINE), actor->staff_id));
    return examined
               ? ky_why_deny(reg->why, actor->name,
                             "đã thẩm định hồ sơ này nên không được phê duyệt; cần cán bộ khác phê duyệt",
                             "examined this dossier and may not approve it too; another officer must")
               : KY_OK;
}

/* Steps that another person takes than the one who did the step before. */
static const struct {
    ky_dossier_action action;
    ky_rc (*check)(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                   const struct ky_db_dossier *d);
} second_persons[] = {
    {KY_ACT_SUBMIT, check_signer},
    {KY_ACT_APPROVE, check_approver},
};

ky_rc ky_dossier_check(const char **to, struct ky_store *s, const struct ky_registration *reg,
                       const struct ky_actor *actor, const struct ky_db_dossier *d, ky_dossier_action action)
{
    const char *next;
    KY_TRY(ky_dossier_next(&next, d->state, action, ky_dossier_roles(d, actor)));
    bool person = (actor->roles & KY_STAFF_SYSTEM) == 0;
    for (size_t i = 0; person && i < KY_COUNT(second_persons); i++)
        if (second_persons[i].action == action)
            KY_TRY(second_persons[i].check(s, reg, actor, d));
    if (to != NULL)
        *to = next;
    return KY_OK;
}

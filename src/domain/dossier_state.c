/* The tables of dossier_state.h. */
#include "domain/dossier_state.h"

#include "base/str.h"

static const struct ky_state_info dossier_states[] = {
    {"draft", "Bản nháp", "Draft", false, KY_CLOCK_NONE},
    {"to-sign", "Chờ ký số", "Waiting for signature", false, KY_CLOCK_NONE},
    {"sent", "Đã gửi", "Sent", false, KY_CLOCK_NONE},
    {"received", "Đã tiếp nhận", "Received", false, KY_CLOCK_RUNS},
    {"examining", "Đang thẩm định", "Being examined", false, KY_CLOCK_RUNS},
    {"incomplete", "Yêu cầu bổ sung", "Supplement requested", false, KY_CLOCK_STANDS},
    {"correcting", "Đang bổ sung", "Being supplemented", false, KY_CLOCK_STANDS},
    {"to-sign-again", "Chờ ký số hồ sơ bổ sung", "Waiting for signature of the supplement", false,
     KY_CLOCK_STANDS},
    {"supplemented", "Đã bổ sung", "Supplemented", false, KY_CLOCK_RUNS},
    {"approved", "Đã phê duyệt", "Approved", false, KY_CLOCK_RUNS},
    {"issued", "Đã tạo khóa, cấp chứng thư số", "Keys and certificates made", false, KY_CLOCK_RUNS},
    {"activating", "Chờ kích hoạt", "Waiting for activation", false, KY_CLOCK_ENDS},
    {"done", "Hoàn thành", "Completed", true, KY_CLOCK_ENDS},
    {"refused", "Từ chối", "Refused", true, KY_CLOCK_ENDS},
    {"withdrawn", "Đã rút", "Withdrawn", true, KY_CLOCK_ENDS},
    {"lapsed", "Quá hạn bổ sung", "Not supplemented in time", true, KY_CLOCK_ENDS},
};

static const struct ky_state_info row_states[] = {
    {"entered", "Đã nhập", "Entered", false, KY_CLOCK_NONE},
    {"approved", "Đã phê duyệt", "Approved", false, KY_CLOCK_NONE},
    {"refused", "Từ chối", "Refused", true, KY_CLOCK_NONE},
    {"keyed", "Đã tạo khóa", "Key made", false, KY_CLOCK_NONE},
    {"issued", "Đã cấp chứng thư số", "Certificate issued", false, KY_CLOCK_NONE},
    {"activating", "Chờ kích hoạt", "Waiting for activation", false, KY_CLOCK_NONE},
    {"active", "Đang hiệu lực", "Active", true, KY_CLOCK_NONE},
    {"revoked", "Đã thu hồi", "Revoked", true, KY_CLOCK_NONE},
};

static const char *const action_names[KY_ACT_COUNT] = {
    [KY_ACT_PREPARE] = "prepare",       [KY_ACT_REOPEN] = "reopen",     [KY_ACT_SUBMIT] = "submit",
    [KY_ACT_RECEIVE] = "receive",       [KY_ACT_EXAMINE] = "examine",   [KY_ACT_ASK] = "ask",
    [KY_ACT_SUPPLEMENT] = "supplement", [KY_ACT_APPROVE] = "approve",   [KY_ACT_REFUSE] = "refuse",
    [KY_ACT_WITHDRAW] = "withdraw",     [KY_ACT_LAPSE] = "lapse",       [KY_ACT_ISSUE] = "issue",
    [KY_ACT_NOTIFY] = "notify",         [KY_ACT_COMPLETE] = "complete", [KY_ACT_OVERDUE] = "overdue",
};

/* Roles that the person has over this dossier (domain/dossier_right.h). */
static const struct {
    const char *from;
    ky_dossier_action action;
    const char *to;
    unsigned roles; /* any of these */
} dossier_steps[] = {
    {"draft", KY_ACT_PREPARE, "to-sign", KY_STAFF_ENTER | KY_STAFF_SIGN | KY_STAFF_SEAL},
    {"to-sign", KY_ACT_REOPEN, "draft", KY_STAFF_ENTER | KY_STAFF_SIGN | KY_STAFF_SEAL},
    {"to-sign", KY_ACT_SUBMIT, "sent", KY_STAFF_SIGN | KY_STAFF_SEAL},
    {"sent", KY_ACT_RECEIVE, "received", KY_STAFF_RECEIVE | KY_STAFF_SYSTEM},
    {"received", KY_ACT_EXAMINE, "examining", KY_STAFF_EXAMINE},
    {"examining", KY_ACT_ASK, "incomplete", KY_STAFF_EXAMINE},
    {"incomplete", KY_ACT_SUPPLEMENT, "supplemented", KY_STAFF_ENTER},
    {"incomplete", KY_ACT_REOPEN, "correcting", KY_STAFF_ENTER},
    {"correcting", KY_ACT_PREPARE, "to-sign-again", KY_STAFF_ENTER | KY_STAFF_SIGN | KY_STAFF_SEAL},
    {"to-sign-again", KY_ACT_REOPEN, "correcting", KY_STAFF_ENTER | KY_STAFF_SIGN | KY_STAFF_SEAL},
    {"to-sign-again", KY_ACT_SUBMIT, "supplemented", KY_STAFF_SIGN | KY_STAFF_SEAL},
    {"incomplete", KY_ACT_LAPSE, "lapsed", KY_STAFF_SYSTEM},
    {"correcting", KY_ACT_LAPSE, "lapsed", KY_STAFF_SYSTEM},
    {"to-sign-again", KY_ACT_LAPSE, "lapsed", KY_STAFF_SYSTEM},
    {"supplemented", KY_ACT_EXAMINE, "examining", KY_STAFF_EXAMINE},
    {"supplemented", KY_ACT_ASK, "incomplete", KY_STAFF_EXAMINE},
    {"supplemented", KY_ACT_REFUSE, "refused", KY_STAFF_APPROVE},
    {"examining", KY_ACT_APPROVE, "approved", KY_STAFF_APPROVE},
    {"sent", KY_ACT_REFUSE, "refused", KY_STAFF_RECEIVE | KY_STAFF_APPROVE},
    {"received", KY_ACT_REFUSE, "refused", KY_STAFF_APPROVE},
    {"examining", KY_ACT_REFUSE, "refused", KY_STAFF_APPROVE},
    {"draft", KY_ACT_WITHDRAW, "withdrawn", KY_STAFF_ENTER},
    {"to-sign", KY_ACT_WITHDRAW, "withdrawn", KY_STAFF_ENTER},
    {"sent", KY_ACT_WITHDRAW, "withdrawn", KY_STAFF_ENTER},
    {"incomplete", KY_ACT_WITHDRAW, "withdrawn", KY_STAFF_ENTER},
    {"correcting", KY_ACT_WITHDRAW, "withdrawn", KY_STAFF_ENTER},
    {"to-sign-again", KY_ACT_WITHDRAW, "withdrawn", KY_STAFF_ENTER},
    {"approved", KY_ACT_ISSUE, "issued", KY_STAFF_SYSTEM},
    {"issued", KY_ACT_NOTIFY, "activating", KY_STAFF_SYSTEM},
    {"activating", KY_ACT_COMPLETE, "done", KY_STAFF_SYSTEM},
    {"approved", KY_ACT_APPROVE, "approved", KY_STAFF_APPROVE}, /* rows that another approval left open */
    {"approved", KY_ACT_COMPLETE, "done", KY_STAFF_SYSTEM},     /* revoked */
    {"received", KY_ACT_OVERDUE, "done", KY_STAFF_SYSTEM},
    {"examining", KY_ACT_OVERDUE, "done", KY_STAFF_SYSTEM},
    {"supplemented", KY_ACT_OVERDUE, "done", KY_STAFF_SYSTEM},
};

static const struct {
    const char *from;
    ky_row_action action;
    const char *to;
} row_steps[] = {
    {"entered", KY_ROW_APPROVE, "approved"},  {"entered", KY_ROW_REFUSE, "refused"},
    {"approved", KY_ROW_KEY, "keyed"},        {"keyed", KY_ROW_ISSUE, "issued"},
    {"issued", KY_ROW_NOTIFY, "activating"},  {"activating", KY_ROW_ACTIVATE, "active"},
    {"activating", KY_ROW_REVOKE, "revoked"}, {"approved", KY_ROW_REVOKE, "revoked"},
    {"entered", KY_ROW_OVERDUE, "revoked"},   {"approved", KY_ROW_REFUSE, "refused"},
    {"keyed", KY_ROW_REFUSE, "refused"},
};

static const struct ky_state_info *find_state(const struct ky_state_info *states, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (ky_str_eq(states[i].id, id))
            return &states[i];
    return NULL;
}

const struct ky_state_info *ky_dossier_state_find(const char *id)
{
    return find_state(dossier_states, KY_COUNT(dossier_states), id);
}

const struct ky_state_info *ky_dossier_state_at(size_t i)
{
    return i < KY_COUNT(dossier_states) ? &dossier_states[i] : NULL;
}

const struct ky_state_info *ky_row_state_find(const char *id)
{
    return find_state(row_states, KY_COUNT(row_states), id);
}

const char *ky_dossier_action_name(ky_dossier_action a)
{
    return action_names[a];
}

ky_rc ky_dossier_action_parse(ky_dossier_action *out, const char *name)
{
    for (ky_dossier_action a = 0; a < KY_ACT_COUNT; a++) {
        if (ky_str_eq(action_names[a], name)) {
            *out = a;
            return KY_OK;
        }
    }
    return ky_fail(KY_ENOTFOUND, "there is no such action on a dossier");
}

ky_rc ky_dossier_next(const char **to, const char *from, ky_dossier_action action, unsigned roles)
{
    for (size_t i = 0; i < KY_COUNT(dossier_steps); i++) {
        if (dossier_steps[i].action != action || !ky_str_eq(dossier_steps[i].from, from))
            continue;
        if ((dossier_steps[i].roles & roles) == 0)
            return ky_fail(KY_EDENIED, "dossier: '%s' is not this person's to do", action_names[action]);
        *to = dossier_steps[i].to;
        return KY_OK;
    }
    return ky_fail(KY_EDENIED, "dossier: no '%s' in state '%s'", action_names[action], from);
}

bool ky_dossier_can(const char *from, ky_dossier_action action)
{
    for (size_t i = 0; i < KY_COUNT(dossier_steps); i++)
        if (dossier_steps[i].action == action && ky_str_eq(dossier_steps[i].from, from))
            return true;
    return false;
}

bool ky_dossier_is_open(const char *state)
{
    return ky_dossier_can(state, KY_ACT_PREPARE);
}

unsigned ky_dossier_actions(const char *from, unsigned roles)
{
    unsigned set = 0;
    for (size_t i = 0; i < KY_COUNT(dossier_steps); i++)
        if (ky_str_eq(dossier_steps[i].from, from) && (dossier_steps[i].roles & roles) != 0)
            set |= 1u << dossier_steps[i].action;
    return set;
}

ky_rc ky_row_next(const char **to, const char *from, ky_row_action action)
{
    for (size_t i = 0; i < KY_COUNT(row_steps); i++) {
        if (row_steps[i].action == action && ky_str_eq(row_steps[i].from, from)) {
            *to = row_steps[i].to;
            return KY_OK;
        }
    }
    return ky_fail(KY_EDENIED, "row: not possible in state '%s'", from);
}

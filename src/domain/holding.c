/* See holding.h. */
#include "domain/holding.h"

#include "base/str.h"
#include "domain/figure.h"
#include "domain/search.h"
#include "store/credential.h"
#include "store/message.h"
#include "store/org.h"

struct label {
    const char *id, *vi;
};

static const struct label letter_labels[] = {{"none", "Chưa có thư"},
                                             {"queued", "Chờ gửi"},
                                             {"sent", "Đã gửi"},
                                             {"bounced", "Bị trả lại"},
                                             {"dead", "Không gửi được"}};

static const struct label activation_labels[] = {
    {"none", "Không cần kích hoạt"},         {"waiting", "Chưa mở thư"},
    {"opened", "Đã mở thư, chưa kích hoạt"}, {"done", "Đã kích hoạt"},
    {"expired", "Hết hạn kích hoạt"},        {"dead", "Đã khóa kích hoạt"}};

static const char *label_of(const struct label *labels, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (ky_str_eq(labels[i].id, id))
            return labels[i].vi;
    return id;
}

const char *ky_holding_reason_vi(int64_t reason)
{
    static const char *const labels[] = {
        [KY_REASON_UNSPECIFIED] = "Không nêu lý do",
        [KY_REASON_KEY_COMPROMISE] = "Lộ khóa bí mật",
        [KY_REASON_CA_COMPROMISE] = "Lộ khóa của cơ quan chứng thực",
        [KY_REASON_AFFILIATION_CHANGED] = "Thay đổi thông tin thuê bao",
        [KY_REASON_SUPERSEDED] = "Thay bằng chứng thư mới",
        [KY_REASON_CESSATION] = "Ngừng hoạt động",
        [KY_REASON_HOLD] = "Tạm dừng",
        [KY_REASON_PRIVILEGE_WITHDRAWN] = "Không còn quyền sử dụng",
    };
    bool known = reason >= 0 && (size_t)reason < KY_COUNT(labels) && labels[reason] != NULL;
    return known ? labels[reason] : labels[KY_REASON_UNSPECIFIED];
}

static ky_rc copy(const char **out, struct ky_arena *a, struct ky_bytes text)
{
    *out = text.n == 0 ? NULL : (const char *)ky_arena_dup(a, text);
    return text.n > 0 && *out == NULL ? KY_ENOMEM : KY_OK;
}

/* What was entered of a row that is no person's lies elsewhere; its name is enough. */
static ky_rc open_person(struct ky_holding *h, struct ky_arena *a, const struct ky_registration *reg,
                         const struct ky_db_dossier_row *row)
{
    ky_auto_person p = {.json = NULL};
    h->name = row->name;
    h->key_type = "other";
    if (ky_dossier_open_person(&p, reg, row) != KY_OK)
        return KY_OK;
    if (p.key.n > 0)
        KY_TRY(copy(&h->key_type, a, p.key));
    KY_TRY(copy(&h->title, a, p.title));
    KY_TRY(copy(&h->unit, a, p.unit));
    return copy(&h->email, a, p.email);
}

static ky_rc name_org(struct ky_holding *h, struct ky_arena *a, struct ky_store *s)
{
    struct ky_db_org org;
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_db_org_get(&org, a, s, &all, h->cert->org_id));
    h->org_name = org.name;
    return KY_OK;
}

static void judge(struct ky_holding *h, ky_time now)
{
    const struct ky_db_listed_cert *c = h->cert;
    bool revoked = ky_str_eq(c->status, "revoked"), ended = c->not_after <= now;
    h->state = revoked ? "revoked" : ended ? "expired" : "good";
    h->reason_vi = revoked ? ky_holding_reason_vi(c->reason) : NULL;
    h->days_left = revoked || ended ? 0 : (c->not_after - now) / KY_DAY;
}

static const char *activation_word(const struct ky_db_activation_state *v, ky_time now)
{
    if (!ky_str_eq(v->state, "waiting"))
        return v->state;
    if (v->expires_at <= now)
        return "expired";
    return v->opened_at > 0 ? "opened" : "waiting";
}

static ky_rc open_letter(struct ky_holding *h, struct ky_arena *a, struct ky_store *s,
                         const struct ky_scope *scope)
{
    static const struct label words[] = {
        {"waiting", "queued"}, {"sent", "sent"}, {"bounced", "bounced"}, {"dead", "dead"}};
    struct ky_db_row_letter letter;
    ky_rc rc = ky_db_row_letter_get(&letter, a, s, scope, h->cert->dossier_id, h->cert->number);
    if (rc == KY_ENOTFOUND)
        return KY_OK;
    KY_TRY(rc);
    h->letter = label_of(words, KY_COUNT(words), letter.sending);
    h->letter_error = letter.last_error;
    return KY_OK;
}

static ky_rc open_activation(struct ky_holding *h, struct ky_arena *a, struct ky_store *s,
                             const struct ky_scope *scope, ky_time now)
{
    struct ky_db_activation_state v;
    ky_rc rc = ky_db_activation_state(&v, a, s, h->cert->dossier_id, h->cert->number);
    h->letter = h->activation = "none";
    if (rc == KY_OK) {
        h->activation = activation_word(&v, now);
        h->activation_id = v.id;
        h->opened_at = v.opened_at;
        h->expires_at = v.expires_at;
        rc = open_letter(h, a, s, scope);
    }
    h->letter_vi = label_of(letter_labels, KY_COUNT(letter_labels), h->letter);
    h->activation_vi = label_of(activation_labels, KY_COUNT(activation_labels), h->activation);
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

ky_rc ky_holding_open(struct ky_holding *out, struct ky_arena *a, struct ky_store *s,
                      const struct ky_registration *reg, const struct ky_db_listed_cert *c, ky_time now)
{
    struct ky_db_dossier_row row;
    *out = (struct ky_holding){.cert = c};
    KY_TRY(ky_db_dossier_row_get(&row, a, s, &reg->scope, c->dossier_id, c->number));
    KY_TRY(open_person(out, a, reg, &row));
    KY_TRY(name_org(out, a, s));
    judge(out, now);
    out->activated_at = ky_str_eq(row.state, "active") ? row.updated_at : 0;
    return open_activation(out, a, s, &reg->scope, now);
}

ky_rc ky_holding_begin(struct ky_store *s, const char *serial)
{
    KY_TRY(ky_search_add_certificate(s, serial));
    return ky_figure_count_certificate(s, serial, 1);
}

ky_rc ky_holding_end(struct ky_store *s, const char *serial, ky_time now, int64_t reason)
{
    KY_TRY(ky_db_cert_set_revoked(s, serial, now, reason));
    return ky_figure_count_certificate(s, serial, -1);
}

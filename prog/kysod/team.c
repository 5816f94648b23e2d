/* Who is there, and who is connected with whom. */
#include "prog/kysod/team.h"

#include "base/log.h"
#include "os/control.h"
#include "os/file.h"
#include "os/sock.h"

#define PARSE_LIFE_MS 25000 /* a parse process ends itself after 20 s, if it still is what it was */

void ky_team_init(struct ky_team *t, const struct ky_plan *plan, const struct ky_settings *settings,
                  struct ky_ipc_server *server, struct ky_bytes config)
{
    *t = (struct ky_team){.plan = plan, .settings = settings, .server = server, .config = config};
    for (size_t k = 0; k < plan->kind_count; k++)
        for (unsigned i = 0; i < plan->kinds[k].count; i++)
            t->members[t->count++] = (struct ky_member){.kind = &plan->kinds[k], .index = i};
    for (size_t i = 0; i < KY_TEAM_PARSE_MAX; i++)
        t->parse[i].kind = &plan->parse;
}

struct ky_member *ky_team_find(struct ky_team *t, ky_role role, unsigned index)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->members[i].kind->role == role && t->members[i].index == index)
            return &t->members[i];
    for (size_t i = 0; i < KY_TEAM_PARSE_MAX; i++)
        if (role == KY_ROLE_PARSE && ky_member_alive(&t->parse[i]) && t->parse[i].index == index)
            return &t->parse[i];
    return NULL;
}

struct ky_member *ky_team_find_pid(struct ky_team *t, pid_t pid)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->members[i].pid == pid)
            return &t->members[i];
    for (size_t i = 0; i < KY_TEAM_PARSE_MAX; i++)
        if (t->parse[i].pid == pid)
            return &t->parse[i];
    return NULL;
}

/* Gives a process its end of a connection. One that does not take what it is told can not be supervised. */
static void give_peer(struct ky_team *t, const struct ky_member *to, const struct ky_control_peer *peer,
                      int fd)
{
    ky_auto_buf body = ky_buf_init(KY_CONTROL_PEER_SIZE);
    ky_control_peer_encode(&body, peer);
    if (ky_ipc_notify(t->server, to->kind->role, to->index, KY_CONTROL_PEER, ky_buf_bytes(&body), fd) ==
        KY_OK)
        return;
    ky_log(KY_LOG_WARN, "process.deaf", "name=%s.%u reason=" KY_Q, ky_role_name(to->kind->role), to->index,
           ky_error());
    ky_member_kill(to);
}

static ky_rc link_members(struct ky_team *t, const struct ky_member *a, const struct ky_member *b)
{
    int fds[2];
    KY_TRY(ky_sock_pair(fds));
    ky_auto_fd for_a = fds[0];
    ky_auto_fd for_b = fds[1];
    give_peer(t, a, &(struct ky_control_peer){.role = b->kind->role, .index = b->index}, for_a);
    give_peer(t, b, &(struct ky_control_peer){.role = a->kind->role, .index = a->index}, for_b);
    return KY_OK;
}

static bool linkable(const struct ky_member *a, const struct ky_member *b)
{
    return ky_member_alive(a) && ky_member_alive(b) && ky_plan_linked(a->kind->role, b->kind->role);
}

static ky_rc send_start(struct ky_team *t, const struct ky_member *m)
{
    return ky_ipc_notify(t->server, m->kind->role, m->index, KY_CONTROL_START, KY_BYTES_NONE, -1);
}

ky_rc ky_team_start(struct ky_team *t, struct ky_member *m, int64_t now_ms)
{
    KY_TRY(ky_member_start(m, t->server, t->settings, t->config, now_ms));
    for (size_t i = 0; i < t->count; i++)
        if (linkable(m, &t->members[i]))
            KY_TRY(link_members(t, m, &t->members[i]));
    return send_start(t, m);
}

static ky_rc find_parse_place(struct ky_member **out, struct ky_team *t)
{
    for (size_t i = 0; i < t->plan->parse.count && i < KY_TEAM_PARSE_MAX; i++) {
        if (ky_member_alive(&t->parse[i]))
            continue;
        *out = &t->parse[i];
        return KY_OK;
    }
    return ky_fail(KY_EBUSY, "%u parse processes run; at most that many", t->plan->parse.count);
}

ky_rc ky_team_start_parse(struct ky_team *t, const struct ky_member *asker, uint32_t ticket, int64_t now_ms)
{
    int fds[2];
    struct ky_member *m = NULL;
    KY_TRY(ky_sock_pair(fds));
    ky_auto_fd for_asker = fds[0];
    ky_auto_fd for_parse = fds[1];
    unsigned serial = ++t->parse_serial;
    struct ky_control_peer to_asker = {.role = KY_ROLE_PARSE, .index = serial, .ticket = ticket};
    give_peer(t, asker, &to_asker, for_asker);
    KY_TRY(find_parse_place(&m, t));
    *m = (struct ky_member){.kind = &t->plan->parse, .index = serial};
    KY_TRY(ky_member_start(m, t->server, t->settings, t->config, now_ms));
    m->kill_at_ms = now_ms + PARSE_LIFE_MS;
    give_peer(t, m, &(struct ky_control_peer){.role = asker->kind->role}, for_parse);
    return send_start(t, m);
}

ky_rc ky_team_want_relink(struct ky_team *t, struct ky_member *a, ky_role role, unsigned index)
{
    struct ky_member *b = ky_team_find(t, role, index);
    if (b == NULL || !ky_plan_linked(a->kind->role, role))
        return ky_fail(KY_EDENIED, "%s has no connection to %s %u", ky_role_name(a->kind->role),
                       ky_role_name(role), index);
    for (size_t i = 0; i < t->relink_count; i++) {
        const struct ky_relink *r = &t->relinks[i];
        if ((r->a == a && r->b == b) || (r->a == b && r->b == a))
            return KY_OK; /* both ends noticed: one new connection */
    }
    if (t->relink_count == KY_TEAM_RELINKS_MAX)
        return ky_fail(KY_EBUSY, "%d connections wait to be renewed", KY_TEAM_RELINKS_MAX);
    t->relinks[t->relink_count++] = (struct ky_relink){a, b};
    return KY_OK;
}

void ky_team_relink(struct ky_team *t)
{
    for (size_t i = 0; i < t->relink_count; i++) {
        const struct ky_relink *r = &t->relinks[i];
        if (!linkable(r->a, r->b)) /* it died since: its restart brings the connection */
            continue;
        ky_log(KY_LOG_INFO, "process.relink", "name=%s.%u peer=%s.%u", ky_role_name(r->a->kind->role),
               r->a->index, ky_role_name(r->b->kind->role), r->b->index);
        if (link_members(t, r->a, r->b) != KY_OK)
            ky_log(KY_LOG_ERROR, "process.relink_failed", "reason=" KY_Q, ky_error());
    }
    t->relink_count = 0;
}

void ky_team_describe(struct ky_buf *out, const struct ky_team *t)
{
    for (size_t i = 0; i < t->count; i++)
        ky_member_describe(out, &t->members[i]);
    for (size_t i = 0; i < KY_TEAM_PARSE_MAX; i++)
        if (ky_member_alive(&t->parse[i]))
            ky_member_describe(out, &t->parse[i]);
}

/* Judging who signed: officers, devices, and the two-sided decision over a dossier's rows. */
#include "prog/worker/worker.h"

/* An officer's present record, or her entry in the founding record. */
static ky_rc find_officer(struct ky_officer *out, const struct ky_worker *w, const struct ky_records *records,
                          const uint8_t id[KY_ID_SIZE], ky_time now)
{
    const struct ky_record *r = ky_records_find(records, KY_REC_OFFICER, id);
    if (r != NULL) {
        KY_TRY(ky_record_check(r, KY_REC_OFFICER, now, "officer"));
        return ky_record_officer(out, r);
    }
    const struct ky_officer *founder = ky_founding_find_officer(w->founding, id);
    if (founder == NULL)
        return ky_fail(KY_EDENIED, "no record of the officer who signed");
    *out = *founder;
    return KY_OK;
}

static ky_rc verify_one(struct ky_worker *w, struct ky_keeper_head *h, const struct ky_statement *st,
                        const struct ky_authorisation *a, const struct ky_records *records,
                        struct ky_bytes evidence, unsigned role, struct ky_officer *officer)
{
    ky_time now = ky_worker_now(w);
    KY_TRY(find_officer(officer, w, records, a->record, now));
    if ((officer->roles & role) == 0)
        return ky_fail(KY_EDENIED, "the officer who signed does not have the role");
    KY_TRY(ky_authorise_officer(a, st, officer, evidence, w->founding, now));
    return ky_head_ref(h, KY_REC_OFFICER, officer->id, officer->version, officer->hash, false);
}

ky_rc ky_worker_verify_officers(struct ky_worker *w, struct ky_keeper_head *h, const struct ky_statement *st,
                                const struct ky_authorisations *auths, const struct ky_records *records,
                                struct ky_bytes evidence, unsigned role, int64_t wanted,
                                const uint8_t *not_owner)
{
    uint8_t owners[KY_AUTHORISATIONS_MAX][KY_OWNER_SIZE];
    if ((int64_t)auths->count < wanted)
        return ky_fail(KY_EAUTH, "%zu officers signed, %lld are wanted", auths->count, (long long)wanted);
    for (size_t i = 0; i < auths->count; i++) {
        struct ky_officer officer;
        KY_TRY(verify_one(w, h, st, &auths->item[i], records, evidence, role, &officer));
        if (not_owner != NULL && memcmp(officer.owner, not_owner, KY_OWNER_SIZE) == 0)
            return ky_fail(KY_EDENIED, "who filed the dossier may not approve it");
        for (size_t k = 0; k < i; k++)
            if (memcmp(owners[k], officer.owner, KY_OWNER_SIZE) == 0)
                return ky_fail(KY_EAUTH, "one person signed twice where %lld are wanted", (long long)wanted);
        memcpy(owners[i], officer.owner, KY_OWNER_SIZE);
    }
    return KY_OK;
}

ky_rc ky_worker_verify_device(struct ky_worker *w, struct ky_keeper_head *h, const struct ky_statement *st,
                              const struct ky_authorisations *auths, const struct ky_record *device)
{
    struct ky_authenticator key;
    if (auths->count != 1)
        return ky_fail(KY_EAUTH, "%zu authorisations, exactly one is wanted", auths->count);
    if (device == NULL || !st->has_actor)
        return ky_fail(KY_EDENIED, "no device named as actor");
    KY_TRY(ky_record_check(device, KY_REC_DEVICE, ky_worker_now(w), "device"));
    if (memcmp(st->actor_device, device->id, KY_ID_SIZE) != 0 ||
        memcmp(auths->item[0].record, device->id, KY_ID_SIZE) != 0)
        return ky_fail(KY_EDENIED, "the device is not the actor of the statement");
    if (memcmp(st->actor_owner, device->owner, KY_OWNER_SIZE) != 0)
        return ky_fail(KY_EDENIED, "the device belongs to another person than the actor");
    KY_TRY(ky_record_device(&key, device));
    KY_TRY(ky_authorise_webauthn(&auths->item[0], st, &key, w->founding));
    return ky_head_ref_record(h, device, false);
}

void ky_decision_clear(struct ky_decision *d)
{
    ky_statement_clear(&d->request);
    ky_statement_clear(&d->issue);
    ky_records_clear(&d->records);
}

ky_rc ky_worker_verify_seal(struct ky_worker *w, struct ky_keeper_head *h, const struct ky_statement *st,
                            const struct ky_authorisations *auths, const struct ky_records *records,
                            struct ky_bytes evidence, ky_time at, const struct ky_record **seal)
{
    const json_t *org;
    uint8_t org_id[KY_ID_SIZE];
    struct ky_seal_record of;
    const char *type = ky_statement_type_name(st->type);
    if (auths->count != 1)
        return ky_fail(KY_EAUTH, "%s: %zu signatures, exactly one is wanted", type, auths->count);
    *seal = ky_records_find(records, KY_REC_SEAL, auths->item[0].record);
    if (*seal == NULL)
        return ky_fail(KY_EDENIED, "%s: no record of the seal that signed", type);
    KY_TRY(ky_record_check(*seal, KY_REC_SEAL, at, "seal"));
    KY_TRY(ky_record_seal_of(&of, *seal));
    KY_TRY(ky_json_get_object(&org, st->json, "org"));
    KY_TRY(ky_json_get_hex(org_id, KY_ID_SIZE, org, "id"));
    if (memcmp(org_id, of.org, KY_ID_SIZE) != 0 ||
        !ky_bytes_eq(ky_json_str(json_object_get(org, "name")), of.org_name))
        return ky_fail(KY_EDENIED, "%s: the seal belongs to another organisation", type);
    KY_TRY(ky_context(
        ky_authorise_cms(&auths->item[0], st, KY_BYTES(of.cert, of.cert_n), evidence, w->founding, at), "%s",
        type));
    return ky_head_ref_record(h, *seal, false);
}

static ky_rc verify_request(struct ky_worker *w, struct ky_decision *d, struct ky_bytes evidence, ky_time at,
                            const struct ky_record **seal)
{
    return ky_worker_verify_seal(w, &d->head, &d->request, &d->request_auths, &d->records, evidence, at,
                                 seal);
}

/* A request is executed by nobody, so the keeper does not see its nonce: it must be ours, of this node. */
static ky_rc check_home(const struct ky_worker *w, const struct ky_statement *request)
{
    struct ky_nonce nonce;
    KY_TRY(
        ky_statement_check(&nonce, request, KY_ST_REQUEST, w->process, w->founding->realm, ky_worker_now(w)));
    if (nonce.node != w->founding->node)
        return ky_fail(KY_EDENIED, "request: nonce of node %u, this is node %u", nonce.node,
                       w->founding->node);
    return ky_context(ky_nonce_check_mac(request->nonce[w->process], w->process, &w->k_reg), "request");
}

static ky_rc parse_request(struct ky_decision *d, struct ky_bytes text, struct ky_bytes auths)
{
    KY_TRY(ky_context(ky_statement_parse(&d->request, text), "request"));
    return ky_authorisations_parse(&d->request_auths, auths);
}

ky_rc ky_worker_request(struct ky_worker *w, struct ky_decision *d, const struct ky_bytes fields[4],
                        ky_time at)
{
    const struct ky_record *seal;
    KY_TRY(parse_request(d, fields[0], fields[1]));
    KY_TRY(ky_worker_open_records(w, &d->records, fields[2]));
    KY_TRY(check_home(w, &d->request));
    ky_worker_head(&d->head, w, &d->request, &d->request_auths);
    return verify_request(w, d, fields[3], at, &seal);
}

ky_rc ky_worker_decide(struct ky_worker *w, struct ky_decision *d, ky_statement_type wanted,
                       const struct ky_bytes fields[6])
{
    struct ky_nonce nonce;
    const struct ky_record *seal;
    const char *name = ky_statement_type_name(wanted);
    ky_time now = ky_worker_now(w);
    KY_TRY(parse_request(d, fields[0], fields[1]));
    KY_TRY(ky_context(ky_statement_parse(&d->issue, fields[2]), "%s", name));
    KY_TRY(ky_authorisations_parse(&d->issue_auths, fields[3]));
    KY_TRY(ky_worker_open_records(w, &d->records, fields[4]));
    KY_TRY(check_home(w, &d->request));
    KY_TRY(ky_statement_check(&nonce, &d->issue, wanted, w->process, w->founding->realm, now));
    KY_TRY(ky_issue_matches(&d->issue, &d->request));
    ky_worker_head(&d->head, w, &d->issue, &d->issue_auths);
    KY_TRY(verify_request(w, d, fields[5], now, &seal));
    return ky_worker_verify_officers(w, &d->head, &d->issue, &d->issue_auths, &d->records, fields[5],
                                     KY_MAY_APPROVE, wanted == KY_ST_ISSUE ? w->founding->issue_n : 1,
                                     seal->owner);
}

ky_rc ky_rows_read(uint32_t rows[KY_BATCH_MAX], size_t *count, struct ky_bytes list)
{
    struct ky_bytes items[KY_BATCH_MAX];
    KY_TRY(ky_list_read(items, count, KY_BATCH_MAX, list, "rows"));
    for (size_t i = 0; i < *count; i++) {
        if (items[i].n != 4)
            return ky_fail(KY_EFORMAT, "rows: item of %zu bytes", items[i].n);
        rows[i] = ky_get_u32(items[i].p);
    }
    return ky_rows_ascend(rows, *count);
}

ky_rc ky_rows_ascend(const uint32_t *rows, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (rows[i] <= rows[i - 1])
            return ky_fail(KY_EFORMAT, "rows: %u after %u; each once, ascending", rows[i], rows[i - 1]);
    return count > 0 ? KY_OK : ky_fail(KY_EFORMAT, "rows: none");
}

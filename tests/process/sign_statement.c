/* Whose approval it is, of when and for what hashes. See attack_sign.h. */
#include "tests/process/attack_sign.h"

#include "base/base64.h"
#include "os/clock.h"
#include "pki/cms.h"

/* ---- without, with a foreign, with an old authorisation ---- */

static void no_authorisation(struct signing *s)
{
    assert_ok(signing_set(s, SIGNING_AUTHS, KY_BYTES_LIT("\0")));
}

static void strangers_device(struct signing *s)
{
    const struct subscriber *other = &s->h->people[COLLEAGUE];
    s->phone = other->phone;
    memcpy(s->record, other->device_id, KY_ID_SIZE);
    sign_set_field(s, SIGNING_DEVICE, &other->device);
}

static void strangers_device_as_actor(struct signing *s)
{
    const struct subscriber *other = &s->h->people[COLLEAGUE];
    json_t *actor = json_object_get(s->st, "actor");
    strangers_device(s);
    assert_ok(ky_body_set_hex(actor, "device", KY_BYTES_OF(other->device_id)));
    assert_ok(ky_body_set_hex(actor, "owner", KY_BYTES_OF(other->owner)));
}

static void strangers_keys(struct signing *s)
{
    s->phone = s->h->people[COLLEAGUE].phone;
}

static void own_other_phone(struct signing *s)
{
    s->phone = s->h->people[HOA_AGAIN].phone;
}

static void own_other_record(struct signing *s)
{
    memcpy(s->record, s->h->people[HOA_AGAIN].device_id, KY_ID_SIZE);
}

static void twice_authorised(struct signing *s)
{
    struct ky_reader in = KY_READER(ky_buf_bytes(&s->field[SIGNING_AUTHS]));
    (void)ky_read_u8(&in);
    struct ky_bytes item = ky_read_lv(&in, KY_STATEMENT_MAX);
    ky_auto_buf list = ky_buf_init(KY_STATEMENT_MAX);
    ky_buf_add_u8(&list, 2);
    ky_buf_add_lv(&list, item);
    ky_buf_add_lv(&list, item);
    sign_set_field(s, SIGNING_AUTHS, &list);
}

/* A document signed with an officer's token, as an approval. */
static void document_cms(struct signing *s)
{
    const struct person *officer = &s->h->realm.officers[0];
    const struct ky_certs none = {NULL, 0};
    ky_auto_buf cms = ky_buf_init(65536), item = ky_buf_init(65536), list = ky_buf_init(65536);
    assert_ok(ky_cms_sign(&cms, &officer->sigkey, officer->cert, none, KY_OID_DATA, ky_buf_bytes(&s->text),
                          true, ky_now()));
    ky_authorisation_add_cms(&item, s->record, ky_buf_bytes(&cms));
    ky_authorisations_encode(&list, &item, 1);
    sign_set_field(s, SIGNING_AUTHS, &list);
}

static void approval_of_another(struct signing *s)
{
    KY_CLEANUP(signing_clear) struct signing other = {0};
    assert_ok(signing_ask(&other, s->h, s->who, SIGN_HASHES));
    assert_ok(signing_word(&other));
    assert_ok(signing_approve(&other));
    sign_set_field(s, SIGNING_AUTHS, &other.field[SIGNING_AUTHS]);
}

static const struct sign_attack authorisations[] = {
    {"no authorisation", PASS, no_authorisation, KY_EAUTH, "0 authorisations, exactly one is wanted"},
    {"two authorisations", PASS, twice_authorised, KY_EAUTH, "2 authorisations, exactly one is wanted"},
    {"another subscriber's device", ASK, strangers_device, KY_EDENIED, "belong to different persons"},
    {"another subscriber as actor", ASK, strangers_device_as_actor, KY_EDENIED,
     "belong to different persons"},
    {"keys of a stranger under her device", ASK, strangers_keys, KY_EAUTH, "signature is wrong"},
    {"her other phone under this device", ASK, own_other_phone, KY_EAUTH, "signature is wrong"},
    {"item names her other device", ASK, own_other_record, KY_EDENIED, "not the actor of the statement"},
    {"a document's signature", PASS, document_cms, KY_EDENIED, "not by a device"},
    {"approval of another statement", PASS, approval_of_another, KY_EAUTH, "challenge is not that"},
};

void authorisation_is_hers_and_of_this_statement(void **state)
{
    sign_attack_all(*state, authorisations, KY_COUNT(authorisations));
}

/* ---- time and nonce ---- */

static void expired(struct signing *s)
{
    sign_set_int(s, "exp", ky_now() - 1);
}

static void lives_too_long(struct signing *s)
{
    sign_set_int(s, "exp", ky_now() + KY_NONCE_SHORT_S + 5);
}

static void from_the_future(struct signing *s)
{
    sign_set_int(s, "iat", ky_now() + 2 * KY_MINUTE);
}

static void older_than_its_nonce(struct signing *s)
{
    sign_set_int(s, "iat", ky_now() - 2 * KY_MINUTE);
}

static void long_nonce(struct signing *s)
{
    uint8_t nonce[KY_NONCE_SIZE];
    assert_ok(realm_nonce(nonce, &s->h->realm, KY_PROCESS_SAM, KY_NONCE_LONG));
    sign_set_nonce(s, nonce);
}

static void nonce_of_ca(struct signing *s)
{
    uint8_t nonce[KY_NONCE_SIZE];
    assert_ok(realm_nonce(nonce, &s->h->realm, KY_PROCESS_CA, KY_NONCE_SHORT));
    sign_set_nonce(s, nonce);
}

static void nonce_forged(struct signing *s)
{
    s->nonce[30] ^= 1;
    sign_set_nonce(s, s->nonce);
}

/* Kept for long, and made to look young: `made` are bytes 11 … 18. */
static void nonce_hoarded(struct signing *s)
{
    ky_put_u64(s->nonce + 11, ky_get_u64(s->nonce + 11) + 30);
    sign_set_nonce(s, s->nonce);
}

static void nonce_of_another_node(struct signing *s)
{
    s->nonce[2] ^= 2;
    sign_set_nonce(s, s->nonce);
}

static void nonce_used_before(struct signing *s)
{
    KY_CLEANUP(signing_clear) struct signing first = {0};
    assert_ok(sign_attack_run(&first, s->h, NULL));
    sign_set_nonce(s, first.nonce);
}

static void not_for_sam(struct signing *s)
{
    json_object_set_new(json_array_get(json_object_get(s->st, "aud"), 0), "p", json_string("ca"));
}

static void for_sam_twice(struct signing *s)
{
    json_t *aud = json_object_get(s->st, "aud");
    json_array_append_new(aud, json_deep_copy(json_array_get(aud, 0)));
}

static void another_realm(struct signing *s)
{
    sign_set_text(s, "realm", "00000000000000000000000000000000000000000000000000000000000000ff");
}

static const struct sign_attack times[] = {
    {"expired", ASK, expired, KY_EEXPIRED, "expired"},
    {"exp beyond the nonce's five minutes", ASK, lives_too_long, KY_EEXPIRED, "later than the nonce allows"},
    {"iat in the future", ASK, from_the_future, KY_EEXPIRED, "does not fit the nonce and the clock"},
    {"iat before the nonce", ASK, older_than_its_nonce, KY_EEXPIRED, "does not fit the nonce and the clock"},
    {"a long nonce", ASK, long_nonce, KY_EFORMAT, "nonce of the wrong kind"},
    {"a nonce of ca", ASK, nonce_of_ca, KY_EEXPIRED, "nonce of an earlier start"},
    {"a forged nonce", ASK, nonce_forged, KY_EAUTH, "nonce: not made by this sam"},
    {"a nonce made younger", ASK, nonce_hoarded, KY_EAUTH, "nonce: not made by this sam"},
    {"a nonce of another node", ASK, nonce_of_another_node, KY_EDENIED, "nonce of node"},
    {"a nonce of another statement", ASK, nonce_used_before, KY_EDENIED, "used by another statement"},
    {"addressed to ca only", ASK, not_for_sam, KY_EDENIED, "not addressed to sam"},
    {"addressed to sam twice", ASK, for_sam_twice, KY_EFORMAT, "aud: sam and ca, each once"},
    {"another realm", ASK, another_realm, KY_EDENIED, "made for another realm"},
};

void statement_is_of_now_and_here(void **state)
{
    sign_attack_all(*state, times, KY_COUNT(times));
}

/* ---- hashes ---- */

static void hash_added(struct signing *s)
{
    signing_random_hash(sign_hashes(s));
    sign_rewrite(s);
}

static void hash_removed(struct signing *s)
{
    json_array_remove(sign_hashes(s), 1);
    sign_rewrite(s);
    assert_ok(signing_positions(&s->field[SIGNING_POSITIONS], SIGN_HASHES - 1));
}

static void hash_swapped_for_another(struct signing *s)
{
    json_array_remove(sign_hashes(s), 0);
    signing_random_hash(sign_hashes(s));
    sign_rewrite(s);
}

static void hash_repeated(struct signing *s)
{
    json_array_append(sign_hashes(s), json_array_get(sign_hashes(s), 0));
    sign_rewrite(s);
}

static void hashes_permuted(struct signing *s)
{
    json_t *first = json_incref(json_array_get(sign_hashes(s), 0));
    json_array_remove(sign_hashes(s), 0);
    json_array_append_new(sign_hashes(s), first);
    sign_rewrite(s);
}

static void only_the_first_hash(struct signing *s)
{
    while (json_array_size(sign_hashes(s)) > 1)
        json_array_remove(sign_hashes(s), 1);
    sign_rewrite(s);
    assert_ok(signing_positions(&s->field[SIGNING_POSITIONS], 1));
}

static void more_positions_than_hashes(struct signing *s)
{
    assert_ok(signing_positions(&s->field[SIGNING_POSITIONS], SIGN_HASHES + 1));
}

static void position_outside(struct signing *s)
{
    assert_ok(signing_set(s, SIGNING_POSITIONS, KY_BYTES_LIT("\0\1\0\0\0\2\0\3")));
}

static void position_twice(struct signing *s)
{
    assert_ok(signing_set(s, SIGNING_POSITIONS, KY_BYTES_LIT("\0\2\0\0\0\2\0\1\0\0\0\2\0\1")));
}

static void no_position(struct signing *s)
{
    assert_ok(signing_positions(&s->field[SIGNING_POSITIONS], 0));
}

static void hash_too_long(struct signing *s)
{
    static const uint8_t hash[48] = {1};
    ky_auto_buf text = ky_buf_init(128);
    ky_buf_add_base64url(&text, KY_BYTES_OF(hash));
    json_array_set_new(sign_hashes(s), 0, json_string(ky_buf_str(&text)));
}

static const struct sign_attack hashes[] = {
    {"a hash added", PASS, hash_added, SIGN_NOT_APPROVED},
    {"a hash removed", PASS, hash_removed, SIGN_NOT_APPROVED},
    {"a hash exchanged", PASS, hash_swapped_for_another, SIGN_NOT_APPROVED},
    {"a hash repeated", PASS, hash_repeated, SIGN_NOT_APPROVED},
    {"hashes in another order", PASS, hashes_permuted, SIGN_NOT_APPROVED},
    {"the first hash alone", PASS, only_the_first_hash, SIGN_NOT_APPROVED},
    {"more positions than hashes", PASS, more_positions_than_hashes, KY_EFORMAT, "positions: 4 of 3"},
    {"a position outside", PASS, position_outside, KY_EFORMAT, "positions: item 1"},
    {"a position twice", PASS, position_twice, KY_EFORMAT, "twice"},
    {"no position", PASS, no_position, KY_EFORMAT, "positions: 0 of 3"},
    {"a hash of another length", ASK, hash_too_long, KY_EFORMAT, "hash 0 is of 48 bytes"},
};

void exactly_the_hashes_that_were_shown(void **state)
{
    sign_attack_all(*state, hashes, KY_COUNT(hashes));
}

/* Members of the statement, and the records they name. See attack_sign.h. */
#include "tests/process/attack_sign.h"

/* ---- members ---- */

static void other_credential_passed(struct signing *s)
{
    assert_ok(ky_body_set_hex(s->st, "credential", KY_BYTES_OF(s->h->people[HOA_AGAIN].key_id)));
    sign_rewrite(s);
    sign_set_field(s, SIGNING_KEY, &s->h->people[HOA_AGAIN].key);
}

static void other_key_record(struct signing *s)
{
    sign_set_field(s, SIGNING_KEY, &s->h->people[HOA_AGAIN].key);
}

static void strangers_credential(struct signing *s)
{
    const struct subscriber *other = &s->h->people[COLLEAGUE];
    assert_ok(ky_body_set_hex(s->st, "credential", KY_BYTES_OF(other->key_id)));
    sign_set_field(s, SIGNING_KEY, &other->key);
    sign_set_field(s, SIGNING_CERT, &other->cert);
    sign_set_field(s, SIGNING_BLOB, &other->blob);
}

static void other_owner(struct signing *s)
{
    assert_ok(ky_body_set_hex(json_object_get(s->st, "actor"), "owner",
                              KY_BYTES_OF(s->h->people[COLLEAGUE].owner)));
}

static void other_device_as_actor(struct signing *s)
{
    assert_ok(ky_body_set_hex(json_object_get(s->st, "actor"), "device",
                              KY_BYTES_OF(s->h->people[HOA_AGAIN].device_id)));
}

static void no_actor(struct signing *s)
{
    json_object_del(s->st, "actor");
}

static void client_renamed(struct signing *s)
{
    json_object_set_new(json_object_get(s->st, "requester"), "name", json_string("Kho bạc Nhà nước"));
}

static void client_renamed_later(struct signing *s)
{
    client_renamed(s);
    sign_rewrite(s);
}

static void other_client_record(struct signing *s)
{
    sign_set_field(s, SIGNING_CLIENT, &s->h->other_client.record);
}

static void other_client_id(struct signing *s)
{
    assert_ok(ky_body_set_hex(json_object_get(s->st, "requester"), "id", KY_BYTES_OF(s->h->other_client.id)));
}

static void text_changed(struct signing *s)
{
    sign_set_text(s, "text", "Ký séc");
    sign_rewrite(s);
}

static void sign_alg_changed(struct signing *s)
{
    sign_set_text(s, "sign_alg", "1.2.840.113549.1.1.11");
    sign_rewrite(s);
}

static void sign_alg_of_another_key(struct signing *s)
{
    sign_set_text(s, "sign_alg", "1.2.840.113549.1.1.11");
}

static void sign_alg_of_another_hash(struct signing *s)
{
    sign_set_text(s, "sign_alg", "1.2.840.10045.4.3.3");
}

static void sign_alg_unknown(struct signing *s)
{
    sign_set_text(s, "sign_alg", "1.2.840.113549.2.5");
}

static void hash_alg_changed(struct signing *s)
{
    sign_set_text(s, "hash_alg", "2.16.840.1.101.3.4.2.8");
    sign_rewrite(s);
}

static void hash_alg_weak(struct signing *s)
{
    sign_set_text(s, "hash_alg", "1.3.14.3.2.26");
}

static const struct sign_attack members[] = {
    {"credential changed", PASS, other_credential_passed, KY_EDENIED, "another certificate"},
    {"another key record", PASS, other_key_record, KY_EDENIED, "not that of the credential"},
    {"another person's credential", ASK, strangers_credential, KY_EDENIED, "belong to different persons"},
    {"another owner", ASK, other_owner, KY_EDENIED, "belongs to another person than the actor"},
    {"another device as actor", ASK, other_device_as_actor, KY_EDENIED, "not the actor of the statement"},
    {"no actor", ASK, no_actor, KY_EDENIED, "no device named as actor"},
    {"client renamed", ASK, client_renamed, KY_EDENIED, "requester is not the client"},
    {"client renamed after approval", PASS, client_renamed_later, KY_EDENIED, "requester is not the client"},
    {"another client's record", PASS, other_client_record, KY_EDENIED, "requester is not the client"},
    {"another client's id", ASK, other_client_id, KY_EDENIED, "requester is not the client"},
    {"text changed", PASS, text_changed, SIGN_NOT_APPROVED},
    {"signature algorithm changed", PASS, sign_alg_changed, KY_EDENIED, "does not fit a key of type p256"},
    {"algorithm of another kind of key", ASK, sign_alg_of_another_key, KY_EDENIED, "does not fit a key"},
    {"algorithm with another hash", ASK, sign_alg_of_another_hash, KY_EDENIED, "with another hash"},
    {"unknown algorithm", ASK, sign_alg_unknown, KY_ENOTFOUND, "is not known"},
    {"hash algorithm changed", PASS, hash_alg_changed, KY_ENOTFOUND, "is not known"},
    {"SHA-1", ASK, hash_alg_weak, KY_ENOTFOUND, "is not known"},
};

void every_member_counts(void **state)
{
    sign_attack_all(*state, members, KY_COUNT(members));
}

/* See attack_sign.h. */
#include "tests/process/attack_sign.h"

ky_rc sign_attack_run(struct signing *s, struct harness *h, const struct sign_attack *a)
{
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(signing_ask(s, h, &h->people[HOA], SIGN_HASHES));
    if (a != NULL && a->stage == ASK)
        a->spoil(s);
    assert_ok(signing_word(s));
    if (a != NULL && a->stage == WORD)
        a->spoil(s);
    assert_ok(signing_approve(s));
    if (a != NULL && a->stage == PASS)
        a->spoil(s);
    return signing_send(s, "sam-worker.0", &answer);
}

void sign_attack_all(struct harness *h, const struct sign_attack *attacks, size_t count)
{
    size_t right = 0;
    for (size_t i = 0; i < count; i++) {
        KY_CLEANUP(signing_clear) struct signing good = {0}, bad = {0};
        assert_ok(sign_attack_run(&good, h, NULL));
        ky_rc rc = sign_attack_run(&bad, h, &attacks[i]);
        right +=
            harness_judge(h, attacks[i].name, KY_PROCESS_SAM, KY_OP_SIGN, rc, attacks[i].rc, attacks[i].why);
    }
    assert_int_equal(right, count);
}

void sign_set_text(struct signing *s, const char *name, const char *value)
{
    assert_int_equal(json_object_set_new(s->st, name, json_string(value)), 0);
}

void sign_set_int(struct signing *s, const char *name, int64_t value)
{
    assert_int_equal(json_object_set_new(s->st, name, json_integer(value)), 0);
}

json_t *sign_hashes(struct signing *s)
{
    return json_object_get(s->st, "hashes");
}

/* The statement after a change, under the authorisation of the one before. */
void sign_rewrite(struct signing *s)
{
    assert_ok(signing_word(s));
}

/* Replaces the first occurrence of `from` in the text. */
void sign_replace(struct signing *s, const char *from, const char *to)
{
    ky_auto_buf fresh = ky_buf_init(KY_STATEMENT_MAX);
    const char *text = ky_buf_str(&s->text), *at = strstr(text, from);
    assert_non_null(at);
    ky_buf_add(&fresh, KY_BYTES(text, (size_t)(at - text)));
    ky_buf_add_str(&fresh, to);
    ky_buf_add_str(&fresh, at + strlen(from));
    ky_buf_reset(&s->text);
    ky_buf_add(&s->text, ky_buf_bytes(&fresh));
}

void sign_set_field(struct signing *s, enum signing_field field, const struct ky_buf *content)
{
    assert_ok(signing_set(s, field, ky_buf_bytes(content)));
}

void sign_set_nonce(struct signing *s, const uint8_t nonce[KY_NONCE_SIZE])
{
    json_t *item = json_array_get(json_object_get(s->st, "aud"), 0);
    assert_ok(ky_body_set_base64url(item, "n", KY_BYTES(nonce, KY_NONCE_SIZE)));
}

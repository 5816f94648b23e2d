/* What tests of the registration authority share: the legal profile of the source tree, and people. */
#ifndef KY_TEST_REGISTRATION_H
#define KY_TEST_REGISTRATION_H

#include "../store/tempdb.h"

#include "domain/legal.h"
#include "domain/person.h"

static inline struct ky_legal_book load_legal(void)
{
    struct ky_legal_book book = {.n = 0};
    assert_int_equal(ky_legal_book_load(&book, KY_TEST_ETC "/legal"), KY_OK);
    return book;
}

/* The profile in force when the tests play. */
static inline const struct ky_legal *legal_now(const struct ky_legal_book *book)
{
    const struct ky_legal *legal = NULL;
    assert_int_equal(ky_legal_at(&legal, book, TEST_NOW), KY_OK);
    return legal;
}

/* A teacher who meets every condition, with some members replaced or added: {"phone":"…"}. */
static inline struct ky_person person_with(const char *changes)
{
    static const char good[] =
        "{\"identity\":\"068191012345\",\"name\":\"Nguyễn Thị Minh Hằng\",\"title\":\"Giáo viên\","
        "\"unit\":\"Tổ Toán - Tin\",\"email\":\"hangntm.thcsnguyentrai@lamdong.edu.vn\","
        "\"phone\":\"0912 345 678\",\"sector\":\"education\",\"gender\":\"female\","
        "\"birth_date\":\"05/09/1991\",\"authority\":false,\"finance\":false,\"phone_own\":true}";
    json_t *json = NULL, *more = NULL;
    struct ky_person p = {0};
    assert_int_equal(ky_json_parse(&json, ky_bytes_str(good), 4096), KY_OK);
    assert_int_equal(ky_json_parse(&more, ky_bytes_str(changes), 4096), KY_OK);
    json_object_update(json, more);
    assert_int_equal(ky_person_read_kept(&p, json), KY_OK);
    json_decref(json);
    json_decref(more);
    return p;
}

#endif

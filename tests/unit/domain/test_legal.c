/* Legal profiles: the shipped ones, what they say, and every way to be refused. */
#include "registration.h"

#include "os/file.h"

static struct ky_legal_book book;

static int load(void **state)
{
    book = load_legal();
    return 0;
}
static int unload(void **state)
{
    ky_legal_book_clear(&book);
    return 0;
}

static ky_time day(int year, int month, int d)
{
    ky_time t = 0;
    assert_int_equal(ky_time_join(&t, &(struct ky_date){.year = year, .month = month, .day = d}), KY_OK);
    return t - KY_TIME_VN_OFFSET_S;
}

static const struct ky_legal_procedure *procedure_of(const struct ky_legal *l, const char *key)
{
    const struct ky_legal_procedure *p = NULL;
    assert_int_equal(ky_legal_procedure_get(&p, l, key), KY_OK);
    return p;
}

static void the_profile_of_the_day_is_in_force(void **state)
{
    const struct ky_legal *l = NULL;
    assert_int_equal(book.n, 2);
    assert_int_equal(ky_legal_at(&l, &book, day(2024, 8, 15) - 1), KY_OK);
    assert_string_equal(l->id, "2019");
    assert_int_equal(ky_legal_at(&l, &book, day(2024, 8, 15)), KY_OK);
    assert_string_equal(l->id, "2024");
    assert_int_equal(ky_legal_at(&l, &book, day(2010, 1, 1)), KY_ENOTFOUND);
    assert_int_equal(ky_legal_get(&l, &book, "2019"), KY_OK);
    assert_string_equal(ky_legal_term(l, "certificate"), "chứng thư số");
    assert_null(ky_legal_term(l, "token"));
    assert_int_equal(ky_legal_get(&l, &book, "1999"), KY_ENOTFOUND);
}

static void every_profile_has_the_four_procedures(void **state)
{
    static const struct {
        const char *key;
        int64_t answer, validity, remaining, times;
        ky_limit_unit unit;
        bool of_people, keeps_not_after;
    } want[] = {
        {"new", 3, 5, 0, 0, KY_UNIT_WORKING_DAY, true, false},
        {"renew", 3, 3, 60, 1, KY_UNIT_WORKING_DAY, false, false},
        {"change", 3, 0, 60, 0, KY_UNIT_WORKING_DAY, false, true},
        {"revoke", 12, 0, 0, 0, KY_UNIT_HOUR, false, false},
    };
    for (size_t b = 0; b < book.n; b++)
        for (size_t i = 0; i < KY_COUNT(want); i++) {
            const struct ky_legal_procedure *p = procedure_of(book.profiles[b], want[i].key);
            const int64_t amounts[] = {[KY_LIMIT_ANSWER] = want[i].answer,
                                       [KY_LIMIT_VALIDITY] = want[i].validity,
                                       [KY_LIMIT_REMAINING] = want[i].remaining,
                                       [KY_LIMIT_TIMES] = want[i].times};
            for (size_t k = 0; k < KY_COUNT(amounts); k++) {
                const struct ky_legal_limit *limit = ky_legal_limit_find(p, (ky_limit_key)k);
                assert_int_equal(limit == NULL ? 0 : limit->amount, amounts[k]);
            }
            assert_int_equal(ky_legal_limit_find(p, KY_LIMIT_ANSWER)->unit, want[i].unit);
            assert_int_equal(p->of_people, want[i].of_people);
            assert_int_equal(p->keeps_not_after, want[i].keeps_not_after);
        }
    const struct ky_legal_procedure *p;
    assert_int_equal(ky_legal_procedure_get(&p, book.profiles[0], "adopt"), KY_ENOTFOUND);
    assert_int_equal(ky_legal_procedure_get(&p, book.profiles[0], NULL), KY_ENOTFOUND);
}

static void the_letter_fixes_subject_and_addressee(void **state)
{
    for (size_t b = 0; b < book.n; b++) {
        const struct ky_legal_procedure *p = procedure_of(book.profiles[b], "new");
        assert_string_equal(p->subject.text,
                            "V/v đề nghị cấp chứng thư số cho cá nhân sử dụng giải pháp ký số tập trung");
        assert_true(p->subject.proof.official);
        assert_string_equal(p->addressee, "Cục Chứng thực số và Bảo mật thông tin");
        assert_int_equal(p->n_declarations, 3);
        assert_false(ky_legal_declaration_find(book.profiles[b], "finance")->must_be);
        assert_false(procedure_of(book.profiles[b], "revoke")->subject.proof.official);
    }
}

static void forms_have_numbers_where_they_are_known(void **state)
{
    const struct ky_legal *old = book.profiles[0], *now = book.profiles[1];
    assert_null(procedure_of(old, "new")->form.number);
    assert_false(procedure_of(old, "new")->form.proof.official);
    assert_string_equal(procedure_of(now, "new")->form.number, "01");
    assert_string_equal(procedure_of(now, "renew")->form.number, "04");
    assert_string_equal(procedure_of(now, "change")->form.number, "04");
    assert_string_equal(procedure_of(now, "revoke")->form.number, "05");
    assert_false(procedure_of(now, "new")->own_form.proof.official);
}

static void grounds_map_to_reasons_of_rfc_5280(void **state)
{
    static const struct {
        const char *key;
        ky_crl_reason reason;
        unsigned who;
    } want[] = {
        {"key_exposed", KY_REASON_KEY_COMPROMISE, KY_ASKER_SUBSCRIBER | KY_ASKER_BODY},
        {"moved", KY_REASON_AFFILIATION_CHANGED, KY_ASKER_SUBSCRIBER | KY_ASKER_BODY},
        {"left", KY_REASON_CESSATION, KY_ASKER_BODY},
        {"proceedings", KY_REASON_PRIVILEGE_WITHDRAWN, KY_ASKER_PROCEEDINGS},
        {"replaced", KY_REASON_SUPERSEDED, KY_ASKER_AUTHORITY},
    };
    for (size_t b = 0; b < book.n; b++)
        for (size_t i = 0; i < KY_COUNT(want); i++) {
            const struct ky_legal_ground *g =
                ky_legal_ground_find(book.profiles[b], ky_bytes_str(want[i].key));
            assert_non_null(g);
            assert_int_equal(g->reason, want[i].reason);
            assert_int_equal(g->who, want[i].who);
        }
    assert_null(ky_legal_ground_find(book.profiles[0], KY_BYTES_LIT("whim")));
}

static void what_is_looked_up_is_found(void **state)
{
    const struct ky_legal *l = legal_now(&book);
    const struct ky_legal_procedure *p = procedure_of(l, "new");
    const struct ky_legal_field *sector = ky_legal_field_find(p->fields, p->n_fields, "sector");
    assert_string_equal(ky_legal_choice_find(sector, KY_BYTES_LIT("health"))->vi, "Y tế");
    assert_null(ky_legal_choice_find(sector, KY_BYTES_LIT("finance")));
    assert_null(ky_legal_field_find(p->fields, p->n_fields, "shoe_size"));
    assert_non_null(ky_legal_attachment_find(l, "application/pdf"));
    assert_null(ky_legal_attachment_find(l, "application/x-msdownload"));
    assert_int_equal(l->people->n_provinces, 63);
    assert_string_equal(ky_legal_province_find(l->people, "096")->name, "Cà Mau");
    assert_string_equal(ky_legal_province_find(l->people, "002")->since_2025, "Tuyên Quang");
    assert_null(ky_legal_province_find(l->people, "003"));
}

/* ---- what is refused ---- */

static json_t *load_json(const char *path)
{
    json_t *json = json_load_file(path, 0, NULL);
    assert_non_null(json);
    return json;
}

static ky_rc parse(const json_t *json)
{
    const struct ky_legal *l = NULL;
    ky_auto_arena a = ky_arena_init(KY_LEGAL_ARENA);
    char *text = json_dumps(json, 0);
    ky_rc rc = ky_legal_parse(&l, &a, ky_bytes_str(text), NULL);
    free(text);
    assert_true((l != NULL) == (rc == KY_OK));
    return rc;
}

static void each_missing_member_is_named(void **state)
{
    ky_auto_json whole = load_json(KY_TEST_ETC "/legal/2024.json");
    const char *name;
    json_t *v;
    json_object_foreach(whole, name, v)
    {
        json_t *copy = json_copy(whole);
        json_object_del(copy, name);
        if (strcmp(name, "source") != 0 && strcmp(name, "note") != 0) {
            assert_int_equal(parse(copy), KY_EFORMAT);
            assert_non_null(strstr(ky_error(), name));
        }
        json_decref(copy);
    }
}

/* One member replaced, by path; the error names what is in `text`. */
static void each_wrong_member_is_named(void **state)
{
    static const struct {
        const char *path, *value; /* value: JSON; NULL: removed */
        ky_rc rc;
        const char *text;
    } cases[] = {
        {"extra", "1", KY_EFORMAT, "extra"},
        {"id", "7", KY_EFORMAT, "id"},
        {"id", "\"12345678901234567\"", KY_ELIMIT, "id"},
        {"vi", "\"a\\u202e\"", KY_EFORMAT, "vi"},
        {"vi", "\"a\\u0306\"", KY_EFORMAT, "normalisation"},
        {"in_force_from", "\"15/08/2024\"", KY_EFORMAT, "in_force_from"},
        {"in_force_from", "\"2024-02-30\"", KY_EINVAL, "in_force_from"},
        {"official", "false", KY_OK, ""},
        {"terms.0.vi", "\"\"", KY_ELIMIT, "terms: item 1"},
        {"terms.1.key", "\"certificate\"", KY_EFORMAT, "'certificate' stands there twice"},
        {"declarations.0.must_be", "1", KY_EFORMAT, "must_be"},
        {"grounds.1.reason", "\"certificateHold\"", KY_EFORMAT, "certificateHold"},
        {"grounds.1.who", "[]", KY_ELIMIT, "who"},
        {"grounds.1.who.0", "\"anyone\"", KY_EFORMAT, "anyone"},
        {"grounds.1.note", NULL, KY_OK, ""},
        {"grounds.8.note", NULL, KY_EFORMAT, "note: missing where official is false"},
        {"attachments.0.max_bytes", "0", KY_ELIMIT, "max_bytes"},
        {"attachments_max", "101", KY_ELIMIT, "attachments_max"},
        {"procedures.0.key", "\"adopt\"", KY_EFORMAT, "adopt"},
        {"procedures.0.key", "\"renew\"", KY_EFORMAT, "'renew' stands there twice"},
        {"procedures.0.fields.0.type", "\"colour\"", KY_EFORMAT, "colour"},
        {"procedures.0.fields.0.max_chars", "0", KY_ELIMIT, "max_chars"},
        {"procedures.0.fields.0.key", "\"identity\"", KY_EFORMAT, "'identity' stands there twice"},
        {"procedures.0.fields.0.type", "\"choice\"", KY_EFORMAT, "choices"},
        {"procedures.0.fields.2.type", "\"text\"", KY_EFORMAT, "choices"},
        {"procedures.0.fields.2.choices.1.key", "\"male\"", KY_EFORMAT, "'male' stands there twice"},
        {"procedures.0.own_form.fields.0", "\"shoe_size\"", KY_EFORMAT, "shoe_size"},
        {"procedures.0.declarations.0", "\"fun\"", KY_EFORMAT, "fun"},
        {"procedures.0.layout.columns.1.field", "\"shoe_size\"", KY_EFORMAT, "shoe_size"},
        {"procedures.0.layout.columns.1.width_mm", "201", KY_ELIMIT, "width_mm"},
        {"procedures.0.layout.copies", "[]", KY_ELIMIT, "copies"},
        {"procedures.0.limits.1.key", "\"answer\"", KY_EFORMAT, "limits: item 2 repeats item 1"},
        {"procedures.0.limits.0.key", "\"times\"", KY_EFORMAT, "'answer'"},
        {"procedures.0.limits.0.unit", "\"week\"", KY_EFORMAT, "week"},
        {"procedures.0.form.title", NULL, KY_EFORMAT, "title"},
        {"procedures.0.subject", "\"V/v\"", KY_EFORMAT, "subject"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char path[128], *rest = path;
        ky_auto_json whole = load_json(KY_TEST_ETC "/legal/2024.json");
        json_t *at = whole;
        snprintf(path, sizeof path, "%s", cases[i].path);
        char *name = strsep(&rest, ".");
        for (; rest != NULL; name = strsep(&rest, "."))
            at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
        json_t *value = cases[i].value == NULL ? NULL : json_loads(cases[i].value, JSON_DECODE_ANY, NULL);
        if (value == NULL)
            json_object_del(at, name);
        else if (json_is_array(at))
            json_array_set_new(at, strtoul(name, NULL, 10), value);
        else
            json_object_set_new(at, name, value);
        ky_rc rc = parse(whole);
        if (rc != cases[i].rc || (rc != KY_OK && strstr(ky_error(), cases[i].text) == NULL))
            fail_msg("%s: %s: %s", cases[i].path, ky_rc_name(rc), rc == KY_OK ? "" : ky_error());
    }
}

static void lists_of_people_are_checked(void **state)
{
    static const struct {
        const char *path, *name, *value, *text;
    } cases[] = {
        {"provinces", "code", "\"1\"", "province"},   {"provinces", "code", "\"00x\"", "province"},
        {"provinces", "code", "\"002\"", "'002'"},    {"renumbered", "was", "\"016\"", "old prefix"},
        {"renumbered", "is", "\"03\"", "new prefix"}, {"provinces", "name", "7", "name"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        const struct ky_legal_people *p = NULL;
        ky_auto_arena a = ky_arena_init(KY_LEGAL_ARENA);
        ky_auto_json whole = load_json(KY_TEST_ETC "/legal/people.json");
        json_object_set_new(json_array_get(json_object_get(whole, cases[i].path), 0), cases[i].name,
                            json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
        char *text = json_dumps(whole, 0);
        assert_int_equal(ky_legal_people_parse(&p, &a, ky_bytes_str(text)), KY_EFORMAT);
        assert_non_null(strstr(ky_error(), cases[i].text));
        free(text);
    }
}

/* ---- folders ---- */

static void copy_into(const char *folder, const char *name, const char *as, const char *id)
{
    char from[256], to[256];
    snprintf(from, sizeof from, KY_TEST_ETC "/legal/%s", name);
    snprintf(to, sizeof to, "%s/%s", folder, as);
    ky_auto_json json = load_json(from);
    if (id != NULL)
        json_object_set_new(json, "id", json_string(id));
    assert_int_equal(json_dump_file(json, to, 0), 0);
}

static void a_folder_must_make_sense(void **state)
{
    struct ky_legal_book b = {.n = 0};
    char folder[] = "/tmp/kyso-legal-XXXXXX", path[256];
    const char *const files[] = {"people.json", "a.json", "b.json"};
    assert_non_null(mkdtemp(folder));
    assert_int_equal(ky_legal_book_load(&b, "/nowhere"), KY_ENOTFOUND);
    assert_int_equal(ky_legal_book_load(&b, folder), KY_ENOTFOUND);
    copy_into(folder, "people.json", "people.json", NULL);
    assert_int_equal(ky_legal_book_load(&b, folder), KY_ENOTFOUND);
    assert_non_null(strstr(ky_error(), "no legal profile"));
    copy_into(folder, "2024.json", "a.json", NULL);
    copy_into(folder, "2024.json", "b.json", "2030");
    assert_int_equal(ky_legal_book_load(&b, folder), KY_EEXIST); /* one date */
    copy_into(folder, "2019.json", "b.json", "2024");
    assert_int_equal(ky_legal_book_load(&b, folder), KY_EEXIST); /* one id */
    copy_into(folder, "2019.json", "b.json", NULL);
    assert_int_equal(ky_legal_book_load(&b, folder), KY_OK);
    assert_string_equal(b.profiles[0]->id, "2019");
    ky_legal_book_clear(&b);
    for (size_t i = 0; i < KY_COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        remove(path);
    }
    assert_int_equal(remove(folder), 0);
}

static void hosts_fit_patterns_from_the_end(void **state)
{
    static const char *const patterns[] = {"*.gov.vn", "moet.example"};
    static const struct {
        const char *host;
        bool fits;
    } cases[] = {
        {"lamdong.gov.vn", true}, {"A.B.GOV.VN", true},   {"gov.vn", false}, {"evilgov.vn", false},
        {"x.gov.vn.com", false},  {"Moet.example", true}, {"", false},       {"a.moet.example", false},
        {".gov.vn", false},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        assert_int_equal(ky_legal_host_fits(ky_bytes_str(cases[i].host), patterns, KY_COUNT(patterns)),
                         cases[i].fits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_profile_of_the_day_is_in_force),
        cmocka_unit_test(every_profile_has_the_four_procedures),
        cmocka_unit_test(the_letter_fixes_subject_and_addressee),
        cmocka_unit_test(forms_have_numbers_where_they_are_known),
        cmocka_unit_test(grounds_map_to_reasons_of_rfc_5280),
        cmocka_unit_test(what_is_looked_up_is_found),
        cmocka_unit_test(each_missing_member_is_named),
        cmocka_unit_test(each_wrong_member_is_named),
        cmocka_unit_test(lists_of_people_are_checked),
        cmocka_unit_test(a_folder_must_make_sense),
        cmocka_unit_test(hosts_fit_patterns_from_the_end),
    };
    return cmocka_run_group_tests(tests, load, unload);
}

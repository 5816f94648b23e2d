/* See people_file.h. */
#include "prog/kyso/people_file.h"

#include <stdio.h>
#include <strings.h>

#include "base/str.h"
#include "codec/sheet/sheet.h"
#include "domain/people_file.h"
#include "domain/people_template.h"
#include "os/file.h"
#include "prog/kyso/say.h"

#define TEMPORARY "/tmp"

static const char *text_of(const json_t *told)
{
    const char *text = json_string_value(json_object_get(told, kyso_english() ? "en" : "vi"));
    return text != NULL ? text : "?";
}

static void print_issues(const json_t *list, const char *path)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        fprintf(stderr, "%s: %s: %s [%s]\n", path, json_string_value(json_object_get(one, "cell")),
                text_of(one), json_string_value(json_object_get(one, "code")));
    }
}

static void print_extra(const json_t *list, const char *path)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        fprintf(stderr, kyso_say("%s: %s: không dùng cột \"%s\"\n", "%s: %s: column \"%s\" is not used\n"),
                path, json_string_value(json_object_get(one, "cell")),
                json_string_value(json_object_get(one, "heading")));
    }
}

static ky_rc take_people(json_t **out, const json_t *rows)
{
    ky_auto_json people = json_array();
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (json_array_append(people, json_object_get(row, "person")) != 0)
            return ky_fail(KY_ENOMEM, "people");
    }
    *out = KY_STEAL(people);
    return KY_OK;
}

ky_rc kyso_people_read(json_t **out, size_t *wrong, const char *path)
{
    ky_auto_buf file = ky_buf_init_secret(KY_SHEET_FILE_MAX);
    ky_auto_json list = NULL;
    KY_TRY(ky_file_read(&file, path));
    KY_TRY(ky_people_file_read(&list, ky_buf_bytes(&file)));
    const json_t *fault = json_object_get(list, "fault");
    if (fault != NULL) {
        const char *where = json_string_value(json_object_get(fault, "where"));
        return ky_fail(KY_EFORMAT, "%s: %s%s%s", path, text_of(fault), where[0] == '\0' ? "" : ": ", where);
    }
    print_extra(json_object_get(list, "extra"), path);
    print_issues(json_object_get(list, "errors"), path);
    *wrong = json_array_size(json_object_get(list, "errors")) +
             (size_t)json_integer_value(json_object_get(list, "left_out"));
    return take_people(out, json_object_get(list, "people"));
}

ky_rc kyso_people_write_template(const char *path)
{
    ky_auto_buf file = ky_buf_init(KY_PEOPLE_TEMPLATE_MAX);
    size_t n = strlen(path);
    bool csv = n > 4 && strcasecmp(path + n - 4, ".csv") == 0;
    KY_TRY(csv ? ky_people_template_csv(&file) : ky_people_template(&file, TEMPORARY));
    return ky_file_write(path, ky_buf_bytes(&file), 0600);
}

/* See tampering.h. */
#include "tests/process/tampering.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

#define FILE_MAX (64u << 20)

void tampering_shell(const char *fmt, ...)
{
    char command[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    if (system(command) != 0)
        fail_msg("%s", command);
}

void tampering_keep(const struct harness *h, const char *name)
{
    tampering_shell("rm -rf %s/%s && mkdir %s/%s && cd %s && cp -a sam ca web %s/%s/", h->realm.dir, name,
                    h->realm.dir, name, h->realm.state, h->realm.dir, name);
}

void tampering_put_back(const struct harness *h, const char *name)
{
    tampering_shell("cd %s && rm -rf sam ca web && cp -a %s/%s/* .", h->realm.state, h->realm.dir, name);
}

void tampering_path(char out[160], const struct harness *h, ky_process p, const char *file)
{
    snprintf(out, 160, "%s/%s/%s", h->realm.state, ky_process_name(p), file);
}

void tampering_copy_path(char out[160], const struct harness *h, ky_process p)
{
    snprintf(out, 160, "%s/web/relay/log.%s", h->realm.state, ky_process_name(p));
}

size_t tampering_size(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return (size_t)st.st_size;
}

void tampering_cut(const char *path, size_t size)
{
    assert_true(size <= tampering_size(path));
    assert_int_equal(truncate(path, (off_t)size), 0);
}

void tampering_read(struct ky_buf *out, const char *path)
{
    *out = ky_buf_init(FILE_MAX);
    assert_ok(ky_file_read(out, path));
}

void tampering_write(const char *path, const struct ky_buf *content)
{
    assert_ok(ky_file_write(path, ky_buf_bytes(content), 0600));
}

void tampering_flip(const char *path, size_t at)
{
    ky_auto_buf content = {0};
    tampering_read(&content, path);
    assert_true(at < content.n);
    content.p[at] ^= 1;
    tampering_write(path, &content);
}

/* ---- the token ---- */

static size_t list_anchors(struct ky_token_data **items, struct ky_arena *arena, struct ky_keystore *ks)
{
    size_t count;
    assert_ok(ky_keystore_list_data(items, &count, arena, ks, KY_FOUNDING_APPLICATION, "anchor.", 16));
    return count;
}

size_t tampering_remove_anchors(const struct harness *h, ky_process p)
{
    ky_auto_keystore ks = NULL;
    ky_auto_arena arena = ky_arena_init(1 << 20);
    struct ky_token_data *items;
    assert_ok(harness_open_token(&ks, h, p));
    size_t count = list_anchors(&items, &arena, ks);
    for (size_t i = 0; i < count; i++)
        assert_ok(ky_keystore_remove_data(ks, &items[i]));
    return count;
}

void tampering_read_anchor(struct ky_buf *value, const struct harness *h, ky_process p)
{
    ky_auto_keystore ks = NULL;
    ky_auto_arena arena = ky_arena_init(1 << 20);
    struct ky_token_data *items;
    assert_ok(harness_open_token(&ks, h, p));
    assert_int_equal(list_anchors(&items, &arena, ks), 1);
    *value = ky_buf_init(1024);
    ky_buf_add(value, items[0].value);
}

void tampering_add_anchor(const struct harness *h, ky_process p, struct ky_bytes value)
{
    char label[32];
    ky_auto_keystore ks = NULL;
    snprintf(label, sizeof label, "anchor.%u", h->realm.founding->node);
    assert_ok(harness_open_token(&ks, h, p));
    assert_ok(ky_keystore_add_data(ks, KY_FOUNDING_APPLICATION, label, value, false));
}

/* ---- what was said ---- */

size_t tampering_log_end(const struct harness *h)
{
    char path[96];
    snprintf(path, sizeof path, "%s/log", h->realm.dir);
    return tampering_size(path);
}

bool tampering_log_has(const struct harness *h, size_t from, const char *text)
{
    char path[96];
    ky_auto_buf log = {0};
    snprintf(path, sizeof path, "%s/log", h->realm.dir);
    tampering_read(&log, path);
    return log.n > from && strstr(ky_buf_str(&log) + from, text) != NULL;
}

/* Counting of SMS; see sms_quota.h. File sms-DAY: hashes of 32 bytes, one for each SMS sent; an incomplete last one is cut. */
#include "domain/sms_quota.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/file.h"

#define HASH KY_PERSONAL_HASH_SIZE
#define FIRST_ROOM 1024

typedef uint8_t hash_t[HASH];

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, HASH);
}

static void forget_day(struct ky_sms_quota *q)
{
    ky_fd_clear(&q->fd);
    free(q->sent);
    q->sent = NULL;
    q->count = q->room = 0;
}

void ky_sms_quota_open(struct ky_sms_quota *q, const char *folder, const struct ky_personal *personal)
{
    *q = (struct ky_sms_quota){.personal = personal, .day = -1, .fd = -1};
    snprintf(q->folder, sizeof q->folder, "%s", folder);
}

void ky_sms_quota_close(struct ky_sms_quota *q)
{
    forget_day(q);
}

static void day_path(char out[600], const struct ky_sms_quota *q, int64_t day)
{
    snprintf(out, 600, "%s/sms-%lld", q->folder, (long long)day);
}

static ky_rc make_room(struct ky_sms_quota *q, size_t room)
{
    if (room > KY_SMS_NUMBERS_MAX)
        return ky_fail(KY_ELIMIT, "more than %d SMS in one day", KY_SMS_NUMBERS_MAX);
    hash_t *more = realloc(q->sent, room * HASH);
    if (more == NULL)
        return ky_fail(KY_ENOMEM, "SMS of the day");
    q->sent = more;
    q->room = room;
    return KY_OK;
}

static ky_rc read_day(struct ky_sms_quota *q, const char *path)
{
    ky_auto_buf file = ky_buf_init((size_t)KY_SMS_NUMBERS_MAX * HASH);
    ky_rc rc = ky_file_read(&file, path);
    if (rc != KY_ENOTFOUND)
        KY_TRY(rc);
    q->count = file.n / HASH;
    KY_TRY(make_room(q, q->count + FIRST_ROOM));
    if (q->count > 0)
        memcpy(q->sent, file.p, q->count * HASH);
    qsort(q->sent, q->count, HASH, compare);
    if (file.n % HASH != 0 && truncate(path, (off_t)(q->count * HASH)) != 0)
        return ky_fail(KY_EIO, "%s: cannot be cut", path);
    return KY_OK;
}

/* Another day has another file; yesterday's goes. */
static ky_rc turn_to(struct ky_sms_quota *q, int64_t day)
{
    char path[600];
    if (q->day == day)
        return KY_OK;
    forget_day(q);
    day_path(path, q, q->day >= 0 ? q->day : day - 1);
    unlink(path); /* that it is not there is fine */
    day_path(path, q, day);
    KY_TRY(read_day(q, path));
    KY_TRY(ky_file_open_append(&q->fd, path, 0600));
    q->day = day;
    return KY_OK;
}

static ky_rc look_up(hash_t hash, size_t *at, struct ky_sms_quota *q, const char *number, ky_time now)
{
    KY_TRY(turn_to(q, (now + KY_TIME_VN_OFFSET_S) / KY_DAY));
    KY_TRY(ky_personal_hash(hash, q->personal, ky_bytes_str(number)));
    size_t low = 0, high = q->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(q->sent[middle], hash, HASH) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low; /* the first that is not less */
    return KY_OK;
}

ky_rc ky_sms_quota_check(struct ky_sms_quota *q, const char *number, ky_time now)
{
    hash_t hash;
    size_t at;
    KY_TRY(look_up(hash, &at, q, number, now));
    size_t last = at + KY_SMS_PER_DAY - 1;
    if (last < q->count && memcmp(q->sent[last], hash, HASH) == 0)
        return ky_fail(KY_ELIMIT, "this number has had %d SMS today", KY_SMS_PER_DAY);
    return KY_OK;
}

ky_rc ky_sms_quota_count(struct ky_sms_quota *q, const char *number, ky_time now)
{
    hash_t hash;
    size_t at;
    KY_TRY(look_up(hash, &at, q, number, now));
    if (q->count == q->room)
        KY_TRY(make_room(q, q->room * 2));
    KY_TRY(ky_file_append(q->fd, KY_BYTES_OF(hash)));
    memmove(q->sent + at + 1, q->sent + at, (q->count - at) * HASH);
    memcpy(q->sent[at], hash, HASH);
    q->count++;
    return KY_OK;
}

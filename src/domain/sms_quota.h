/*
 * How many SMS a number has had today, and how many letters an address was sent once more, so that nobody is flooded
 * through us. Kept in a file for each day; numbers and addresses stand there as keyed hashes.
 */
#ifndef KY_DOMAIN_SMS_QUOTA_H
#define KY_DOMAIN_SMS_QUOTA_H

#include "base/time.h"
#include "domain/personal.h"

#define KY_SMS_PER_DAY 12            /* to one number: two activations with all their codes */
#define KY_SMS_NUMBERS_MAX (1 << 20) /* numbers of one day */

struct ky_sms_quota {
    char folder[512];
    const struct ky_personal *personal;     /* borrowed: key of the hashes */
    int64_t day;                            /* since 1970, in Vietnamese time; of what follows */
    uint8_t (*sent)[KY_PERSONAL_HASH_SIZE]; /* owned; one for each SMS, sorted */
    size_t count, room;
    int fd; /* of the day's file; -1: none */
};
#define ky_auto_sms_quota KY_CLEANUP(ky_sms_quota_close) struct ky_sms_quota

/* Nothing is read before the first question. */
void ky_sms_quota_open(struct ky_sms_quota *q, const char *folder, const struct ky_personal *personal);
void ky_sms_quota_close(struct ky_sms_quota *q);

/* KY_ELIMIT when the number has had KY_SMS_PER_DAY today. */
ky_rc ky_sms_quota_check(struct ky_sms_quota *q, const char *number, ky_time now);
/* One was sent; durable on return. */
ky_rc ky_sms_quota_count(struct ky_sms_quota *q, const char *number, ky_time now);

#endif

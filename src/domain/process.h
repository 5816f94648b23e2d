/* The two key processes. Their number goes into every MAC, so that a record of one is nothing to the other. */
#ifndef KY_DOMAIN_PROCESS_H
#define KY_DOMAIN_PROCESS_H

#include <stdint.h>

typedef enum ky_process { KY_PROCESS_SAM = 1, KY_PROCESS_CA = 2 } ky_process;

#define KY_ID_SIZE 16     /* bytes of a record id */
#define KY_HASH_SIZE 32   /* bytes of SHA-256 */
#define KY_OWNER_SIZE 32  /* bytes of an owner */
#define KY_LOG_ID_SIZE 32 /* ids in the log: a hash, or a record id padded with zeros */

static inline const char *ky_process_name(ky_process p)
{
    return p == KY_PROCESS_SAM ? "sam" : "ca";
}

#endif

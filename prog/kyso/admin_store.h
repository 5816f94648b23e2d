/* The service's database, opened by an administrator on the machine itself. */
#ifndef KY_PROG_KYSO_ADMIN_STORE_H
#define KY_PROG_KYSO_ADMIN_STORE_H

#include "store/store.h"

/* As the configuration file says; brought to the newest schema. *out is the caller's. */
ky_rc kyso_store_open(struct ky_store **out, const char *config);
/* Runs fn in one transaction: all or nothing. */
ky_rc kyso_store_write(struct ky_store *s, ky_rc (*fn)(struct ky_store *s, void *ctx), void *ctx);

#endif

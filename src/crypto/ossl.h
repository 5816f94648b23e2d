/* The edge to OpenSSL: its error queue becomes our error text. */
#ifndef KY_CRYPTO_OSSL_H
#define KY_CRYPTO_OSSL_H

#include "base/rc.h"

/* "what: reason" from the oldest entry of this thread's queue, which is emptied; returns rc. */
ky_rc ky_fail_ossl(ky_rc rc, const char *what);

#endif

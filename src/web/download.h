/* Files of strangers, given out so that no browser shows or runs them. */
#ifndef KY_WEB_DOWNLOAD_H
#define KY_WEB_DOWNLOAD_H

#include "web/exchange.h"

/* The bytes as a file to be saved under that name (UTF-8, RFC 6266 §4.1); type is borrowed. */
ky_rc ky_answer_download(struct ky_exchange *x, const char *type, const char *name, struct ky_bytes bytes);

#endif

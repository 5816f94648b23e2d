/* LOG_APPEND and LOG_FETCH: the keepers' registry logs are copied into the database (docs/protocol/keeper.md §1). */
#ifndef KY_WEB_LOGCOPY_H
#define KY_WEB_LOGCOPY_H

#include "os/ipc_server.h"

/* The message table for both keepers; ctx is a struct ky_web. */
extern const struct ky_ipc_message ky_logcopy_messages[];
extern const size_t ky_logcopy_message_count;

#endif

/*
 * Structured log: one event a line on stderr, `time level process event key=value …`.
 * Not the audit record, which the key processes write themselves (domain/audit).
 */
#ifndef KY_BASE_LOG_H
#define KY_BASE_LOG_H

#include "base/rc.h"

typedef enum ky_log_level { KY_LOG_ERROR, KY_LOG_WARN, KY_LOG_INFO, KY_LOG_DEBUG } ky_log_level;

/* process: the name on every line, borrowed for ever. The sink is the only global state of the library. */
void ky_log_init(const char *process, ky_log_level most);

/*
 * event is a stable dotted name ("cert.issued"); fmt makes "key=value key=value". Values with
 * spaces are put in quotes by the caller (KY_Q). Control characters are written as \xNN.
 */
void ky_log(ky_log_level level, const char *event, const char *fmt, ...) KY_PRINTF(3, 4);
#define KY_Q "\"%s\""

#endif

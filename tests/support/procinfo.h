/* What another process uses, from /proc: to see that an attack leaves nothing behind. */
#ifndef KY_TESTS_SUPPORT_PROCINFO_H
#define KY_TESTS_SUPPORT_PROCINFO_H

#include <sys/types.h>

/* Open descriptors; -1: not for us to see. */
long procinfo_descriptors(pid_t pid);
/* KiB of memory that are this process's: PSS where it may be read, else what is resident; -1: neither. */
long procinfo_memory_kib(pid_t pid);

#endif

/* What a build with AddressSanitizer needs differently. One of sanitizer_on.c and sanitizer_off.c is built. */
#ifndef KY_OS_SANITIZER_H
#define KY_OS_SANITIZER_H

#include <stdint.h>

/* From here on the leak check at exit, which forks and traces itself, is not tried. */
void ky_sanitizer_enter_sandbox(void);
/* The address space limit to use for a wanted one: shadow memory takes terabytes, so 0 (none). */
uint64_t ky_sanitizer_memory_limit(uint64_t wanted_bytes);

#endif

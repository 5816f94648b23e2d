/*
 * AddressSanitizer and seccomp. LeakSanitizer's check at exit clones a thread that traces the process, which
 * every profile forbids; the runtime asks the hook below before it tries. Processes outside a sandbox, the
 * unit tests for instance, keep their leak check.
 */
#include "os/sanitizer.h"

#include <stdbool.h>

static bool sandboxed;

int __lsan_is_turned_off(void);
__attribute__((visibility("default"))) int __lsan_is_turned_off(void)
{
    return sandboxed;
}

void ky_sanitizer_enter_sandbox(void)
{
    sandboxed = true;
}

uint64_t ky_sanitizer_memory_limit(uint64_t wanted_bytes)
{
    (void)wanted_bytes;
    return 0;
}

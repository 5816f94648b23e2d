/* A plain build: nothing is different. */
#include "os/sanitizer.h"

void ky_sanitizer_enter_sandbox(void)
{
}

uint64_t ky_sanitizer_memory_limit(uint64_t wanted_bytes)
{
    return wanted_bytes;
}

/* The page of machine.h as a process sees it that lives on that machine. */
#ifndef KY_TESTS_SUPPORT_MACHINE_PAGE_H
#define KY_TESTS_SUPPORT_MACHINE_PAGE_H

#include "tests/support/machine.h"

extern struct machine *machine_page; /* NULL: none */

bool machine_attach(const char *path);

#endif

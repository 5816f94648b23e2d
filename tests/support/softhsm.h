/* A throw-away SoftHSM for tests: its own directory and configuration, gone at the end. */
#ifndef KY_TESTS_SUPPORT_SOFTHSM_H
#define KY_TESTS_SUPPORT_SOFTHSM_H

#include <stdbool.h>

struct softhsm {
    char dir[64]; /* everything is below it */
};

/* Makes the directory and sets SOFTHSM2_CONF, KYSO_P11_FAULT_MODULE and KYSO_P11_FAULT_CONTROL. False: see errno. */
bool softhsm_setup(struct softhsm *h);
void softhsm_teardown(struct softhsm *h);

/* Path of libsofthsm2.so; NULL when it is not installed. */
const char *softhsm_module(void);

/*
 * What the fault module shall do from now on: lines as in p11-fault.c, "" for nothing. The module itself is
 * kyso-p11-fault.so of the build; tests get its path from Meson.
 */
bool softhsm_fault(const struct softhsm *h, const char *lines);

#endif

/*
 * What a process gives up after its start: capabilities, new privileges, dumps, and every system call that its
 * profile does not list. A call outside the profile fails with EPERM; execve, ptrace, reading other
 * processes' memory, and network sockets where there shall be none, kill.
 */
#ifndef KY_OS_SANDBOX_H
#define KY_OS_SANDBOX_H

#include "base/bytes.h"
#include "base/rc.h"

typedef enum ky_sandbox_profile {
    KY_SANDBOX_SUPERVISOR, /* all but what no process of ours ever needs (children inherit it) */
    KY_SANDBOX_WEB,        /* threads, files, sockets of unix and internet kind */
    KY_SANDBOX_COURIER,    /* the same without listening */
    KY_SANDBOX_KEY,        /* files for the token and own state, existing sockets; no new ones, no threads */
    KY_SANDBOX_TOKEN,      /* a person's PKCS#11 module of any make: files, threads, unix sockets, devices */
    KY_SANDBOX_PARSE,      /* memory and the descriptors it has; opens nothing */
    KY_SANDBOX_COUNT,
} ky_sandbox_profile;

/*
 * Enters for good; call before any thread is started, after everything is opened. KY_EDENIED names the step that
 * the kernel refused: the process must then not serve.
 */
ky_rc ky_sandbox_enter(ky_sandbox_profile profile);

#endif

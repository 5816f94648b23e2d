/* Files that come with the program: legal profiles, templates. */
#ifndef KY_OS_SHARE_H
#define KY_OS_SHARE_H

#include <limits.h>

#include "base/rc.h"

/*
 * ky_share_folder — where a folder of such files is: ../share/kyso/NAME beside the folder this program lies in, where
 * `ninja install` puts it; for a program that was not installed, `source` (the tree it was built from).
 *
 * Errors: KY_EIO  /proc is not there;  KY_ELIMIT  the path is too long
 * Effects: reads /proc/self/exe, so before the sandbox.
 */
ky_rc ky_share_folder(char out[PATH_MAX], const char *name, const char *source);

#endif

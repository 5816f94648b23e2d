/*
 * The code by which anybody who has it sees where a dossier is:
 * "K7QX-M2PD-9R4T-VB6C". 75 random bits in 15 letters and digits, and one more that tells most slips of the hand.
 */
#ifndef KY_DOMAIN_TRACKING_H
#define KY_DOMAIN_TRACKING_H

#include "base/bytes.h"
#include "base/rc.h"

#define KY_TRACKING_TEXT 20 /* four groups of four, hyphens, NUL */

ky_rc ky_tracking_make(char out[KY_TRACKING_TEXT]);
/*
 * As people type it: small letters, spaces, no hyphens, O for 0, I and L for 1. *out is as made.
 * KY_EFORMAT: not such a code, or a slip in it.
 */
ky_rc ky_tracking_read(char out[KY_TRACKING_TEXT], struct ky_bytes typed);

#endif

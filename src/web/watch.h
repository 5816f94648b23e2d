/*
 * Requests for revocation that wait for their answer (docs/protocol/procedures.md §5):
 * ca is told of each as soon as it is filed, and asked to execute it when its
 * hour has come. Run by the thread of the pipeline, day and night.
 */
#ifndef KY_WEB_WATCH_H
#define KY_WEB_WATCH_H

#include "web/web.h"

#define KY_WATCH_BATCH 50          /* dossiers of one run */
#define KY_WATCH_RETRY_S KY_MINUTE /* after something that could not be done now, or while the clock stands */
#define KY_WATCH_REFUSED_S (10 * KY_MINUTE) /* after a key process said no */

/* Everything that is due. What fails is logged and tried again later. */
void ky_watch_run(struct ky_web *w, ky_time now);
/* One dossier at once, when its request has just been filed. */
void ky_watch_tell(struct ky_web *w, const char *dossier_id, ky_time now);

#endif

/* Every handler of the route tables (routes.c), by the file that it is in. */
#ifndef KY_WEB_HANDLERS_H
#define KY_WEB_HANDLERS_H

#include "web/web.h"

/* pki.c */
ky_web_handler ky_handle_ocsp_post, ky_handle_ocsp_get, ky_handle_tsa;
ky_web_handler ky_handle_crl_issuing, ky_handle_crl_root, ky_handle_crt_issuing, ky_handle_crt_root;

/* api_basic.c */
ky_web_handler ky_handle_founding, ky_handle_nonce, ky_handle_owner;

#endif

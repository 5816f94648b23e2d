/* The route tables: HTTPS, plain HTTP, and the port for log-in with certificates (docs/protocol/http.md). */
#ifndef KY_WEB_ROUTES_H
#define KY_WEB_ROUTES_H

#include "web/route.h"

extern const struct ky_route ky_routes_https[];
extern const size_t ky_routes_https_count;
extern const struct ky_route ky_routes_http[];
extern const size_t ky_routes_http_count;
extern const struct ky_route ky_routes_login[];
extern const size_t ky_routes_login_count;

#endif

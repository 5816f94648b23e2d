/* See network.h. */
#include "base/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

void ky_network_of(char out[KY_NETWORK_TEXT], const char *address)
{
    struct in6_addr a;
    char text[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET6, address, &a) != 1) {
        snprintf(out, KY_NETWORK_TEXT, "%s", address);
        return;
    }
    if (IN6_IS_ADDR_V4MAPPED(&a)) {
        inet_ntop(AF_INET, a.s6_addr + 12, text, sizeof text);
        snprintf(out, KY_NETWORK_TEXT, "%s", text);
        return;
    }
    memset(a.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &a, text, sizeof text);
    snprintf(out, KY_NETWORK_TEXT, "%s/64", text);
}

/* By what clients of the network are told apart where they are counted. */
#ifndef KY_BASE_NETWORK_H
#define KY_BASE_NETWORK_H

#define KY_NETWORK_TEXT 48 /* the longest IPv6 address as text, "/64" and the NUL */

/*
 * ky_network_of — what one client has for its own: an IPv4 address, or the first 64 bits of an IPv6 one (RFC 6177: a site
 * has at least so many addresses), "2001:db8:0:1::/64". An IPv4 address inside an IPv6 one counts as that. What is no
 * address stays as it is, cut to the room.
 */
void ky_network_of(char out[KY_NETWORK_TEXT], const char *address);

#endif

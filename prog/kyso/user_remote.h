/* kyso user list, invite, close: what an administrator does over the API; main functions of these three. */
#ifndef KY_PROG_KYSO_USER_REMOTE_H
#define KY_PROG_KYSO_USER_REMOTE_H

int kyso_user_list(int argc, char **argv);
int kyso_user_invite(int argc, char **argv);
int kyso_user_close(int argc, char **argv);

#endif

/* kyso org move, delegate, close: main functions of these three. */
#ifndef KY_PROG_KYSO_ORG_CHANGE_H
#define KY_PROG_KYSO_ORG_CHANGE_H

int kyso_org_move(int argc, char **argv);
int kyso_org_delegate(int argc, char **argv);
int kyso_org_close(int argc, char **argv);

#endif

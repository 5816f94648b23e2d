/* A mail server in a thread, of one connection after another, that keeps what it was given. */
#ifndef KY_TEST_SMTP_SINK_H
#define KY_TEST_SMTP_SINK_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct smtp_sink {
    int listener;
    pthread_t thread;
    char url[64];
    const char *rcpt_reply; /* to RCPT TO */
    char sender[256], recipient[256];
    char data[32768]; /* of the last mail */
};

static inline void smtp_say(FILE *out, const char *line)
{
    fprintf(out, "%s\r\n", line);
    fflush(out);
}

static inline void smtp_read_data(struct smtp_sink *s, FILE *in)
{
    char line[1024];
    s->data[0] = 0;
    while (fgets(line, sizeof line, in) != NULL && strcmp(line, ".\r\n") != 0)
        strncat(s->data, line, sizeof s->data - strlen(s->data) - 1);
}

static inline void smtp_talk(struct smtp_sink *s, FILE *in, FILE *out)
{
    char line[1024];
    smtp_say(out, "220 sink");
    while (fgets(line, sizeof line, in) != NULL && strncasecmp(line, "QUIT", 4) != 0) {
        if (sscanf(line, "MAIL FROM:<%250[^>]", s->sender) == 1)
            smtp_say(out, "250 ok");
        else if (sscanf(line, "RCPT TO:<%250[^>]", s->recipient) == 1)
            smtp_say(out, s->rcpt_reply);
        else if (strncasecmp(line, "DATA", 4) == 0) {
            smtp_say(out, "354 go on");
            smtp_read_data(s, in);
            smtp_say(out, "250 taken");
        } else
            smtp_say(out, "250 sink");
    }
}

static inline void *smtp_main(void *arg)
{
    struct smtp_sink *s = arg;
    int fd;
    while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
        FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
        smtp_talk(s, in, out);
        fclose(in);
        fclose(out);
    }
    return NULL;
}

static inline int smtp_sink_start(struct smtp_sink *s, const char *rcpt_reply)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    memset(s, 0, sizeof *s);
    s->rcpt_reply = rcpt_reply;
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(s->listener, (struct sockaddr *)&at, n) != 0 || listen(s->listener, 4) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&at, &n) != 0)
        return -1;
    snprintf(s->url, sizeof s->url, "smtp://127.0.0.1:%u", ntohs(at.sin_port));
    return pthread_create(&s->thread, NULL, smtp_main, s);
}

static inline void smtp_sink_stop(struct smtp_sink *s)
{
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
}

#endif

/* The front of notifiers, and the one that writes files; see notifier.h. */
#include "domain/notifier.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/json.h"
#include "os/file.h"

#define PATH_BYTES 512
#define FILE_MODE 0600

struct folder_notifier {
    struct ky_notifier base;
    char folder[PATH_BYTES / 2];
    char address[KY_NOTICE_ADDRESS_MAX];
    char name[KY_NOTICE_ADDRESS_MAX];
};

ky_rc ky_notifier_send(struct ky_notifier *n, const struct ky_notice *notice, const char *id, ky_time now)
{
    if ((n->channels & 1u << notice->channel) == 0)
        return ky_fail(KY_EINVAL, "%s does not send %s", n->ops->name, ky_channel_name(notice->channel));
    return n->ops->send(n, notice, id, now);
}

void ky_notifier_close(struct ky_notifier *n)
{
    if (n != NULL)
        n->ops->close(n);
}

static ky_rc encode_sms(struct ky_buf *out, const struct ky_notice *notice, ky_time now)
{
    char time[KY_TIME_TEXT_MAX];
    ky_time_text_vn(time, now);
    struct ky_json_out o = KY_JSON_OUT(out);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "to", notice->address);
    ky_json_put_str(&o, "text", ky_buf_bytes(&notice->body));
    ky_json_put_cstr(&o, "time", time);
    ky_json_close_object(&o);
    ky_buf_add_str(out, "\n");
    return ky_buf_finish(out);
}

static ky_rc folder_send(struct ky_notifier *n, const struct ky_notice *notice, const char *id, ky_time now)
{
    const struct folder_notifier *f = (const struct folder_notifier *)n;
    char path[PATH_BYTES];
    ky_auto_buf content = ky_buf_init_secret(KY_MAIL_MAX);
    bool sms = notice->channel == KY_CHANNEL_SMS;
    struct ky_mail_sender from = {f->address, f->name};
    KY_TRY(sms ? encode_sms(&content, notice, now) : ky_mime_encode(&content, notice, &from, id, now));
    snprintf(path, sizeof path, "%s/%s.%s", f->folder, id, sms ? "sms.json" : "eml");
    return ky_file_write(path, ky_buf_bytes(&content), FILE_MODE);
}

static void folder_close(struct ky_notifier *n)
{
    free(n);
}

static const struct ky_notifier_ops folder_ops = {
    .name = "folder", .send = folder_send, .close = folder_close};

ky_rc ky_notifier_open_folder(struct ky_notifier **out, const char *folder, const struct ky_mail_sender *from)
{
    struct folder_notifier *f = calloc(1, sizeof *f);
    if (f == NULL)
        return ky_fail(KY_ENOMEM, "notifier");
    f->base = (struct ky_notifier){&folder_ops, 1u << KY_CHANNEL_EMAIL | 1u << KY_CHANNEL_SMS};
    int a = snprintf(f->folder, sizeof f->folder, "%s", folder);
    int b = snprintf(f->address, sizeof f->address, "%s", from->address);
    int c = snprintf(f->name, sizeof f->name, "%s", from->name);
    bool whole = a < (int)sizeof f->folder && b < (int)sizeof f->address && c < (int)sizeof f->name;
    ky_rc rc =
        whole ? ky_dir_make(folder, 0700) : ky_fail(KY_ELIMIT, "notifier: folder or sender is too long");
    if (rc != KY_OK) {
        free(f);
        return rc;
    }
    *out = &f->base;
    return KY_OK;
}

/* kyso dossier own-request: hands in subscribers' own requests, one PDF for one row or for many. */
#include <stdio.h>

#include "os/file.h"
#include "prog/kyso/dossier.h"
#include "prog/kyso/say.h"

#define FILE_MAX ((size_t)20 << 20)

static const struct kyso_opt opts[] = {
    KYSO_DOSSIER_COMMON,
    KYSO_DOSSIER_OPT("pdf", KYSO_OPT_TEXT, own_request, "PDF", "văn bản đề nghị đã ký của thuê bao",
                     "the subscribers' signed request"),
    KYSO_DOSSIER_OPT("rows", KYSO_OPT_TEXT, rows, "1,3-5",
                     "các dòng mà văn bản này thay mặt (mặc định: mọi dòng còn thiếu)",
                     "rows it stands for (default: all that lack one)"),
};
static const struct kyso_usage usage = {
    .command = "dossier own-request",
    .args = "ID",
    .args_offset = offsetof(struct kyso_dossier_opts, args),
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Văn bản đề nghị của thuê bao được giữ cùng hồ sơ; thiếu thì hồ sơ không gửi được.",
    .en = "Subscribers' own requests are kept with the dossier; without them it cannot be sent.",
};

ky_rc kyso_dossier_own_request(const struct kyso_api *api, const char *id, const char *pdf, const char *rows)
{
    ky_auto_json answer = NULL;
    ky_auto_buf file = ky_buf_init_secret(FILE_MAX);
    KY_TRY(ky_file_read(&file, pdf));
    KY_TRY(kyso_api_upload(&answer, api, ky_buf_bytes(&file), "/api/v1/dossiers/%s/own-requests%s%s", id,
                           rows == NULL ? "" : "?rows=", rows == NULL ? "" : rows));
    fprintf(stderr,
            kyso_say("Đã giữ văn bản đề nghị của %zu thuê bao.\n", "Kept the requests of %zu subscribers.\n"),
            json_array_size(json_object_get(answer, "rows")));
    return KY_OK;
}

static ky_rc hand_in(const struct kyso_dossier_opts *o, int *status)
{
    struct kyso_api api;
    const char *id;
    KY_TRY(kyso_dossier_id(&id, o));
    KY_TRY(kyso_need(o->own_request, "pdf"));
    KY_TRY(kyso_api_open(&api, o->server, o->cacert));
    return kyso_dossier_own_request(&api, id, o->own_request, o->rows);
}

int kyso_dossier_own(int argc, char **argv)
{
    return kyso_dossier_main(argc, argv, &usage, hand_in);
}

#include "prog/kyso/admin_store.h"

#include <stdio.h>

#include "os/clock.h"
#include "os/file.h"
#include "os/settings.h"
#include "prog/kyso/opts.h"
#include "prog/kyso/say.h"
#include "store/migrate.h"

#define ARENA_MAX (1u << 20)
#define WHERE_MAX 1024
#define BUSY_MS 10000

ky_rc kyso_store_open(struct ky_store **out, const char *config)
{
    struct ky_settings settings;
    char where[WHERE_MAX];
    ky_auto_arena arena = ky_arena_init(ARENA_MAX);
    ky_auto_buf text = ky_buf_init(KY_CONF_TEXT_MAX);
    ky_auto_store s = NULL;
    KY_TRY(kyso_need(config, "config"));
    KY_TRY(ky_file_read(&text, config));
    KY_TRY(ky_settings_load(&settings, &arena, KY_ROLE_SUPERVISOR, config, ky_buf_bytes(&text)));
    if (settings.store.path[0] != 0)
        snprintf(where, sizeof where, "sqlite:%s", settings.store.path);
    else
        snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", settings.kyso.state_dir);
    KY_TRY(ky_store_open(&s, where, BUSY_MS));
    KY_TRY(ky_migrate(s, ky_migrations, ky_migrations_count, ky_now()));
    *out = KY_STEAL(s);
    return KY_OK;
}

ky_rc kyso_store_write(struct ky_store *s, ky_rc (*fn)(struct ky_store *s, void *ctx), void *ctx)
{
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    ky_rc rc = fn(s, ctx);
    if (rc == KY_OK)
        return ky_store_commit(s);
    ky_rc undone = ky_store_rollback(s); /* its failure would hide the reason */
    (void)undone;
    return rc;
}

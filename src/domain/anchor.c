/* Anchors; see anchor.h. */
#include "domain/anchor.h"

#include <stdio.h>

#include "crypto/digest.h"

#define APPLICATION "kyso"
#define SIGNED_SIZE 48
#define VALUE_SIZE (SIGNED_SIZE + KY_HMAC_SIZE)
#define OBJECTS_MAX 64
#define LABEL_MAX 32

static ky_rc make_mac(uint8_t out[KY_HMAC_SIZE], const uint8_t *value, ky_process process,
                      const struct ky_mac *k_reg)
{
    uint8_t p = (uint8_t)process;
    const struct ky_bytes parts[] = {KY_LABEL("kyso anchor v1"), {&p, 1}, {value, SIGNED_SIZE}};
    return ky_mac_make(out, k_reg, parts, KY_COUNT(parts));
}

static bool decode(struct ky_anchor *out, struct ky_bytes value, ky_process process,
                   const struct ky_mac *k_reg)
{
    uint8_t mac[KY_HMAC_SIZE];
    if (value.n != VALUE_SIZE || make_mac(mac, value.p, process, k_reg) != KY_OK)
        return false;
    if (!ky_secret_eq(KY_BYTES_OF(mac), KY_BYTES(value.p + SIGNED_SIZE, KY_HMAC_SIZE)))
        return false;
    out->sequence = ky_get_u64(value.p);
    memcpy(out->head, value.p + 8, KY_HMAC_SIZE);
    out->time = (ky_time)ky_get_u64(value.p + 40);
    return true;
}

static ky_rc list(struct ky_token_data **items, size_t *count, struct ky_arena *arena, struct ky_keystore *ks,
                  uint16_t node)
{
    char label[LABEL_MAX];
    snprintf(label, sizeof label, "anchor.%u", node);
    struct ky_token_data *all;
    size_t n = 0;
    KY_TRY(ky_keystore_list_data(&all, count, arena, ks, APPLICATION, label, OBJECTS_MAX));
    for (size_t i = 0; i < *count; i++) /* the prefix anchor.1 also finds anchor.10 */
        if (strcmp(all[i].label, label) == 0)
            all[n++] = all[i];
    *items = all;
    *count = n;
    return KY_OK;
}

ky_rc ky_anchor_write(struct ky_keystore *ks, const struct ky_mac *k_reg, ky_process process, uint16_t node,
                      const struct ky_anchor *anchor)
{
    char label[LABEL_MAX];
    uint8_t value[VALUE_SIZE];
    ky_auto_arena arena = ky_arena_init(1 << 20);
    struct ky_token_data *old;
    size_t count;
    snprintf(label, sizeof label, "anchor.%u", node);
    ky_put_u64(value, anchor->sequence);
    memcpy(value + 8, anchor->head, KY_HMAC_SIZE);
    ky_put_u64(value + 40, (uint64_t)anchor->time);
    KY_TRY(make_mac(value + SIGNED_SIZE, value, process, k_reg));
    KY_TRY(list(&old, &count, &arena, ks, node));
    KY_TRY(ky_keystore_add_data(ks, APPLICATION, label, KY_BYTES_OF(value), false));
    for (size_t i = 0; i < count; i++)
        KY_TRY(ky_keystore_remove_data(ks, &old[i]));
    return KY_OK;
}

ky_rc ky_anchor_read(struct ky_anchor *out, size_t *found, struct ky_keystore *ks, const struct ky_mac *k_reg,
                     ky_process process, uint16_t node)
{
    ky_auto_arena arena = ky_arena_init(1 << 20);
    struct ky_token_data *items;
    bool any = false;
    KY_TRY(list(&items, found, &arena, ks, node));
    for (size_t i = 0; i < *found; i++) {
        struct ky_anchor a;
        if (!decode(&a, items[i].value, process, k_reg) || (any && a.sequence <= out->sequence))
            continue;
        *out = a;
        any = true;
    }
    return any ? KY_OK
               : ky_fail(KY_ENOTFOUND, "no anchor of node %u in the token of %s", node,
                         ky_process_name(process));
}

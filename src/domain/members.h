/*
 * Shorthands for the tables of members that closed schemas are made of
 * (codec/json.h): one line for each member of a statement.
 */
#ifndef KY_DOMAIN_MEMBERS_H
#define KY_DOMAIN_MEMBERS_H

#include "codec/json.h"

#define TEXT(name_, required_, max_)                                                                         \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_TEXT, .required = required_, .min = 1, .max = max_                    \
    }
#define STR(name_, max_)                                                                                     \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_STR, .required = true, .min = 1, .max = max_                          \
    }
#define HEX(name_, required_, n_)                                                                            \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_HEX, .required = required_, .min = n_, .max = n_                      \
    }
#define B64(name_, min_, max_)                                                                               \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_BASE64URL, .required = true, .min = min_, .max = max_                 \
    }
#define INT(name_, required_, min_, max_)                                                                    \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_INT, .required = required_, .min = min_, .max = max_                  \
    }
#define BOOL(name_, required_)                                                                               \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_BOOL, .required = required_                                           \
    }
#define OBJECT(name_, required_, rows_)                                                                      \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_OBJECT, .required = required_, .sub = rows_, .sub_n = KY_COUNT(rows_) \
    }
#define ARRAY(name_, required_, min_, max_, item_)                                                           \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_ARRAY, .required = required_, .min = min_, .max = max_, .sub = item_, \
        .sub_n = 1                                                                                           \
    }

#endif

/*
 * Results. Every function that can fail returns ky_rc; the code tells the
 * caller what to do, the text (one per thread) tells a person why.
 */
#ifndef KY_BASE_RC_H
#define KY_BASE_RC_H

#if defined(__clang__)
#define KY_NODISCARD_TYPE __attribute__((warn_unused_result))
#else
#define KY_NODISCARD_TYPE [[nodiscard]]
#endif
#define KY_PRINTF(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))

typedef enum KY_NODISCARD_TYPE ky_rc {
    KY_OK = 0,
    KY_ENOMEM = -1,     /* out of memory */
    KY_EINVAL = -2,     /* the caller asked for something that makes no sense */
    KY_EFORMAT = -3,    /* bytes from outside are not what they should be */
    KY_ENOTFOUND = -4,  /* no such thing */
    KY_EEXIST = -5,     /* there is one already */
    KY_EDENIED = -6,    /* understood, and refused by a rule */
    KY_EAUTH = -7,      /* a signature, MAC, PIN or proof is missing or wrong */
    KY_EEXPIRED = -8,   /* was right once, or will be: time says no */
    KY_EBUSY = -9,      /* try again later */
    KY_ELIMIT = -10,    /* more or longer than a stated limit */
    KY_EIO = -11,       /* file, socket or database */
    KY_ETOKEN = -12,    /* the HSM is not there or does not work */
    KY_ECRYPTO = -13,   /* the crypto library failed */
    KY_EINTERNAL = -14, /* our own fault */
} ky_rc;

/*
 * ky_fail(rc, fmt, …) sets this thread's error text and returns rc, never KY_OK, so that `return ky_fail(…)` reads
 * as one thought. A macro only to tell the optimiser "never KY_OK": without that gcc believes that a function may
 * succeed and leave its outputs unset (-Wmaybe-uninitialized).
 */
#define ky_fail(rc, ...) ky_failed(ky_fail_text((rc), __VA_ARGS__))
ky_rc ky_fail_text(ky_rc rc, const char *fmt, ...) KY_PRINTF(2, 3);

static inline ky_rc ky_failed(ky_rc rc)
{
    if (rc == KY_OK)
        __builtin_unreachable();
    return rc;
}

/* Puts "prefix: " before the text that is already there; keeps rc. Does nothing when rc is KY_OK. */
ky_rc ky_context(ky_rc rc, const char *fmt, ...) KY_PRINTF(2, 3);

/* The text of this thread's last failure; borrowed, valid until the next ky_fail in the thread. */
const char *ky_error(void);

/* "limit", "auth", …: the stable short name of a code, for logs and messages between processes. */
const char *ky_rc_name(ky_rc rc);

/* Returns from the calling function when expr fails. The only macro that hides a return. */
#define KY_TRY(expr)                                                                                         \
    do {                                                                                                     \
        ky_rc rc_ = (expr);                                                                                  \
        if (rc_ != KY_OK)                                                                                    \
            return rc_;                                                                                      \
    } while (0)

#endif

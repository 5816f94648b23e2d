/*
 * What the HSM itself can do, the limit for every rate of kyso: signatures
 * with a key of the token, and unwrap-sign-destroy cycles as for subscribers'
 * keys, with 1 and 2 processes on a throw-away SoftHSM. One JSON object a line.
 *
 *   bench_hsm [seconds for each measurement, 1 to 60; default 1]
 */
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "crypto/wrap.h"
#include "tests/support/softhsm.h"

#define TOKEN "bench"
#define PIN "123456"
#define PROCESSES_MAX 2

/* One measurement, the same in every process. */
struct work {
    const char *op;
    ky_key_type type;
    ky_scheme scheme;
    bool unwrap; /* before each signature, as for a subscriber */
};

static const struct work works[] = {
    {"sign", KY_KEY_RSA2048, KY_RSA_PKCS1V15, false},
    {"sign", KY_KEY_P256, KY_ECDSA, false},
    {"unwrap-sign-destroy", KY_KEY_RSA2048, KY_RSA_PKCS1V15, true},
    {"unwrap-sign-destroy", KY_KEY_P256, KY_ECDSA, true},
};

/* What one process works with. */
struct bench {
    const struct work *work;
    struct ky_keystore *ks;
    struct ky_token_key *kek, *key;
    struct ky_buf blob;
};

static ky_rc open_store(struct ky_keystore **out, const struct ky_secret *pin)
{
    return ky_keystore_open(out, &(struct ky_keystore_config){softhsm_module(), TOKEN, pin, true});
}

static ky_rc make_everything(const struct ky_secret *pin)
{
    KY_TRY(ky_keystore_init_token(softhsm_module(), TOKEN, pin, pin));
    ky_auto_keystore ks = NULL;
    KY_TRY(open_store(&ks, pin));
    KY_TRY(ky_keystore_make_key(ks, "wrap", KY_USE_WRAP, KY_KEY_P256));
    KY_TRY(ky_keystore_make_key(ks, "rsa2048", KY_USE_SIGN, KY_KEY_RSA2048));
    return ky_keystore_make_key(ks, "p256", KY_USE_SIGN, KY_KEY_P256);
}

static ky_rc bench_open(struct bench *b, const struct work *w, const struct ky_secret *pin)
{
    *b = (struct bench){.work = w, .blob = ky_buf_init(KY_WRAPPED_MAX)};
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    KY_TRY(open_store(&b->ks, pin));
    KY_TRY(ky_keystore_find_key(&b->key, b->ks, ky_key_info(w->type)->name, KY_USE_SIGN));
    KY_TRY(ky_keystore_find_key(&b->kek, b->ks, "wrap", KY_USE_WRAP));
    return ky_wrap_make(&b->blob, &spki, b->kek, w->type);
}

static void bench_close(struct bench *b)
{
    ky_token_key_close(b->key);
    ky_token_key_close(b->kek);
    ky_keystore_close(b->ks);
    ky_buf_clear(&b->blob);
}

static ky_rc step(struct bench *b)
{
    static const uint8_t digest[32] = {1};
    ky_auto_token_key unwrapped = NULL;
    if (b->work->unwrap)
        KY_TRY(ky_wrap_open(&unwrapped, b->kek, b->work->type, ky_buf_bytes(&b->blob)));
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    return ky_keystore_sign(&sig, unwrapped != NULL ? unwrapped : b->key, b->work->scheme, KY_SHA256,
                            KY_BYTES_OF(digest));
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static ky_rc repeat(double *rate, struct bench *b, double seconds)
{
    double begin = now_s(), end = begin;
    uint64_t n = 0;
    for (; end - begin < seconds; n++, end = now_s())
        KY_TRY(step(b));
    *rate = (double)n / (end - begin);
    return KY_OK;
}

/* A process and our ends of its pipes: it says that it is ready, waits for the start, reports its rate. */
struct runner {
    pid_t pid;
    int ready, start, rate;
};

static ky_rc work_as(const struct runner *r, const struct work *w, const struct ky_secret *pin,
                     double seconds)
{
    KY_CLEANUP(bench_close) struct bench b;
    KY_TRY(bench_open(&b, w, pin));
    char byte = 0;
    if (write(r->ready, &byte, 1) != 1 || read(r->start, &byte, 1) != 1)
        return ky_fail(KY_EIO, "pipe of the benchmark");
    double rate = 0;
    KY_TRY(repeat(&rate, &b, seconds));
    if (write(r->rate, &rate, sizeof rate) != sizeof rate)
        return ky_fail(KY_EIO, "pipe of the benchmark");
    return KY_OK;
}

static int exit_code(ky_rc rc)
{
    if (rc != KY_OK)
        fprintf(stderr, "bench_hsm: %s\n", ky_error());
    return rc == KY_OK ? 0 : 1;
}

/* Waits until the process has logged in: SoftHSM wants one login after another. */
static bool spawn(struct runner *r, const struct work *w, const struct ky_secret *pin, double seconds)
{
    int ready[2], start[2], rate[2];
    if (pipe(ready) != 0 || pipe(start) != 0 || pipe(rate) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        const struct runner child = {0, ready[1], start[0], rate[1]};
        _exit(exit_code(work_as(&child, w, pin, seconds)));
    }
    close(ready[1]), close(start[0]), close(rate[1]);
    *r = (struct runner){pid, ready[0], start[1], rate[0]};
    char byte;
    return pid > 0 && read(r->ready, &byte, 1) == 1;
}

static bool finish(double *rate, struct runner *r)
{
    int status = 1;
    bool ok = read(r->rate, rate, sizeof *rate) == sizeof *rate;
    close(r->ready), close(r->start), close(r->rate);
    return waitpid(r->pid, &status, 0) == r->pid && status == 0 && ok;
}

static bool measure(const struct work *w, int processes, const struct ky_secret *pin, double seconds)
{
    struct runner runners[PROCESSES_MAX];
    for (int i = 0; i < processes; i++)
        if (!spawn(&runners[i], w, pin, seconds))
            return false;
    for (int i = 0; i < processes; i++)
        if (write(runners[i].start, "", 1) != 1)
            return false;
    double total = 0;
    for (int i = 0; i < processes; i++) {
        double rate = 0;
        if (!finish(&rate, &runners[i]))
            return false;
        total += rate;
    }
    printf("{\"bench\":\"hsm\",\"op\":\"%s\",\"key\":\"%s\",\"processes\":%d,\"per_second\":%.0f}\n", w->op,
           ky_key_info(w->type)->name, processes, total);
    return fflush(stdout) == 0;
}

/* In a child: this process never touches the module, since it must not before a fork. */
static bool set_up(const struct ky_secret *pin)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(exit_code(make_everything(pin)));
    int status = 1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool measure_all(const struct ky_secret *pin, double seconds)
{
    for (size_t i = 0; i < KY_COUNT(works); i++)
        for (int processes = 1; processes <= PROCESSES_MAX; processes++)
            if (!measure(&works[i], processes, pin, seconds))
                return false;
    return true;
}

int main(int argc, char **argv)
{
    uint64_t seconds = 1;
    if (argc == 2 && ky_parse_u64(&seconds, ky_bytes_str(argv[1]), 60) != KY_OK)
        seconds = 0;
    if (argc > 2 || seconds == 0) {
        fprintf(stderr, "bench_hsm [seconds, 1 to 60]\n");
        return 2;
    }
    ky_auto_secret pin = {0};
    struct softhsm hsm;
    if (ky_secret_init(&pin, strlen(PIN)) != KY_OK || !softhsm_setup(&hsm)) {
        fprintf(stderr, "bench_hsm: SoftHSM is not installed, or /tmp is not writable\n");
        return 1;
    }
    memcpy(pin.p, PIN, pin.n);
    bool ok = set_up(&pin) && measure_all(&pin, (double)seconds);
    softhsm_teardown(&hsm);
    return ok ? 0 : 1;
}

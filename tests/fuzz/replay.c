/*
 * Runs a fuzz target over a directory of seeds without libFuzzer, so that the
 * corpus is part of the unit tests under every compiler and sanitizer. Each
 * seed runs whole; a small one also runs cut short at every length, which is
 * where decoders most often read too far.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define MAX_SEED_BYTES ((size_t)16 << 20)
#define MAX_PREFIXES 2048

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The target gets a block of exactly n bytes, so that one read too many is seen. */
static void run(const uint8_t *data, size_t n)
{
    uint8_t *exact = malloc(n > 0 ? n : 1);
    if (exact == NULL)
        abort();
    memcpy(exact, data, n);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
}

static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return 1;
    }
    uint8_t *data = malloc(MAX_SEED_BYTES);
    if (data == NULL)
        abort();
    size_t n = fread(data, 1, MAX_SEED_BYTES, f);
    fclose(f);
    for (size_t cut = 0; n <= MAX_PREFIXES && cut < n; cut++)
        run(data, cut);
    run(data, n);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    DIR *dir = opendir(argv[1]);
    if (dir == NULL) {
        perror(argv[1]);
        return 1;
    }
    int seeds = 0;
    int failed = 0;
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        failed |= replay(path);
        seeds++;
    }
    closedir(dir);
    printf("%d seeds\n", seeds);
    return failed != 0 || seeds == 0;
}

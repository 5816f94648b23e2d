/* See procinfo.h. */
#include "tests/support/procinfo.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

long procinfo_descriptors(pid_t pid)
{
    char path[64];
    long count = -2; /* "." and ".." */
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return -1;
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static long read_kib(pid_t pid, const char *file, const char *name)
{
    char path[64], line[256];
    long kib = -1;
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return -1;
    while (kib < 0 && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            sscanf(line + strlen(name), " %ld", &kib);
    fclose(f);
    return kib;
}

long procinfo_memory_kib(pid_t pid)
{
    long pss = read_kib(pid, "smaps_rollup", "Pss:");
    return pss >= 0 ? pss : read_kib(pid, "status", "VmRSS:");
}

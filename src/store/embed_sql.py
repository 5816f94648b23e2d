#!/usr/bin/env python3
"""Writes the table of migrations: embed_sql.py OUT.c NNNN-name.sql …"""
import pathlib
import sys


def c_string(text):
    """One C string literal a line; lines of SQL stay readable in the result."""
    lines = []
    for line in text.splitlines():
        escaped = line.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'     "{escaped}\\n"')
    return "\n".join(lines)


def main():
    out, *files = sys.argv[1:]
    paths = sorted(pathlib.Path(f) for f in files)
    numbers = [int(p.name.split("-", 1)[0]) for p in paths]
    if numbers != list(range(1, len(paths) + 1)):
        sys.exit(f"migrations must be numbered 1..{len(paths)} without gaps: {numbers}")
    rows = [f'    {{{n}, "{p.stem}",\n{c_string(p.read_text(encoding="utf-8"))}}},'
            for n, p in zip(numbers, paths)]
    text = ["/* Made by src/store/embed_sql.py from src/store/sql. */", '#include "store/migrate.h"', "",
            "const struct ky_migration ky_migrations[] = {", *rows, "};",
            "const size_t ky_migrations_count = sizeof ky_migrations / sizeof ky_migrations[0];", ""]
    pathlib.Path(out).write_text("\n".join(text), encoding="utf-8")


main()

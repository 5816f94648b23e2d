"""Foreign judges from the language registries: installed once, kept under build-venv/ and build-interop/.

Each function returns what runs the judge, or raises Missing with the reason it cannot be had here.
"""
import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VENV = pathlib.Path(os.environ.get("KYSO_VENV") or ROOT / "build-venv")
INTEROP = ROOT / "build-interop"
ZLINT = "v3.7.3"
ZLINT_NEEDS_GO = (1, 25)


class Missing(Exception):
    """A toolchain or registry is not there; the text says which."""


@contextlib.contextmanager
def cached(folder, *sources):
    """Yields True when `folder` was not made from these very sources yet; marks it made when the body succeeds."""
    INTEROP.mkdir(exist_ok=True)
    stamp = folder / ".made-from"
    want = hashlib.sha256(b"\0".join(s if isinstance(s, bytes) else s.read_bytes() for s in sources)).hexdigest()
    with (INTEROP / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stale = not stamp.exists() or stamp.read_text() != want
        yield stale
        if stale:
            folder.mkdir(exist_ok=True)
            stamp.write_text(want)


def install(what, argv, **kwargs):
    try:
        run = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=900, **kwargs)
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise Missing(f"{what}: {failure}") from failure
    if run.returncode != 0:
        lines = (run.stderr.strip() or run.stdout.strip() or "failed").splitlines()
        raise Missing(f"{what}: {lines[-1][:200]}")


def environment(folder, requirements):
    """A virtual environment with what that file of pinned packages names."""
    with cached(folder, requirements) as stale:
        if stale:
            install("python venv", [sys.executable, "-m", "venv", "--clear", folder])
            install("PyPI", [folder / "bin/pip", "install", "-q", "-r", requirements])
    return folder / "bin"


def python():
    """The interpreter of a virtual environment that has pyHanko and pkilint."""
    return environment(VENV, HERE / "requirements.txt") / "python"


def schemathesis():
    """The command of schemathesis, in an environment of its own."""
    return environment(INTEROP / "schemathesis", ROOT / "tests/schema/requirements.txt") / "st"


def dss():
    """The command that starts the EU DSS judge."""
    for tool in ("java", "mvn"):
        if not shutil.which(tool):
            raise Missing(f"{tool} is not installed")
    project, build = HERE / "dss", INTEROP / "dss"
    with cached(build, project / "pom.xml", *sorted(project.rglob("*.java"))) as stale:
        if stale:
            maven = ["mvn", "-B", "-q", "-f", project, f"-Djudge.build={build}", "compile"]
            try:
                install("Maven, off line", [*maven, "-o"])
            except Missing:
                install("Maven", maven)
    return ["java", "-cp", f"{build}/classes:{build}/lib/*", "Judge"]


def zlint():
    """Path of zlint."""
    if not shutil.which("go"):
        raise Missing("go is not installed")
    version = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout
    numbers = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
    if numbers < ZLINT_NEEDS_GO:
        raise Missing(f"zlint needs Go {'.'.join(map(str, ZLINT_NEEDS_GO))} or later, here is {version.strip()}")
    folder = INTEROP / "zlint"
    with cached(folder, ZLINT.encode()) as stale:
        if stale:
            environment = {**os.environ, "GOBIN": str(folder), "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod"}
            install("Go modules", ["go", "install", f"github.com/zmap/zlint/v3/cmd/zlint@{ZLINT}"], env=environment)
    return folder / "zlint"

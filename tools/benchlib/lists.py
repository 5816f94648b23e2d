"""Lists, searches and the board over a large database: how long each takes at the server, and what web needs for it."""
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support")]
import service  # noqa: E402
from demolib import journey  # noqa: E402

DOSSIERS = int(os.environ.get("KYSO_BENCH_DOSSIERS", "500000"))
LOAD_SECONDS = 900
CLIENTS = int(os.environ.get("KYSO_BENCH_CLIENTS", "64"))
PAUSE_MS = 250  # of a client between two requests, on average
P99_MS = 100
WEB_MB = 200

# name, who asks, what
QUESTIONS = [
    ("dossiers.newest", "officer", "/api/v1/dossiers"),
    ("dossiers.page200", "officer", "/api/v1/dossiers?limit=200"),
    ("dossiers.state-done", "officer", "/api/v1/dossiers?state=done"),
    ("dossiers.state-rare", "officer", "/api/v1/dossiers?state=examining"),
    ("dossiers.state-none", "officer", "/api/v1/dossiers?state=lapsed"),
    ("dossiers.due", "officer", "/api/v1/dossiers?sort=due"),
    ("dossiers.due-state", "officer", "/api/v1/dossiers?sort=due&state=received"),
    ("dossiers.of-school", "officer", "/api/v1/dossiers?org={school}"),
    ("dossiers.of-school-state", "officer", "/api/v1/dossiers?org={school}&state=done"),
    ("dossiers.branch", "delegate", "/api/v1/dossiers"),
    ("dossiers.branch-state", "delegate", "/api/v1/dossiers?state=done"),
    ("dossiers.branch-rare", "delegate", "/api/v1/dossiers?state=examining"),
    ("dossiers.branch-none", "delegate", "/api/v1/dossiers?state=lapsed"),
    ("dossiers.branch-due", "delegate", "/api/v1/dossiers?sort=due"),
    ("dossiers.school", "clerk", "/api/v1/dossiers"),
    ("dossiers.school-state", "clerk", "/api/v1/dossiers?state=done"),
    ("dossiers.words", "officer", "/api/v1/dossiers?q=nguyen+thi+hang"),
    ("dossiers.word-of-all", "officer", "/api/v1/dossiers?q=nguyen"),
    ("dossiers.code", "officer", "/api/v1/dossiers?q=CM-2020-012345"),
    ("dossiers.words-none", "officer", "/api/v1/dossiers?q=khongai"),
    ("dossiers.identity", "officer", "/api/v1/dossiers?q=001185004217"),
    ("dossiers.branch-words", "delegate", "/api/v1/dossiers?q=tran+van+minh"),
    ("dossiers.school-words", "clerk", "/api/v1/dossiers?q=le"),
    ("certificates.newest", "officer", "/api/v1/certificates"),
    ("certificates.words", "officer", "/api/v1/certificates?q=pham+quoc+bao"),
    ("certificates.word-of-all", "officer", "/api/v1/certificates?q=nguyen"),
    ("certificates.serial", "officer", "/api/v1/certificates?q=0a1b2c"),
    ("certificates.expiry", "officer", "/api/v1/certificates?sort=expiry"),
    ("certificates.expired", "officer", "/api/v1/certificates?state=expired"),
    ("certificates.revoked", "officer", "/api/v1/certificates?state=revoked"),
    ("certificates.of-school", "officer", "/api/v1/certificates?org={school}"),
    ("certificates.branch", "delegate", "/api/v1/certificates"),
    ("certificates.branch-expiry", "delegate", "/api/v1/certificates?sort=expiry"),
    ("certificates.branch-words", "delegate", "/api/v1/certificates?q=hoang+thi+mai"),
    ("certificates.school", "clerk", "/api/v1/certificates"),
    ("subscribers.newest", "officer", "/api/v1/subscribers"),
    ("subscribers.waiting", "officer", "/api/v1/subscribers?activation=waiting"),
    ("subscribers.branch", "delegate", "/api/v1/subscribers"),
    ("subscribers.school-words", "clerk", "/api/v1/subscribers?q=lan"),
    ("messages", "officer", "/api/v1/messages"),
    ("organisations.newest", "officer", "/api/v1/organisations"),
    ("organisations.search", "officer", "/api/v1/organisations?q=nguyen+du"),
    ("organisations.search-rare", "officer", "/api/v1/organisations?q=so+12345"),
    ("organisations.search-none", "officer", "/api/v1/organisations?q=khong+co"),
    ("organisations.branch-search", "delegate", "/api/v1/organisations?q=le+loi"),
    ("organisation.staff", "officer", "/api/v1/organisations/{school}/staff"),
    ("organisation.events", "officer", "/api/v1/organisations/{school}/events"),
    ("organisation", "officer", "/api/v1/organisations/{school}"),
    ("board", "officer", "/api/v1/board"),
    ("board.branch", "delegate", "/api/v1/board"),
    ("figures.provinces", "officer", "/api/v1/figures?by=province"),
    ("figures.months", "delegate", "/api/v1/figures?by=month"),
]


def load(binaries, running):
    """Fills the database of the service, which stands still meanwhile; what bench_load tells."""
    done = subprocess.run([binaries / "tests/bench/bench_load", running.world.state / "store/kyso.db", str(DOSSIERS)],
                          stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def server_times(log):
    """Request id → milliseconds, as the service wrote them."""
    return dict(re.findall(r"http\.request id=([0-9a-f]{16}) .* ms=(\d+)", log.read_text(errors="replace")))


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def pss_mb(pid):
    """Proportional memory of a process, in MB of 1,000,000 bytes."""
    found = re.search(r"^Pss:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    return int(found.group(1)) * 1024 / 1e6


def ask(binaries, running, made, seconds):
    """{name: [milliseconds at the server]} of all requests; a request that fails ends the measurement."""
    questions = running.folder / "questions"
    questions.write_text("".join(f"{name} {made[who]} {path.format(**made)}\n" for name, who, path in QUESTIONS))
    done = subprocess.run([binaries / "tests/bench/bench_lists", running.world.server, running.world.tls, questions,
                           str(CLIENTS), seconds, str(PAUSE_MS)], stdout=subprocess.PIPE, text=True)
    times, taken = server_times(running.world.log), {name: [] for name, _, _ in QUESTIONS}
    for line in done.stdout.splitlines():
        name, request, status, _ = line.split()
        if status != "200":
            sys.exit(f"bench: {name} was answered with {status}")
        taken[name].append(int(times[request]))
    if done.returncode != 0 or not all(taken.values()):
        sys.exit("bench: bench_lists failed, or some question was never asked")
    return taken


def measure(binaries, seconds, show):
    """{name: entry}; every entry beside its limit, ratio at most 1."""
    results = {}

    def keep(name, value, unit, limit, limit_is):
        results[name] = {"value": round(value, 1), "unit": unit, "limit": limit, "limit_is": limit_is,
                         "ratio": round(value / limit, 3), "within": value <= limit}
        show(name, results[name])

    os.environ["KYSO_BIN"] = str(binaries)
    with service.Service(until=journey.Journey.records) as running:
        running.world.stop_kysod()
        made = load(binaries, running)
        keep("load", made["seconds"], "s", LOAD_SECONDS,
             f"{made['dossiers']} dossiers, {made['subscribers']} subscribers, {made['certificates']} certificates")
        running.world.log.write_text("")
        running.world.start_kysod()
        taken = ask(binaries, running, made, seconds)
        for name, values in taken.items():
            keep(f"{name}.p99", percentile(values, 0.99), "ms", P99_MS,
                 f"at the server, p50 {percentile(values, 0.5)} ms, {len(values)} requests of {CLIENTS} clients")
        keep("web.memory", pss_mb(running.world.processes()["web.0"]), "MB", WEB_MB, "PSS after all of it")
    return results

"""What the demo runs on: folders, programs, tokens, the service, and how steps are told."""
import email
import email.policy
import functools
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "246810"  # of the people's stand-in tokens
START_SECONDS = 90
SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
# Each process has a user of its own when the demo runs as root; numbers need no passwd entry. web and courier share
# the group that the database belongs to.
USERS = {"sam": "61001", "ca": "61002", "web": "61003:61000", "courier": "61004:61000", "parse": "61005"}


class StepFailed(Exception):
    """A step did not hold; its text is for people."""


class Told:
    """Numbered steps, as printed and as kept for the page."""

    def __init__(self):
        self.steps = []
        self.started = time.monotonic()
        self.at_step = None  # called as each step begins

    def step(self, vi, en):
        self.steps.append({"vi": vi, "en": en, "checks": []})
        print(f"\n{len(self.steps):2}. {vi}\n    {en}", flush=True)
        if self.at_step is not None:
            self.at_step()

    def check(self, text, held=True):
        """One thing that was looked at. What does not hold ends the journey."""
        if not held:
            print(f"    ✗ {text}", flush=True)
            raise StepFailed(text)
        self.steps[-1]["checks"].append(text)
        print(f"    ✓ {text}", flush=True)


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


class World:
    def __init__(self, root, build):
        self.root = pathlib.Path(root).resolve()
        self.build = pathlib.Path(build).resolve()
        self.support = self.build / "tests" / "support"
        self.state = self.root / "state"
        self.tokens = self.root / "tokens"
        self.outbox = self.state / "courier" / "outbox"
        self.conf = self.root / "kyso.conf"
        self.tls = self.root / "tls.pem"
        portal = self.build / "portal"  # is there where Node was when the programs were built
        self.portal = portal if (portal / "index.html").exists() else None
        self.token_server = None
        self.https_port = int(os.environ.get("DEMO_HTTPS_PORT", "8443"))
        self.http_port = int(os.environ.get("DEMO_HTTP_PORT", "8080"))
        self.token_port = int(os.environ.get("DEMO_TOKEN_PORT", "8082"))
        self.server = f"https://localhost:{self.https_port}"
        self.plain = f"http://localhost:{self.http_port}"
        self.kysod = None
        self.log = self.root / "kysod.log"

    # ---- folders ----

    def begin(self):
        """A fresh folder each time; a service left over from the last time is stopped first."""
        self.stop_old()
        if self.root.exists():
            if not (self.root / ".kyso-demo").exists() and any(self.root.iterdir()):
                raise StepFailed(f"{self.root} is not a demo's folder; it is left alone")
            for folder, _, _ in os.walk(self.root):
                os.chmod(folder, 0o700)  # the root CA's folder is locked
            shutil.rmtree(self.root)
        self.root.mkdir(parents=True)
        self.root.chmod(0o755)
        self.choose_users()
        (self.root / ".kyso-demo").touch()
        self.tokens.mkdir(mode=0o700)
        self.state.mkdir(mode=0o755)

    def stop_old(self):
        pid_file = self.root / "kysod.pid"
        try:
            pid = int(pid_file.read_text())
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return
        if b"kysod" not in command or str(self.conf).encode() not in command:
            return
        os.kill(pid, signal.SIGTERM)
        for _ in range(150):
            if not pathlib.Path(f"/proc/{pid}").exists():
                return
            time.sleep(0.1)
        raise StepFailed(f"kysod {pid} of the last demo does not stop")

    # ---- programs ----

    def environment(self, **more):
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "TERM") if name in os.environ}
        return keep | {"LANG": "C.UTF-8", "SOFTHSM2_CONF": str(self.tokens / "softhsm2.conf"), "KYSO_PIN": PIN} | more

    def run(self, *command, statuses=(0,), token=None, **more):
        """Runs a program; its standard output. Another exit status than expected ends the journey."""
        if token is not None:
            more["KYSO_TOKEN"] = token
        done = subprocess.run([str(c) for c in command], env=self.environment(**more), capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=120)
        self.last_errors = done.stderr
        if done.returncode not in statuses:
            shown = " ".join(str(c) for c in command)
            raise StepFailed(f"{shown}\n    exit status {done.returncode}\n    {done.stderr.strip()[-2000:]}")
        self.last_status = done.returncode
        return done.stdout

    def kyso(self, *args, **more):
        return self.run(self.build / "kyso", *args, **more)

    def kyso_json(self, *args, **more):
        return json.loads(self.kyso(*args, "--json", **more))

    def api(self):
        return ("--server", self.server, "--cacert", self.tls)

    def phone(self, command, state, *args, **more):
        return self.run(self.support / "kyso-phone", command, *self.api(), "--state", state, *args, **more)

    def start(self, *command, token=None):
        """A program that runs beside us."""
        more = {} if token is None else {"KYSO_TOKEN": token}
        return subprocess.Popen([str(c) for c in command], env=self.environment(**more), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)

    # ---- people's tokens ----

    def make_tokens(self, people):
        (self.tokens / "softhsm").mkdir(mode=0o700)
        (self.tokens / "public").mkdir()
        (self.tokens / "softhsm2.conf").write_text(
            f"directories.tokendir = {self.tokens}/softhsm\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.run(self.support / "kyso-tokens", SOFTHSM, self.tokens / "public",
                 f"http://127.0.0.1:{self.token_port}", *[f"{label}={name}" for label, name in people.items()])
        handler = functools.partial(QuietFiles, directory=str(self.tokens / "public"))
        self.token_server = http.server.ThreadingHTTPServer(("127.0.0.1", self.token_port), handler)
        threading.Thread(target=self.token_server.serve_forever, daemon=True).start()

    # ---- the service ----

    def make_tls(self):
        key = self.state / "web" / "tls.key"
        self.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                 "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                 "-keyout", key, "-out", self.tls)
        key.chmod(0o600)
        self.give_to_web(key)
        shutil.copy(self.tls, self.state / "web" / "tls.crt")

    def give_to_web(self, path):
        """`web` reads it as a user of its own."""
        if "web" in self.users:
            os.chown(path, int(self.users["web"].split(":")[0]), -1)

    def write_conf(self):
        sections = {
            "kyso": {"state_dir": self.state, "pid_file": self.root / "kysod.pid"},
            "sam": {"module_env": f"SOFTHSM2_CONF={self.state}/sam/softhsm2.conf"},
            "ca": {"module_env": f"SOFTHSM2_CONF={self.state}/ca/softhsm2.conf"},
            "web": {"address": "127.0.0.1", "https_port": self.https_port, "http_port": self.http_port,
                    "login_port": int(os.environ.get("DEMO_LOGIN_PORT", "8445")), "origin": self.server,
                    "pages": self.root / "pages"} | ({"portal": self.portal} if self.portal else {}),
            "courier": {"smtp_from": "khong-tra-loi@ca.example.gov.vn"},
            "parse": {},
        }
        for name, user in self.users.items():
            sections[name]["user"] = user
        text = "".join(f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in items.items()) + "\n"
                       for name, items in sections.items())
        self.conf.write_text(text)

    def choose_users(self):
        """A user for each process, where root starts them and they can get to state, programs and templates."""
        needed = (self.root, self.build, SOURCE)
        closed = [p for base in needed for p in (base, *base.parents) if not p.stat().st_mode & 0o001]
        self.users = USERS if os.geteuid() == 0 and not closed else {}
        if os.geteuid() == 0 and closed:
            print(f"{closed[0]} đóng với người dùng khác: mọi tiến trình chạy bằng root, đặc quyền vẫn bị bỏ.\n"
                  f"{closed[0]} is closed to other users: all processes run as root, their privileges dropped all the same.")

    def start_kysod(self):
        with open(self.log, "ab") as log:
            self.kysod = subprocess.Popen([str(self.build / "kysod"), "-c", str(self.conf)], stdout=log, stderr=log,
                                          stdin=subprocess.DEVNULL, env=self.environment(), start_new_session=True)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if "service.ready" in self.log.read_text(errors="replace"):
                return
            if self.kysod.poll() is not None:
                break
            time.sleep(0.1)
        tail = "\n    ".join(self.log.read_text(errors="replace").splitlines()[-25:])
        raise StepFailed(f"kysod did not become ready; the end of {self.log}:\n    {tail}")

    def kill_each(self):
        """kill -9 of every process, one after another; each must be back, with all others, before the next goes."""
        if self.kysod is None:
            return
        for name in [name for name, _, _ in self.members()]:
            pid = next(p for n, p, _ in self.members() if n == name)
            os.kill(pid, signal.SIGKILL)
            end = time.monotonic() + START_SECONDS
            while not self.all_ready(name, pid):
                if time.monotonic() > end:
                    raise StepFailed(f"{name} ({pid}) was killed and is not back after {START_SECONDS} s")
                time.sleep(0.05)
        print("    ✗✓ mọi tiến trình đã bị kill -9 và trở lại / every process was killed and came back", flush=True)

    def members(self):
        """(name, process number, state) of each process but the supervisor."""
        lines = (self.state / "kysod.status").read_text().splitlines()
        return [(f[0], int(f[1]), f[2]) for f in (line.split() for line in lines) if not f[0].startswith("parse")]

    def all_ready(self, name, old_pid):
        members = self.members()
        return all(state == "ready" for _, _, state in members) and all(p != old_pid for n, p, _ in members if n == name)

    def stop_kysod(self):
        if self.kysod is None or self.kysod.poll() is not None:
            return 0
        self.kysod.terminate()
        return self.kysod.wait(60)

    def processes(self):
        """Name → pid of what kysod has started."""
        lines = (self.state / "kysod.status").read_text().splitlines()
        return {line.split()[0]: int(line.split()[1]) for line in lines if len(line.split()) >= 3}

    # ---- what reached people ----

    def mail_to(self, address, seconds=30, subject=None):
        """The newest mail to an address, waited for."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for file in sorted(self.outbox.glob("*.eml"), key=lambda f: f.stat().st_mtime, reverse=True):
                message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                if address in message["to"] and (subject is None or subject in message["subject"]):
                    return message
            time.sleep(0.2)
        raise StepFailed(f"no mail to {address} in {seconds} s")

    def sms_to(self, number):
        """All SMS to a number, oldest first."""
        files = sorted(self.outbox.glob("*.sms.json"), key=lambda f: f.stat().st_mtime)
        return [m for m in (json.loads(f.read_text()) for f in files) if m["to"] == number]


def die_on_interrupt():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

"""The computer that people sign at: `kyso-agent`, whichever token is plugged in, and who agrees and types the PIN.

Pages know one address of the agent, so worlds that run at once take turns at its port.
"""
import contextlib
import pathlib
import socket
import subprocess
import threading
import time

PORT = 8987
START_SECONDS = 30
TURN_SECONDS = 120

PERSON = """#!/bin/sh
# what the agent shows is added to KIND.txt; the file `mode` says what the person does
cd '{folder}' && cat >> "$1.txt"
case "$(cat mode)-$1" in
refuse-consent) exit 1 ;;
wrong-pin) echo 000000 ;;
*-pin) echo {pin} ;;
esac
exit 0
"""


class Turn:
    """At the agent's port: a name among abstract sockets, which ends with its holder."""

    def __init__(self):
        self.held = None

    def take(self):
        end = time.monotonic() + TURN_SECONDS
        while self.held is None:
            s = socket.socket(socket.AF_UNIX)
            try:
                s.bind(f"\0kyso-browser-agent-{PORT}")
                self.held = s
            except OSError as busy:
                s.close()
                if time.monotonic() > end:
                    raise RuntimeError(f"the agent's port was not free within {TURN_SECONDS} s") from busy
                time.sleep(0.05)

    def give(self):
        if self.held is not None:
            self.held.close()
            self.held = None


class Machine:
    def __init__(self, folder, world):
        self.folder, self.world = pathlib.Path(folder), world
        self.home, self.person = self.folder / "agent", self.folder / "person"
        for path in (self.folder, self.home, self.person):
            path.mkdir(mode=0o700)
        self.turn, self.lock, self.process = Turn(), threading.Lock(), None
        ask = self.person / "ask"
        ask.write_text(PERSON.format(folder=self.person, pin=world.pin))
        ask.chmod(0o700)
        self.behave("agree")

    def behave(self, mode):
        """agree, refuse (consent), wrong (PIN)."""
        (self.person / "mode").write_text(mode)

    def plug(self, label):
        items = {"port": PORT, "origins": self.world.server, "module": self.world.module, "token": label, "key": label,
                 "prompt": self.person / "ask", "ca_file": self.world.tls}
        (self.home / "agent.conf").write_text("[agent]\n" + "".join(f"{k} = {v}\n" for k, v in items.items()))

    def trust(self, database):
        """What a person does once: the browser learns of the agent's own root."""
        self.plug("none")
        self.world.run(self.world.build / "kyso-agent", "--home", self.home, "--nss", database, "trust")

    def start(self, label):
        """Serves with this token when it returns."""
        with self.lock:
            self.end()
            self.turn.take()
            self.shown()
            self.behave("agree")
            self.plug(label)
            with (self.folder / "agent.log").open("ab") as log:
                self.process = subprocess.Popen([str(self.world.build / "kyso-agent"), "--home", str(self.home)],
                                                env=self.world.environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            self.wait(label)

    def wait(self, label):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", PORT), 1):
                return
            time.sleep(0.05)
        self.end()
        log = (self.folder / "agent.log").read_text(errors="replace")[-1500:]
        raise RuntimeError(f"kyso-agent with token {label} does not serve on port {PORT}:\n{log}")

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        self.turn.give()

    def stop(self):
        with self.lock:
            self.end()

    def shown(self, kind="consent"):
        """All that the person was shown since the last look."""
        path = self.person / f"{kind}.txt"
        text = path.read_text(errors="replace") if path.exists() else ""
        path.unlink(missing_ok=True)
        return text

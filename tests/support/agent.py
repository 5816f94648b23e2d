"""A person at a computer: kyso-agent, the token it signs with, and a script that agrees and types the PIN as the test says."""
import asyncio
import contextlib
import json
import pathlib
import socket
import ssl
import subprocess
import time

import websockets

WAIT_S = 30

PERSON = """#!/bin/sh
# the person: shown text goes to KIND.txt, mode says what they do
cd {folder} && cat > "$1.txt" && date +%s%N >> "$1.log"
case "$(cat mode)-$1" in
refuse-consent) exit 1 ;;
slow-consent) while [ "$(cat mode)" = slow ]; do sleep 0.1; done ;;
never-consent) sleep 60 ;;
wrong-pin) echo 000000 ;;
empty-pin) echo ;;
*-pin) echo {pin} ;;
esac
exit 0
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Person:
    """folder: of its own, or shared with what else the test has. What the person was shown last is in KIND.txt."""

    def __init__(self, folder, binaries, environment, origin, pin):
        self.folder, self.binaries, self.environment = pathlib.Path(folder), binaries, environment
        self.origin, self.pin, self.port = origin, pin, free_port()
        self.home, self.person = self.folder / "home", self.folder / "person"
        self.home.mkdir(mode=0o700)
        self.person.mkdir()
        self.agent = None
        self.write_person()

    def write_person(self):
        script = self.person / "ask"
        script.write_text(PERSON.format(folder=self.person, pin=self.pin))
        script.chmod(0o700)
        self.behave("agree")

    def write_conf(self, **items):
        items = {"port": self.port, "prompt": self.person / "ask", **items}
        (self.home / "agent.conf").write_text("[agent]\n" + "".join(f"{k} = {v}\n" for k, v in items.items()))

    def behave(self, mode):
        (self.person / "mode").write_text(mode)

    def shown(self, kind="consent"):
        path = self.person / f"{kind}.txt"
        return path.read_text() if path.exists() else ""

    def forget(self):
        for kind in ("consent", "pin"):
            (self.person / f"{kind}.txt").unlink(missing_ok=True)
            (self.person / f"{kind}.log").unlink(missing_ok=True)

    def start(self):
        log = (self.folder / "agent.log").open("ab")
        self.agent = subprocess.Popen([self.binaries / "kyso-agent", "--home", self.home], env=self.environment, stdout=log, stderr=log)
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self.agent.poll() is None
            time.sleep(0.05)
        return False

    def stop(self):
        """The port is free again when it returns."""
        self.agent.terminate()
        self.agent.wait(10)
        with contextlib.suppress(OSError):
            while True:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                time.sleep(0.05)

    def restart(self, **environment):
        self.stop()
        self.environment |= environment or {"LANG": "C.UTF-8"}
        return self.start()

    def log_of(self, kind):
        """How often the person was asked."""
        path = self.person / f"{kind}.log"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def log(self):
        return (self.folder / "agent.log").read_text(errors="replace").splitlines()[-12:]

    def tls(self):
        return ssl.create_default_context(cafile=self.home / "root.crt")

    async def call_async(self, path, text, origin=None, **options):
        options = {"origin": origin or self.origin, "ssl": self.tls(), "max_size": None, "open_timeout": 10, **options}
        async with websockets.connect(f"wss://127.0.0.1:{self.port}{path}", **options) as page:
            await page.send(text if isinstance(text, (str, bytes, list)) else json.dumps(text))
            return json.loads(await asyncio.wait_for(page.recv(), WAIT_S))

    def call(self, path, text, **options):
        """The reply, or the exception that came instead of it."""
        try:
            return asyncio.run(self.call_async(path, text, **options))
        except Exception as e:
            return {"Status": None, "Message": repr(e)}

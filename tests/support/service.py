"""The real service for tests in Python: the demo's world in a folder and on ports of the test's own, up to some step."""
import contextlib
import os
import pathlib
import shutil
import socket
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from demolib import journey, world  # noqa: E402


class Service:
    """with Service(until=Journey.dossier) as s: every step before that one is done, s.world.server answers."""

    def __init__(self, until, keep=None):
        for name in ("HTTPS", "HTTP", "TOKEN", "LOGIN"):
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                os.environ[f"DEMO_{name}_PORT"] = str(s.getsockname()[1])
        self.keep, self.until = keep, until
        self.folder = pathlib.Path(keep or tempfile.mkdtemp(prefix="kyso-service-")).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.world = world.World(self.folder / "world", os.environ.get("KYSO_BIN") or ROOT / "build")

    def __enter__(self):
        try:
            with contextlib.redirect_stdout(sys.stderr):
                self.world.begin()
                self.trip = journey.Journey(self.world, world.Told())
                for step in self.trip.STEPS[: self.trip.STEPS.index(self.until)]:
                    step(self.trip)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.world.stop_kysod()
        for path, _, _ in os.walk(self.folder):
            os.chmod(path, 0o755)
        if not self.keep:
            shutil.rmtree(self.folder)

    def add_user(self, code, name, roles):
        """{id, token} of somebody at the organisation with that code."""
        return self.world.kyso_json("user", "add", "--config", self.world.conf, "--org", code, "--name", name, "--email",
                                    "thu@hongha.edu.vn", "--roles", roles)

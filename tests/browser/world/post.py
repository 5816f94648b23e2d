"""What reaches people: mail through OpenSMTPD and SMS through Kannel, read where they arrive.

Where these two cannot run (no tools/mail-servers, no namespaces for this user), the courier's own folder stands in; `kind` says which,
and KYSO_REQUIRE_INTEROP=1 does not accept it.
"""
import email
import email.policy
import json
import os
import pathlib
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "tests" / "support"))
import mailhouse  # noqa: E402


def local(number):
    """Digits of a number from the country code on, however it was written."""
    digits = number.lstrip("+")
    return "84" + digits[1:] if digits.startswith("0") else digits


class Post:
    kind = "servers"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.house = mailhouse.Mailhouse(self.folder)
        self.codes = self.folder / "codes"
        self.codes.mkdir()

    def start(self):
        self.house.start()

    def stop(self):
        self.house.stop()

    def settings(self, user):
        """Lines for [courier] of kyso.conf."""
        if user is not None:
            self.house.give_to(int(user.split(":")[0]))
        return (f"driver = smtp\nsmtp_url = {self.house.smtp_url}\nsms_driver = kannel\nkannel_url = {self.house.kannel_url}\n"
                f"kannel_user = {mailhouse.KANNEL_USER}\nkannel_password_file = {self.house.kannel_password_file}\n"
                f"bounces = {self.house.bounces}\n")

    def mails(self, address):
        """Parsed messages to an address, oldest first."""
        return [m.message for m in self.house.mails_to(address)]

    def sms(self, number):
        return [text for to, text in self.house.sms() if local(to) == local(number)]

    def outbox(self):
        """A folder of SMS as the courier's own, for programs that look for a code there."""
        for i, (to, text) in enumerate(self.house.sms()):
            (self.codes / f"{i:06}.sms.json").write_text(json.dumps({"to": "+" + local(to), "text": text}, ensure_ascii=False))
        return self.codes


class Folder:
    """The courier's outbox."""
    kind = "outbox"

    def __init__(self, outbox):
        self.folder = outbox

    def start(self):
        pass

    def stop(self):
        pass

    def settings(self, user):
        return ""

    def read(self, pattern):
        return [f.read_bytes() for f in sorted(self.folder.glob(pattern), key=lambda f: f.stat().st_mtime)]

    def mails(self, address):
        found = [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.read("*.eml")]
        return [m for m in found if address in m["to"]]

    def sms(self, number):
        return [m["text"] for m in map(json.loads, self.read("*.sms.json")) if local(m["to"]) == local(number)]

    def outbox(self):
        return self.folder


def open_post(folder, outbox):
    post = Post(folder)
    try:
        post.start()
        return post
    except mailhouse.Missing as missing:
        if os.environ.get("KYSO_REQUIRE_INTEROP") == "1":
            raise
        print(f"mail servers: {missing}; the courier's folder stands in", file=sys.stderr)
        return Folder(outbox)


def wait_for(look, what, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (found := look()) is not None:
            return found
        time.sleep(0.1)
    raise RuntimeError(f"{what}: not within {seconds} s")

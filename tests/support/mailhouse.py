"""Real mail and SMS for tests: OpenSMTPD and Kannel on loopback, and everything that arrives.

    with Mailhouse() as house:
        …courier: [courier] driver=smtp, smtp_url=house.smtp_url; [kannel] url=house.kannel_url…
        mail = house.wait_mail("clerk@school.edu.vn")
        text = house.wait_sms("+84901234567")

OpenSMTPD accepts for every domain, queues, and relays to a mail store in this process (LMTP, RFC 2033), which refuses
the addresses in `refused`: OpenSMTPD then writes the delivery status notification itself (RFC 3464). What comes for
bounce+…@ goes into the maildir `bounces`. Kannel is bearerbox, smsbox and fakesmsc as its operator.
Programs come from tools/mail-servers; everything lives in one folder and ends with stop().
"""
import contextlib
import email
import email.policy
import os
import pathlib
import re
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UNPACKED = ROOT / "build-servers" / "root"
LIBRARIES = UNPACKED / "usr" / "lib" / "x86_64-linux-gnu"
SMTPD_USER_ID = 61234  # nobody's; exists inside the namespace only
KANNEL_USER, KANNEL_PASSWORD = "kyso", "kannel-of-the-test"
START_S, ARRIVE_S = 60, 60


class Missing(Exception):
    """The servers cannot run here; the text says why."""


def find_program(path):
    for root in (UNPACKED, pathlib.Path("/")):
        if (root / path).exists():
            return root / path
    raise Missing(f"/{path} is not there: run tools/mail-servers")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(what, check, seconds):
    """The first true answer of check(); it is asked until the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class LmtpSession(socketserver.StreamRequestHandler):
    """One LMTP session (RFC 2033): an answer for each recipient after the text."""

    def reply(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.reply("220 store LMTP")
        sender, recipients = "", []
        while line := self.rfile.readline(4096):
            word = line.decode("utf-8", "replace").strip()
            verb = word.upper()
            if verb.startswith("LHLO"):
                self.reply("250-store\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
            elif verb.startswith("MAIL FROM:"):
                sender, recipients = word[10:].split(">")[0].strip(" <"), []
                self.reply("250 2.1.0 ok")
            elif verb.startswith("RCPT TO:"):
                recipients.append(word[8:].split(">")[0].strip(" <").lower())
                self.reply("250 2.1.5 ok")
            elif verb == "DATA":
                self.reply("354 go")
                raw = self.read_text()
                for recipient in recipients:
                    self.reply(self.server.house.take_mail(sender, recipient, raw))
            elif verb == "QUIT":
                self.reply("221 2.0.0 bye")
                return
            else:
                self.reply("250 2.0.0 ok")

    def read_text(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


class LmtpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class Mail:
    """A mail that arrived: envelope and parsed message."""

    def __init__(self, sender, recipient, raw):
        self.sender, self.recipient, self.raw = sender, recipient, raw
        self.message = email.message_from_bytes(raw, policy=email.policy.default)
        self.subject = str(self.message["Subject"])

    def part(self, kind):
        """The text of the part ("plain" or "html"), or None."""
        body = self.message.get_body(preferencelist=(kind,))
        return None if body is None else body.get_content()

    @property
    def text(self):
        return self.part("plain")


class Mailhouse:
    def __init__(self, folder=None, bounces=None):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="kyso-mailhouse-"))
        self.bounces = pathlib.Path(bounces or self.folder / "bounces")
        self.refused = set()  # addresses whose mail bounces
        self.mails = []
        self.processes = []
        self.lock = threading.Lock()
        self.smtp_port, self.lmtp_port = free_port(), None
        self.kannel_port = free_port()
        self.kannel_password_file = self.folder / "kannel.password"

    @property
    def smtp_url(self):
        return f"smtp://127.0.0.1:{self.smtp_port}"

    @property
    def kannel_url(self):
        return f"http://127.0.0.1:{self.kannel_port}/cgi-bin/sendsms"

    # --- life -------------------------------------------------------------------------------------

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        for name in ("tmp", "new", "cur"):
            (self.bounces / name).mkdir(parents=True, exist_ok=True)
        try:
            self.start_store()
            self.start_smtpd()
            self.start_kannel()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        """Ends what was started, last first, each by its own id."""
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []
        if self.lmtp_port is not None:
            self.store.shutdown()
            self.store.server_close()
            self.lmtp_port = None
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def give_to(self, user):
        """What a courier with a user of its own reads and moves is its."""
        os.chown(self.kannel_password_file, user, -1)
        self.folder.chmod(0o755)
        for folder in (self.bounces, *self.bounces.iterdir()):
            os.chown(folder, user, -1)

    def run(self, name, argv):
        log = (self.folder / f"{name}.log").open("wb")
        process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   cwd=self.folder,
                                   env={**os.environ, "LD_LIBRARY_PATH": str(LIBRARIES), "LD_PRELOAD": ""})
        log.close()
        self.processes.append(process)
        return process

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def wait_port(self, name, port):
        process = self.processes[-1]

        def look():
            if process.poll() is not None:
                raise Missing(f"{name} ended with {process.returncode}: {self.log(name)[-600:]}")
            return answers(port)
        wait_until(f"{name} on port {port}", look, START_S)

    # --- mail -------------------------------------------------------------------------------------

    def start_store(self):
        self.store = LmtpServer(("127.0.0.1", 0), LmtpSession)
        self.store.house = self
        self.lmtp_port = self.store.server_address[1]
        threading.Thread(target=self.store.serve_forever, args=(0.1,), daemon=True).start()

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def start_smtpd(self):
        """In a mount namespace of its own: its queue, its users and its socket are fixed paths of the system."""
        smtpd = find_program("usr/sbin/smtpd")
        conf = self.write("smtpd.conf", f"""queue ttl 60s
listen on 127.0.0.1 port {self.smtp_port} hostname mail.test
action "store" relay host "lmtp://127.0.0.1:{self.lmtp_port}"
match from any for any action "store"
""")
        users = f":x:{SMTPD_USER_ID}:{SMTPD_USER_ID}::/var/lib/opensmtpd/empty:/bin/false\n"
        passwd = self.write("passwd", "root:x:0:0:root:/root:/bin/sh\nopensmtpd" + users + "opensmtpq" + users)
        group = self.write("group", f"root:x:0:\nopensmtpd:x:{SMTPD_USER_ID}:\nopensmtpq:x:{SMTPD_USER_ID}:\n")
        inside = f"""set -e
mount --make-rprivate /
mount --bind '{passwd}' /etc/passwd
mount --bind '{group}' /etc/group
for at in /var/spool /var/lib /run; do mount -t tmpfs -o mode=755 tmpfs $at; done
mkdir -p /var/spool/smtpd /var/lib/opensmtpd/empty
chmod 711 /var/spool/smtpd
exec '{smtpd}' -d -f '{conf}'
"""
        rights = [] if os.geteuid() == 0 else ["--map-root-user", "--map-auto"]
        script = self.write("smtpd.sh", inside)
        self.run("smtpd", ["unshare", *rights, "--mount", "--pid", "--fork", "--kill-child", "sh", script])
        self.wait_port("smtpd", self.smtp_port)

    def take_mail(self, sender, recipient, raw):
        with self.lock:
            if recipient in self.refused:
                return "550 5.1.1 no such user here"
            if recipient.startswith("bounce+"):
                self.keep_bounce(recipient, raw)
            else:
                self.mails.append(Mail(sender, recipient, raw))
        return "250 2.0.0 kept"

    def keep_bounce(self, recipient, raw):
        """As a local delivery does: Delivered-To before the text, first tmp, then new."""
        name = f"{time.time_ns()}.{os.getpid()}.mailhouse"
        (self.bounces / "tmp" / name).write_bytes(b"Delivered-To: " + recipient.encode() + b"\r\n" + raw)
        (self.bounces / "tmp" / name).chmod(0o644)
        (self.bounces / "tmp" / name).rename(self.bounces / "new" / name)

    def mails_to(self, address):
        """All mails that came for the address, oldest first."""
        with self.lock:
            return [m for m in self.mails if m.recipient == address.lower()]

    def wait_mail(self, address, subject="", seconds=ARRIVE_S):
        """The first mail for the address whose subject contains the words."""
        def look():
            return next((m for m in self.mails_to(address) if subject in m.subject), None)
        return wait_until(f"mail to {address}", look, seconds)

    # --- SMS --------------------------------------------------------------------------------------

    def start_kannel(self):
        admin, boxes, operator = free_port(), free_port(), free_port()
        conf = self.write("kannel.conf", f"""group = core
admin-port = {admin}
admin-password = admin-of-the-test
admin-interface = 127.0.0.1
smsbox-port = {boxes}
box-allow-ip = 127.0.0.1
sms-resend-freq = 1

group = smsc
smsc = fake
smsc-id = FAKE
port = {operator}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {self.kannel_port}
sendsms-interface = 127.0.0.1
global-sender = KYSO

group = sendsms-user
username = {KANNEL_USER}
password = {KANNEL_PASSWORD}
max-messages = 3
concatenation = true
""")
        self.kannel_password_file.touch(0o600)
        self.kannel_password_file.write_text(KANNEL_PASSWORD)
        self.run("bearerbox", [find_program("usr/sbin/bearerbox"), "-v", "1", conf])
        self.wait_port("bearerbox", boxes)
        fakesmsc = find_program("usr/lib/kannel/test/fakesmsc")
        self.run("fakesmsc", [fakesmsc, "-H", "127.0.0.1", "-r", operator, "-m", "0", "1 2 text nop"])
        self.run("smsbox", [find_program("usr/sbin/smsbox"), "-v", "1", conf])
        self.wait_port("smsbox", self.kannel_port)
        wait_until("operator", lambda: "FAKE" in self.log("bearerbox") and "connected" in self.log("bearerbox"),
                   START_S)

    def sms(self):
        """Every SMS that reached the operator: (number, text)."""
        got = re.findall(r"Got message \d+: <(\S+) (\S+) (\S+) (.*)>", self.log("fakesmsc"))
        return [(number, text) for _, number, _, text in got]

    def sms_to(self, number):
        """The texts that came for a number; +84… and 84… are one."""
        return [text for to, text in self.sms() if to.lstrip("+") == number.lstrip("+")]

    def wait_sms(self, number, words="", seconds=ARRIVE_S):
        def look():
            return next((t for t in self.sms_to(number) if words in t), None)
        return wait_until(f"SMS to {number}", look, seconds)

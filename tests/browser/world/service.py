"""The running service as a browser meets it: realm, processes, organisations, people and their tokens."""
import base64
import json
import os
import pathlib
import random
import re
import secrets
import shutil
import socket
import ssl
import sys
import tempfile
import threading
import urllib.error
import urllib.request

import openpyxl

import clock
import machine
import post
import trust

SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "tools"))
from demolib import journey, world  # noqa: E402

DEPARTMENT = {"code": "BCY-CTS", "name": journey.DEPARTMENT, "province": "Hà Nội", "sector": "authority",
              "email": "vanthu@ca.example.gov.vn"}
SCHOOLS = {
    "du": {"code": "HN-0427", "name": journey.ORG, "parent": journey.PARENT, "province": "Hà Nội", "place": "Hà Nội",
           "sector": "education", "email": "thcsnguyendu@hongha.edu.vn"},
    "trai": {"code": "HN-0518", "name": "Trường THPT Nguyễn Trãi", "parent": "Sở Giáo dục và Đào tạo", "province": "Hà Nội",
             "place": "Hà Nội", "sector": "education", "email": "thptnguyentrai@hanoi.edu.vn"},
}
# label: token, name, organisation, roles; those with a token sign with it
STAFF = {
    "an": ("officer1", journey.OFFICERS["officer1"][0], "BCY-CTS", "approve admin", "an.nh@ca.example.gov.vn"),
    "binh": ("officer2", journey.OFFICERS["officer2"][0], "BCY-CTS", "receive examine", "binh.tt@ca.example.gov.vn"),
    "cuong": ("officer3", journey.OFFICERS["officer3"][0], "BCY-CTS", "admin audit operate", "cuong.dm@ca.example.gov.vn"),
    "ha": ("officer4", journey.LATER[1], "BCY-CTS", "approve", "ha.ht@ca.example.gov.vn"),
    "lan": (None, "Lý Ngọc Lan", "BCY-CTS", "receive examine", "lan.ln@ca.example.gov.vn"),
    "trang": (None, journey.DOSSIER["recipient_name"], "HN-0427", "enter support", "trang.vtt@hongha.edu.vn"),
    "duc": ("head", journey.HEAD[1], "HN-0427", "sign", "hieutruong@hongha.edu.vn"),
    "yen": (None, "Bùi Hải Yến", "HN-0518", "enter support", "yen.bh@hanoi.edu.vn"),
    "son": ("head2", "Lương Thái Sơn", "HN-0518", "sign", "hieutruong@hanoi.edu.vn"),
    "mai": ("seal2", "Ngô Thanh Mai", "HN-0518", "seal", "vanthu@hanoi.edu.vn"),
}
LATER = "ha"  # has a record only after the ceremony
# member of a person: how the column of the template begins
SHEET = {"name": "Họ và tên", "identity": "Số căn cước", "email": "Thư điện tử", "phone": "Số điện thoại", "phone_own": "Điện thoại chính",
         "title": "Chức vụ", "sector": "Lĩnh vực", "authority": "Người có thẩm quyền", "finance": "Giao dịch tài chính"}
CLERKS = {"du": "trang", "trai": "yen"}
HEADS = {"du": ("duc", journey.HEAD[2]), "trai": ("son", "001076000518")}
KEEPER = ("trai", "mai", "001188000519")  # of a school's seal


class Quiet(world.Told):
    """The steps of founding, kept and not printed: standard output is for answers."""

    def step(self, vi, en):
        self.steps.append({"vi": vi, "en": en, "checks": []})

    def check(self, text, held=True):
        if not held:
            raise world.StepFailed(text)


def free_ports(count):
    """Below the range that the kernel gives to outgoing connections, so that none of these takes one before we listen."""
    ports = []
    for port in random.sample(range(10000, 32000), 2000):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) != 0:
                ports.append(port)
        if len(ports) == count:
            return ports
    raise world.StepFailed("no free ports")


class Service(world.World):
    module = world.SOFTHSM
    pin = world.PIN

    def __init__(self, build, portal):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="kyso-browser-"))
        self.base.chmod(0o755)
        super().__init__(self.base / "world", build)
        self.portal = portal
        self.https_port, self.http_port, self.token_port, self.login_port = free_ports(4)
        self.server, self.plain = f"https://localhost:{self.https_port}", f"http://localhost:{self.http_port}"
        self.staff, self.schools = {}, {}

    # ---- what differs from the demo ----

    def environment(self, **more):
        return super().environment(**(self.clock.environment() | {"ASAN_OPTIONS": "verify_asan_link_order=0"} | more))

    def make_tls(self):
        self.authority = trust.Authority(self.base / "authority", "kyso browser tests")
        cert, key = self.authority.certify("server", "localhost", "server")
        shutil.copy(self.authority.cert, self.tls)
        web = self.state / "web"
        shutil.copy(cert, web / "tls.crt")
        shutil.copy(key, web / "tls.key")
        (web / "tls.key").chmod(0o600)
        self.lists = self.base / "lists"
        self.lists.mkdir()
        self.authority.publish_list(self.lists)
        public = self.tokens / "public"
        shutil.copy(public / "ca.crl", self.lists / trust.list_name(public / "ca.pem"))
        if "web" in self.users:
            os.chown(web / "tls.key", int(self.users["web"].split(":")[0]), -1)

    def write_conf(self):
        super().write_conf()
        text = self.conf.read_text()
        text = re.sub(r"login_port = \d+", f"login_port = {self.login_port}\ntoken_cas = {self.tls}\ntoken_crls = {self.lists}", text)
        text = text.replace("[courier]\n", "[courier]\n" + self.post.settings(self.users.get("courier")))
        for role in clock.ROLES:
            text = text.replace(f"[{role}]\n", f"[{role}]\nprogram = {self.clock.wrap(role)}\n")
        self.conf.write_text(text)

    # ---- founding ----

    def found(self):
        self.clock = clock.Clock(self.base, self.build)
        self.begin()
        trip = journey.Journey(self, Quiet())
        self.make_tokens({o: person[0] for o, person in journey.OFFICERS.items()}
                         | {token: name for token, name, *_ in STAFF.values() if token and token not in journey.OFFICERS})
        trip.ceremony()
        self.realm = trip.realm
        self.make_tls()
        self.post = post.open_post(self.base / "post", self.outbox)
        self.write_conf()
        self.start_kysod()
        self.add_organisations()
        for label in STAFF:
            if label != LATER:
                self.hire(label, trip.officer_ids.get(STAFF[label][0]))
        self.enrol(trip)
        self.machine = machine.Machine(self.base / "machine", self)
        self.home = self.make_home("home").home

    def make_home(self, name):
        """A browser's home folder, which trusts the portal and the agent and nothing else."""
        home = trust.Trust(self.base / name)
        home.root(self.authority.cert)
        self.machine.trust(home.database)
        return home

    def add_organisations(self):
        def options(items):
            return [word for name, value in items.items() for word in (f"--{name}", value)]

        self.kyso("org", "add", "--config", self.conf, *options(DEPARTMENT))
        for key, school in SCHOOLS.items():
            self.schools[key] = school | {"id": self.kyso_json("org", "add", "--config", self.conf, *options(school))["id"]}

    def hire(self, label, record=None):
        """A person who works with dossiers; record: the officer record authorised with."""
        token, name, org, roles, email = STAFF[label]
        made = self.kyso_json("user", "add", "--config", self.conf, "--org", org, "--name", name, "--email", email, "--roles", roles,
                              *(["--officer", record] if record else []))
        self.staff[label] = {"id": made["id"], "token": made["token"], "name": name, "email": email, "org": org, "roles": roles,
                             "smartcard": token}

    def enrol(self, trip):
        """Records that need two officers: another officer, the heads' signatures."""
        public, token = self.tokens / "public", self.staff["an"]["token"]
        name, identity = journey.LATER[1:]
        later = self.kyso_json("officer", "add", *trip.admin_options(), "--name", name, "--identity", identity, "--roles", "approve",
                               "--cert", public / f"{journey.LATER[0]}.pem", token=token)
        self.hire(LATER, later["id"])
        self.staff[LATER]["officer"] = later["id"]
        for key, (label, identity) in HEADS.items():
            school, head = self.schools[key], self.staff[label]
            seal = self.kyso_json("seal", "add", *trip.admin_options(), "--org", school["id"], "--org-name", school["name"], "--name",
                                  head["name"], "--identity", identity, "--cert", public / f"{head['smartcard']}.pem", token=token)
            school["seal"] = seal["id"]
        key, label, identity = KEEPER
        school, keeper = self.schools[key], self.staff[label]
        self.kyso("seal", "add", *trip.admin_options(), "--org", school["id"], "--org-name", school["name"], "--name", school["name"],
                  "--kind", "seal", "--identity", identity, "--cert", public / f"{keeper['smartcard']}.pem", token=token)

    def facts(self):
        return {"server": self.server, "plain": self.plain, "login": f"https://localhost:{self.login_port}", "realm": self.realm,
                "home": str(self.home), "folder": str(self.base), "post": self.post.kind,
                "staff": self.staff, "schools": self.schools}

    # ---- asked for by journeys ----

    def api_call(self, method, path, token, body=None):
        """{status, body} of a call with a program's token."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server + path, data, {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
                                         method=method)
        context = ssl.create_default_context(cafile=str(self.tls))
        try:
            with urllib.request.urlopen(request, context=context, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            status, text = refusal.code, refusal.read()
        return {"status": status, "body": json.loads(text) if text else None}

    def invite(self, label):
        """The link of an invitation, out of the mail."""
        person = self.staff[label]
        earlier = len(self.post.mails(person["email"]))
        answer = self.api_call("POST", f"/api/v1/staff/{person['id']}/invitation", self.staff["an"]["token"], {})
        if answer["status"] != 204:
            raise world.StepFailed(f"invitation of {label}: {answer}")
        mail = self.mail(person["email"], "Mời đăng ký", after=earlier)
        return re.search(r"https://\S+", mail["text"]).group(0)

    def certificate(self, label):
        """A certificate for log-in, known to the service and imported into a browser's home of its own; that home."""
        person = self.staff[label]
        cert, key = self.authority.certify(label, person["name"], "person")
        der = ssl.PEM_cert_to_DER_cert(cert.read_text())
        text = base64.urlsafe_b64encode(der).decode().rstrip("=")
        answer = self.api_call("POST", f"/api/v1/staff/{person['id']}/certificates", self.staff["an"]["token"],
                               {"certificate": text, "name": "Thẻ công vụ"})
        if answer["status"] != 201:
            raise world.StepFailed(f"certificate of {label}: {answer}")
        home = self.make_home(f"home-{label}")
        home.person(cert, key, label)
        return str(home.home)

    def mail(self, address, subject="", seconds=30, after=0):
        """The newest mail to an address with these words in its subject, waited for; not among the first `after`."""
        def look():
            found = [m for m in self.post.mails(address)[after:] if subject in str(m["subject"])]
            return found[-1] if found else None

        message = post.wait_for(look, f"mail to {address} “{subject}”", seconds)
        html = message.get_body(("html",))
        return {"subject": str(message["subject"]), "from": str(message["from"]), "to": str(message["to"]),
                "text": message.get_body(("plain",)).get_content(), "html": None if html is None else html.get_content(),
                "count": len(self.post.mails(address))}

    def sms(self, number, words="", seconds=30):
        """The newest SMS to a number with these words, waited for."""
        def look():
            found = [text for text in self.post.sms(number) if words in text]
            return found[-1] if found else None

        return post.wait_for(look, f"SMS to {number} “{words}”", seconds)

    def enrol_phone(self, link, number, name):
        """The subscriber's phone follows the link of the letter, with the code that comes by SMS."""
        state = self.base / f"phone-{number}.json"
        stop = threading.Event()
        keeper = threading.Thread(target=self.keep_outbox, args=(stop,), daemon=True)
        keeper.start()
        try:
            return json.loads(self.phone("enrol", state, "--link", link, "--outbox", self.post.outbox(), "--number", number,
                                         "--name", name))
        finally:
            stop.set()
            keeper.join()

    def keep_outbox(self, stop):
        while not stop.wait(0.3):
            self.post.outbox()

    def file(self, school, people, procedure="new", **more):
        """A dossier that its organisation has signed and sent, by the command line: {id, code}."""
        clerk, head = CLERKS[school], HEADS[school][0]
        body = journey.DOSSIER | {"procedure": procedure, "signer_name": self.staff[head]["name"], "people": people,
                                  "recipient_name": self.staff[clerk]["name"], "recipient_email": self.staff[clerk]["email"]} | more
        request = self.base / f"dossier-{secrets.token_hex(4)}.json"
        request.write_text(json.dumps(body, ensure_ascii=False))
        made = self.kyso_json("dossier", "create", *self.api(), "--from", request, token=self.staff[clerk]["token"])
        if refused := [row for row in made["people"] if row["refusals"]]:
            raise world.StepFailed(f"refused: {refused}")
        self.kyso("dossier", "own-request", *self.api(), "--pdf", self.paper(), made["id"], token=self.staff[clerk]["token"])
        self.kyso("dossier", "sign", *self.api(), "--pkcs11", self.module, "--signer", self.staff[head]["smartcard"], "--seal",
                  self.schools[school]["seal"], "--realm", self.realm, "--yes", made["id"], "--out", f"{request}.pdf",
                  token=self.staff[head]["token"])
        head = self.api_call("GET", f"/api/v1/dossiers/{made['id']}", self.staff[clerk]["token"])["body"]
        return {"id": made["id"], "code": head["code"]}

    def issue(self, school, people):
        """Certificates for these people, by the command line alone: {id, code, serials}."""
        made = self.file(school, people)
        for step in ("receive", "examine"):
            self.kyso("dossier", step, *self.api(), made["id"], token=self.staff["binh"]["token"])
        officer = self.staff["ha"]
        self.kyso("dossier", "approve", *self.api(), "--pkcs11", self.module, "--signer", f"{officer['smartcard']}@{officer['officer']}",
                  "--realm", self.realm, "--yes", made["id"], token=officer["token"])
        self.kyso("dossier", "status", *self.api(), "--wait", made["id"], token=self.staff[CLERKS[school]]["token"])
        head = self.api_call("GET", f"/api/v1/dossiers/{made['id']}", self.staff[CLERKS[school]]["token"])["body"]
        return made | {"serials": [row["serial"] for row in head["rows"]]}

    def sheet(self, people):
        """The template for lists, downloaded and filled in as a clerk does in a spreadsheet program; its path."""
        path = self.base / f"danh-sach-{secrets.token_hex(4)}.xlsx"
        request = urllib.request.Request(f"{self.server}/api/v1/people-template/xlsx",
                                         headers={"Authorization": f"Bearer {self.staff['trang']['token']}"})
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=str(self.tls)), timeout=60) as answer:
            path.write_bytes(answer.read())
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        head = next(row for row in page.iter_rows() if any(str(c.value or "").startswith("Họ và tên") for c in row))
        columns = {next((m for m, words in SHEET.items() if str(c.value or "").startswith(words)), None): c.column for c in head}
        for i, one in enumerate(people):
            for member, value in one.items():
                if member in columns:
                    page.cell(head[0].row + 1 + i, columns[member], value)
        book.save(path)
        return str(path)

    def paper(self):
        """A PDF of somebody's own."""
        path = self.base / "scan.pdf"
        self.run(self.support / "kyso-paper", path)
        return str(path)

    def bounce(self, address):
        """From now on the mail server of this address refuses it."""
        self.post.house.refused.add(address.lower())

    # ---- the end ----

    def end(self):
        if hasattr(self, "machine"):
            self.machine.stop()
        if self.stop_kysod() not in (0, -15):
            print(self.log.read_text(errors="replace")[-4000:], file=sys.stderr)
        if hasattr(self, "post"):
            self.post.stop()
        if self.token_server is not None:
            self.token_server.shutdown()

    def remove(self):
        for folder, _, _ in os.walk(self.base):
            os.chmod(folder, 0o700)
        shutil.rmtree(self.base)

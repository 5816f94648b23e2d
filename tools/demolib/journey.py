"""The journey, step by step: from empty folders to a signed PDF that strangers' programs accept."""
import json
import re
import time

from . import byhand, checks
from .world import SOFTHSM

TEACHER = "Nguyễn Thị Minh Hương"
ORG = "Trường THCS Nguyễn Du"
PARENT = "UBND phường Hồng Hà"
SUBJECT = "V/v đề nghị cấp chứng thư số cho cá nhân sử dụng giải pháp ký số tập trung"
DEPARTMENT = "Cục Chứng thực số và Bảo mật thông tin"

OFFICERS = {
    "officer1": ("Nguyễn Hoàng An", "001080000011", "approve, receive, admin"),
    "officer2": ("Trần Thanh Bình", "001182000022", "approve, receive, admin"),
    "officer3": ("Đỗ Mạnh Cường", "001079000033", "admin, audit"),
}
LATER = ("officer4", "Hoàng Thu Hà", "001190000044")  # comes after the ceremony
HEAD = ("head", "Phạm Văn Đức", "001075004409")

PEOPLE = [
    {"name": TEACHER, "identity": "001185004217", "title": "Giáo viên", "unit": "Tổ Khoa học xã hội",
     "email": "huong.ntm@hongha.edu.vn", "phone": "0912345678", "phone_own": True, "sector": "education",
     "authority": False, "finance": False, "gender": "female", "birth_date": "14/05/1985", "key": "p256"},
    {"name": "Trần Quốc Tuấn", "identity": "001082007731", "title": "Giáo viên", "unit": "Tổ Khoa học tự nhiên",
     "email": "tuan.tq@hongha.edu.vn", "phone": "0983123456", "phone_own": True, "sector": "education",
     "authority": False, "finance": False, "gender": "male", "birth_date": "14/05/1982", "key": "rsa2048"},
    {"name": HEAD[1], "identity": HEAD[2], "title": "Hiệu trưởng", "email": "duc.pv@hongha.edu.vn",
     "phone": "0903456789", "phone_own": True, "sector": "education", "authority": True, "finance": False,
     "gender": "male", "birth_date": "14/05/1975"},
    {"name": "Lê Phương Thảo", "identity": "001190011842", "title": "Nhân viên y tế trường học",
     "email": "thao.lp@hongha.edu.vn", "phone": "0971234567", "phone_own": True, "sector": "health",
     "authority": False, "finance": False, "gender": "female", "birth_date": "14/05/1990", "key": "p256"},
]
DOSSIER = {
    "procedure": "new", "document_number": "27/THCS-VP", "signer_title": "HIỆU TRƯỞNG", "signer_name": HEAD[1],
    "recipient_name": "Vũ Thị Thu Trang", "recipient_title": "Văn thư", "recipient_channel": "email",
    "recipient_email": "trang.vtt@hongha.edu.vn", "recipient_phone": "0936123456",
}

VISIBLE = (318, 146, 240, 64)  # the box of the visible signature: points from the lower left corner of page 1
VISIBLE_TEXT = r"Người ký: {name}\nCơ quan: {org}\nThời gian ký: {time}\nLý do: {reason}"


def international(phone):
    return "+84" + phone[1:]


class Journey:
    def __init__(self, world, told):
        self.w, self.t = world, told
        self.messages = []  # some of what people got, for the page
        self.public = world.state / "public"

    def admin_options(self):
        return (*self.w.api(), "--pkcs11", SOFTHSM, "--signer", "officer1", "--signer", "officer2")

    # ---- the house ----

    def tokens(self):
        self.t.step("Cán bộ và hiệu trưởng nhận thiết bị ký (SoftHSM thay cho USB Token)",
                    "Officers and the headmaster get their tokens (SoftHSM stands in for hardware)")
        people = {label: officer[0] for label, officer in OFFICERS.items()} | {LATER[0]: LATER[1], HEAD[0]: HEAD[1]}
        self.w.make_tokens(people)
        for label in people:
            checks.with_openssl(self.w, self.t, "verify", "-CAfile", self.w.tokens / "public" / "ca.pem",
                                self.w.tokens / "public" / f"{label}.pem", wanted=": OK", text=people[label])

    def ceremony(self):
        self.t.step("Lễ tạo khoá: CA gốc, CA cấp, OCSP, dấu thời gian, bản ghi sáng lập",
                    "Key ceremony: root, issuing CA, OCSP, TSA, founding record")
        public = self.w.tokens / "public"
        officers = "".join(
            f"[officer.{label}]\nname = {name}\nidentity = {identity}\nroles = {roles}\ncert = {public}/{label}.pem\n"
            + (f"witness_module = {SOFTHSM}\nwitness_env = SOFTHSM2_CONF={self.w.tokens}/softhsm2.conf\n"
               f"witness_token = {label}\nwitness_key = {label}\nwitness_pin_file = {self.w.root}/witness.pin\n"
               if label == "officer3" else "") + "\n"
            for label, (name, identity, roles) in OFFICERS.items())
        pin = self.w.root / "witness.pin"
        pin.touch(mode=0o600)
        pin.write_text(self.w.environment()["KYSO_PIN"])
        ini = self.w.root / "ceremony.ini"
        users = "".join(f"{p}_user = {u}\n" for p, u in self.w.users.items() if p != "parse")
        ini.write_text(
            f"[ceremony]\nname = {DEPARTMENT} (trình diễn)\nstate_dir = {self.w.state}\n"
            f"officers = {', '.join(OFFICERS)}\ntoken_cas = {public}/ca.pem\norigin = {self.w.server}\n"
            f"rp_id = localhost\nn = 2\nissue_n = 1\nwitnesses = 1\n{users}\n"
            f"[policy]\nurl = {self.w.plain}\ncps = {self.w.plain}/cps\n\n{officers}")
        made = self.w.kyso_json("init", "--config", ini)
        self.realm = made["realm"]
        self.officer_ids = {o["section"]: o["id"] for o in made["officers"]}
        pin.unlink()
        self.t.check(f"realm {self.realm[:16]}…")
        checks.with_openssl(self.w, self.t, "verify", "-CAfile", self.public / "root.pem", self.public / "issuing.pem",
                            wanted=": OK", text="CA gốc → CA cấp / root → issuing")
        (self.w.root / "root.pem").write_bytes((self.public / "root.pem").read_bytes())

    def service(self):
        self.t.step("Khởi động dịch vụ: mỗi việc một tiến trình, khoá chỉ ở sam và ca",
                    "Start the service: one process for each task, keys only in sam and ca")
        self.w.make_tls()
        byhand.publish_token_list(self.w)
        self.w.write_conf()
        self.w.start_kysod()
        checks.processes_are_confined(self.w, self.t)
        founding = json.loads((self.public / "founding.json").read_text())
        self.t.check(f"{len(founding['officers'])} cán bộ trong bản ghi sáng lập / officers in the founding record")

    def people(self):
        self.t.step("Thêm cơ quan và người làm việc với hồ sơ", "Add the organisations and those who work with dossiers")
        conf = ("--config", self.w.conf)
        self.w.kyso("org", "add", *conf, "--code", "BCY-CTS", "--name", DEPARTMENT, "--province", "Hà Nội", "--sector",
                    "authority", "--email", "vanthu@ca.example.gov.vn")
        org = self.w.kyso_json("org", "add", *conf, "--code", "HN-0427", "--name", ORG, "--parent", PARENT, "--province",
                               "Hà Nội", "--place", "Hà Nội", "--sector", "education", "--email", "thcsnguyendu@hongha.edu.vn")
        self.org_id = org["id"]
        officer = self.w.kyso_json("user", "add", *conf, "--org", "BCY-CTS", "--name", OFFICERS["officer1"][0], "--email",
                                   "an.nh@ca.example.gov.vn", "--roles", "approve admin", "--officer",
                                   self.officer_ids["officer1"])
        examiner = self.w.kyso_json("user", "add", *conf, "--org", "BCY-CTS", "--name", OFFICERS["officer2"][0], "--email",
                                    "binh.tt@ca.example.gov.vn", "--roles", "receive examine", "--officer",
                                    self.officer_ids["officer2"])
        school = self.w.kyso_json("user", "add", *conf, "--org", "HN-0427", "--name", DOSSIER["recipient_name"], "--email",
                                  DOSSIER["recipient_email"], "--roles", "enter")
        head = self.w.kyso_json("user", "add", *conf, "--org", "HN-0427", "--name", HEAD[1], "--email",
                                "hieutruong@hongha.edu.vn", "--roles", "sign")
        self.officer_token, self.examiner_token = officer["token"], examiner["token"]
        self.school_token, self.head_token = school["token"], head["token"]
        listed = self.w.kyso("org", "list", *conf)
        self.t.check(f"{len(listed.splitlines())} cơ quan / organisations", ORG in listed)
        staff = self.w.kyso("user", "list", *self.w.api(), "--org", "HN-0427", token=self.officer_token)
        self.t.check("danh sách người của trường / list of the school's people",
                     len(staff.splitlines()) == 2 and HEAD[1] in staff)
        self.invitations = {}
        for who, made, address in (("Văn thư của trường / clerk", school, DOSSIER["recipient_email"]),
                                   ("Hiệu trưởng / headmaster", head, "hieutruong@hongha.edu.vn"),
                                   ("Cán bộ tiếp nhận / examiner", examiner, "binh.tt@ca.example.gov.vn"),
                                   ("Cán bộ phê duyệt, quản trị / approver", officer, "an.nh@ca.example.gov.vn")):
            self.w.kyso("user", "invite", *self.w.api(), made["id"], token=self.officer_token)
            mail = self.w.mail_to(address).get_body(("plain",)).get_content()
            self.invitations[who] = next((w for w in mail.split() if w.startswith(f"{self.w.server}/") and "#" in w), "")
        self.t.check("ai cũng nhận thư mời đăng nhập / everybody gets an invitation to log in", all(self.invitations.values()))
        self.w.kyso("user", "invite", *self.w.api(), head["id"], token=self.head_token, statuses=(1,))
        self.t.check("người không phải quản trị thì không mời được ai / who is no administrator invites nobody")

    def records(self):
        self.t.step("Hai cán bộ cùng ký: thêm một cán bộ, chữ ký của hiệu trưởng và ứng dụng của trường",
                    "Two officers sign together: another officer, the headmaster's signature, the school's program")
        later = self.w.kyso_json("officer", "add", *self.admin_options(), "--name", LATER[1], "--identity", LATER[2], "--roles",
                                 "approve", "--cert", self.w.tokens / "public" / f"{LATER[0]}.pem", token=self.officer_token)
        self.later = f"{LATER[0]}@{later['id']}"
        seal = self.w.kyso_json("seal", "add", *self.admin_options(), "--org", self.org_id, "--org-name", ORG, "--name",
                                HEAD[1], "--identity", HEAD[2], "--cert", self.w.tokens / "public" / "head.pem",
                                token=self.officer_token)
        self.seal_id = seal["id"]
        self.client = self.w.kyso_json("client", "add", *self.admin_options(), "--name", "Sổ điểm điện tử Nguyễn Du",
                                       token=self.officer_token)
        self.t.check("sam và ca đã thi hành, mỗi nơi tự kiểm tra / sam and ca have executed, each after its own checks")
        self.w.kyso("seal", "add", *self.w.api(), "--pkcs11", SOFTHSM, "--signer", "officer1", "--org", self.org_id,
                    "--org-name", ORG, "--name", HEAD[1], "--identity", HEAD[2], "--cert",
                    self.w.tokens / "public" / "head.pem", token=self.officer_token, statuses=(1,))
        self.t.check("một cán bộ ký một mình thì bị từ chối / one officer alone is refused")

    # ---- the dossier ----

    def dossier(self):
        self.t.step("Trường lập hồ sơ cấp mới; người không đủ điều kiện bị từ chối ngay, có lý do",
                    "The school makes a dossier; who is not eligible is refused at once, with the reason")
        file = self.w.root / "dossier.json"
        file.write_text(json.dumps(DOSSIER | {"people": PEOPLE}, ensure_ascii=False, indent=2))
        made = json.loads(self.w.kyso("dossier", "create", *self.w.api(), "--from", file, "--json", statuses=(3,),
                                      token=self.school_token))
        self.dossier_id = made["id"]
        refused = [(PEOPLE[i], row["refusals"]) for i, row in enumerate(made["people"]) if row["refusals"]]
        self.t.check(f"nhận {len(PEOPLE) - len(refused)} người / people entered", len(refused) == 1)
        person, reasons = refused[0]
        self.refused = {"name": person["name"], "title": person["title"], "reason": reasons[0]["vi"]}
        self.t.check(f"từ chối {person['name']} ({person['title']}): {reasons[0]['vi']}",
                     reasons[0]["code"] == "AUTHORITY")

    def own_requests(self):
        self.t.step("Mỗi thuê bao có văn bản đề nghị của mình; thiếu thì hồ sơ không gửi được",
                    "Every subscriber has made a request of her own; without it the dossier cannot be sent")
        sign = ("dossier", "sign", *self.w.api(), "--pkcs11", SOFTHSM, "--signer", HEAD[0], "--seal", self.seal_id,
                "--realm", self.realm, "--yes", self.dossier_id)
        self.w.kyso(*sign, token=self.head_token, statuses=(1,))
        self.t.check("chưa có văn bản đề nghị: chưa ký, gửi được / without them it is not signed and sent")
        sheet = self.w.root / "own-request.pdf"
        self.w.run(self.w.support / "kyso-paper", sheet, *[p["name"] for p in PEOPLE if p["name"] != self.refused["name"]])
        self.w.kyso("dossier", "own-request", *self.w.api(), "--pdf", sheet, self.dossier_id, token=self.school_token)
        self.t.check("một văn bản, mọi người cùng ký / one sheet that all have signed")

    def request(self):
        self.t.step("Hiệu trưởng ký số văn bản đề nghị (PAdES) và nội dung yêu cầu (CMS), một lần nhập PIN",
                    "The headmaster signs document (PAdES) and request (CMS) with one PIN entry")
        self.request_pdf = self.w.root / "request.pdf"
        self.w.kyso("dossier", "sign", *self.w.api(), "--pkcs11", SOFTHSM, "--signer", HEAD[0], "--seal", self.seal_id,
                    "--realm", self.realm, "--yes", self.dossier_id, "--out", self.request_pdf, token=self.head_token)
        text = re.sub(r"\s+", " ", self.w.run("pdftotext", self.request_pdf, "-"))
        self.t.check(f"trích yếu / subject: “{SUBJECT}”", SUBJECT in text)
        report = json.loads(self.w.kyso("verify", "--trust", self.w.tokens / "public" / "ca.pem", "--json", self.request_pdf))
        self.t.check(f"chữ ký văn bản / document signature: {report['indication']}",
                     report["indication"] == "TOTAL-PASSED")

    def approval(self):
        self.t.step("Cục tiếp nhận, thẩm định; cán bộ khác phê duyệt mọi người bằng một chữ ký",
                    "Received and examined; another officer approves everybody with one signature")
        for step in ("receive", "examine"):
            self.w.kyso("dossier", step, *self.w.api(), self.dossier_id, token=self.examiner_token)
        self.w.kyso("dossier", "approve", *self.w.api(), "--pkcs11", SOFTHSM, "--signer", self.later, "--realm", self.realm,
                    "--yes", self.dossier_id, token=self.officer_token)
        shown = [line for line in self.w.last_errors.splitlines() if TEACHER in line]
        self.t.check("cán bộ thấy từng người trước khi ký / the officer saw each person before signing", bool(shown))

    def issuance(self):
        self.t.step("sam tạo khoá trong HSM, ca cấp chứng thư cho đúng khoá đó; thư tài khoản được gửi đi",
                    "sam makes keys in the HSM, ca certifies just those; account letters go out")
        self.w.kyso("dossier", "status", *self.w.api(), "--wait", self.dossier_id, token=self.school_token)
        state = self.w.kyso_json("dossier", "status", *self.w.api(), self.dossier_id, token=self.school_token)
        self.people_rows = [row for row in state["rows"] if row.get("serial")]
        self.t.check(f"{len(self.people_rows)} chứng thư số / certificates", len(self.people_rows) == len(PEOPLE) - 1)
        self.token = checks.access_token(self.w, self.client)
        for row in self.people_rows:
            file = self.w.root / f"row{row['row']}.pem"
            info = checks.certificate_of(self.w, row["credential"], self.token, file)
            row["key_status"] = info["key"]["status"]
            subject = self.w.run("openssl", "x509", "-in", file, "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus")
            self.t.check(f"{subject.strip()}", row["person"]["name"] in subject)
        self.cert = self.w.root / f"row{self.row_of(TEACHER)['row']}.pem"
        checks.revocation_status(self.w, self.t, self.cert)

    def row_of(self, name):
        return next(row for row in self.people_rows if row["person"]["name"] == name)

    # ---- the phones ----

    def activation(self):
        self.t.step("Thuê bao mở liên kết trong thư công vụ, nhận mã qua SMS, đăng ký điện thoại",
                    "Subscribers open the link from their official mail, get a code by SMS, enrol their phones")
        for row in self.people_rows:
            person = row["person"]
            body = self.w.mail_to(person["email"], subject="Kích hoạt").get_body(("plain",)).get_content()
            link = re.search(r"https://\S+/a#\S+", body).group(0)
            if person["name"] == TEACHER:
                self.messages.append({"head": f"Thư đến {person['email']}", "text": "\n".join(body.split("\n")[:7]) + "\n…"})
            row["phone"] = self.w.root / f"phone{row['row']}.json"
            made = json.loads(self.w.phone("enrol", row["phone"], "--link", link, "--outbox", self.w.outbox, "--number",
                                           international(person["phone"]), "--name", f"Điện thoại của {person['name']}"))
            row["device"], row["words"] = made["device"], made["words"]
            self.t.check(f"{person['name']}: thiết bị / device “{made['words']}”")
        notice = self.w.mail_to(PEOPLE[0]["email"], subject="Thiết bị").get_body(("plain",)).get_content()
        self.t.check("thư báo thiết bị mới có đúng sáu từ / the notice has the same six words",
                     self.row_of(TEACHER)["words"] in notice)
        sms = self.w.sms_to(international(PEOPLE[0]["phone"]))
        self.messages += [{"head": f"SMS đến {m['to']}", "text": m["text"]} for m in sms]
        again = self.w.mail_to(PEOPLE[0]["email"], subject="Kích hoạt").get_body(("plain",)).get_content()
        link = re.search(r"https://\S+/a#\S+", again).group(0)
        self.w.run(self.w.support / "kyso-phone", "enrol", *self.w.api(), "--state", self.w.root / "thief.json", "--link", link,
                   "--outbox", self.w.outbox, "--number", international(PEOPLE[0]["phone"]), statuses=(1,))
        self.t.check("liên kết đã dùng không đăng ký được máy thứ hai / a used link enrols no second phone")

    # ---- the signature ----

    def signature(self):
        self.t.step("Cô giáo ký bảng điểm: ứng dụng xin chữ ký, điện thoại hiện nội dung, cô phê duyệt, HSM ký",
                    "The teacher signs: the program asks, the phone shows, she approves, the HSM signs")
        row = self.row_of(TEACHER)
        self.document, self.signed = self.w.root / "document.pdf", self.w.root / "signed.pdf"
        self.w.run(self.w.support / "kyso-paper", self.document)
        asking = self.w.start(self.w.build / "kyso", "sign", "--in", self.document, "--out", self.signed, *self.w.api(),
                              "--credential", row["credential"], "--trust", self.w.root / "root.pem", "--visible",
                              "1," + ",".join(map(str, VISIBLE)), "--text", VISIBLE_TEXT, "--reason", "Xác nhận kết quả đánh giá học sinh", token=self.token)
        shown = self.w.phone("approve", row["phone"], "--wait", "60", "--show")
        out, err = asking.communicate(timeout=120)
        self.t.check("kyso sign: đã ký / signed", asking.returncode == 0 or bool(print(out, err)))
        self.shown = json.loads(shown[: shown.rindex("}\n{") + 1])
        self.t.check("điện thoại hiện tên tệp và ứng dụng / the phone showed file and program",
                     "document.pdf" in shown and "Sổ điểm điện tử" in shown)

    def refusal(self):
        self.t.step("Người ký từ chối thì không có chữ ký nào", "What the signer refuses is not signed")
        row = self.row_of("Trần Quốc Tuấn")
        out = self.w.root / "refused.pdf"
        asking = self.w.start(self.w.build / "kyso", "sign", "--in", self.document, "--out", out, *self.w.api(),
                              "--credential", row["credential"], "--trust", self.w.root / "root.pem", token=self.token)
        self.w.phone("refuse", row["phone"], "--wait", "60")
        asking.communicate(timeout=120)
        self.t.check("kyso sign kết thúc với lỗi, không có tệp / fails, and there is no file",
                     asking.returncode != 0 and not out.exists())

    def judgement(self):
        self.t.step("Các chương trình khác kiểm tra tài liệu đã ký", "Other programs judge the signed document")
        checks.signed_pdf(self.w, self.t, self.signed, self.w.root / "root.pem", TEACHER)
        checks.time_stamp(self.w, self.t, self.signed)
        checks.evidence(self.w, self.t, self.cert)

    def audit(self):
        self.t.step("Sổ kiểm toán của sam và ca được tính lại từ đầu", "The audit files of sam and ca are recomputed")
        time.sleep(1.5)  # checkpoints are made every second
        report = self.w.kyso_json("audit", "verify", "--dir", self.w.state)
        for one in report["processes"]:
            self.t.check(f"{one['process']}: {one['records']} bản ghi, {one['checkpoints']} điểm kiểm tra đã ký / records, signed "
                         "checkpoints", one["ok"])

    STEPS = (tokens, ceremony, service, people, records, dossier, own_requests, request, approval, issuance, activation, signature,
             refusal, judgement, audit)

    def travel(self):
        for step in self.STEPS:
            step(self)

    def world_file(self):
        """What other tools need to go on in this world."""
        file = self.w.root / "world.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps({
            "server": self.w.server, "cacert": str(self.w.tls), "client_id": self.client["client_id"],
            "client_secret": self.client["client_secret"],
            "credentials": [{"id": row["credential"], "key_type": row["person"].get("key", "p256"),
                             "phone": str(row["phone"]), "device": row["device"]} for row in self.people_rows],
        }, indent=2))

"""Going on by hand after the journey: what each person needs at hand, kept in DEMO_DIR/hand.json for tools/try."""
import json
import shutil

from .world import PIN, SOFTHSM


def list_name(world, ca):
    """What the service calls the revocation list of a CA: its key identifier."""
    text = world.run("openssl", "x509", "-in", ca, "-noout", "-ext", "subjectKeyIdentifier")
    return text.split("\n")[1].strip().replace(":", "").lower() + ".crl"


def publish_token_list(world):
    """Browsers send no revocation list of the tokens' CA along; the operator keeps it at hand for the service."""
    public, folder = world.tokens / "public", world.state / "web" / "token-crls"
    folder.mkdir(mode=0o755, exist_ok=True)
    shutil.copy(public / "ca.crl", folder / list_name(world, public / "ca.pem"))
    for path in (folder, *folder.iterdir()):
        world.give_to_web(path)


def keep(world, trip):
    """Everything that tools/try has to know."""
    file = world.root / "hand.json"
    file.write_text(json.dumps({
        "server": world.server, "tls": str(world.tls), "outbox": str(world.outbox), "build": str(world.build), "pin": PIN,
        "softhsm": str(world.tokens / "softhsm2.conf"), "module": SOFTHSM,
        "tokens": {"head": "head", "approver": "officer1"}, "invitations": trip.invitations,
    }, ensure_ascii=False, indent=2))


def show(world, trip):
    """How to go on, for who has read nothing."""
    print(f"""
TỰ TAY THỬ CỔNG THÔNG TIN {world.server}/ – TRY THE PORTAL BY HAND (README.md, “Try it by hand”)
 1. tools/try trust               trình duyệt (Chromium, Chrome) của bạn tin máy chủ và chương trình ký của bản trình diễn này
                                  lets your browser trust this demonstration; `tools/try untrust` takes it back
 2. Mỗi người mở thư mời của mình trong một cửa sổ ẩn danh hoặc hồ sơ trình duyệt riêng / each person in a browser profile of its own:""")
    for who, link in trip.invitations.items():
        print(f"      {who}:\n          {link}")
    print(f""" 3. tools/try agent head          máy của hiệu trưởng, đã cắm thiết bị ký / the headmaster's computer with the token in; PIN {PIN}
    tools/try agent approver      máy của cán bộ phê duyệt / the approving officer's
 4. tools/try post [ĐỊA CHỈ]      thư và tin nhắn đã gửi / letters and SMS that were sent
 5. tools/try phone LIÊN_KẾT SỐ   điện thoại của thuê bao theo liên kết trong thư và đăng ký / the subscriber's phone enrols""")

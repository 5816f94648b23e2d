/* Cấp mới: from the clerk's list to the messages and the subscriber's phone. */
import { look } from "../lib/look.ts";
import { picture } from "../lib/picture.ts";
import { international, subscribers } from "../lib/people.ts";
import { answerOwnRequest, approve, askOwnRequest, begin, codeOf, enter, finish, heading, openToSign, receiveAndExamine, signAndSend, uploadOwnRequests } from "../lib/steps.ts";
import { PHONE, expect, test, type Page } from "../lib/test.ts";

/** The account letter as a mail program shows it; what its link holds is not for a guide. */
async function showLetter(page: Page, html: string) {
  await page.goto("about:blank");
  await page.setContent(html.replaceAll(/\/a#[\w.-]+/g, "/a#…"));
  await picture(page, "letter");
}

test("a school's request becomes certificates, and everybody is told", async ({ world, person }) => {
  test.setTimeout(240_000);
  const { du } = world.facts.schools;
  const [teacher, colleague] = subscribers(2);
  const clerk = person("trang");
  let page = await clerk.work();
  await picture(page, "home");
  await page.getByRole("link", { name: "Cấp mới chứng thư số cho cá nhân" }).click();
  await expect(page.getByLabel("Họ và tên người ký")).toHaveValue(world.facts.staff.duc!.name);
  await look(page, "document-data");
  await picture(page, "document-data");
  await begin(page, "Cấp mới chứng thư số cho cá nhân", world.facts.staff.duc!.name);
  await look(page, "people-empty");
  await enter(page, teacher!);
  await enter(page, colleague!);
  await look(page, "people");
  await picture(page, "people");
  await expect(page.getByRole("button", { name: "Tiếp tục: kiểm tra văn bản" })).toBeDisabled();
  await expect(page.getByRole("link", { name: "Còn 2 người chưa có văn bản đề nghị" })).toBeVisible();
  const link = await askOwnRequest(page, world, teacher!);
  await uploadOwnRequests(page, world);

  const subscriber = person("teacher");
  const phone = await subscriber.sit(PHONE);
  await answerOwnRequest(phone, link, teacher!);
  await look(phone, "own-request");
  await picture(phone, "own-request", phone.getByRole("button", { name: "Gửi đề nghị" }));
  await phone.getByRole("button", { name: "Gửi đề nghị" }).click();
  await expect(phone.getByText("Đã gửi văn bản đề nghị")).toBeVisible();
  await look(phone, "own-request-sent");
  await page.reload();
  await expect(page.getByText("Thuê bao đã điền")).toBeVisible();
  await picture(page, "own-requests", page.getByText("Thuê bao đã điền"));

  const id = await finish(page);
  await picture(page, "document");
  await look(page, "document");
  const code = await codeOf(page, world, id);
  await look(page, "dossier-to-sign");

  const head = person("duc");
  await head.work();
  await look(head.page, "home-head");
  await openToSign(world, head, id);
  await look(head.page, "sign");
  await picture(head.page, "sign", head.page.getByRole("button", { name: "Ký số và gửi hồ sơ" }));
  for (const [mode, words] of [["wrong", "Mã PIN không đúng"], ["refuse", "Yêu cầu ký đã bị từ chối"]] as const) {
    await world.behave(mode);
    await head.page.getByRole("button", { name: "Ký số và gửi hồ sơ" }).click();
    await expect(head.page.getByText(words)).toBeVisible({ timeout: 30_000 });
  }
  await look(head.page, "sign-refused");
  await world.behave("agree");
  await world.shown();
  const shown = await signAndSend(world, head);
  await world.unplug();
  for (const text of [teacher!.name, teacher!.identity, colleague!.email]) expect(shown, "the agent shows everybody").toContain(text);
  for (const text of ["Ký phê duyệt văn bản", `van-ban-${code}.pdf`, world.facts.server, "Số trang"]) expect(shown, "and the document").toContain(text);
  await look(head.page, "sent");
  await picture(head.page, "sent");
  const sent = await world.mail(clerk.staff.email, `Đã gửi hồ sơ ${code}`);
  expect(sent.text).toContain(du!.name);

  const officer = person("binh");
  page = await officer.work();
  await look(page, "home-receiving");
  await page.getByRole("link", { name: "Hàng đợi xử lý" }).first().click();
  await page.getByLabel("Hàng đợi", { exact: true }).selectOption({ label: "Chờ tiếp nhận" });
  await page.getByRole("button", { name: code, exact: true }).click();
  await expect(page.getByText("Nội dung đã ký thuộc đúng hồ sơ này.")).toBeVisible();
  await picture(page, "queue");
  await receiveAndExamine(page, code);
  await look(page, "queue");
  const received = await world.mail(clerk.staff.email, `Đã tiếp nhận hồ sơ ${code}`);
  expect(received.text).toContain("2 cá nhân");

  const approver = person("ha");
  await approver.work();
  const agreed = await approve(world, approver, code);
  expect(agreed).toContain("CẤP CHỨNG THƯ SỐ");
  await expect(heading(approver.page, new RegExp(code))).toBeVisible();
  await look(approver.page, "dossier-approved");

  const result = await world.mail(clerk.staff.email, `Kết quả giải quyết hồ sơ ${code}`, 0, 60);
  expect(result.text).toContain("2 trên tổng số 2");
  for (const one of [teacher!, colleague!]) {
    const letter = await world.mail(one.email, "Kích hoạt", 0, 60);
    expect(letter.text).toContain(one.name);
    expect(letter.text, "nothing but the activation").not.toContain(one.identity);
    if (one === teacher) await showLetter(phone, letter.html!);
    const link = /https:\/\/\S+\/a#\S+/.exec(letter.text)![0];
    await world.phone(link, international(one.phone), `Điện thoại của ${one.name}`);
    expect(await world.sms(international(one.phone), "Ma kich hoat")).toMatch(/\d{8}/);
  }
  await clerk.page.goto(`${world.facts.server}/ho-so/${id}`);
  await expect(clerk.page.getByText("Hoàn thành").first()).toBeVisible();
  await look(clerk.page, "dossier-done");
  await picture(clerk.page, "done", clerk.page.getByRole("heading", { name: "Quá trình xử lý" }));
});

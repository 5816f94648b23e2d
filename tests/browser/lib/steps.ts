/* What people do at the pages, step by step, as they would tell it. */
import type { Subscriber } from "./people.ts";
import { picture } from "./picture.ts";
import { expect, type Page, type Person } from "./test.ts";
import type { World } from "./world.ts";

export const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });

export interface Asked {
  channel?: "email" | "sms";
  phone?: string;
  number?: string;
}

/** The clerk chooses the procedure and says who signs and who gets the result. */
export async function begin(page: Page, procedure: string, head: string, asked: Asked = {}) {
  await page.getByRole("link", { name: "Việc cần làm" }).first().click();
  await page.getByRole("link", { name: procedure }).click();
  await page.getByLabel("Số, ký hiệu văn bản").fill(asked.number ?? "27/THCS-VP");
  await page.getByLabel("Chức vụ người ký").fill("HIỆU TRƯỞNG");
  await page.getByLabel("Họ và tên người ký").fill(head);
  await page.getByLabel("Điện thoại di động").fill(asked.phone ?? "0936123456");
  if (asked.channel === "sms") await page.getByRole("radio", { name: "Tin nhắn SMS" }).check();
  await page.getByRole("button", { name: /^Tiếp tục/ }).click();
  await expect(heading(page, "Nhập danh sách")).toBeVisible();
}

/** One person typed in. */
export async function enter(page: Page, one: Subscriber) {
  await page.getByRole("textbox", { name: "Họ và tên" }).fill(one.name);
  await page.getByRole("textbox", { name: "Số định danh cá nhân (CCCD)" }).fill(one.identity);
  await page.getByRole("textbox", { name: "Thư điện tử công vụ" }).fill(one.email);
  await page.getByRole("textbox", { name: "Điện thoại di động" }).fill(one.phone);
  await page.getByRole("textbox", { name: "Chức vụ, chức danh" }).fill(one.title);
  await page.getByRole("button", { name: "Thêm vào danh sách" }).click();
  await expect(page.getByRole("row", { name: new RegExp(one.identity) })).toBeVisible();
}

/** The clerk picks somebody's certificate out of the organisation's. */
export async function choose(page: Page, who: Subscriber) {
  await page.getByRole("textbox", { name: "Tìm theo tên, số hiệu" }).fill(who.name);
  await page.getByRole("button", { name: "Tìm", exact: true }).click();
  await page.getByRole("row", { name: new RegExp(who.email) }).getByRole("checkbox").check();
  await page.getByRole("button", { name: /^Nhập thông tin cho 1 chứng thư số/ }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
}

const ownRequests = (page: Page) => page.getByRole("region", { name: "Văn bản đề nghị của thuê bao" });

/** The clerk asks the subscriber by a link; the mailed link. */
export async function askOwnRequest(page: Page, world: World, one: Subscriber): Promise<string> {
  const row = ownRequests(page).getByRole("row", { name: new RegExp(one.name) });
  await row.getByRole("button", { name: "Gửi liên kết để điền" }).click();
  await expect(row.getByText("Đã gửi liên kết")).toBeVisible();
  const mail = await world.mail(one.email, "xác nhận văn bản đề nghị");
  expect(mail.text).toContain(one.name);
  return /https:\/\/\S+#\S+/.exec(mail.text)![0];
}

/** The subscriber, who has no account, reads, declares and sends. */
export async function answerOwnRequest(page: Page, link: string, one: Subscriber) {
  await page.goto(link);
  await expect(heading(page, "Văn bản đề nghị của thuê bao")).toBeVisible();
  await expect(page.getByText(one.identity).or(page.locator(`input[value="${one.identity}"]`)).first()).toBeVisible();
  for (const box of await page.getByRole("checkbox").all()) await box.check();
}

/** One file for everybody whose own request is still missing. */
export async function uploadOwnRequests(page: Page, world: World) {
  const missing = page.getByLabel("Tải một tệp cho tất cả người còn thiếu");
  await expect(missing.or(ownRequests(page).getByText("Không cần").first())).toBeAttached();
  if ((await missing.count()) === 0) return;
  await missing.setInputFiles(await world.paper());
  await expect(ownRequests(page).getByText("Còn thiếu")).toHaveCount(0);
}

/** The clerk has the document drawn; from now on it waits for the head. The dossier's id. */
export async function finish(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Tiếp tục: kiểm tra văn bản" }).click();
  await expect(heading(page, "Kiểm tra văn bản và ký số")).toBeVisible();
  await expect(page.getByText("Văn bản đã sẵn sàng để ký")).toBeVisible();
  return /ho-so\/([0-9a-f]+)\//.exec(page.url())![1]!;
}

/** The head looks at the document and sits down to sign it; nothing is signed yet. */
export async function openToSign(world: World, head: Person, dossier: string) {
  const page = head.page;
  await world.agent(head.staff.smartcard!);
  await page.goto(`${world.facts.server}/ho-so/${dossier}`);
  await page.getByRole("link", { name: "Kiểm tra văn bản, ký số" }).click();
  await expect(page.getByText("Nội dung yêu cầu được ký")).toBeVisible();
  await expect(page.getByText(/^(Chữ ký đã đăng ký|Chữ ký, con dấu dùng để ký)/)).toBeVisible();
}

/** Document and request are signed in the browser alone, by one PIN, and sent; what the agent showed. */
export async function signAndSend(world: World, head: Person): Promise<string> {
  const page = head.page;
  await world.shown("pin");
  await page.getByRole("button", { name: "Ký số và gửi hồ sơ" }).click();
  await expect(page.getByText("Hồ sơ đã được gửi")).toBeVisible({ timeout: 60_000 });
  expect((await world.shown("pin")).match(/Nhập mã PIN/g), "one PIN for both").toHaveLength(1);
  return world.shown();
}

/** The head looks, signs with the token and sends. */
export async function sign(world: World, head: Person, dossier: string): Promise<string> {
  await openToSign(world, head, dossier);
  const shown = await signAndSend(world, head);
  await world.unplug();
  return shown;
}

/** An officer takes the dossier out of a queue and does something with it. */
export async function take(page: Page, queue: string, code: string, action: string) {
  await page.getByRole("link", { name: "Hàng đợi xử lý" }).first().click();
  await page.getByLabel("Hàng đợi", { exact: true }).selectOption({ label: queue });
  await page.getByRole("button", { name: code, exact: true }).click();
  const beside = page.getByRole("region", { name: "Hồ sơ đang xem" });
  await expect(beside.getByText("Nội dung đã ký thuộc đúng hồ sơ này.")).toBeVisible();
  await beside.getByRole("button", { name: action }).click();
}

export async function receiveAndExamine(page: Page, code: string) {
  await take(page, "Chờ tiếp nhận", code, "Tiếp nhận");
  await expect(page.getByText(`${code}: `)).toBeVisible();
  await examine(page, code);
}

/** What was received by machine, as revocations are, waits here at once. */
export async function examine(page: Page, code: string) {
  await take(page, "Chờ thẩm định", code, "Thẩm định");
}

/** The decision is drawn up and signed with the token. */
export async function approve(world: World, officer: Person, code: string): Promise<string> {
  const page = officer.page;
  await world.agent(officer.staff.smartcard!);
  await take(page, "Chờ phê duyệt", code, "Phê duyệt");
  await page.getByRole("button", { name: "Soạn quyết định phê duyệt" }).click();
  await picture(page, "decision");
  await page.getByRole("button", { name: /^(Phê duyệt|Thu hồi).*thiết bị ký$/ }).click();
  await officer.stepUp();
  await expect(heading(page, new RegExp(code))).toBeVisible({ timeout: 60_000 });
  const shown = await world.shown();
  await world.unplug();
  return shown;
}

/** The code people call a dossier by. */
export async function codeOf(page: Page, world: World, dossier: string): Promise<string> {
  await page.goto(`${world.facts.server}/ho-so/${dossier}`);
  const title = await heading(page, /^Hồ sơ \S+/).textContent();
  return title!.replace("Hồ sơ ", "").trim();
}

/* What administrators do: organisations, systems that ask for signatures, texts, the law, and other officers' keys. */
import { look } from "../lib/look.ts";
import { asPerson, subscriber } from "../lib/people.ts";
import { heading, receiveAndExamine, take } from "../lib/steps.ts";
import { expect, NO_AGENT, test, type Page, type Person } from "../lib/test.ts";
import type { World } from "../lib/world.ts";

const menu = (page: Page, name: string) => page.getByRole("navigation", { name: "Trình đơn chính" }).getByRole("link", { name }).first().click();

/** The second administrator finds what waits, sees the same code, and signs. */
async function signToo(world: World, admin: Person, what: RegExp, code: string, picture: string) {
  const page = admin.page;
  await world.agent(admin.staff.smartcard!);
  await menu(page, "Quyết định chờ ký");
  await page.getByRole("button", { name: what }).click();
  const dialog = page.getByRole("dialog").first();
  await expect(dialog.getByText(code)).toBeVisible();
  await look(page, picture);
  await dialog.getByRole("button", { name: /^Ký.*thiết bị ký$/ }).click();
  await admin.stepUp();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await world.unplug();
}

test("an organisation is put under another one, and its supporter has a telephone", async ({ world, person }) => {
  const admin = person("an");
  const page = await admin.work();
  for (const [code, name, kind] of [["SGD-HN", "Sở Giáo dục và Đào tạo Hà Nội", "delegate"], ["HN-0999", "Trường Tiểu học Kim Đồng", "organisation"]] as const) {
    await menu(page, "Cơ quan, người dùng");
    await page.getByRole("button", { name: "Thêm cơ quan" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Mã cơ quan" }).fill(code);
    await dialog.getByLabel("Loại").selectOption(kind);
    await dialog.getByRole("textbox", { name: "Tên cơ quan" }).fill(name);
    await dialog.getByRole("textbox", { name: "Tỉnh, thành phố" }).fill("Hà Nội");
    await dialog.getByRole("textbox", { name: "Địa danh" }).fill("Hà Nội");
    if (kind === "delegate") await dialog.getByLabel("Lĩnh vực").selectOption("authority");
    await dialog.getByRole("button", { name: "Thêm", exact: true }).click();
    await expect(heading(page, name)).toBeVisible();
  }
  await page.getByRole("button", { name: "Chuyển cơ quan cấp trên" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Tên hoặc mã cơ quan cấp trên" }).fill("so giao duc");
  await dialog.getByRole("button", { name: "Tìm" }).click();
  await dialog.getByRole("radio", { name: /^Sở Giáo dục/ }).check();
  await look(page, "org-move");
  await dialog.getByRole("button", { name: "Chuyển", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("link", { name: "Sở Giáo dục và Đào tạo Hà Nội" })).toBeVisible();
  await page.goto(`${world.facts.server}/co-quan/${world.facts.schools.du!.id}`);
  await expect(page.getByText("Chữ ký lãnh đạo")).toBeVisible();
  await page.getByRole("button", { name: /^Điện thoại hỗ trợ của/ }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Số điện thoại" }).fill("0936 123 456");
  await look(page, "support-phone");
  await page.getByRole("dialog").getByRole("button", { name: "Lưu" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await look(page, "organisation");
});

test("an integrating system is enrolled by two administrators and given credentials once", async ({ world, person, watch }) => {
  watch.expect(NO_AGENT);
  watch.expect(/status of 401/); // credentials that were closed
  const [an, cuong] = [person("an"), person("cuong")];
  const page = await an.work();
  await world.agent(an.staff.smartcard!);
  await menu(page, "Hệ thống tích hợp");
  await page.getByRole("button", { name: "Thêm hệ thống" }).click();
  const dialog = page.getByRole("dialog", { name: "Thêm hệ thống tích hợp" });
  await dialog.getByRole("textbox", { name: "Tên hệ thống" }).fill("Học bạ số Hà Nội");
  await look(page, "system-add");
  await dialog.getByRole("button", { name: "Soạn quyết định" }).click();
  const code = (await dialog.getByText(/^([0-9A-F]{4} ){4}[0-9A-F]{4}$/).textContent())!;
  await expect(dialog.getByText(/"n":/)).toBeHidden();
  await look(page, "system-sign");
  await dialog.getByRole("button", { name: /^Ký.*thiết bị ký$/ }).click();
  await an.stepUp();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  expect(await world.shown()).toContain("Học bạ số Hà Nội");
  await world.unplug();

  await cuong.work();
  await signToo(world, cuong, /Xem và ký: Hệ thống tích hợp: Học bạ số/, code, "proposal");
  await expect(cuong.page.getByText("Không có quyết định nào chờ ký.")).toBeVisible();
  await menu(cuong.page, "Hệ thống tích hợp");
  await cuong.page.getByRole("button", { name: "Cấp tài khoản cho Học bạ số Hà Nội" }).click();
  const secret = cuong.page.getByRole("dialog", { name: "Tài khoản của Học bạ số Hà Nội" });
  const [id, password] = await secret.locator("code").allTextContents();
  await look(cuong.page, "system-secret");
  const token = () =>
    cuong.page.evaluate(
      async ([client_id, client_secret]) =>
        (await fetch("/oauth2/token", { method: "POST", body: new URLSearchParams({ grant_type: "client_credentials", client_id: client_id!, client_secret: client_secret! }) })).status,
      [id, password],
    );
  expect(await token()).toBe(200);
  await secret.getByRole("button", { name: "Đã ghi lại" }).click();
  await look(cuong.page, "systems");
  await cuong.page.getByRole("button", { name: `Đóng tài khoản ${id}` }).click();
  await cuong.page.getByRole("dialog").getByRole("button", { name: "Đóng tài khoản" }).click();
  await expect(cuong.page.getByText("Đã đóng")).toBeVisible();
  expect(await token()).toBe(401);
});

test("an officer makes an approval key in the browser, two administrators sign for it, and it approves", async ({ world, person, watch }) => {
  test.setTimeout(300_000);
  watch.expect(NO_AGENT);
  watch.expect(/status of 404/); // her record, before it is signed for
  const { id, code } = await world.file("du", [asPerson(subscriber())]);
  const [officer, an, cuong] = [person("ha"), person("an"), person("cuong")];
  const page = await officer.work();
  await menu(page, "Khóa phê duyệt");
  await look(page, "approval-key-none");
  await page.getByRole("textbox", { name: "Số định danh cá nhân của bạn (CCCD)" }).fill("001190000044");
  await page.getByRole("button", { name: "Tạo khóa và gửi đề nghị" }).click();
  await expect(page.getByText("Chờ ký: 0 trên 2")).toBeVisible();
  const compare = (await page.getByText(/^([0-9A-F]{4} ){4}[0-9A-F]{4}$/).textContent())!;
  await look(page, "approval-key-waiting");
  for (const admin of [an, cuong]) {
    await admin.work();
    await signToo(world, admin, /Xem và ký: Cán bộ.*Hoàng Thu Hà/, compare, "proposal-officer");
  }
  await page.reload();
  await expect(page.getByText("Dùng được")).toBeVisible();
  await look(page, "approval-key");
  await receiveAndExamine(await person("binh").work(), code);
  await take(page, "Chờ phê duyệt", code, "Phê duyệt");
  await page.getByRole("button", { name: "Soạn quyết định phê duyệt" }).click();
  await page.getByRole("button", { name: /^Phê duyệt 1 người.*khóa phê duyệt$/ }).click();
  await officer.stepUp();
  await expect(heading(page, new RegExp(code))).toBeVisible({ timeout: 60_000 });
  await expect.poll(async () => (await world.api("GET", `/api/v1/dossiers/${id}`, officer.staff.token)).body.rows[0].state, { timeout: 60_000 }).toMatch(/issued|activating/);
});

test("reasons of refusals are the department's own, and officers choose from them", async ({ world, person }) => {
  const reason = "Thuê bao đã có tài khoản ký số của cơ quan khác.";
  const page = await person("an").work();
  await menu(page, "Mẫu thông báo, lý do");
  await page.getByRole("textbox", { name: "Thêm mẫu lý do" }).fill(reason);
  await page.getByRole("button", { name: "Thêm", exact: true }).click();
  await expect(page.getByRole("listitem").filter({ hasText: reason })).toBeVisible();
  await look(page, "templates-reasons");
  await page.getByRole("tab", { name: "Thư và tin nhắn" }).click();
  await page.getByLabel("Mẫu", { exact: true }).selectOption({ label: "Từ chối hồ sơ – thư điện tử" });
  await expect(page.getByText(/\{note\}/)).toBeVisible();
  await look(page, "templates-notices");
  const { code } = await world.file("du", [asPerson(subscriber())]);
  await receiveAndExamine(await person("binh").work(), code);
  const officer = await person("ha").work();
  await take(officer, "Chờ phê duyệt", code, "Từ chối");
  await officer.getByLabel("Mẫu lý do").selectOption({ label: reason });
  await expect(officer.getByRole("textbox", { name: "Lý do gửi cơ quan" })).toHaveValue(reason);
});

const PAGES: Record<string, string> = {
  "/co-quan": "organisations",
  "/lich": "working-days",
  "/quyet-dinh": "proposals",
  "/he-thong": "systems",
  "/mau": "templates",
  "/quy-dinh": "legal",
  "/quy-dinh?quy-dinh=2019": "legal-2019",
  "/nhat-ky": "audit",
  "/thong-ke": "figures",
  "/tien-do": "board",
  "/khoa-phe-duyet": "approval-key",
  "/tai-khoan": "account",
  "/hang-doi": "queue",
  "/thu-tin": "messages",
};

test("every page of administration is fit in both languages", async ({ world, person }) => {
  test.setTimeout(300_000);
  const page = await person("cuong").work();
  for (const suffix of ["", "-en"]) {
    for (const [path, name] of Object.entries(PAGES)) {
      await page.goto(world.facts.server + path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await look(page, `admin-${name}${suffix}`);
    }
    if (suffix === "") await page.getByRole("button", { name: "English" }).click();
  }
});

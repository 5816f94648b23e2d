/* The console of those who work with many dossiers: queues as they want them, kept under a name. */
import { look } from "../lib/look.ts";
import { asPerson, subscriber, subscribers } from "../lib/people.ts";
import { heading, receiveAndExamine, take } from "../lib/steps.ts";
import { expect, NO_AGENT, test } from "../lib/test.ts";

test("a queue comes oldest first, narrowed to a procedure, and is kept under a name", async ({ world, person }) => {
  const codes: string[] = [];
  for (const school of ["du", "trai", "du"]) {
    codes.push((await world.file(school, [asPerson(subscriber())])).code);
    await new Promise((done) => setTimeout(done, 1100)); // who was sent in one second is in no order
  }
  const page = await person("binh").work();
  await page.getByRole("link", { name: "Hàng đợi xử lý" }).first().click();
  const rows = page.getByRole("table", { name: "Hồ sơ trong hàng đợi" }).getByRole("rowheader");
  await expect(rows.filter({ hasText: codes[2] })).toBeVisible();
  const shown = (await rows.allTextContents()).map((t) => t.trim());
  expect(shown.filter((c) => codes.includes(c))).toEqual(codes);
  await look(page, "queue-full");
  await page.getByLabel("Thủ tục").selectOption({ label: "Gia hạn" });
  await expect(page.getByText("Hàng đợi này trống.")).toBeVisible();
  await page.getByRole("button", { name: "Lưu bộ lọc…" }).click();
  const dialog = page.getByRole("dialog", { name: "Bộ lọc đã lưu" });
  await dialog.getByRole("textbox", { name: "Tên bộ lọc" }).fill("Gia hạn chờ tiếp nhận");
  await look(page, "saved-filters");
  await dialog.getByRole("button", { name: "Lưu bộ lọc đang dùng" }).click();
  await expect(dialog).toBeHidden();
  await page.getByLabel("Thủ tục").selectOption({ label: "Tất cả" });
  await expect(rows.filter({ hasText: codes[0] })).toBeVisible();
  await page.getByLabel("Bộ lọc đã lưu").selectOption({ label: "Gia hạn chờ tiếp nhận" });
  await expect(page.getByText("Hàng đợi này trống.")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Thủ tục")).toHaveValue("renew");
  await page.getByRole("button", { name: "Lưu bộ lọc…" }).click();
  await dialog.getByRole("button", { name: "Xóa bộ lọc Gia hạn chờ tiếp nhận" }).click();
  await expect(dialog.getByRole("listitem")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Đóng", exact: true }).click();
  await expect(page.getByLabel("Bộ lọc đã lưu")).toHaveCount(0);
  await page.goto(`${world.facts.server}/tien-do`);
  await expect(heading(page, "Bảng tiến độ")).toBeVisible();
  await look(page, "board-full");
});

test("the decision over many people needs no scrolling sideways and shows no nonce", async ({ world, person, watch }) => {
  watch.expect(NO_AGENT); // no agent until she signs
  const { code } = await world.file("du", subscribers(12).map(asPerson));
  await receiveAndExamine(await person("binh").work(), code);
  const page = await person("ha").work();
  await take(page, "Chờ phê duyệt", code, "Phê duyệt");
  await page.getByRole("button", { name: "Soạn quyết định phê duyệt" }).click();
  const people = page.getByRole("group", { name: "Từng người trong quyết định" });
  await expect(people.getByRole("row")).toHaveCount(13);
  expect(await people.evaluate((e) => e.scrollWidth - e.clientWidth)).toBeLessThanOrEqual(0);
  await expect(page.getByText(/n=|p=sam/)).toHaveCount(0);
  await look(page, "decision-many");
  await page.getByRole("button", { name: "English" }).click();
  await look(page, "decision-many-en");
  await page.getByRole("button", { name: "Tiếng Việt" }).click();
});

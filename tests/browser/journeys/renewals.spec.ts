/* Renewal in bulk, three years later. The world is this file's own: key processes accept no time before one that they recorded. */
import { look } from "../lib/look.ts";
import { asPerson, subscribers } from "../lib/people.ts";
import { heading } from "../lib/steps.ts";
import { expect, test } from "../lib/test.ts";

const DAY = 86_400;

test.use({ worldFor: "renewals" });

test("certificates that are about to end are renewed in one dossier", async ({ world, person }) => {
  test.setTimeout(240_000);
  const people = subscribers(3);
  await world.issue("du", people.map(asPerson));
  const clerk = person("trang");
  await clerk.work(); // her passkey is there before the token of who invites ends
  await clerk.leave();
  const later = await world.move((3 * 365 - 90) * DAY);
  const page = await clerk.work();
  await page.clock.setFixedTime(later * 1000);
  await page.getByRole("link", { name: "Chứng thư số" }).first().click();
  await page.getByRole("tab", { name: "Dự báo hết hạn" }).click();
  await expect(page.getByRole("list", { name: "Số chứng thư số hết hạn theo tháng" }).getByText("3", { exact: true })).toBeVisible();
  await look(page, "outlook");
  await page.getByRole("tab", { name: "Chứng thư số", exact: true }).click();
  await page.getByLabel("Trạng thái").selectOption({ label: "Cần gia hạn: hết hạn trong 180 ngày" });
  await page.getByRole("checkbox", { name: "Chọn tất cả" }).check();
  await page.getByRole("checkbox", { name: `Chọn ${people[2]!.name}` }).uncheck();
  await look(page, "expiring-chosen");
  await page.getByRole("button", { name: "Lập hồ sơ gia hạn 2 chứng thư số" }).click();
  await expect(page.getByRole("heading", { name: "Chứng thư số sẽ gia hạn: 2" })).toBeVisible();
  await page.getByLabel("Chức vụ người ký").fill("HIỆU TRƯỞNG");
  await page.getByLabel("Họ và tên người ký").fill(world.facts.staff.duc!.name);
  await page.getByLabel("Điện thoại di động").fill("0936123456");
  await page.getByRole("checkbox", { name: /^Các thuê bao không phải người có thẩm quyền/ }).check();
  await look(page, "renewal-chosen");
  await page.getByRole("button", { name: "Tiếp tục: kiểm tra danh sách" }).click();
  await expect(heading(page, "Nhập danh sách")).toBeVisible();
  for (const one of people.slice(0, 2)) await expect(page.getByRole("row", { name: new RegExp(one.identity) })).toBeVisible();
  await expect(page.getByText(people[2]!.identity)).toHaveCount(0);
  await look(page, "renewal-list");
});

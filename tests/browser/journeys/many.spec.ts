/* A whole list at once: 200 people out of a spreadsheet, five of them wrong, all others approved with one signature. */
import { look } from "../lib/look.ts";
import { subscribers } from "../lib/people.ts";
import { approve, begin, codeOf, finish, receiveAndExamine, sign, uploadOwnRequests } from "../lib/steps.ts";
import { expect, test } from "../lib/test.ts";

const PEOPLE = 200;
/* What spreadsheets and people do to a row, and what the page must not let in. */
const WRONG: [number, Record<string, string>][] = [
  [10, { identity: "123" }],
  [50, { email: "ai.do@gmail.com" }],
  [90, { phone: "12345" }],
  [130, { authority: "có" }],
  [170, { identity: "001985004217" }],
];

test("200 people of a spreadsheet, five of them wrong, are approved in one go", async ({ world, person }) => {
  test.setTimeout(420_000);
  const rows = subscribers(PEOPLE).map((s) => ({ ...s, phone_own: "có", sector: "giáo dục", authority: "không", finance: "không" }));
  for (const [i, wrong] of WRONG) Object.assign(rows[i]!, wrong);
  const clerk = person("trang");
  const page = await clerk.work();
  await begin(page, "Cấp mới chứng thư số cho cá nhân", world.facts.staff.duc!.name, { channel: "sms", phone: "0936123457" });
  await page.getByRole("tab", { name: /xlsx/ }).or(page.getByText(/Tải tệp .xlsx/)).first().click();
  await page.getByLabel("Tệp danh sách").setInputFiles(await world.sheet(rows));
  await expect(page.getByText("Đã đọc danh sách")).toBeVisible({ timeout: 60_000 });
  await look(page, "list-read");
  await page.getByRole("button", { name: /^Đưa \d+ người vào hồ sơ$/ }).click();
  await expect(page.getByRole("heading", { name: `Trong hồ sơ: ${PEOPLE - WRONG.length} người` })).toBeVisible({ timeout: 60_000 });
  await look(page, "list-entered");
  await uploadOwnRequests(page, world);
  const id = await finish(page);
  const code = await codeOf(page, world, id);

  const head = person("duc");
  await head.work();
  await sign(world, head, id);
  await receiveAndExamine(await person("binh").work(), code);
  const officer = person("ha");
  await officer.work();
  await approve(world, officer, code);

  const done = async () => {
    const { body } = await world.api("GET", `/api/v1/dossiers/${id}`, world.facts.staff.trang!.token);
    return body.rows.filter((r: { serial?: string }) => r.serial).length;
  };
  await expect.poll(done, { timeout: 240_000, intervals: [3000] }).toBe(PEOPLE - WRONG.length);
  const sms = await world.sms("+84936123457", `${PEOPLE - WRONG.length}/${PEOPLE - WRONG.length}`, 60);
  expect(sms).toContain(code);
  await page.goto(`${world.facts.server}/ho-so/${id}`);
  await look(page, "dossier-of-195");
});

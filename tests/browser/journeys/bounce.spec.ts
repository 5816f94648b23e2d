/* An account letter that no mailbox takes: the dossier shows it, and the organisation is alarmed. */
import { look } from "../lib/look.ts";
import { asPerson, subscribers } from "../lib/people.ts";
import { expect, test } from "../lib/test.ts";

test("a letter that comes back shows on its row, and the organisation is told", async ({ world, person }) => {
  const [gone, there] = subscribers(2);
  await world.bounce(gone!.email);
  const { id, code } = await world.issue("du", [asPerson(gone!), asPerson(there!)]);
  const clerk = person("trang");
  const alarm = await world.mail(clerk.staff.email, "không đến được", 0, 60);
  expect(alarm.text).toContain(gone!.name);
  expect(alarm.text).not.toContain(there!.name);

  const page = await clerk.work();
  await page.goto(`${world.facts.server}/ho-so/${id}`);
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(code) })).toBeVisible();
  await expect(page.getByRole("row", { name: new RegExp(gone!.name) }).first().getByText("Thư bị trả lại")).toBeVisible();
  await expect(page.getByRole("row", { name: new RegExp(there!.name) }).first().getByText("Thư bị trả lại")).toBeHidden();
  await expect(page.getByText("Thư tài khoản bị trả lại")).toBeVisible();
  await look(page, "dossier-bounced");
});

/* Certificates that exist already: revoked by an officer, renewed, changed. */
import { activate, ask, revoking, status } from "../lib/ending.ts";
import { asPerson, subscriber } from "../lib/people.ts";
import { approve, examine, receiveAndExamine } from "../lib/steps.ts";
import { expect, test, type Page, type Person } from "../lib/test.ts";
import type { World } from "../lib/world.ts";

test("a revocation is approved, and signing ends at once", async ({ world, person }) => {
  test.setTimeout(240_000);
  const who = subscriber();
  const [serial] = (await world.issue("du", [asPerson(who)])).serials;
  expect(await status(world, serial!)).toBe("good");
  const [clerk, head, officer] = [person("trang"), person("duc"), person("ha")];
  await clerk.work();
  await head.work();
  const { code } = await ask(world, clerk, head, "Thu hồi chứng thư số", who, revoking);
  await examine(await person("binh").work(), code);
  await officer.work();
  await approve(world, officer, code);
  await expect.poll(() => status(world, serial!), { timeout: 60_000 }).toBe("revoked");
  const result = await world.mail(clerk.staff.email, `Kết quả giải quyết hồ sơ ${code}`, 0, 60);
  expect(result.text).toContain("đã thu hồi 1 trên tổng số 1");
  expect((await world.mail(who.email, "thu hồi", 0, 60)).text).toContain(serial!);
});

/* A successor is asked for, decided and told; the serials before and after. */
async function succeed(world: World, person: (label: string) => Person, procedure: string, details: (page: Page) => Promise<void>) {
  const who = subscriber();
  const [old] = (await world.issue("du", [asPerson(who)])).serials;
  await activate(world, who);
  const [clerk, head, officer] = [person("trang"), person("duc"), person("ha")];
  await clerk.work();
  await head.work();
  const { id, code } = await ask(world, clerk, head, procedure, who, details);
  await receiveAndExamine(await person("binh").work(), code);
  await officer.work();
  await approve(world, officer, code);
  await expect.poll(() => status(world, old!), { timeout: 60_000 }).toBe("revoked");
  const result = await world.mail(clerk.staff.email, `Kết quả giải quyết hồ sơ ${code}`, 0, 60);
  const { body } = await world.api("GET", `/api/v1/dossiers/${id}`, clerk.staff.token);
  expect(body.rows[0].serial).not.toBe(old);
  expect(await status(world, body.rows[0].serial)).toBe("good");
  return { who, result: result.text };
}

test("a certificate is renewed, and its phone goes on signing", async ({ world, person }) => {
  test.setTimeout(240_000);
  const { who, result } = await succeed(world, person, "Gia hạn chứng thư số", async () => {});
  expect(result).toContain("đã gia hạn 1 trên tổng số 1");
  expect((await world.mail(who.email, "đã được gia hạn", 0, 60)).text).toContain(who.name);
});

test("what a certificate says is changed", async ({ world, person }) => {
  test.setTimeout(240_000);
  const { who, result } = await succeed(world, person, "Thay đổi nội dung thông tin chứng thư số", async (page) => {
    await page.getByRole("textbox", { name: "Bộ phận công tác mới" }).fill("Tổ Khoa học tự nhiên");
  });
  expect(result).toContain("1 trên tổng số 1");
  expect((await world.mail(who.email, "đã thay đổi", 0, 60)).text).toContain(who.name);
});

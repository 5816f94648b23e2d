/* Certificates that exist already: revoked by an officer. */
import { ask, revoking, status } from "../lib/ending.ts";
import { asPerson, subscriber } from "../lib/people.ts";
import { approve, examine } from "../lib/steps.ts";
import { expect, test } from "../lib/test.ts";

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

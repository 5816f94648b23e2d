/* Nobody answers at night. The world is this file's own: key processes accept no time before one that they recorded. */
import { ask, revoking, status } from "../lib/ending.ts";
import { asPerson, subscriber } from "../lib/people.ts";
import { expect, test } from "../lib/test.ts";

const HOUR = 3600;
const VIETNAM = 7 * HOUR;
const NIGHT = 22;

test.use({ worldFor: "night" });

test("a revocation that nobody answers at night happens by itself at hour 10", async ({ world, person }) => {
  test.setTimeout(300_000);
  const who = subscriber();
  const [serial] = (await world.issue("du", [asPerson(who)])).serials;
  const hour = Math.floor((((await world.now()) + VIETNAM) % (24 * HOUR)) / HOUR);
  const evening = hour >= 18 || hour < 4 ? 0 : (NIGHT - hour) * HOUR;
  await world.move(evening);
  const [clerk, head] = [person("trang"), person("duc")];
  await clerk.work();
  await head.work();
  const { code } = await ask(world, clerk, head, "Thu hồi chứng thư số", who, revoking);
  expect(await status(world, serial!)).toBe("good");
  await world.move(evening + 9 * HOUR + 1800);
  expect(await status(world, serial!), "half an hour too early").toBe("good");
  await world.move(evening + 10 * HOUR + 120);
  await expect.poll(() => status(world, serial!), { timeout: 120_000, intervals: [2000] }).toBe("revoked");
  const result = await world.mail(clerk.staff.email, `${code}: tự động thu hồi`, 0, 90);
  expect(result.text).toContain("đã tự động thu hồi 1 trên tổng số 1");
  expect((await world.mail(who.email, "tự động thu hồi", 0, 60)).text).toContain(serial!);
});

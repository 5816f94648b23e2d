/* Certificates that exist already: revoked by an officer, revoked by nobody's answer at night, renewed, changed. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { look } from "../lib/look.ts";
import { asPerson, subscriber, type Subscriber } from "../lib/people.ts";
import { approve, begin, choose, codeOf, finish, receiveAndExamine, sign, uploadOwnRequests } from "../lib/steps.ts";
import { expect, test, type Page, type Person } from "../lib/test.ts";
import type { World } from "../lib/world.ts";

const HOUR = 3600;
const VIETNAM = 7 * HOUR;
const NIGHT = 22;

/** What the OCSP responder says of a certificate now. */
async function status(world: World, serial: string): Promise<string> {
  const { folder, plain, staff } = world.facts;
  const chain = `${folder}/world/state/public`;
  const detail = await world.api("GET", `/api/v1/certificates/${serial}`, staff.trang!.token);
  writeFileSync(`${folder}/${serial}.pem`, detail.body.pem);
  const text = execFileSync("openssl", ["ocsp", "-issuer", `${chain}/issuing.pem`, "-cert", `${folder}/${serial}.pem`, "-url", `${plain}/ocsp`,
    "-noverify"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return /: (good|revoked|unknown)/.exec(text)![1]!;
}

/** The clerk's wizard for one certificate, up to the head's signature. The dossier's id and code. */
async function ask(world: World, clerk: Person, head: Person, procedure: string, who: Subscriber, details: (page: Page) => Promise<void>) {
  const page = clerk.page;
  await begin(page, procedure, head.staff.name);
  await choose(page, who);
  await details(page);
  await page.getByRole("dialog").getByRole("checkbox").last().check();
  await look(page, `${procedure.split(" ")[0]!.toLowerCase() === "thu" ? "revocation" : "renewal"}-entering`);
  await page.getByRole("dialog").getByRole("button", { name: "Đưa vào hồ sơ" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await uploadOwnRequests(page, world);
  const id = await finish(page);
  const code = await codeOf(page, world, id);
  await sign(world, head, id, world.facts.schools.du!.seal);
  return { id, code };
}

const revoking = async (page: Page) => {
  await page.getByRole("combobox", { name: /^Lý do thu hồi/ }).selectOption({ index: 1 });
};

test("a revocation is approved, and signing ends at once", async ({ world, person }) => {
  test.setTimeout(240_000);
  const who = subscriber();
  const [serial] = (await world.issue("du", [asPerson(who)])).serials;
  expect(await status(world, serial!)).toBe("good");
  const [clerk, head, officer] = [person("trang"), person("duc"), person("ha")];
  await clerk.work();
  await head.work();
  const { code } = await ask(world, clerk, head, "Thu hồi chứng thư số", who, revoking);
  await receiveAndExamine(await person("binh").work(), code);
  await officer.work();
  await approve(world, officer, code);
  await expect.poll(() => status(world, serial!), { timeout: 60_000 }).toBe("revoked");
  const result = await world.mail(clerk.staff.email, `Kết quả giải quyết hồ sơ ${code}`, 0, 60);
  expect(result.text).toContain("đã thu hồi 1 trên tổng số 1");
  expect((await world.mail(who.email, "thu hồi", 0, 60)).text).toContain(serial!);
});

test("a revocation that nobody answers at night happens by itself at hour 10", async ({ world, person }) => {
  test.setTimeout(300_000);
  const who = subscriber();
  const [serial] = (await world.issue("du", [asPerson(who)])).serials;
  const hour = Math.floor((((await world.now()) + VIETNAM) % (24 * HOUR)) / HOUR);
  const evening = hour >= 18 || hour < 4 ? 0 : (NIGHT - hour) * HOUR;
  try {
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
  } finally {
    await world.move(0);
  }
});

/* What journeys that end certificates have in common: the clerk's wizard, and what OCSP says. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { look } from "./look.ts";
import { international, type Subscriber } from "./people.ts";
import { begin, choose, codeOf, finish, sign, uploadOwnRequests } from "./steps.ts";
import { expect, type Page, type Person } from "./test.ts";
import type { World } from "./world.ts";

const PICTURES: Record<string, string> = {
  "Gia hạn chứng thư số": "renewal",
  "Thay đổi nội dung thông tin chứng thư số": "change",
  "Thu hồi chứng thư số": "revocation",
};

/** What the OCSP responder says of a certificate now. */
export async function status(world: World, serial: string): Promise<string> {
  const { folder, plain, staff } = world.facts;
  const chain = `${folder}/world/state/public`;
  const detail = await world.api("GET", `/api/v1/certificates/${serial}`, staff.trang!.token);
  writeFileSync(`${folder}/${serial}.pem`, detail.body.pem);
  const text = execFileSync("openssl", ["ocsp", "-issuer", `${chain}/issuing.pem`, "-cert", `${folder}/${serial}.pem`, "-url", `${plain}/ocsp`,
    "-noverify"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return /^(?:\S+: )?(good|revoked|unknown)$/m.exec(text)![1]!; // a warning stands between where the service's clock was moved
}

/** Her phone follows the account letter: from now on she signs. */
export async function activate(world: World, who: Subscriber) {
  const letter = await world.mail(who.email, "Kích hoạt", 0, 60);
  await world.phone(/https:\/\/\S+\/a#\S+/.exec(letter.text)![0], international(who.phone), `Điện thoại của ${who.name}`);
}

/** The clerk's wizard for one certificate, up to the head's signature. The dossier's id and code. */
export async function ask(world: World, clerk: Person, head: Person, procedure: string, who: Subscriber, details: (page: Page) => Promise<void>) {
  const page = clerk.page;
  await begin(page, procedure, head.staff.name);
  await choose(page, who);
  await details(page);
  await page.getByRole("dialog").getByRole("checkbox").last().check();
  await look(page, `entering-${PICTURES[procedure]}`);
  await page.getByRole("dialog").getByRole("button", { name: "Đưa vào hồ sơ" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await uploadOwnRequests(page, world);
  const id = await finish(page);
  const code = await codeOf(page, world, id);
  await sign(world, head, id);
  return { id, code };
}

export const revoking = async (page: Page) => {
  await page.getByRole("combobox", { name: /^Lý do thu hồi/ }).selectOption({ index: 1 });
};

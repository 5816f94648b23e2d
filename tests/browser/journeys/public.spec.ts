/* What anybody finds without an account: forms and guides to read and to keep, and whether signatures hold. */
import { mkdirSync, writeFileSync } from "node:fs";
import { GUIDES, picturesOf, printed, publicFile, sourceHash } from "../lib/guides.ts";
import { look } from "../lib/look.ts";
import { PICTURE_BYTES_MAX, picture } from "../lib/picture.ts";
import { expect, test, type Page } from "../lib/test.ts";

const SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so";
const GUIDES_BYTES_MAX = 1536 * 1024; // of all that is kept with the source
const KEPT = `${process.env.KYSO_LOGS ?? "../../build-test"}/guides`;

const SHEET = {
  format: "A4",
  margin: { top: "18mm", bottom: "18mm", left: "20mm", right: "15mm" },
  displayHeaderFooter: true,
  headerTemplate: "<span></span>",
  footerTemplate: '<div style="font-size:8px;width:100%;text-align:center"><span class="pageNumber"></span>/<span class="totalPages"></span></div>',
  tagged: true,
  outline: true,
};

interface Fetched {
  status: number;
  type: string | null;
  bytes: number;
  begins: string;
}

/** As the page's own fetch gets it, over the browser's own TLS. */
const fetched = (page: Page, address: string) =>
  page.evaluate(async (a): Promise<Fetched> => {
    const answer = await fetch(a);
    const content = new Uint8Array(await answer.arrayBuffer());
    return { status: answer.status, type: answer.headers.get("content-type"), bytes: content.length, begins: String.fromCharCode(...content.slice(0, 5)) };
  }, address);

test("forms and both guides are there to keep, with size and date", async ({ world, person }) => {
  const page = await person("anybody").sit();
  await page.goto(`${world.facts.server}/tai-ve`);
  const links = page.locator("main a[download]");
  await expect(links).toHaveCount(2 * 4 + GUIDES.length);
  await look(page, "downloads");
  for (const link of await links.all()) {
    const address = (await link.getAttribute("href"))!;
    const got = await fetched(page, address);
    expect(got, address).toMatchObject({ status: 200, type: "application/pdf", begins: "%PDF-" });
    const told = link.locator("xpath=following-sibling::span[1]");
    await expect(told, address).toHaveText(new RegExp(`^\\(PDF, ${Math.max(1, Math.round(got.bytes / 1024))} KB, \\d{2}/\\d{2}/\\d{4}\\)$`));
  }
  const waiting = page.waitForEvent("download");
  await links.first().click();
  expect((await waiting).suggestedFilename()).toMatch(/\.pdf$/);
});

test("a guide has a picture where its step names one, and is printed as it stands", async ({ world, person }) => {
  const page = await person("anybody").sit();
  let kept = 0;
  for (const guide of GUIDES) {
    await page.goto(`${world.facts.server}/huong-dan`);
    await page.locator(`main a[href="/huong-dan/${guide}"]`).click();
    const names = picturesOf(guide);
    const pictures = page.locator(".guide-step img");
    await expect(pictures).toHaveCount(names.length);
    for (const one of await pictures.all())
      await expect.poll(() => one.evaluate((i) => (i as HTMLImageElement).naturalWidth), { message: "a picture is shown" }).toBeGreaterThan(0);
    await look(page, `guide-${guide}`);
    for (const name of names) {
      const bytes = publicFile(name).length;
      expect(bytes, name).toBeLessThanOrEqual(PICTURE_BYTES_MAX);
      kept += bytes;
    }
    for (const file of printed().filter((f) => f.guide === guide)) {
      expect(file.source, `${file.file} is of other steps or pictures: make guides`).toBe(sourceHash(guide));
      expect(publicFile(file.file).length, file.file).toBe(file.bytes);
      kept += file.bytes;
    }
  }
  expect(printed().map((f) => f.guide)).toEqual(GUIDES);
  expect(kept, "bytes of pictures and files").toBeLessThanOrEqual(GUIDES_BYTES_MAX);
});

test("a signed document is judged without an account", async ({ world, person }) => {
  const source = await world.paper();
  const token = world.facts.staff.duc!.smartcard!;
  await world.kyso(["sign", "--in", source, "--out", `${source}.signed.pdf`, "--pkcs11", SOFTHSM, "--token", token, "--key", token]);
  const page = await person("anybody").sit();
  await page.goto(`${world.facts.server}/kiem-tra`);
  await page.getByLabel("Tệp PDF cần kiểm tra").setInputFiles(`${source}.signed.pdf`);
  await expect(page.getByText(world.facts.staff.duc!.name).first()).toBeVisible();
  await look(page, "validation");
  await picture(page, "validation");
});

async function printGuides(page: Page, server: string) {
  mkdirSync(KEPT, { recursive: true });
  const files = [];
  for (const guide of GUIDES) {
    await page.goto(`${server}/huong-dan/${guide}`);
    await expect(page.locator("html")).toHaveAttribute("lang", "vi");
    await page.waitForFunction(() => Array.from(document.images).every((i) => i.complete));
    const pdf = await page.pdf(SHEET);
    const file = `huong-dan-${guide}.pdf`;
    writeFileSync(`${KEPT}/${file}`, pdf);
    files.push({ guide, file, bytes: pdf.length, date: new Date().toISOString().slice(0, 10), source: sourceHash(guide) });
  }
  writeFileSync(`${KEPT}/files.json`, JSON.stringify(files, null, 2) + "\n");
}

/* Only for make guides: it leaves files instead of judging. */
if (process.env.KYSO_GUIDES === "print")
  test("the guides are printed", async ({ world, person }) => printGuides(await person("anybody").sit(), world.facts.server));

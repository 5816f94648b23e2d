/* What journeys begin with: the world of this worker, and people at their browsers. */
import { test as base, chromium, expect, type Browser, type BrowserContext, type Page, type ViewportSize } from "@playwright/test";
import { mkdirSync, writeFileSync } from "node:fs";
import { Passkeys } from "./passkey.ts";
import { Watch } from "./watch.ts";
import { World } from "./world.ts";

export { expect };
export type { Page };

export const DESKTOP = { width: 1366, height: 768 };
export const PHONE = { width: 390, height: 844 };
const ACTION_MS = 15_000;

/* No flag among these touches certificates. Root may not use Chromium's own sandbox. */
function launchOptions(home: string) {
  const env = { ...process.env, HOME: home, XDG_DATA_HOME: `${home}/.local/share` } as Record<string, string>;
  return { executablePath: process.env.KYSO_CHROMIUM ?? "/usr/bin/chromium", headless: true, env };
}

const contextOptions = (viewport: ViewportSize) => ({ viewport, locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", acceptDownloads: true });

export class Person {
  context!: BrowserContext;
  page!: Page;

  constructor(
    readonly label: string,
    private world: World,
    private browser: Browser,
    private watch: Watch,
    readonly passkeys: Passkeys,
  ) {}

  get staff() {
    return this.world.facts.staff[this.label];
  }

  /** Opens a browser of the person's own: no cookie, but the passkeys. */
  async sit(viewport = DESKTOP): Promise<Page> {
    this.context = await this.browser.newContext(contextOptions(viewport));
    this.context.setDefaultTimeout(ACTION_MS);
    await this.watch.context(this.context);
    this.page = await this.context.newPage();
    await this.passkeys.plug(this.page);
    return this.page;
  }

  /**
   * Opens a browser that offers the person's certificate to the port for log-in without asking which one: the choice that an
   * administrator's policy AutoSelectCertificateForUrls makes, written where Chromium keeps it.
   */
  async sitWithCertificate(viewport = DESKTOP): Promise<Page> {
    const home = await this.world.certificate(this.label);
    const profile = `${home}/profile`;
    const choice = { pattern: this.world.facts.login, filter: { SUBJECT: { CN: this.staff.name } } };
    mkdirSync(`${profile}/Default`, { recursive: true });
    writeFileSync(`${profile}/Default/Preferences`,
      JSON.stringify({ profile: { managed_auto_select_certificate_for_urls: [JSON.stringify(choice)] } }));
    this.context = await chromium.launchPersistentContext(profile, { ...launchOptions(home), ...contextOptions(viewport) });
    this.context.setDefaultTimeout(ACTION_MS);
    await this.watch.context(this.context);
    this.page = await this.context.newPage();
    await this.passkeys.plug(this.page);
    return this.page;
  }

  /** Follows an invitation and registers the first passkey: the way in for everybody. */
  async accept(link: string, keyName = "Máy tính cơ quan") {
    await this.page.goto(link);
    await this.page.getByRole("textbox", { name: "Tên của khóa" }).fill(keyName);
    await this.page.getByRole("button", { name: "Tạo khóa truy cập" }).click();
    await expect(this.page.getByRole("heading", { level: 1, name: "Việc cần làm" })).toBeVisible();
    await this.passkeys.keep();
  }

  /** At work: in a browser of one's own, logged in by the passkey. */
  async work(viewport = DESKTOP): Promise<Page> {
    const page = await this.sit(viewport);
    if (this.passkeys.empty) await this.accept(await this.world.invite(this.label));
    else {
      await page.goto(`${this.world.facts.server}/login`);
      await page.getByRole("button", { name: "Đăng nhập bằng khóa truy cập" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Việc cần làm" })).toBeVisible();
    }
    return page;
  }

  /** Confirms with the passkey where the page asks for it, within some seconds. */
  async stepUp() {
    const dialog = this.page.getByRole("dialog", { name: "Xác nhận lại danh tính" });
    const asked = await dialog.waitFor({ timeout: 3000 }).then(() => true, () => false);
    if (asked) await dialog.getByRole("button", { name: "Dùng khóa truy cập" }).click();
  }

  async leave() {
    await this.passkeys.keep();
    await this.context.close();
  }
}

/** A page looked for the agent of its computer: there is none, or the one there is another world's. */
export const NO_AGENT = /8987.Config.*(REFUSED|CERT_AUTHORITY_INVALID)/;

interface WorkerFixtures {
  worldFor: string;
  world: World;
  keyring: Map<string, Passkeys>;
  browser_: Browser;
}
interface TestFixtures {
  watch: Watch;
  person: (label: string) => Person;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  /** Journeys of one word share worlds; a file that leaves its world unfit for others has a word of its own. */
  worldFor: ["everybody", { option: true, scope: "worker" }],
  world: [
    async ({}, use) => {
      const world = await World.begin(process.env.KYSO_BIN!, process.env.KYSO_PORTAL!);
      await use(world);
      await world.end();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  keyring: [async ({}, use) => use(new Map()), { scope: "worker" }],
  browser_: [
    async ({ world }, use) => {
      const browser = await chromium.launch(launchOptions(world.facts.home));
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  watch: async ({ world }, use, info) => {
    const watch = new Watch(world.facts);
    await use(watch);
    if (info.status !== info.expectedStatus) writeFileSync(info.outputPath("kysod.log"), await world.log());
    expect(watch.faults, "third parties, content policy, console").toEqual([]);
  },
  person: async ({ world, browser_, watch, keyring }, use) => {
    const people: Person[] = [];
    await use((label) => {
      if (!keyring.has(label)) keyring.set(label, new Passkeys());
      const one = new Person(label, world, browser_, watch, keyring.get(label)!);
      people.push(one);
      return one;
    });
    for (const one of people) {
      await one.passkeys.keep();
      await one.context?.close();
    }
    await world.unplug();
  },
});

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

/* No flag among these touches certificates. Root may not use Chromium's own sandbox. */
function launchOptions(world: World) {
  const env = { ...process.env, HOME: world.facts.home, XDG_DATA_HOME: `${world.facts.home}/.local/share` } as Record<string, string>;
  return { executablePath: process.env.KYSO_CHROMIUM ?? "/usr/bin/chromium", headless: true, env };
}

const contextOptions = (viewport: ViewportSize) => ({ viewport, locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", acceptDownloads: true });

export class Person {
  readonly passkeys = new Passkeys();
  context!: BrowserContext;
  page!: Page;

  constructor(
    readonly label: string,
    private world: World,
    private browser: Browser,
    private watch: Watch,
  ) {}

  get staff() {
    return this.world.facts.staff[this.label];
  }

  /** Opens a browser of the person's own: no cookie, but the passkeys. */
  async sit(viewport = DESKTOP): Promise<Page> {
    this.context = await this.browser.newContext(contextOptions(viewport));
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
    const profile = `${this.world.facts.folder}/profile-${this.label}`;
    const choice = { pattern: this.world.facts.login, filter: { SUBJECT: { CN: this.staff.name } } };
    mkdirSync(`${profile}/Default`, { recursive: true });
    writeFileSync(`${profile}/Default/Preferences`,
      JSON.stringify({ profile: { managed_auto_select_certificate_for_urls: [JSON.stringify(choice)] } }));
    this.context = await chromium.launchPersistentContext(profile, { ...launchOptions(this.world), ...contextOptions(viewport) });
    await this.watch.context(this.context);
    this.page = await this.context.newPage();
    await this.passkeys.plug(this.page);
    return this.page;
  }

  async leave() {
    await this.passkeys.keep();
    await this.context.close();
  }
}

interface WorkerFixtures {
  world: World;
  browser_: Browser;
}
interface TestFixtures {
  watch: Watch;
  person: (label: string) => Person;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  world: [
    async ({}, use) => {
      const world = await World.begin(process.env.KYSO_BIN!, process.env.KYSO_PORTAL!);
      await use(world);
      await world.end();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  browser_: [
    async ({ world }, use) => {
      const browser = await chromium.launch(launchOptions(world));
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  watch: async ({ world }, use) => {
    const watch = new Watch(world.facts);
    await use(watch);
    expect(watch.faults, "third parties, content policy, console").toEqual([]);
  },
  person: async ({ world, browser_, watch }, use) => {
    const people: Person[] = [];
    await use((label) => {
      const one = new Person(label, world, browser_, watch);
      people.push(one);
      return one;
    });
    for (const one of people) await one.context?.close();
    await world.unplug();
  },
});

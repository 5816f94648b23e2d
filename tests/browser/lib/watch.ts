/* What no page may do: ask a third party, break the content policy, write an error to the console. */
import type { BrowserContext, Page } from "@playwright/test";
import type { Facts } from "./world.ts";

const VIEWER = "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/"; // Chromium's own, for PDF
const AGENT = "wss://127.0.0.1:8987";

export class Watch {
  readonly faults: string[] = [];
  private expected: RegExp[] = [];

  constructor(private facts: Facts) {}

  /** A fault that the journey provokes on purpose, such as the 403 of a refusal in the console. */
  expect(pattern: RegExp) {
    this.expected.push(pattern);
  }

  /* Asking who is logged in is how a page learns that nobody is. */
  private nobody(text: string, url: string) {
    return /status of 401/.test(text) && url === `${this.facts.server}/api/v1/session`;
  }

  private add(fault: string) {
    if (!this.expected.some((p) => p.test(fault))) this.faults.push(fault);
  }

  private own(url: string) {
    const { server, login } = this.facts;
    return ["data:", "blob:", "about:", "chrome:", VIEWER].some((s) => url.startsWith(s)) || [server, login].some((o) => url.startsWith(o + "/"));
  }

  async context(context: BrowserContext) {
    await context.exposeBinding("kysoPolicy", (_, text: string) => this.add(`content policy: ${text}`));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (e) => {
        (window as any).kysoPolicy(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`);
      });
    });
    context.on("request", (r) => {
      if (!this.own(r.url())) this.add(`request to a third party: ${r.url()}`);
    });
    context.on("page", (page) => this.page(page));
  }

  private page(page: Page) {
    page.on("pageerror", (e) => this.add(`script error on ${page.url()}: ${e.stack ?? e}`));
    page.on("console", (m) => {
      if (m.type() === "error" && !this.nobody(m.text(), m.location().url))
        this.add(`console ${m.type()} on ${page.url()}: ${m.text()} (${m.location().url})`);
    });
    page.on("websocket", (s) => {
      if (!s.url().startsWith(AGENT + "/")) this.add(`socket to a third party: ${s.url()}`);
    });
  }
}

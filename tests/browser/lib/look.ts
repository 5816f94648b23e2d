/* Looking at a page as it is now: axe-core, width, and the pictures kept as build artefacts. */
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { DESKTOP, PHONE, expect } from "./test.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const FOLDER = `${process.env.KYSO_LOGS ?? "../../build-test"}/screenshots`;
const QUIET_MS = 4000;

/** What axe-core finds, one line for each element. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const result = await (window as any).axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return result.violations.flatMap((v: any) =>
      v.nodes.map((n: any) => `${v.id} (${v.impact}): ${n.target.join(" ")}: ${n.failureSummary.replace(/\s+/g, " ")}`),
    );
  }, TAGS);
}

/** Nothing moves and nothing loads any more. */
async function settle(page: Page) {
  await page.waitForLoadState("networkidle", { timeout: QUIET_MS }).catch(() => undefined); // a PDF in a frame never is
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => document.getAnimations().every((a) => a.playState !== "running" || a.effect?.getTiming().iterations === Infinity));
}

/** Judges the page at both sizes and keeps its picture under `name`. */
export async function look(page: Page, name: string) {
  const before = page.viewportSize() ?? DESKTOP;
  mkdirSync(FOLDER, { recursive: true });
  for (const size of [DESKTOP, PHONE]) {
    await page.setViewportSize(size);
    await settle(page);
    await page.screenshot({ path: `${FOLDER}/${name}-${size.width}.png`, fullPage: true, animations: "disabled" });
    expect.soft(await findings(page), `axe-core on ${name} at ${size.width}`).toEqual([]);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(over, `${name} is wider than ${size.width}`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(before);
}

/** Bytes over the wire, as compressed by the server, of a first visit. */
export async function firstLoad(page: Page, url: string): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  let bytes = 0;
  await cdp.send("Network.enable");
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
  cdp.on("Network.loadingFinished", (e) => (bytes += e.encodedDataLength));
  await page.goto(url);
  await settle(page);
  await cdp.detach();
  return bytes;
}

/* Pictures for the guides (ui/portal/guides): what a reader sees at that step, small enough to be kept with the source. */
import { mkdirSync, statSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { DESKTOP, PHONE, expect } from "./test.ts";

const FOLDER = `${process.env.KYSO_LOGS ?? "../../build-test"}/guides`;
const WIDE = { width: 1040, height: 640 };
const SMALL = { width: 390, height: 690 };
const QUALITY = 34; // JPEG: goes into a printed file as it is
const DRAWN_MS = 900; // a PDF in a frame says nothing when it is drawn
export const PICTURE_BYTES_MAX = 60 * 1024;

/** Keeps what is seen now as `name`.jpg; at: what has to be in the middle. */
export async function picture(page: Page, name: string, at?: Locator) {
  const before = page.viewportSize() ?? DESKTOP;
  mkdirSync(FOLDER, { recursive: true });
  await page.setViewportSize(before.width === PHONE.width ? SMALL : WIDE);
  await at?.evaluate((element) => element.scrollIntoView({ block: "center" }));
  await page.waitForTimeout(DRAWN_MS);
  const path = `${FOLDER}/${name}.jpg`;
  await page.screenshot({ path, type: "jpeg", quality: QUALITY, animations: "disabled" });
  expect.soft(statSync(path).size, `bytes of ${name}.jpg`).toBeLessThanOrEqual(PICTURE_BYTES_MAX);
  await page.setViewportSize(before);
}

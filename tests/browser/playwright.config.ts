/* Journeys in Debian's Chromium. One world (lib/world.ts) for each worker. Started by `run`, which sets KYSO_*. */
import { defineConfig } from "@playwright/test";

const logs = process.env.KYSO_LOGS ?? "../../build-test";

export default defineConfig({
  testDir: "journeys",
  outputDir: `${logs}/browser`,
  workers: Number(process.env.KYSO_BROWSER_WORKERS ?? 2),
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["json", { outputFile: `${logs}/browser.json` }]],
});

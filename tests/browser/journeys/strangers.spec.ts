/* An organisation tries every object of another one, with its own session, at pages and at addresses. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { look } from "../lib/look.ts";
import { asPerson, subscribers } from "../lib/people.ts";
import { expect, test } from "../lib/test.ts";
import { HERE } from "../lib/world.ts";

const DESCRIPTION = path.join(HERE, "../../../api/openapi.yaml");

/** [method, path with parameters] of all that is described. */
function described(): [string, string][] {
  const found: [string, string][] = [];
  let at = "";
  for (const line of readFileSync(DESCRIPTION, "utf8").split("\n")) {
    const place = /^ {2}(\/\S+):/.exec(line);
    const method = /^ {4}(get|put|post|delete):/.exec(line);
    if (place) at = place[1]!;
    else if (/^\S/.test(line)) at = "";
    if (method && at.startsWith("/api/v1/")) found.push([method[1]!.toUpperCase(), at]);
  }
  return found;
}

test("nothing of another organisation can be seen or touched", async ({ world, person, watch }) => {
  watch.expect(/status of 4\d\d/);
  const { id, code } = await world.file("du", subscribers(2).map(asPerson));
  const { staff, schools } = world.facts;
  const message = (await world.api("GET", `/api/v1/dossiers/${id}/messages`, staff.trang!.token)).body?.messages?.[0]?.id;
  const stranger = person("yen");
  const page = await stranger.work();
  const ids: Record<string, string | undefined> = {
    dossiers: id,
    organisations: schools.du!.id,
    staff: staff.trang!.id,
    messages: message,
  };
  let tried = 0;
  for (const [method, place] of described()) {
    const kind = /^\/api\/v1\/([a-z-]+)\/\{/.exec(place)?.[1];
    const theirs = kind && ids[kind];
    if (!theirs) continue;
    const address = place.replace(/\{[^}]+\}/, theirs).replace(/\{[^}]+\}/g, "1");
    const status = await page.evaluate(
      async ([m, a]) => {
        const body = m === "GET" || m === "DELETE" ? undefined : "{}";
        const headers = { "X-Kyso-Page": "1", "Content-Type": "application/json" };
        return (await fetch(a!, { method: m, headers, body })).status;
      },
      [method, address],
    );
    expect([403, 404], `${method} ${address}: ${status}`).toContain(status);
    tried++;
  }
  expect(tried).toBeGreaterThan(20);
  await page.goto(`${world.facts.server}/ho-so/${id}`);
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page.getByText("Nguyễn Du")).toHaveCount(0);
  await look(page, "dossier-of-another");
  await page.goto(`${world.facts.server}/ho-so`);
  await expect(page.getByText("Không có hồ sơ nào khớp").or(page.getByRole("link", { name: /^CM-/ }).first())).toBeVisible();
  await expect(page.getByText(code)).toHaveCount(0);
});

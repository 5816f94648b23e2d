/* The world itself: what journeys rest on. */
import { createServer } from "node:https";
import { readFileSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { expect, test } from "../lib/test.ts";

const HOUR = 3600;

test("only the roots in the browser's own database are trusted", async ({ world, person, watch }) => {
  watch.expect(/404/);
  watch.expect(/third party: https:\/\/localhost/); // the stranger below
  const page = await person("trang").sit();
  const answer = await page.goto(`${world.facts.server}/api/v1/nothing`);
  expect(answer?.status()).toBe(404);
  expect((await answer?.securityDetails())?.issuer).toBe("kyso browser tests");
  const folder = `${world.facts.folder}/stranger`;
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", "/CN=localhost", "-addext",
    "subjectAltName=DNS:localhost", "-keyout", `${folder}.key`, "-out", `${folder}.pem`], { stdio: "ignore" });
  const stranger = createServer({ key: readFileSync(`${folder}.key`), cert: readFileSync(`${folder}.pem`) });
  const port = await new Promise<number>((resolve) => stranger.listen(0, "127.0.0.1", () => resolve((stranger.address() as any).port)));
  await expect(page.goto(`https://localhost:${port}/`)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
  stranger.close();
});

test("the clock of every process moves while it runs", async ({ world }) => {
  const { folder, plain, staff } = world.facts;
  const stamp = async () => {
    execFileSync("openssl", ["ts", "-query", "-digest", "00".repeat(32), "-sha256", "-out", `${folder}/query.tsq`], { stdio: "ignore" });
    const answer = await fetch(`${plain}/tsa`, { method: "POST", headers: { "Content-Type": "application/timestamp-query" },
      body: readFileSync(`${folder}/query.tsq`) });
    writeFileSync(`${folder}/reply.tsr`, Buffer.from(await answer.arrayBuffer()));
    const text = execFileSync("openssl", ["ts", "-reply", "-in", `${folder}/reply.tsr`, "-text"], { encoding: "utf8" });
    return Date.parse(/Time stamp: (.*)/.exec(text)![1]) / 1000;
  };
  const before = await stamp();
  expect(Math.abs(before - Date.now() / 1000)).toBeLessThan(5);
  try {
    const now = await world.move(10 * HOUR);
    expect(Math.abs((await stamp()) - now)).toBeLessThan(5);
    expect(await world.kyso(["--version"])).toContain("kyso");
    const answer = await world.api("POST", "/api/v1/nonces", staff.an.token, { process: "sam", kind: "short" });
    expect(answer.status).toBe(200);
  } finally {
    await world.move(0);
  }
});

test("the agent answers the portal's pages", async ({ world, person }) => {
  await world.agent("head");
  const page = await person("duc").sit();
  await page.goto(`${world.facts.server}/`);
  const reply = await page.evaluate(
    () =>
      new Promise<any>((resolve, reject) => {
        const socket = new WebSocket("wss://127.0.0.1:8987/GetCertInfo");
        socket.onopen = () => socket.send("get_cert_info");
        socket.onmessage = (m) => resolve(JSON.parse(m.data));
        socket.onerror = () => reject(new Error("no agent"));
      }),
  );
  expect(reply.Status).toBe(0);
  expect(reply.CertInfo.CommonName).toBe(world.facts.staff.duc.name);
  expect(await world.shown()).toContain(world.facts.server);
});

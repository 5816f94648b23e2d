/* What officers decide: additions, refusal, and two of them at once. */
import { look } from "../lib/look.ts";
import { asPerson, subscriber } from "../lib/people.ts";
import { approve, heading, receiveAndExamine, take } from "../lib/steps.ts";
import { expect, NO_AGENT, test } from "../lib/test.ts";

test("an addition is asked for, answered, and the dossier goes on", async ({ world, person }) => {
  const { id, code } = await world.file("du", [asPerson(subscriber())]);
  const officer = person("binh");
  const page = await officer.work();
  await receiveAndExamine(page, code);
  await take(page, "Chờ phê duyệt", code, "Yêu cầu bổ sung");
  const dialog = page.getByRole("dialog");
  const note = "Đề nghị bổ sung quyết định tuyển dụng của cô giáo.";
  await dialog.getByRole("textbox").fill(note);
  await look(page, "ask-for-additions");
  await dialog.getByRole("button", { name: "Gửi yêu cầu" }).click();
  await expect(dialog).toBeHidden();

  const clerk = person("trang");
  const mail = await world.mail(world.facts.staff.trang!.email, `Yêu cầu bổ sung hồ sơ ${code}`);
  expect(mail.text).toContain(note);
  const desk = await clerk.work();
  await desk.getByRole("link", { name: /Cần bổ sung/ }).click();
  await desk.getByRole("link", { name: code }).click();
  await expect(desk.getByText(note).first()).toBeVisible();
  await expect(desk.getByText("Tạm dừng").first()).toBeVisible();
  await look(desk, "dossier-incomplete");
  await desk.getByRole("button", { name: "Trả lời bổ sung" }).click();
  await desk.getByRole("dialog").getByRole("textbox").fill("Quyết định số 12/QĐ-THCS kèm theo.");
  await desk.getByRole("dialog").getByRole("button", { name: "Trả lời bổ sung" }).click();
  await expect(desk.getByRole("dialog")).toBeHidden();

  await take(page, "Đã bổ sung", code, "Thẩm định");
  const state = await world.api("GET", `/api/v1/dossiers/${id}`, world.facts.staff.trang!.token);
  await expect.poll(async () => (await world.api("GET", `/api/v1/dossiers/${id}`, world.facts.staff.trang!.token)).body.state).toBe("examining");
  expect(state.body.limit.pauses.length).toBe(1);
});

test("a dossier is refused with the reason that the organisation reads", async ({ world, person }) => {
  const { id, code } = await world.file("du", [asPerson(subscriber())]);
  await receiveAndExamine(await person("binh").work(), code);
  const officer = person("ha");
  const page = await officer.work();
  await world.agent(officer.staff.smartcard!);
  await take(page, "Chờ phê duyệt", code, "Từ chối");
  await page.getByLabel("Mẫu lý do").selectOption({ index: 2 });
  await look(page, "refusal");
  await page.getByRole("button", { name: "Soạn quyết định từ chối" }).click();
  await page.getByRole("button", { name: /^Từ chối.*thiết bị ký$/ }).click();
  await officer.stepUp();
  await expect(heading(page, new RegExp(code))).toBeVisible();
  expect(await world.shown()).toContain("TỪ CHỐI");
  const mail = await world.mail(world.facts.staff.trang!.email, `Từ chối hồ sơ ${code}`);
  expect(mail.text).toContain("không thuộc lĩnh vực giáo dục");
  const clerk = await person("trang").work();
  await clerk.goto(`${world.facts.server}/ho-so/${id}`);
  await expect(clerk.getByText("không thuộc lĩnh vực giáo dục").first()).toBeVisible();
  await look(clerk, "dossier-refused");
});

test("of two officers at one dossier, one receives and one approves it", async ({ world, person, watch }) => {
  watch.expect(/status of 409/);
  watch.expect(/status of 403/);
  watch.expect(NO_AGENT); // their machines have no agent until they sign
  const { code } = await world.file("du", [asPerson(subscriber())]);
  const [binh, lan] = [person("binh"), person("lan")];
  const pages = [await binh.work(), await lan.work()];
  for (const page of pages) {
    await page.getByRole("link", { name: "Hàng đợi xử lý" }).first().click();
    await page.getByRole("button", { name: code, exact: true }).click();
    await expect(page.getByText("Nội dung đã ký thuộc đúng hồ sơ này.")).toBeVisible();
  }
  await Promise.all(pages.map((page) => page.getByRole("region", { name: "Hồ sơ đang xem" }).getByRole("button", { name: "Tiếp nhận" }).click()));
  const outcomes = await Promise.all(
    pages.map((page) => page.getByRole("alert").or(page.getByText(`${code}: `)).first().textContent()),
  );
  expect(outcomes.filter((text) => text?.includes(`${code}: `)).length, outcomes.join(" | ")).toBe(1);
  const first = outcomes.findIndex((text) => text?.includes(`${code}: `));
  const slower = pages[1 - first]!;
  await expect(slower.getByRole("alert")).toBeVisible();
  await expect(slower.getByRole("table", { name: "Hồ sơ trong hàng đợi" }).getByText(code)).toHaveCount(0); // not to be received any more
  await look(slower, "queue-lost-race");
  await take(pages[first]!, "Chờ thẩm định", code, "Thẩm định");

  const [an, ha] = [person("an"), person("ha")];
  const rivals = [await an.work(), await ha.work()];
  for (const page of rivals) {
    await take(page, "Chờ phê duyệt", code, "Phê duyệt");
    await page.getByRole("button", { name: "Soạn quyết định phê duyệt" }).click();
    await expect(page.getByText("Nội dung bạn sẽ ký")).toBeVisible();
  }
  for (const [i, officer] of [an, ha].entries()) {
    await world.agent(officer.staff.smartcard!);
    await rivals[i]!.getByRole("button", { name: /^Phê duyệt.*thiết bị ký$/ }).click();
    await officer.stepUp();
    if (i === 0) await expect(heading(rivals[0]!, `Hồ sơ ${code}`)).toBeVisible({ timeout: 60_000 });
  }
  await expect(rivals[1]!.getByRole("alert")).toBeVisible();
  await expect(rivals[1]!.getByText("Hồ sơ không còn chờ quyết định này")).toBeVisible();
  await expect(rivals[1]!.getByRole("button", { name: /^Phê duyệt.*thiết bị ký$/ })).toHaveCount(0);
  await look(rivals[1]!, "decision-lost-race");
});

test("an officer who refuses in the agent approves nothing", async ({ world, person }) => {
  const { id, code } = await world.file("du", [asPerson(subscriber())]);
  await receiveAndExamine(await person("binh").work(), code);
  const officer = person("ha");
  const page = await officer.work();
  await world.agent(officer.staff.smartcard!);
  await world.behave("refuse");
  await take(page, "Chờ phê duyệt", code, "Phê duyệt");
  await page.getByRole("button", { name: "Soạn quyết định phê duyệt" }).click();
  await look(page, "decision");
  await page.getByRole("button", { name: /^Phê duyệt.*thiết bị ký$/ }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  const state = await world.api("GET", `/api/v1/dossiers/${id}`, world.facts.staff.trang!.token);
  expect(state.body.state).toBe("examining");
  await world.unplug();
  await page.goto(`${world.facts.server}/viec`);
  await approve(world, officer, code);
});

test("an officer approves two dossiers with one signature", async ({ world, person }) => {
  const filed = [await world.file("du", [asPerson(subscriber())]), await world.file("du", [asPerson(subscriber()), asPerson(subscriber())])];
  const examiner = await person("binh").work();
  for (const { code } of filed) await receiveAndExamine(examiner, code);
  const officer = person("ha");
  const page = await officer.work();
  await world.agent(officer.staff.smartcard!);
  await page.goto(`${world.facts.server}/hang-doi?state=examining`);
  for (const { code } of filed) await page.getByRole("checkbox", { name: `Chọn ${code}` }).check();
  await expect(page.getByRole("button", { name: "Phê duyệt 2 hồ sơ đã chọn" })).toBeVisible();
  await page.keyboard.press("Shift+A");
  await page.getByRole("button", { name: "Kiểm tra và soạn quyết định" }).click();
  await expect(page.getByText("Nội dung bạn sẽ ký bằng một chữ ký")).toBeVisible();
  for (const { code } of filed) await expect(page.getByRole("heading", { name: new RegExp(code) })).toBeVisible();
  await look(page, "approve-several");
  await page.getByRole("button", { name: /^Phê duyệt 2 hồ sơ, 3 người.*thiết bị ký$/ }).click();
  await officer.stepUp();
  await expect(page.getByText("Kết quả từng hồ sơ")).toBeVisible();
  const shown = await world.shown();
  expect(shown).toContain("Số tuyên bố: 2");
  expect(shown).toContain("Tổng số dòng: 3");
  await expect(page.getByText("Đã thực hiện: 2/2")).toBeVisible({ timeout: 60_000 });
  await look(page, "approve-several-done");
  for (const { id } of filed)
    await expect.poll(async () => (await world.api("GET", `/api/v1/dossiers/${id}`, world.facts.staff.trang!.token)).body.state, { timeout: 60_000 }).toBe("activating");
});

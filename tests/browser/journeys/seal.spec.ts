/* Head and seal: two people, two tokens, one document, neither of them leaving the browser. */
import { look } from "../lib/look.ts";
import { subscriber } from "../lib/people.ts";
import { begin, codeOf, enter, finish, openToSign, signAndSend, uploadOwnRequests } from "../lib/steps.ts";
import { expect, test } from "../lib/test.ts";

test("the head signs, the seal keeper goes on from there and sends", async ({ world, person }) => {
  test.setTimeout(180_000);
  const head = person("son");
  const keeper = person("mai");
  const clerk = person("yen");
  let page = await clerk.work();
  await begin(page, "Cấp mới chứng thư số cho cá nhân", head.staff.name);
  await enter(page, subscriber());
  await uploadOwnRequests(page, world);
  const id = await finish(page);
  const code = await codeOf(page, world, id);

  await head.work();
  await openToSign(world, head, id);
  await head.page.getByRole("button", { name: "Ký, chuyển văn thư đóng dấu" }).click();
  await expect(head.page.getByText("Đã ký; chờ văn thư đóng dấu")).toBeVisible({ timeout: 60_000 });
  await look(head.page, "handed-on");
  const approved = await world.shown();
  expect(approved).toContain("Ký phê duyệt văn bản");
  expect(approved, "the request goes with the seal").not.toContain("ĐỀ NGHỊ CỦA CƠ QUAN");
  await world.unplug();

  page = await keeper.work();
  await openToSign(world, keeper, id);
  await expect(page.getByText("Văn bản đã có chữ ký")).toBeVisible();
  await expect(page.getByText(new RegExp(`${head.staff.name}, `))).toBeVisible();
  await look(page, "sign-seal");
  await world.shown();
  const sealed = await signAndSend(world, keeper);
  for (const text of ["Ký số cơ quan phát hành văn bản", "Số chữ ký đã có: 1", "ĐỀ NGHỊ CỦA CƠ QUAN"]) expect(sealed).toContain(text);
  await world.unplug();

  const { body } = await world.api("GET", `/api/v1/dossiers/${id}/report`, world.facts.staff.yen!.token);
  expect(body.report.indication).toBe("TOTAL-PASSED");
  expect(body.report.signatures).toHaveLength(2);
  expect((await world.mail(clerk.staff.email, `Đã gửi hồ sơ ${code}`)).text).toContain(code);
});

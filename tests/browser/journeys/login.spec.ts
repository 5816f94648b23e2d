/* Ways in: invitation and passkey, certificate on its own port, and out again. */
import { firstLoad, look } from "../lib/look.ts";
import { picture } from "../lib/picture.ts";
import { expect, test } from "../lib/test.ts";

const FIRST_LOAD_MAX = 400 * 1024;

test("an invited clerk registers a passkey and comes back with it", async ({ world, person }) => {
  const clerk = person("trang");
  const page = await clerk.sit();
  const link = await world.invite("trang");
  expect(link).toContain(`${world.facts.server}/`);
  await page.goto(link);
  await expect(page.getByText(clerk.staff.name)).toBeVisible();
  await look(page, "invitation");
  await picture(page, "invitation");
  await clerk.accept(link);
  await expect(page.getByText(clerk.staff.name).first()).toBeVisible();
  const told = await world.mail(clerk.staff.email, "Khóa truy cập mới");
  expect(told.text).toContain("Máy tính cơ quan");
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await expect(page.getByRole("button", { name: "Đăng nhập bằng khóa truy cập" })).toBeVisible();
  await look(page, "log-in");
  await picture(page, "log-in");
  await page.getByRole("button", { name: "Đăng nhập bằng khóa truy cập" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Việc cần làm" })).toBeVisible();
  await look(page, "home-clerk");
});

test("a used invitation opens nothing", async ({ world, person, watch }) => {
  watch.expect(/status of 403/);
  const page = await person("lan").sit();
  const link = await world.invite("lan");
  const other = person("lan");
  await other.sit();
  await other.accept(link);
  await page.goto(link);
  await expect(page.getByRole("alert")).toContainText("lời mời", { ignoreCase: true });
  await look(page, "invitation-used");
});

test("an officer logs in with a certificate on its own port", async ({ world, person }) => {
  const officer = person("cuong");
  const page = await officer.sitWithCertificate();
  await page.goto(`${world.facts.server}/login`);
  await page.getByRole("button", { name: "Đăng nhập bằng chứng thư số" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Việc cần làm" })).toBeVisible();
  await expect(page.getByText(officer.staff.name).first()).toBeVisible();
  expect(page.url()).not.toContain("code=");
  await look(page, "home-officer");
});

test("log-in without any certificate says what to do", async ({ world, person }) => {
  const page = await person("ha").sit();
  await page.goto(`${world.facts.server}/login`);
  await page.getByRole("button", { name: "Đăng nhập bằng chứng thư số" }).click();
  await expect(page.getByRole("alert")).toContainText("không gửi chứng thư số");
  await look(page, "log-in-no-certificate");
});

test("log-in and dossier list load little", async ({ world, person }) => {
  const page = await person("trang").sit();
  const login = await firstLoad(page, `${world.facts.server}/login`);
  expect(login, "first load of log-in").toBeLessThan(FIRST_LOAD_MAX);
  const worker = person("trang");
  const inside = await worker.work();
  const list = await firstLoad(inside, `${world.facts.server}/ho-so`);
  await expect(inside.getByRole("heading", { level: 1, name: "Hồ sơ" })).toBeVisible();
  expect(list, "first load of the dossier list").toBeLessThan(FIRST_LOAD_MAX);
  console.log(`first load: log-in ${Math.round(login / 1024)} KB, dossiers ${Math.round(list / 1024)} KB`);
  await look(inside, "dossiers-empty");
});

test("who waits too long begins anew", async ({ world, person, watch }) => {
  watch.expect(/status of 401/);
  const clerk = person("yen");
  const page = await clerk.work();
  try {
    await world.move(16 * 60);
    await page.goto(`${world.facts.server}/ho-so`);
    await expect(page.getByRole("button", { name: "Đăng nhập bằng khóa truy cập" })).toBeVisible();
    await page.getByRole("button", { name: "Đăng nhập bằng khóa truy cập" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Hồ sơ" })).toBeVisible();
  } finally {
    await world.move(0);
  }
});

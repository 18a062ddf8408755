import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Browser, type Page, chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";

const chromiumPath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const hasChromium = existsSync(chromiumPath);
if (!hasChromium) {
  process.stderr.write(
    `SKIPPED: the page on the sample. ${chromiumPath} is missing: apt-get install chromium, or set CHROMIUM.\n`,
  );
}
/** Where the pictures of the README are written; by default nowhere. */
const pictures = process.env["PAGE_PICTURES"];

const approval = "From which amount must the finance director approve a purchase order?";

describe.skipIf(!hasChromium)("the page on the sample company (needs chromium, or CHROMIUM=/path)", () => {
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    // The server reads the built page from where `npm start` builds it.
    await build({ root: resolve(import.meta.dirname, "../../api/web"), logLevel: "silent" });
    browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    faults = [];
    page = await browser.newPage({ reducedMotion: "reduce", viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("Failed to load resource"))
        faults.push(message.text());
    });
    await page.goto(inject("sampleServer").url);
  });
  afterEach(async () => {
    await page.close();
    expect(faults, "errors and violations of the content policy").toEqual([]);
  });

  const picture = async (name: string) => {
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, name) });
  };

  it("answers Petra with a source that opens at the marked words, and Emil with nothing", async () => {
    await page.getByText("without a password").waitFor();
    await page.getByRole("button", { name: "Petra Alvarez" }).click();
    await page.getByRole("textbox", { name: "Question" }).fill(approval);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText("4.3 Orders above 25,000 USD").first().waitFor();
    await page.getByRole("button", { name: "Open source 1: Purchase approval policy" }).click();
    const panel = page.getByRole("complementary", { name: "Purchase approval policy" });
    await panel.locator("mark").waitFor();
    expect(await panel.locator("mark").textContent()).toMatch(/^4\.3 Orders above 25,000 USD/);
    expect(await panel.locator("mark").isVisible()).toBe(true);
    await picture("page.png");
    await page.getByRole("combobox", { name: "Reading as" }).selectOption("emil.employee");
    await page.getByRole("heading", { name: "No answer from what you may read" }).waitFor();
    expect(await page.getByRole("complementary").count()).toBe(0);
  });

  it("leads Petra from what waits to the clause that fails and its words", async () => {
    await page.getByRole("button", { name: "Petra Alvarez" }).click();
    await page.getByRole("link", { name: "Approvals" }).click();
    await page.getByRole("button", { name: /VOL-Q-7781/ }).click();
    await page.getByRole("region", { name: "Recommendation" }).getByText("Speaks against approval").waitFor();
    const row = page.getByRole("table", { name: "Policy clauses" }).getByRole("row").filter({ hasText: "7.5 % above" });
    expect(
      await row
        .getByRole("cell")
        .filter({ hasText: /^Fails$/ })
        .count(),
    ).toBe(1);
    await picture("rationale.png");
    await row
      .getByRole("button", { name: /^Source \d+: Purchase approval policy/ })
      .first()
      .click();
    await page.locator("mark").waitFor();
    expect(await page.locator("mark").textContent()).toContain("4.5");
  });
});

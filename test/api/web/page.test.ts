import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium, type Browser, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startStubServer, type StubServer } from "./stub-server.ts";

const chromiumPath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const hasChromium = existsSync(chromiumPath);
if (!hasChromium) {
  process.stderr.write(
    `SKIPPED: the page in a browser. ${chromiumPath} is missing: apt-get install chromium, or set CHROMIUM.\n`,
  );
}

const approvalQuestion = "Who approves an order above 25,000 USD?";

describe.skipIf(!hasChromium)("the page in a browser (needs chromium, or CHROMIUM=/path)", { timeout: 30_000 }, () => {
  let folder: string;
  let server: StubServer;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "groundwork-page-"));
    const root = resolve(import.meta.dirname, "../../../api/web");
    await build({ root, logLevel: "silent", build: { outDir: folder, emptyOutDir: true } });
    server = await startStubServer(folder);
    browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    server.reset();
    faults = [];
    page = await browser.newPage({ reducedMotion: "reduce" });
    page.setDefaultTimeout(10_000);
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      // The browser reports every 4xx and 5xx; what the page makes of them is asserted below.
      if (message.type() === "error" && !message.text().includes("Failed to load resource"))
        faults.push(message.text());
    });
  });

  afterEach(async () => {
    await page.close();
    expect(faults, "errors and violations of the content policy").toEqual([]);
  });

  const openAs = async (name: string, hash = "") => {
    await page.goto(server.url + "/" + hash);
    await page.getByRole("button", { name }).click();
  };
  const ask = async (question: string) => {
    await page.getByRole("textbox", { name: "Question" }).fill(question);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
  };
  const readAs = (login: string) => page.getByRole("combobox", { name: "Reading as" }).selectOption(login);
  const seen = (text: string) => page.getByText(text).first().waitFor();

  it("stays below 25 kB of JavaScript, compressed, and has nothing inline", async () => {
    const assets = await readdir(join(folder, "assets"));
    const scripts = assets.filter((name) => name.endsWith(".js")).map((name) => readFile(join(folder, "assets", name)));
    expect(gzipSync(Buffer.concat(await Promise.all(scripts))).length).toBeLessThan(25_000);
    expect(await readFile(join(folder, "index.html"), "utf8")).not.toMatch(
      /<style|style=|<script(?![^>]*src=)|https?:/,
    );
  });

  it("answers with citations that open the source at the marked span, and gives the focus back", async () => {
    await openAs("Bo Lindqvist");
    await page.getByRole("button", { name: approvalQuestion }).click();
    const citation = page.getByRole("button", { name: "Source 1: Purchase approval policy, page 2", exact: true });
    await citation.click();
    const panel = page.getByRole("complementary", { name: "Purchase approval policy" });
    await panel.locator("mark").waitFor();
    expect(await panel.locator("mark").textContent()).toBe(
      "4.3 Above 25,000 USD the finance director approves as well.",
    );
    await expect
      .poll(() => panel.getByRole("heading", { name: "Purchase approval policy" }).evaluate(isFocused))
      .toBe(true);
    expect(await panel.getByRole("link").count(), "links other than http(s) are no links").toBe(0);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    await expect.poll(() => citation.evaluate(isFocused)).toBe(true);
  });

  it("asks again as the new reader, closes the old reader's source and keeps the old answer to compare", async () => {
    await openAs("Bo Lindqvist");
    await ask(approvalQuestion);
    await page.getByRole("button", { name: "Open source 1: Purchase approval policy" }).click();
    await page.getByRole("complementary").waitFor();
    await readAs("fiona.finance");
    await seen("waits for her");
    expect(await page.getByRole("complementary").count()).toBe(0);
    await readAs("emil.employee");
    await page.getByRole("heading", { name: "No answer from what you may read" }).waitFor();
    const other = page.getByRole("article", { name: "Answer for Fiona Castellanos" });
    expect(await other.textContent()).toContain("waits for her");
    expect(await other.getByRole("button").allTextContents(), "no citations").toEqual(["Read as Fiona Castellanos"]);
    expect(server.behaviour.asked).toEqual(
      ["bo.buyer", "fiona.finance", "emil.employee"].map((login) => `${login}: ${approvalQuestion}`),
    );
  });

  it("opens a link as its reader with its question", async () => {
    await page.goto(`${server.url}/#q=${encodeURIComponent(approvalQuestion)}&as=fiona.finance`);
    await seen("waits for her");
    expect(server.behaviour.asked).toEqual([`fiona.finance: ${approvalQuestion}`]);
  });

  it("stops an answer, says that it is not whole, and asks again", async () => {
    server.behaviour.stream = "holds";
    await openAs("Bo Lindqvist");
    await ask(approvalQuestion);
    await seen("4.3 Above 25,000 USD");
    await page.getByRole("button", { name: "Stop" }).click();
    await seen("What you see is not the whole answer");
    await expect.poll(() => server.behaviour.abandoned).toBe(1);
    server.behaviour.stream = "whole";
    await page.getByRole("button", { name: "Ask again" }).click();
    await seen("word for word");
  });

  it("gives up the old question for a new one", async () => {
    server.behaviour.stream = "holds";
    await openAs("Bo Lindqvist");
    await ask(approvalQuestion);
    await seen("4.3 Above 25,000 USD");
    server.behaviour.stream = "whole";
    await page.getByRole("textbox", { name: "Question" }).fill("How long is the parental leave?");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "No answer from what you may read" }).waitFor();
    expect(await page.getByText("4.3 Above 25,000 USD").count()).toBe(0);
    await expect.poll(() => server.behaviour.abandoned).toBe(1);
  });

  it("says in a sentence what failed, and tries again", async () => {
    server.behaviour.stream = "breaks";
    await openAs("Bo Lindqvist");
    await ask(approvalQuestion);
    await page.getByRole("alert").filter({ hasText: "The model does not answer" }).waitFor();
    server.behaviour.stream = "whole";
    await page.getByRole("button", { name: "Try again" }).click();
    await seen("word for word");
    server.behaviour.failOnce = "/v1/approvals";
    await page.getByRole("link", { name: "Approvals" }).click();
    await page.getByRole("alert").filter({ hasText: "The index does not answer" }).waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: /Brightline/ }).waitFor();
  });

  it("shows a rationale whose outcomes are words and whose lines open their sources", async () => {
    await openAs("Fiona Castellanos", "#view=approvals");
    await page.getByRole("button", { name: /Brightline Lighting/ }).click();
    const recommendation = page.getByRole("region", { name: "Recommendation" });
    await recommendation.waitFor();
    const words = await recommendation.textContent();
    expect(words).toContain("Speaks against approval");
    expect(words).toContain("Medium confidence, 83 %");
    expect(words).toContain("Groundwork prepares; a person decides.");
    const rows = page.getByRole("table", { name: "Policy clauses" }).getByRole("row");
    const outcomes = await rows
      .getByRole("cell")
      .filter({ hasText: /^(Holds|Fails|Cannot tell|Does not apply)$/ })
      .allTextContents();
    expect(outcomes).toEqual(["Holds", "Does not apply", "Cannot tell", "Fails"]);
    await rows
      .filter({ hasText: "58 %" })
      .getByRole("button", { name: "Source 3: Purchase approval policy, page 2" })
      .click();
    expect(await page.locator("mark").textContent()).toContain("4.7 A supplier");
    await page.getByRole("button", { name: "Close source" }).click();
    await page.getByRole("button", { name: "All orders" }).click();
    await expect.poll(() => page.getByRole("heading", { name: "Waiting for approval" }).evaluate(isFocused)).toBe(true);
  });

  it("says that no order waits when the reader may read none", async () => {
    await openAs("Emil Jansen", "#view=approvals");
    await seen("No order that you may read waits for approval.");
  });

  it("asks for an API key where there is no sample, keeps it in memory only, and says when it is wrong", async () => {
    server.behaviour.isSample = false;
    await page.goto(server.url);
    await page.getByLabel("API key").fill("gw_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: "Nobody is signed in" }).waitFor();
    await page.getByLabel("API key").fill("gw_right");
    await page.getByRole("button", { name: "Sign in" }).click();
    await ask(approvalQuestion);
    await seen("waits for her");
    const kept = await page.evaluate(
      () => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage),
    );
    expect(kept).toBe("{}{}");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API key").waitFor();
  });

  it("goes back to signing in when the session has ended, and does not ask for ever", async () => {
    await openAs("Bo Lindqvist");
    await page.getByRole("textbox", { name: "Question" }).waitFor();
    await page.context().clearCookies();
    await ask(approvalQuestion);
    await page.getByRole("alert").filter({ hasText: "You are signed out" }).waitFor();
    await page.getByRole("button", { name: "Fiona Castellanos" }).click();
    await seen("waits for her");
  });

  it("stays signed out after signing out", async () => {
    await openAs("Bo Lindqvist");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Choose who is reading" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Choose who is reading" }).waitFor();
  });

  it("focuses the question on a slash, and fits 360 pixels with the panel over a page that is out of reach", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await openAs("Fiona Castellanos");
    await page.getByRole("textbox", { name: "Question" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type(approvalQuestion);
    await page.keyboard.press("Enter");
    await seen("waits for her");
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await overflow()).toBe(0);
    await page.getByRole("button", { name: "Open source 2: Purchase order P00042" }).click();
    await page.getByRole("link", { name: "Open the original" }).waitFor();
    expect(await page.locator("main").evaluate(isInert)).toBe(true);
    expect(await page.getByRole("banner").locator("xpath=..").evaluate(isInert)).toBe(true);
    await page.getByRole("button", { name: "Close source" }).click();
    await page.getByRole("link", { name: "Approvals" }).click();
    await page.getByRole("button", { name: /Brightline/ }).click();
    await page.getByRole("table").waitFor();
    expect(await overflow()).toBe(0);
  });
});

function isInert(element: HTMLElement): boolean {
  return element.inert;
}

function isFocused(element: Element): boolean {
  return element === element.ownerDocument.activeElement;
}

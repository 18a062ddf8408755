import { execFileSync } from "node:child_process";
import { afterAll, describe, expect, it } from "vitest";
import { type IsolatedParser, openIsolatedParser } from "../../../ingest/parsers/isolated-parser.ts";
import { claimingSizes, docxOf, heading, outline, pdfBombOf, pdfOf, scanOf } from "./sample-files.ts";

const parser = openIsolatedParser({ workers: 2 });
afterAll(() => parser.close());

const SLOW = 60_000;
const markdown = Buffer.from("# Hello\n\nworld");
/** Takes minutes: the markup library's time grows with the square of such tags. */
const endless = Buffer.from(`<html>${"<b></x>".repeat(19_000)}${"</y>".repeat(9_000_000)}`);

function childrenOf(pid: number): number {
  return execFileSync("ps", ["-o", "args=", "--ppid", String(pid)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("parser-child")).length;
}

async function using(
  settings: Parameters<typeof openIsolatedParser>[0],
  use: (own: IsolatedParser) => Promise<void>,
): Promise<void> {
  const own = openIsolatedParser(settings);
  try {
    await use(own);
  } finally {
    await own.close();
  }
}

describe("openIsolatedParser", () => {
  it(
    "gives what the parser gives",
    async () => {
      const parsed = await parser.parse(markdown, "a.md");
      expect(outline(parsed)).toEqual(["heading1: Hello", "paragraph: world"]);
    },
    SLOW,
  );

  it(
    "reads a scanned image without network",
    async () => {
      const parsed = await parser.parse(await scanOf("Brightline Lighting"), "scan.png");
      expect(parsed).toMatchObject({ usedOcr: true, text: "Brightline Lighting" });
    },
    SLOW,
  );

  it(
    "says of a picture that it needs recognition when that is refused, alone or in a mail, and reads the mail",
    async () => {
      const scan = await scanOf("Brightline Lighting");
      const refused = { ocr: "refused" } as const;
      await expect(parser.parse(scan, "scan.png", undefined, refused)).rejects.toMatchObject({
        name: "GroundworkError",
        code: "needs-ocr",
      });
      const mail = Buffer.from(
        `From: a@b.example\r\nSubject: Offer\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee the scan.\r\n--x\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=scan.png\r\nContent-Transfer-Encoding: base64\r\n\r\n${scan.toString("base64")}\r\n--x--\r\n`,
      );
      const parsed = await parser.parse(mail, "offer.eml", undefined, refused);
      expect(parsed.text).toContain("See the scan.");
      const [attached] = parsed.attachments;
      await expect(
        parser.parse(attached?.bytes ?? Buffer.alloc(0), attached?.name ?? "", undefined, refused),
      ).rejects.toMatchObject({ code: "needs-ocr" });
    },
    SLOW,
  );

  it.each([
    ["encrypted-file", () => pdfOf([(pdf) => pdf.text("x")], { userPassword: "p" })],
    ["unreadable-file", async () => (await pdfOf([(pdf) => pdf.text("x")])).subarray(0, 300)],
    ["empty-file", async () => Buffer.alloc(0)],
    ["parser-limit", async () => claimingSizes(await docxOf([heading("x")]), 300 * 1024 * 1024)],
  ] as const)(
    "passes on the reason %s",
    async (code, make) => {
      await expect(parser.parse(await make(), "file")).rejects.toMatchObject({ name: "GroundworkError", code });
    },
    SLOW,
  );

  it(
    "reads on after a failure",
    async () => {
      await expect(parser.parse(Buffer.from("7f454c4602010100", "hex"), "a")).rejects.toMatchObject({
        code: "unsupported-file",
      });
      expect((await parser.parse(markdown, "a.md")).text).toContain("Hello");
    },
    SLOW,
  );

  it(
    "kills a process that takes too long, and reads the next file",
    async () => {
      await using({ timeoutMs: 6000 }, async (own) => {
        await own.parse(markdown, "a.md");
        await expect(own.parse(endless, "a.html")).rejects.toMatchObject({ code: "parser-limit" });
        expect((await own.parse(markdown, "a.md")).text).toContain("Hello");
      });
    },
    SLOW,
  );

  it(
    "kills a process that takes too much memory",
    async () => {
      const bomb = pdfBombOf(400);
      expect(bomb.length).toBeLessThan(20_000);
      await using({ memoryMegabytes: 500 }, async (own) => {
        await expect(own.parse(bomb, "a.pdf")).rejects.toMatchObject({ code: "parser-limit" });
        expect((await own.parse(markdown, "a.md")).text).toContain("Hello");
      });
    },
    SLOW,
  );

  it(
    "refuses a file that is too large without starting a process",
    async () => {
      await using({ maximumBytes: 10 }, async (own) => {
        const before = childrenOf(process.pid);
        await expect(own.parse(Buffer.alloc(11, "a"), "a.txt")).rejects.toMatchObject({ code: "file-too-large" });
        expect(childrenOf(process.pid)).toBe(before);
      });
    },
    SLOW,
  );

  it(
    "stops a file that is cancelled, whether it runs or waits",
    async () => {
      await using({ workers: 1 }, async (own) => {
        await own.parse(markdown, "a.md");
        const running = new AbortController();
        const waiting = new AbortController();
        const first = own.parse(endless, "a.html", running.signal);
        const second = own.parse(markdown, "b.md", waiting.signal);
        const third = own.parse(markdown, "c.md");
        waiting.abort();
        running.abort();
        await expect(first).rejects.toMatchObject({ code: "cancelled" });
        await expect(second).rejects.toMatchObject({ code: "cancelled" });
        expect((await third).text).toContain("Hello");
      });
    },
    SLOW,
  );

  it(
    "leaves no process behind when it is closed, and reads nothing more",
    async () => {
      const before = childrenOf(process.pid);
      const own = openIsolatedParser({ workers: 2 });
      await own.parse(markdown, "a.md");
      const busy = own.parse(endless, "a.html");
      const outcome = expect(busy).rejects.toMatchObject({ code: "cancelled" });
      await own.close();
      await outcome;
      expect(childrenOf(process.pid)).toBe(before);
      await expect(own.parse(markdown, "a.md")).rejects.toMatchObject({ code: "cancelled" });
    },
    SLOW,
  );
});

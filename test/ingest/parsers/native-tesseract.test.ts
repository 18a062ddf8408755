import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHocr } from "../../../ingest/parsers/hocr.ts";
import { findNativeTesseract } from "../../../ingest/parsers/native-tesseract.ts";
import type { Ocr } from "../../../ingest/parsers/ocr.ts";

const HOCR = `<?xml version="1.0"?><html><body><div class='ocr_page' title='image "stdin"; bbox 0 0 400 200'>
<span class='ocr_line' title="bbox 10 20 110 40; baseline 0 -5; x_size 20"><span class='ocrx_word' title='bbox 10 20 50 40; x_wconf 96'>Net</span> <span class='ocrx_word' title='bbox 60 20 110 40; x_wconf 91'>&lt;<strong>60</strong></span></span>
<span class='ocr_line' title="bbox 10 60 110 80"><span class='ocrx_word' title='bbox 10 60 50 80; x_wconf 7'>stain</span></span></div></body></html>`;

describe("readHocr", () => {
  it("gives lines as words with their places, and no stains", () => {
    expect(readHocr(HOCR)).toEqual([
      [
        { text: "Net ", x: 10, y: 35, width: 40, height: 20, font: "ocr" },
        { text: "<60 ", x: 60, y: 35, width: 50, height: 20, font: "ocr" },
      ],
    ]);
  });

  it.each(["", "no markup", "<span class='ocrx_word' title='bbox'>x</span>"])("finds nothing in %j", (hocr) => {
    expect(readHocr(hocr)).toEqual([]);
  });
});

describe("findNativeTesseract", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "groundwork-tesseract-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A program in the place of Tesseract: what it does with an image is up to `work`. */
  async function find(name: string, work: string, languages = "eng"): Promise<Ocr | null> {
    const command = join(folder, name);
    await writeFile(command, `#!/bin/sh\nif [ "$1" = --list-langs ]; then echo "${languages}"; exit; fi\n${work}\n`);
    await chmod(command, 0o755);
    return findNativeTesseract({ command, memoryMegabytes: 512, pageTimeoutMs: 1500 });
  }
  const image = Buffer.from("image");

  it("gives the program the image, one thread and none of our environment, and reads what it says", async () => {
    process.env["GROUNDWORK_TEST_SECRET"] = "secret";
    const check = `[ "$(cat)" = image ] && [ "$OMP_THREAD_LIMIT" = 1 ] && [ -z "$GROUNDWORK_TEST_SECRET" ] || exit 1`;
    const ocr = await find("whole", `${check}\ncat <<'END'\n${HOCR}\nEND`);
    delete process.env["GROUNDWORK_TEST_SECRET"];
    expect((await ocr?.recognise(image))?.flat().map(({ text }) => text)).toEqual(["Net ", "<60 "]);
  });

  it.each([
    ["fails", "exit 3", "unreadable-file"],
    ["takes too long", "exec sleep 60", "parser-limit"],
  ])("says so when the program %s", async (name, work, code) => {
    const ocr = await find(name.replaceAll(" ", "-"), work);
    await expect(ocr?.recognise(image)).rejects.toMatchObject({ name: "GroundworkError", code });
  });

  it("stops the program when the file is cancelled", async () => {
    const ocr = await find("slow", "exec sleep 60");
    const controller = new AbortController();
    const page = ocr?.recognise(image, controller.signal);
    controller.abort();
    await expect(page).rejects.toMatchObject({ code: "cancelled" });
  });

  it("finds none where there is no program, or one without English", async () => {
    expect(await findNativeTesseract({ command: join(folder, "absent"), memoryMegabytes: 512 })).toBeNull();
    expect(await find("german", "exit 0", "deu")).toBeNull();
  });
});

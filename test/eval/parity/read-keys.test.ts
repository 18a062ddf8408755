import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readKeys } from "../../../eval/parity/read-keys.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "groundwork-keys-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function fileWith(text: string): Promise<string> {
  const path = join(directory, "keys.json");
  await writeFile(path, text);
  return path;
}

describe("the file of keys", () => {
  it("gives each login its key, in one order", async () => {
    const keys = await readKeys(await fileWith('{"zoe": "k1", "ada": "k2"}'));
    expect([...keys]).toEqual([
      ["ada", "k2"],
      ["zoe", "k1"],
    ]);
  });

  it.each(["", "[]", "{}", '{"ada": 5}', '{"ada": ""}'])("is refused when it holds %j", async (text) => {
    await expect(readKeys(await fileWith(text))).rejects.toMatchObject({ code: "configuration" });
  });

  it("is refused when it is missing, and never quoted", async () => {
    await expect(readKeys(join(directory, "none.json"))).rejects.toMatchObject({ code: "configuration" });
    const broken = await fileWith('{"ada": "secret-key"');
    await expect(readKeys(broken)).rejects.not.toThrow(/secret-key/);
  });
});

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readReaderKeys } from "../../../infra/odoo/reader-keys.ts";

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

describe("the file of people's own keys", () => {
  it("gives each login its key, in one order", async () => {
    const keys = await readReaderKeys(await fileWith('{"zoe": "k1", "ada": "k2"}'));
    expect([...keys]).toEqual([
      ["ada", "k2"],
      ["zoe", "k1"],
    ]);
  });

  it.each(["", "[]", "{}", '{"ada": 5}', '{"ada": ""}'])("is refused when it holds %j", async (text) => {
    await expect(readReaderKeys(await fileWith(text))).rejects.toMatchObject({ code: "configuration" });
  });

  it("is refused when it is missing, and never quoted", async () => {
    await expect(readReaderKeys(join(directory, "none.json"))).rejects.toMatchObject({ code: "configuration" });
    const broken = await fileWith('{"ada": "secret-key"');
    await expect(readReaderKeys(broken)).rejects.not.toThrow(/secret-key/);
  });

  it("is warned of while everybody on the machine may read it, and not after", async () => {
    const warnings: string[] = [];
    const path = await fileWith('{"ada": "secret-key"}');
    await chmod(path, 0o644);
    await readReaderKeys(path, (message) => void warnings.push(message));
    expect(warnings).toEqual([expect.stringContaining("chmod 600")]);
    expect(warnings.join()).not.toContain("secret-key");
    await chmod(path, 0o640);
    await readReaderKeys(path, (message) => void warnings.push(message));
    expect(warnings).toHaveLength(1);
  });
});

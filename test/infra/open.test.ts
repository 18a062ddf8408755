import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../infra/config.ts";
import { openResources } from "../../infra/open.ts";
import { PATIENCE, testDataDirectory } from "../support/test-database.ts";

describe("opening everything with an embedder that is not there", { timeout: PATIENCE }, () => {
  let dataDirectory: string;
  beforeAll(async () => {
    dataDirectory = await testDataDirectory();
  }, PATIENCE);
  afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

  it("says what is wrong, once the database beside it is open, and lets go of the data directory", async () => {
    const config = readConfig({ DATA_DIR: dataDirectory, EMBED_MODEL_DIR: "/nowhere", LOG_LEVEL: "silent" });
    for (let attempt = 0; attempt < 2; attempt++) {
      // A promise that is rejected before anybody waits for it would end the process; here it fails the run.
      await expect(openResources(config)).rejects.toMatchObject({
        code: "configuration",
        message: expect.stringContaining("EMBED_MODEL_DIR") as unknown,
      });
    }
  });
});

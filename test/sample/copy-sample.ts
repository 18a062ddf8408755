import { constants } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";

export interface SampleCopy extends AsyncDisposable {
  readonly dataDirectory: string;
}

/** The ingested sample in a data directory of the test's own, removed afterwards. */
export async function copySample(): Promise<SampleCopy> {
  const folder = await mkdtemp(join(tmpdir(), "groundwork-sample-copy-"));
  const dataDirectory = join(folder, "data");
  const { restingDirectory } = inject("sampleServer");
  await cp(restingDirectory, dataDirectory, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return {
    dataDirectory,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

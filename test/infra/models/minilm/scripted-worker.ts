import { appendFile, readFile } from "node:fs/promises";

export interface ScriptedTask {
  /** One line is added for each attempt. */
  readonly journal: string;
  readonly name: string;
  /** Attempts that end the whole thread, as a crash in native code would. */
  readonly deaths: number;
}

/** A task for the thread pool's tests. */
export async function act({ journal, name, deaths }: ScriptedTask): Promise<string> {
  await appendFile(journal, `${name}\n`);
  const attempts = (await readFile(journal, "utf8")).split("\n").filter((line) => line === name).length;
  if (attempts <= deaths) process.exit(1);
  return name;
}

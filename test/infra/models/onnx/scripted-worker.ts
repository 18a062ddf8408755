import { appendFile, readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

export interface ScriptedTask {
  /** One line is added for each attempt. */
  readonly journal: string;
  readonly name: string;
  /** Attempts that end the whole thread, as a crash in native code would. */
  readonly deaths: number;
  /** Until the task is done; a second line is added then. */
  readonly milliseconds?: number;
}

/** A task for the thread pool's tests. */
export async function act({ journal, name, deaths, milliseconds }: ScriptedTask): Promise<string> {
  await appendFile(journal, `${name}\n`);
  const attempts = (await readFile(journal, "utf8")).split("\n").filter((line) => line === name).length;
  if (attempts <= deaths) process.exit(1);
  if (milliseconds !== undefined) {
    await wait(milliseconds);
    await appendFile(journal, `${name} done\n`);
  }
  return name;
}

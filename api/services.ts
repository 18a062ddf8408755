import { randomBytes } from "node:crypto";
import type { Resources } from "../infra/open.ts";
import type { IngestionReport } from "../ingest/ingest-source.ts";
import { type SynchroniseOptions, synchronise } from "../ingest/synchronise.ts";
import { SampleSessions } from "./sample-sessions.ts";

/** What the routes need, opened once. */
export interface Services extends Pick<
  Resources,
  "config" | "log" | "database" | "index" | "embedder" | "languageModel" | "liveRecheck"
> {
  /** Null where sample logins are off. */
  readonly sessions: SampleSessions | null;
  /** Opens every door to whoever can read the data directory; made anew at each start. */
  readonly operatorKey: string;
  /** One run at a time: a second call waits for the first. */
  synchronise(options: SynchroniseOptions & { readonly folder?: string }): Promise<readonly IngestionReport[]>;
}

export function servicesOver(resources: Resources): Services {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...resources,
    sessions: resources.config.sampleLogins ? new SampleSessions() : null,
    operatorKey: randomBytes(32).toString("base64url"),
    synchronise: (options) => {
      const run = last.then(() => synchronise(resources, options));
      last = run.catch(() => undefined);
      return run;
    },
  };
}

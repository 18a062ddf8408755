import { randomBytes } from "node:crypto";
import type { Resources } from "../infra/open.ts";
import { type Ingestion, openIngestion } from "../ingest/ingestion.ts";
import { type RankingMemory, rankingMemory } from "../retrieval/ranking-memory.ts";
import { SampleSessions } from "./sample-sessions.ts";

/** What the routes need, opened once. */
export interface Services extends Pick<
  Resources,
  "config" | "log" | "database" | "index" | "embedders" | "reranker" | "languageModel" | "liveRecheck"
> {
  /** Null where sample logins are off. */
  readonly sessions: SampleSessions | null;
  /** Opens every door to whoever can read the data directory; made anew at each start. */
  readonly operatorKey: string;
  readonly ingestion: Ingestion;
  readonly rankings: RankingMemory;
}

/** Whoever closes the resources closes `ingestion` first. */
export function servicesOver(resources: Resources): Services {
  return {
    ...resources,
    sessions: resources.config.sampleLogins ? new SampleSessions() : null,
    operatorKey: randomBytes(32).toString("base64url"),
    ingestion: openIngestion(resources),
    rankings: rankingMemory({
      cache: resources.cache,
      indexVersion: resources.database.indexVersion,
      made: resources.indexFollower?.copy.name ?? "pgvector",
    }),
  };
}

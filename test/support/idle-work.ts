import type { IngestionProgress } from "../../ingest/stages/reading.ts";

/** Nothing is queued. */
export const idleWork: IngestionProgress = { paused: false, stages: [] };

import type { Recheck } from "../../infra/db/port.ts";

/** What a recheck has looked at, where a test is about something else. */
export const RECHECKED: Recheck = { textHash: "hash of the text", attributes: {} };

import { z } from "zod";
import { STAGES } from "../ingest/stages/work.ts";
import { text } from "./schemas.ts";

/** For the operator alone: what is brought in, and how that stands. */
export const ingestionRequest = z.strictObject({ folder: text(4000).optional() }).openapi("IngestionRequest");
export const ingestionQuery = z.strictObject({
  coverage: z
    .stringbool({ truthy: ["true"], falsy: ["false"] })
    .default(false)
    .openapi({ type: "boolean", description: "Counts the records of each model in Odoo as well: a call a model." }),
});

export const failureRequest = z
  .strictObject({
    key: text(4000).optional().openapi({ description: "As the failure names it; all failures unless stated." }),
  })
  .openapi("FailureRequest");
export const failureResponse = z.object({ count: z.number().int() }).openapi("FailureCount");

const count = z.number().int();
const work = z
  .object({
    paused: z.boolean(),
    stages: z.array(
      z.object({
        queue: z.enum(STAGES),
        waiting: count.openapi({ description: "Jobs." }),
        active: count,
        unitsLeft: count.openapi({ description: "Items, files or passages in those jobs, about." }),
        unitsPerMinute: count,
        secondsLeft: count
          .nullable()
          .openapi({ description: "At the rate of the last minute; null when nothing was done in it." }),
      }),
    ),
  })
  .openapi({ description: "What is queued for ingestion." });
const policyStatus = z.object({
  epoch: z.string(),
  takenAt: z.string(),
  following: z.enum(["followed", "not-followed", "recorded"]),
  confirmedAt: z.string().nullable().openapi({ description: "When Odoo last confirmed the rules and all access." }),
  confirmedSecondsAgo: count.nullable(),
  refusedRules: z
    .array(z.object({ rule: z.string(), model: z.string(), reason: z.string() }))
    .openapi({ description: "Whomever such a rule concerns is shown nothing of its model." }),
  decidedInCode: z.array(z.object({ model: z.string(), reason: z.string() })),
  partlySeen: z
    .array(z.object({ model: z.string(), logins: z.array(z.string()), isRefused: z.boolean() }))
    .nullable()
    .openapi({
      description: "Models of which people without a key in ODOO_READER_KEYS may see more than the account.",
    }),
  syncFindings: z
    .array(z.string())
    .nullable()
    .openapi({ description: "What the sync account may read too little and write too much of, a sentence each." }),
});
const modelCoverage = z.object({
  model: z.string(),
  inOdoo: count.nullable(),
  held: count,
  failed: count.openapi({ description: "Not held, for a reason that is among the failures." }),
  empty: count.openapi({ description: "Not held: no field has anything that somebody may see." }),
  waiting: count.openapi({ description: "Not held yet." }),
  unexplained: count.openapi({ description: "Not held and not looked into, because they are many." }),
  gone: count.openapi({ description: "Held, and not in Odoo any more." }),
  refusal: z.string().nullable(),
});
export const ingestionResponse = z
  .object({
    counts: z.array(
      z.object({
        source: z.string(),
        model: z.string(),
        documents: count,
        chunks: count,
        unreadable: count.openapi({ description: "Documents that nobody may read because they state no access." }),
      }),
    ),
    work,
    failures: z.array(
      z.object({ source: z.string(), key: z.string(), code: z.string(), reason: z.string(), at: z.string() }),
    ),
    unreadable: z.array(z.object({ source: z.string(), key: z.string() })),
    policy: policyStatus.nullable(),
    coverage: z.array(modelCoverage).nullable(),
  })
  .openapi("Ingestion");

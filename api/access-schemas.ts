import { z } from "zod";
import { accessProof, companies, text } from "./schemas.ts";

/** For the operator alone: what is asked about access, and told. */
export const explainRequest = z
  .strictObject({
    login: text(200).openapi({ description: "Whose access is explained." }),
    companies,
    record: text(400).openapi({ description: "`purchase.order/12`, a path, a name or number, or a title." }),
  })
  .openapi("ExplainRequest");
const verdict = z.union([z.boolean(), z.literal("unknown")]).nullable();
const explainedStep = z
  .object({
    holds: verdict.openapi({ description: "`unknown` lets nobody pass; null decides nothing." }),
    sentence: z.string(),
    get steps() {
      return z.array(explainedStep);
    },
  })
  .openapi("ExplainedStep");
export const explainResponse = z
  .object({
    login: z.string(),
    document: z.object({
      documentId: z.string(),
      source: z.string(),
      key: z.string(),
      kind: z.string(),
      title: z.string(),
      model: z.string(),
      recordId: z.number().int().nullable(),
    }),
    epoch: z.string(),
    policyTakenAt: z.string(),
    day: z.string(),
    notes: z.array(z.string()),
    user: z.array(explainedStep),
    parts: z.array(
      z.object({
        model: z.string(),
        steps: z.array(explainedStep),
        verdicts: z.array(
          z.object({ part: z.string(), readable: z.boolean(), groups: explainedStep.nullable(), agrees: z.boolean() }),
        ),
      }),
    ),
  })
  .openapi("AccessExplanation");
export const replayRequestBody = z
  .strictObject({ requestId: text(200).openapi({ description: "`X-Request-Id` of the response in question." }) })
  .openapi("ReplayRequest");
export const replayResponse = z
  .object({
    requestId: z.string(),
    agrees: z.boolean(),
    entries: z.array(
      z.object({
        at: z.string(),
        action: z.string(),
        login: z.string(),
        via: z.string(),
        outcome: z.string(),
        proof: accessProof,
        isEpochKept: z.boolean(),
        differences: z.array(z.string()),
        sources: z.array(
          z.object({
            documentId: z.string(),
            part: z.string(),
            title: z.string().nullable(),
            key: z.string().nullable(),
            at: z.string(),
            readable: z.boolean().nullable(),
            text: z.enum(["unchanged", "changed", "gone"]),
          }),
        ),
      }),
    ),
  })
  .openapi("AccessReplay");

import { extendZodWithOpenApi } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";

extendZodWithOpenApi(z);

export const text = (maximum: number) => z.string().trim().min(1).max(maximum);
export const companies = z.array(z.number().int().positive()).min(1).max(100).optional().openapi({
  description:
    "The active companies, as Odoo's company switcher sets them; never more than the reader's own. Records of other companies are left out; what belongs to no company stays.",
});
const proof = z
  .boolean()
  .default(false)
  .openapi({ description: "Adds the proof of access to the response. The audit trail keeps it in any case." });
const day = z.iso.date({ error: "must be a day such as 2026-11-22" }).optional();
/** What narrows a search on top of the reader's access; each takes away, and all that are stated must hold. */
export const searchFilters = {
  sources: z
    .array(text(500))
    .min(1)
    .max(50)
    .optional()
    .openapi({ description: "Where documents come from, as `GET /v1/filters` names them." }),
  models: z.array(text(100)).min(1).max(50).optional().openapi({ description: "Odoo models, or `file`." }),
  kinds: z.array(text(100)).min(1).max(50).optional().openapi({
    description: "Such as `purchase order` or `policy`; `GET /v1/filters` lists those that the reader has.",
  }),
  records: z
    .array(
      z.strictObject({
        model: text(100),
        ids: z.array(z.number().int().positive().max(2_147_483_647)).min(1).max(500),
      }),
    )
    .min(1)
    .max(50)
    .optional()
    .openapi({
      description:
        "Odoo records: any of these. One that may not be read and one that is not there find the same: nothing.",
    }),
  from: day.openapi({
    description:
      "First day, inclusive. A record's day is the date that it states itself (order, invoice, start, …), a file's the day from which it is effective; what has none is left out.",
  }),
  until: day.openapi({ description: "Last day, inclusive." }),
};

/** Bodies of requests; unknown members are refused. */
export const searchRequest = z
  .strictObject({
    query: text(4000),
    companies,
    ...searchFilters,
    limit: z.number().int().min(1).max(50).default(10),
    context: z.enum(["none", "neighbours", "section"]).default("none").openapi({
      description:
        "What comes with each hit from its own part: the chunks before and after it, or the innermost section that holds more than the hit; at most 4,000 characters, the hit included.",
    }),
    proof,
  })
  .openapi("SearchRequest");
export const answerRequest = z
  .strictObject({ question: text(4000), companies, ...searchFilters, proof })
  .openapi("AnswerRequest");
export const filtersResponse = z
  .object({
    sources: z.array(z.string()),
    models: z.array(z.string()),
    kinds: z.array(z.string()),
    companies: z.array(z.object({ id: z.number().int(), name: z.string() })),
  })
  .openapi("Filters");
export const rationaleRequest = z
  .strictObject({
    order: text(200).openapi({ description: "Name, vendor reference or id of a purchase order." }),
    companies,
    proof,
  })
  .openapi("RationaleRequest");
export const sessionRequest = z.strictObject({ login: text(200) }).openapi("SessionRequest");
export const documentPath = z.strictObject({ id: z.string() });
export const documentQuery = z
  .strictObject({
    part: text(200).optional(),
    start: z.coerce.number().int().min(0).optional(),
    end: z.coerce.number().int().min(0).optional(),
    proof: z
      .stringbool({ truthy: ["true"], falsy: ["false"] })
      .default(false)
      .openapi({ type: "boolean", description: "Adds the proof of access to the response." }),
  })
  .openapi("DocumentQuery");

const scalars = z.array(z.union([z.string(), z.number(), z.boolean()]));
/** What `AccessProof` says, for whoever keeps it. */
export const accessProof = z
  .object({
    principal: z.object({ login: z.string(), userId: z.number().int() }),
    groups: z.array(z.number().int()),
    companies: z.array(z.number().int()),
    currentCompany: z.number().int(),
    namesCompanies: z.boolean(),
    epoch: z.string(),
    day: z.string(),
    filterHash: z.string(),
    attributes: z.array(z.record(z.string(), scalars)),
    sources: z.array(
      z.object({
        documentId: z.string(),
        part: z.string(),
        textHash: z.string().openapi({ description: "SHA-256 of the part's whole text in UTF-8, hexadecimal." }),
        access: z.number().int().openapi({ description: "Position in `attributes`." }),
        recheck: z.object({ result: z.literal("readable"), at: z.string() }),
      }),
    ),
  })
  .openapi("AccessProof");
/** Present when the request asked for it. */
const proven = { proof: accessProof.optional() };

const span = {
  documentId: z.string(),
  title: z.string(),
  kind: z.string(),
  model: z.string(),
  recordId: z.number().int().nullable(),
  part: z.string(),
  start: z.number().int(),
  end: z.number().int(),
  page: z.number().int().nullable(),
  url: z.string().nullable(),
};
const hitContext = z
  .object({ start: z.number().int(), end: z.number().int(), text: z.string(), headings: z.array(z.string()) })
  .openapi("HitContext");
export const hit = z
  .object({
    rank: z.number().int(),
    score: z.number(),
    ...span,
    headings: z.array(z.string()),
    text: z.string(),
    context: hitContext.optional().openapi({
      description: "Present when the request asked for it: the part's text from `start` to `end`, around the hit.",
    }),
  })
  .openapi("Hit");
export const searchResponse = z
  .object({ hits: z.array(hit), degraded: z.string().nullable(), ...proven })
  .openapi("SearchResponse");

export const citation = z
  .object({
    number: z.number().int(),
    ...span,
    quote: z.string(),
    effective: z.string().nullable().openapi({ description: "First day on which the document is in force." }),
    expires: z.string().nullable().openapi({ description: "Last day on which the document is in force." }),
  })
  .openapi("Citation");
const line = z.object({ text: z.string(), citations: z.array(z.number().int()) }).openapi("CitedLine");
export const answerResponse = z
  .object({
    status: z.enum(["answered", "abstained"]),
    question: z.string(),
    statements: z.array(line),
    citations: z.array(citation),
    message: z.string().nullable(),
    method: z.enum(["extractive", "model"]),
    degraded: z.string().nullable(),
    ...proven,
  })
  .openapi("Answer");

export const rationaleResponse = z
  .object({
    record: z.object({ documentId: z.string(), title: z.string(), model: z.string(), recordId: z.number().int() }),
    preparedFor: z.string(),
    asOf: z.string(),
    recommendation: z.enum(["supports-approval", "speaks-against-approval", "needs-information"]),
    summary: line,
    confidence: z.number().min(0).max(1),
    facts: z.array(line),
    clauses: z.array(
      z.object({
        policy: z.string(),
        clause: z.string(),
        outcome: z.enum(["holds", "fails", "does-not-apply", "cannot-tell"]),
        text: z.string(),
        citations: z.array(z.number().int()),
      }),
    ),
    supplier: z.array(line),
    stock: z.array(line),
    evidence: z.array(line),
    missing: z.array(z.string()),
    citations: z.array(citation),
    ...proven,
  })
  .openapi("Rationale");

export const documentResponse = z
  .object({
    documentId: z.string(),
    title: z.string(),
    kind: z.string(),
    model: z.string(),
    recordId: z.number().int().nullable(),
    url: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    parts: z.array(
      z.object({
        part: z.string(),
        text: z.string(),
        pages: z.array(z.object({ page: z.number().int(), start: z.number().int() })),
      }),
    ),
    /** The span that was asked for, when it lies within a part that the reader may read. */
    span: z
      .object({
        part: z.string(),
        start: z.number().int(),
        end: z.number().int(),
        page: z.number().int().nullable(),
        text: z.string(),
      })
      .nullable(),
    ...proven,
  })
  .openapi("Document");

export const approvalsResponse = z
  .object({
    orders: z.array(
      z.object({
        documentId: z.string(),
        title: z.string(),
        name: z.string(),
        total: z.string(),
        supplier: z.string(),
      }),
    ),
  })
  .openapi("WaitingApprovals");

export const sessionResponse = z
  .object({
    login: z.string(),
    name: z.string(),
    companies: z.array(z.object({ id: z.number().int(), name: z.string() })),
    via: z.enum(["api-key", "sample-login", "operator"]),
  })
  .openapi("Session");

export const sampleResponse = z
  .object({
    notice: z.string(),
    logins: z.array(z.object({ login: z.string(), name: z.string(), role: z.string() })),
    questions: z.array(z.string()),
  })
  .openapi("Sample");

/** RFC 9457. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi("Problem");

/** For the operator alone. */
export const keyPath = z.strictObject({ id: z.string() });
export const keyRequest = z
  .strictObject({ login: text(200), label: text(200).default("made on the command line") })
  .openapi("KeyRequest");
export const keyResponse = z.object({ key: z.string(), id: z.string() }).openapi("Key");
export const keysResponse = z
  .object({
    keys: z.array(
      z.object({
        id: z.string(),
        login: z.string(),
        label: z.string(),
        createdAt: z.string(),
        revokedAt: z.string().nullable(),
      }),
    ),
  })
  .openapi("Keys");

export const healthResponse = z.object({ status: z.literal("alive") }).openapi("Health");
export const readinessResponse = z
  .object({ status: z.literal("ready"), policyTakenAt: z.string() })
  .openapi("Readiness");
export const openApi = z.looseObject({ openapi: z.string() }).openapi("OpenApi");

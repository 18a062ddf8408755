import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import type { z } from "zod";
import * as accessSchemas from "./access-schemas.ts";
import { SESSION_COOKIE } from "./authenticate.ts";
import { JSON_EVENT, anyJson, cloudEvent, eventHeaders, eventPath } from "./cloud-event.ts";
import * as ingestionSchemas from "./ingestion-schemas.ts";
import * as schemas from "./schemas.ts";

interface Operation {
  readonly method: "get" | "post" | "delete";
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Unless it is application/json. */
  readonly bodyTypes?: readonly string[];
  readonly headers?: z.ZodObject;
  readonly answer: z.ZodType | null;
  readonly status?: number;
  readonly stream?: boolean;
  /** Open to everybody; else a key or a sample session is needed. */
  readonly isPublic?: boolean;
}

const operations: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/search",
    summary: "Chunks that the reader may read, best first",
    body: schemas.searchRequest,
    answer: schemas.searchResponse,
  },
  {
    method: "post",
    path: "/v1/answers",
    summary: "A cited answer, or an abstention; as server-sent events when asked",
    body: schemas.answerRequest,
    answer: schemas.answerResponse,
    stream: true,
  },
  {
    method: "get",
    path: "/v1/filters",
    summary: "What the reader's searches can be narrowed to",
    answer: schemas.filtersResponse,
  },
  {
    method: "post",
    path: "/v1/rationales",
    summary: "What a person needs to decide about a purchase order",
    body: schemas.rationaleRequest,
    answer: schemas.rationaleResponse,
  },
  {
    method: "get",
    path: "/v1/approvals",
    summary: "Purchase orders that wait for approval",
    answer: schemas.approvalsResponse,
  },
  { method: "get", path: "/v1/session", summary: "Who is asking", answer: schemas.sessionResponse },
  {
    method: "post",
    path: "/v1/session",
    summary: "Sign in as a sample user (loopback and sample only)",
    body: schemas.sessionRequest,
    answer: schemas.sessionResponse,
    status: 201,
    isPublic: true,
  },
  {
    method: "delete",
    path: "/v1/session",
    summary: "Sign out (loopback and sample only)",
    answer: null,
    status: 204,
    isPublic: true,
  },
  {
    method: "get",
    path: "/v1/sample",
    summary: "The sample users (loopback and sample only)",
    answer: schemas.sampleResponse,
    isPublic: true,
  },
  {
    method: "post",
    path: "/v1/ingestions",
    summary: "Brings everything up to date, told as server-sent events (operator only)",
    body: ingestionSchemas.ingestionRequest,
    answer: null,
    stream: true,
  },
  {
    method: "get",
    path: "/v1/ingestion",
    summary: "What is held, what is not and why, and by which rules it is shown (operator only)",
    query: ingestionSchemas.ingestionQuery,
    answer: ingestionSchemas.ingestionResponse,
  },
  {
    method: "post",
    path: "/v1/ingestion/pause",
    summary: "Lets what is queued wait, in all processes; access is followed all the same (operator only)",
    answer: null,
    status: 204,
  },
  {
    method: "post",
    path: "/v1/ingestion/resume",
    summary: "Lets the work go on (operator only)",
    answer: null,
    status: 204,
  },
  {
    method: "post",
    path: "/v1/ingestion/failures/retry",
    summary: "Tries failed items again (operator only)",
    body: ingestionSchemas.failureRequest,
    answer: ingestionSchemas.failureResponse,
  },
  {
    method: "post",
    path: "/v1/ingestion/failures/discard",
    summary: "Hides failures until their items change (operator only)",
    body: ingestionSchemas.failureRequest,
    answer: ingestionSchemas.failureResponse,
  },
  {
    method: "get",
    path: "/v1/keys",
    summary: "API keys, without the keys (operator only)",
    answer: schemas.keysResponse,
  },
  {
    method: "post",
    path: "/v1/keys",
    summary: "Makes a key that reads as a login; shown once (operator only)",
    body: schemas.keyRequest,
    answer: schemas.keyResponse,
    status: 201,
  },
  {
    method: "delete",
    path: "/v1/keys/{id}",
    summary: "Revokes a key (operator only)",
    params: schemas.keyPath,
    answer: null,
    status: 204,
  },
  {
    method: "post",
    path: "/v1/access/explain",
    summary: "Why a reader may or may not see a record, rule by rule (operator only)",
    body: accessSchemas.explainRequest,
    answer: accessSchemas.explainResponse,
  },
  {
    method: "post",
    path: "/v1/access/replay",
    summary: "Decides again about what a request showed, from the audit trail (operator only)",
    body: accessSchemas.replayRequestBody,
    answer: accessSchemas.replayResponse,
  },
  {
    method: "get",
    path: "/v1/documents/{id}",
    summary: "A document with the cited span",
    params: schemas.documentPath,
    query: schemas.documentQuery,
    answer: schemas.documentResponse,
  },
  {
    method: "post",
    path: "/v1/events",
    summary:
      "Something has changed in Odoo: look now (CloudEvents 1.0, structured or binary, signed as Standard Webhooks are)",
    headers: eventHeaders,
    body: cloudEvent,
    bodyTypes: [JSON_EVENT, "application/json"],
    answer: null,
    status: 202,
    isPublic: true,
  },
  {
    method: "post",
    path: "/v1/events/{token}",
    summary: "The same for senders that cannot sign, such as Odoo's webhook action",
    params: eventPath,
    body: anyJson,
    answer: null,
    status: 202,
    isPublic: true,
  },
  { method: "get", path: "/healthz", summary: "The process answers", answer: schemas.healthResponse, isPublic: true },
  {
    method: "get",
    path: "/readyz",
    summary: "Questions can be answered",
    answer: schemas.readinessResponse,
    isPublic: true,
  },
  { method: "get", path: "/openapi.json", summary: "This description", answer: schemas.openApi, isPublic: true },
];

let document: object | undefined;

/** The API's description, OpenAPI 3.1, made from the schemas that check requests. */
export function openApiDocument(): object {
  document ??= generate();
  return document;
}

function generate(): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", "apiKey", { type: "http", scheme: "bearer" });
  registry.registerComponent("securitySchemes", "sampleSession", {
    type: "apiKey",
    in: "cookie",
    name: SESSION_COOKIE,
  });
  for (const operation of operations) registry.registerPath(pathOf(operation));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Groundwork",
      version: "1",
      description: "Cited answers and approval rationales, exactly as Odoo lets each reader read.",
    },
    security: [{ apiKey: [] }, { sampleSession: [] }],
  });
}

function pathOf(operation: Operation) {
  const { method, path, summary, params, query, headers, body, answer, status = 200, stream, isPublic } = operation;
  const bodyTypes = operation.bodyTypes ?? ["application/json"];
  const content = {
    ...(answer === null ? {} : { "application/json": { schema: answer } }),
    ...(stream === true ? { "text/event-stream": { schema: { type: "string" as const } } } : {}),
  };
  return {
    method,
    path,
    summary,
    ...(isPublic === true ? { security: [] } : {}),
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined
        ? {}
        : {
            body: { required: true, content: Object.fromEntries(bodyTypes.map((type) => [type, { schema: body }])) },
          }),
    },
    responses: {
      [status]: { description: "Done", ...(Object.keys(content).length === 0 ? {} : { content }) },
      default: {
        description: "A problem (RFC 9457)",
        content: { "application/problem+json": { schema: schemas.problem } },
      },
    },
  };
}

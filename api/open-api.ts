import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import type { z } from "zod";
import * as schemas from "./schemas.ts";

interface Operation {
  readonly method: "get" | "post" | "delete";
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType | null;
  readonly status?: number;
  readonly stream?: boolean;
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
  },
  { method: "delete", path: "/v1/session", summary: "Sign out", answer: null, status: 204 },
  {
    method: "get",
    path: "/v1/sample",
    summary: "The sample users (loopback and sample only)",
    answer: schemas.sampleResponse,
  },
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
  for (const operation of operations) registry.registerPath(pathOf(operation));
  registry.registerPath({
    ...pathOf({
      method: "get",
      path: "/v1/documents/{id}",
      summary: "A document with the cited span",
      answer: schemas.documentResponse,
    }),
    request: { params: schemas.documentPath, query: schemas.documentQuery },
  });
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Groundwork",
      version: "1",
      description: "Cited answers and approval rationales, exactly as Odoo lets each reader read.",
    },
    security: [{ apiKey: [] }],
  });
}

function pathOf({ method, path, summary, body, answer, status = 200, stream = false }: Operation) {
  const content = {
    ...(answer === null ? {} : { "application/json": { schema: answer } }),
    ...(stream ? { "text/event-stream": { schema: { type: "string" as const } } } : {}),
  };
  return {
    method,
    path,
    summary,
    ...(body === undefined
      ? {}
      : { request: { body: { required: true, content: { "application/json": { schema: body } } } } }),
    responses: {
      [status]: { description: "Done", ...(answer === null ? {} : { content }) },
      default: {
        description: "A problem (RFC 9457)",
        content: { "application/problem+json": { schema: schemas.problem } },
      },
    },
  };
}

import { inject } from "vitest";
import { SAMPLE_LOGINS } from "../../api/sample-logins.ts";
import * as schemas from "../../api/schemas.ts";
import type { z } from "zod";

export type Answer = z.infer<typeof schemas.answerResponse>;
export type Rationale = z.infer<typeof schemas.rationaleResponse>;
export type SearchResult = z.infer<typeof schemas.searchResponse>;
export type SourceDocument = z.infer<typeof schemas.documentResponse>;
export type Citation = Answer["citations"][number];

export const LOGINS: readonly string[] = SAMPLE_LOGINS.map(({ login }) => login);

/** Sends a request to the sample server, as the login with the operator's key unless the headers say who asks. */
export function send(as: string | null, method: string, path: string, body?: unknown, headers = {}): Promise<Response> {
  const { url, operatorKey } = inject("sampleServer");
  return fetch(url + path, {
    method,
    headers: {
      ...(as === null ? {} : { authorization: `Bearer ${operatorKey}`, "x-groundwork-as": as }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

/** The body of a 200 whose every member the API's description names. */
async function shaped<T>(response: Response, schema: z.ZodObject & z.ZodType<T>): Promise<T> {
  const body: unknown = await response.json();
  if (response.status !== 200) throw new TypeError(`Answered ${response.status}: ${JSON.stringify(body)}`);
  return schema.strict().parse(body) as T;
}

export async function ask(as: string, question: string, companies?: readonly number[]): Promise<Answer> {
  const body = { question, ...(companies === undefined ? {} : { companies }) };
  return shaped(await send(as, "POST", "/v1/answers", body), schemas.answerResponse);
}

export async function find(as: string, query: string, more: object = {}): Promise<SearchResult> {
  return shaped(await send(as, "POST", "/v1/search", { query, limit: 50, ...more }), schemas.searchResponse);
}

export async function rationaleOf(as: string, order: string): Promise<Rationale> {
  return shaped(await send(as, "POST", "/v1/rationales", { order }), schemas.rationaleResponse);
}

/** The document that a citation names, with the span that it cites. */
export async function openCitation(as: string, citation: Citation): Promise<SourceDocument> {
  const { documentId, part, start, end } = citation;
  const span = new URLSearchParams({ part, start: String(start), end: String(end) });
  const response = await send(as, "GET", `/v1/documents/${encodeURIComponent(documentId)}?${span}`);
  return shaped(response, schemas.documentResponse);
}

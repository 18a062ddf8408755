import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import { z } from "zod";
import { type ErrorCode, GroundworkError } from "../infra/errors.ts";
import type { Log } from "../infra/log.ts";
import { PermissionError } from "../permissions/permission-error.ts";

/** RFC 9457. The same fault gives the same body: what identifies the request is in the header `X-Request-Id`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  "invalid-request": 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  "file-too-large": 413,
  "unsupported-file": 415,
  cancelled: 499,
  database: 503,
  index: 503,
  "odoo-unavailable": 503,
  "model-unavailable": 503,
  "not-ready": 503,
  "access-changed": 409,
};

const TITLES: Readonly<Record<number, string>> = {
  400: "The request is not valid",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  409: "Access has changed",
  413: "Too large",
  415: "Unsupported media type",
  499: "Cancelled",
  500: "Something went wrong",
  503: "Not available now",
};

/** Any error as a problem document. Messages of libraries never pass: only our own sentences do. */
export function problemOf(error: unknown): Problem {
  if (error instanceof z.ZodError) {
    return {
      ...problem(
        400,
        "invalid-request",
        "Some members of the request are missing, unknown or out of range; see errors.",
      ),
      errors: error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
    };
  }
  if (error instanceof GroundworkError) return problem(STATUS[error.code] ?? 500, error.code, error.message);
  if (error instanceof PermissionError) return permissionProblem(error);
  return (
    httpProblem(error) ??
    problem(
      500,
      "internal",
      "An unexpected fault occurred. Try again; if it persists, give the operator the request id.",
    )
  );
}

function permissionProblem(error: PermissionError): Problem {
  if (error.code === "unknown-login")
    return problem(401, "unauthenticated", "This sign-in is no longer known to Odoo. Sign in again.");
  if (error.code === "company-not-allowed")
    return problem(403, "forbidden", "You may narrow a request to your own companies only.");
  return problem(503, "not-ready", "Access could not be decided, so nothing is shown. Try again in a moment.");
}

export const unsupportedMediaType: Problem = problem(
  415,
  "unsupported-media-type",
  "Send the body as application/json in UTF-8.",
);

/** What express and its body parser throw: errors with a status of 4xx. */
function httpProblem(error: unknown): Problem | null {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return null;
  if (error.status === 413) return problem(413, "invalid-request", "The body is too large: at most 100 kB are read.");
  if (error.status === 415) return unsupportedMediaType;
  if (error.status >= 400 && error.status < 500)
    return problem(400, "invalid-request", "The request could not be read: check its path and that the body is JSON.");
  return null;
}

function problem(status: number, code: string, detail: string): Problem {
  return { type: `urn:groundwork:problem:${code}`, title: TITLES[status] ?? "Error", status, detail, code };
}

export function sendProblem(response: Response, body: Problem): void {
  response.status(body.status).type("application/problem+json").send(JSON.stringify(body));
}

/** For paths and methods that nothing else answers. */
export const noSuchPath: RequestHandler = () => {
  throw new GroundworkError(
    "not-found",
    "There is nothing at this address and method. See /openapi.json for what there is.",
  );
};

export function errorResponse(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const body = problemOf(error);
    const requestId = response.get("x-request-id");
    if (body.status >= 500) log.error({ error, requestId, path: request.path }, "request failed");
    if (response.headersSent) return next(error);
    sendProblem(response, body);
  };
}

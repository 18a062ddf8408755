import type { ErrorRequestHandler } from "express";
import { rateLimit } from "express-rate-limit";
import { problemOf, sendProblem } from "./error-response.ts";

/** Guessing a key is hopeless anyway; this keeps the attempts out of the log. Per address and minute. */
const FAILED_SIGN_INS = 60;

const tooManyFailures = {
  type: "urn:groundwork:problem:too-many-requests",
  title: "Too many requests",
  status: 429,
  detail: "Too many failed sign-ins from this address. Wait a minute and check the key.",
  code: "too-many-requests",
};

/**
 * Answers 429 instead of 401 to an address that failed too often. Only failures are counted, once they are known: requests under way
 * and right keys from the same address, such as a proxy's, are never held up.
 */
export function failedSignInLimit(): ErrorRequestHandler {
  const limit = rateLimit({
    windowMs: 60_000,
    limit: FAILED_SIGN_INS,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    // A forwarding header that no trusted proxy set is ignored, not an error to write about.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_request, response) => sendProblem(response, tooManyFailures),
  });
  return (error: unknown, request, response, next) => {
    if (problemOf(error).status !== 401) return next(error);
    void limit(request, response, () => next(error));
  };
}

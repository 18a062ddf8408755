import { APIConnectionError, APIError } from "openai";
import { GroundworkError } from "../errors.ts";

/** Passing states of a server: conflict, too early, too many requests, and its own faults. */
const RETRYABLE_STATUSES = new Set([408, 409, 425, 429]);
const FIRST_SERVER_FAULT = 500;

/**
 * Turns whatever the client threw into our error. The server's own words are dropped, also as the cause: they may quote the prompt or
 * the key.
 */
export function openAiFailure(error: unknown): GroundworkError {
  if (error instanceof GroundworkError) return error;
  if (error instanceof SyntaxError) return malformedAnswer();
  if (error instanceof APIConnectionError) return brokenConnection(error.cause);
  if (!(error instanceof APIError)) return brokenConnection(error);
  const status: unknown = error.status;
  if (typeof status !== "number") return unavailable("The model server reported an error: try again.", true);
  return unavailable(explainStatus(status), RETRYABLE_STATUSES.has(status) || status >= FIRST_SERVER_FAULT);
}

export function malformedAnswer(): GroundworkError {
  return new GroundworkError("model-answer", "The model server's answer is not in the expected form.");
}

export function timedOut(timeoutMs: number): GroundworkError {
  return unavailable(`The model server was silent for ${timeoutMs / 1000} seconds: try again.`, true);
}

function brokenConnection(cause: unknown): GroundworkError {
  return new GroundworkError("model-unavailable", "The connection to the model server failed: try again.", {
    cause,
    retryable: true,
  });
}

function unavailable(message: string, retryable: boolean): GroundworkError {
  return new GroundworkError("model-unavailable", message, { retryable });
}

function explainStatus(status: number): string {
  if (status === 401 || status === 403) return "The model server refuses the key: check OPENAI_API_KEY.";
  if (status === 404) return "The model server does not know the model: check its address and the model's name.";
  if (status === 429) return "The model server is busy or its quota is used up: try again later.";
  if (status >= FIRST_SERVER_FAULT) return `The model server failed (HTTP ${status}): try again.`;
  return `The model server refuses the request (HTTP ${status}).`;
}

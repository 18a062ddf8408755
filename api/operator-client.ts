import { processEnvironment, readConfig } from "../infra/config.ts";
import { readLockOwner } from "../infra/db/directory-lock.ts";
import { GroundworkError } from "../infra/errors.ts";
import { AS_HEADER } from "./authenticate.ts";
import type { Problem } from "./error-response.ts";

/** The API as the operator speaks to it from the command line. */
export interface OperatorClient extends AsyncDisposable {
  /** Sends a request as the login; answers other than 2xx are thrown with the problem's sentence. */
  send(method: string, path: string, as: string, body?: unknown): Promise<Response>;
}

/** The login that stands for nobody in Odoo: for requests that only the operator may make. */
export const OPERATOR = "operator";

/**
 * Speaks to the server that holds the data directory, or starts one within this process when none runs: either way the command goes through
 * the same API. Whoever can read the data directory may do so.
 */
export async function openOperatorClient(): Promise<OperatorClient> {
  const config = readConfig(processEnvironment());
  const owner = config.databaseUrl === null ? readLockOwner(config.dataDirectory) : null;
  if (owner !== null) {
    const { url, operatorKey } = publishedBy(owner.payload, owner.pid);
    return { send: sender(url, operatorKey), [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  // Loaded only now: a command that speaks to a running server starts in a third of the time without models and database.
  const [{ openResources }, { serve }, { servicesOver }] = await Promise.all([
    import("../infra/open.ts"),
    import("./serve.ts"),
    import("./services.ts"),
  ]);
  await using opened = new AsyncDisposableStack();
  const resources = opened.use(await openResources(config));
  const services = servicesOver(resources);
  opened.use(services.ingestion);
  const server = opened.use(await serve(services, "127.0.0.1", 0));
  const closing = opened.move();
  return { send: sender(server.url, services.operatorKey), [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

function publishedBy(payload: unknown, pid: number): { readonly url: string; readonly operatorKey: string } {
  if (payload !== null && typeof payload === "object" && "url" in payload && "operatorKey" in payload) {
    return { url: String(payload.url), operatorKey: String(payload.operatorKey) };
  }
  throw new GroundworkError(
    "data-directory-busy",
    `Process ${pid} holds the data directory but does not answer yet. Try again in a moment, or stop it.`,
    { retryable: true },
  );
}

function sender(url: string, operatorKey: string): OperatorClient["send"] {
  return async (method, path, as, body) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${operatorKey}`,
        [AS_HEADER]: as,
        accept: path === "/v1/ingestions" ? "text/event-stream" : "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    throw problemError((await response.json()) as Problem);
  };
}

/** A problem document as an error of ours, so that the command line says the same sentence. */
export function problemError(problem: Problem): GroundworkError {
  const code = problem.status === 400 ? "invalid-request" : problem.status === 404 ? "not-found" : "internal";
  return new GroundworkError(code, problem.detail);
}

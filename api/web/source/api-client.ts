import { ApiProblem, problemFrom, toProblem } from "./api-problem.ts";
import type {
  Answer,
  Rationale,
  Sample,
  SearchResult,
  Session,
  SourceDocument,
  SourceSpan,
  StreamedStatement,
  WaitingOrder,
} from "./contract.ts";
import { readEventStream } from "./read-event-stream.ts";

export type AnswerEvent =
  | { readonly kind: "statement"; readonly statement: StreamedStatement }
  | { readonly kind: "done"; readonly answer: Answer };

interface RequestDetails {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly accept?: string;
}

/** The HTTP API. Every method throws `ApiProblem`, or the abort reason when its signal fires. */
export class ApiClient {
  /** Kept here and nowhere else: gone with the page. */
  #apiKey: string | null = null;
  readonly #onSignedOut: () => void;

  /** `onSignedOut` is told when the server no longer knows who is asking. */
  constructor(onSignedOut: () => void) {
    this.#onSignedOut = onSignedOut;
  }

  /** Null when this is no sample install. */
  sample(): Promise<Sample | null> {
    return orNullOn(404, this.#json<Sample>("GET", "/v1/sample"));
  }

  /** Null when nobody is signed in. */
  session(): Promise<Session | null> {
    return orNullOn(401, this.#json<Session>("GET", "/v1/session"));
  }

  signInAs(login: string): Promise<Session> {
    return this.#json<Session>("POST", "/v1/session", { body: { login } });
  }

  async signInWithKey(apiKey: string): Promise<Session> {
    this.#apiKey = apiKey;
    try {
      return await this.#json<Session>("GET", "/v1/session");
    } catch (thrown) {
      this.#apiKey = null;
      throw thrown;
    }
  }

  async signOut(): Promise<void> {
    const usedKey = this.#apiKey !== null;
    this.#apiKey = null;
    if (!usedKey) await this.#send("DELETE", "/v1/session", {});
  }

  async *ask(question: string, signal: AbortSignal): AsyncGenerator<AnswerEvent, void> {
    const details = { body: { question }, signal, accept: "text/event-stream" };
    const response = await this.#sendSignedIn("POST", "/v1/answers", details);
    if (response.body === null) throw brokenOff();
    let isDone = false;
    try {
      for await (const { name, data } of readEventStream(response.body)) {
        if (name === "statement") yield { kind: "statement", statement: JSON.parse(data) as StreamedStatement };
        if (name === "error") throw problemFrom(500, JSON.parse(data));
        if (name === "done") {
          isDone = true;
          yield { kind: "done", answer: JSON.parse(data) as Answer };
        }
      }
    } catch (thrown) {
      throw signal.aborted || thrown instanceof ApiProblem ? thrown : brokenOff(thrown);
    }
    if (!isDone) throw brokenOff();
  }

  search(query: string, limit: number, signal: AbortSignal): Promise<SearchResult> {
    return this.#jsonSignedIn("POST", "/v1/search", { body: { query, limit }, signal });
  }

  async approvals(signal: AbortSignal): Promise<readonly WaitingOrder[]> {
    const answer = await this.#jsonSignedIn<{ orders: WaitingOrder[] }>("GET", "/v1/approvals", { signal });
    return answer.orders;
  }

  rationale(order: string, signal: AbortSignal): Promise<Rationale> {
    return this.#jsonSignedIn("POST", "/v1/rationales", { body: { order }, signal });
  }

  document(span: SourceSpan, signal: AbortSignal): Promise<SourceDocument> {
    const query = new URLSearchParams({ part: span.part, start: String(span.start), end: String(span.end) });
    return this.#jsonSignedIn("GET", `/v1/documents/${encodeURIComponent(span.documentId)}?${query}`, { signal });
  }

  async #json<Body>(method: string, path: string, details: RequestDetails = {}): Promise<Body> {
    return bodyOf<Body>(await this.#send(method, path, details));
  }

  async #jsonSignedIn<Body>(method: string, path: string, details: RequestDetails): Promise<Body> {
    return bodyOf<Body>(await this.#sendSignedIn(method, path, details));
  }

  async #sendSignedIn(method: string, path: string, details: RequestDetails): Promise<Response> {
    try {
      return await this.#send(method, path, details);
    } catch (thrown) {
      if (thrown instanceof ApiProblem && thrown.status === 401) this.#onSignedOut();
      throw thrown;
    }
  }

  async #send(method: string, path: string, { body, signal, accept }: RequestDetails): Promise<Response> {
    const headers = new Headers({ accept: accept ?? "application/json" });
    if (body !== undefined) headers.set("content-type", "application/json");
    if (this.#apiKey !== null) headers.set("authorization", `Bearer ${this.#apiKey}`);
    const init: RequestInit = { method, headers, cache: "no-store" };
    if (body !== undefined) init.body = JSON.stringify(body);
    if (signal !== undefined) init.signal = signal;
    const response = await fetch(path, init).catch((thrown: unknown) => {
      throw signal?.aborted === true ? thrown : toProblem(thrown);
    });
    if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
    return response;
  }
}

async function bodyOf<Body>(response: Response): Promise<Body> {
  try {
    return (await response.json()) as Body;
  } catch (thrown) {
    throw brokenOff(thrown);
  }
}

function brokenOff(cause?: unknown): ApiProblem {
  return new ApiProblem(
    0,
    "The answer broke off",
    "The connection ended before the answer was complete. Try again.",
    cause,
  );
}

async function orNullOn<Body>(status: number, answer: Promise<Body>): Promise<Body | null> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof ApiProblem && thrown.status === status) return null;
    throw thrown;
  }
}

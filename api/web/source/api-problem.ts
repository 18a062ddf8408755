/** Why a request gave nothing, in words for the reader: a problem document of the server, or what the browser met instead. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly title: string;
  /** HTTP status; 0 when no response came. */
  readonly status: number;

  constructor(status: number, title: string, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.status = status;
    this.title = title;
  }
}

/** Reads a problem document (RFC 9457); anything else becomes a plain sentence. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const title = typeof fields["title"] === "string" ? fields["title"] : "The server could not do this";
  const detail = typeof fields["detail"] === "string" ? fields["detail"] : "Try again in a moment.";
  const stated = typeof fields["status"] === "number" ? fields["status"] : status;
  return new ApiProblem(stated, title, detail);
}

/** Whatever was thrown, as a problem to show. */
export function toProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  const detail = "Check that the server is running and that you are connected, then try again.";
  return new ApiProblem(0, "Groundwork cannot be reached", detail, thrown);
}

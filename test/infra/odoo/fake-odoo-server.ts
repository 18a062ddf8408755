import { type IncomingMessage, type ServerResponse, createServer } from "node:http";

/** What an account asks, whatever the protocol. */
export interface OdooQuestion {
  readonly protocol: "json-2" | "json-rpc";
  readonly model: string;
  readonly method: string;
  readonly apiKey: string;
  readonly database: string;
  /** The arguments by name. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** As JSON-2 has it: JSON-RPC sends a fault with HTTP 200. A text is a page that no Odoo sent. */
export interface OdooReply {
  readonly status?: number;
  readonly body: unknown;
}

type Answer = OdooReply | "hang up" | "never";

export interface FakeOdooOptions {
  /** Before 19 there is no JSON-2. */
  readonly version?: string;
  /** The user of a login and key; false: refused. */
  readonly authenticate?: (login: string, apiKey: string) => number | false;
}

/**
 * A small server that speaks JSON-2 and JSON-RPC as Odoo does: it answers with what `reply` makes of a question, and remembers all questions,
 * and how often somebody signed in.
 */
export async function startOdooServer(
  reply: (question: OdooQuestion, earlier: number) => Answer,
  { version = "19.0", authenticate = () => 7 }: FakeOdooOptions = {},
): Promise<FakeOdoo> {
  const requests: OdooQuestion[] = [];
  const signedIn: string[] = [];
  const ask = (question: OdooQuestion): Answer => {
    const answer = reply(question, requests.length);
    requests.push(question);
    return answer;
  };
  const isNew = Number.parseInt(version, 10) >= 19;
  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    const text = await textOf(request);
    const [, first, , model = "", method = ""] = (request.url ?? "").split("/");
    if (first === "web" && isNew) return { body: { version } };
    if (first === "json" && isNew) {
      const apiKey = (request.headers.authorization ?? "").replace("bearer ", "");
      const database = String(request.headers["x-odoo-database"] ?? "");
      return ask({
        protocol: "json-2",
        model,
        method,
        apiKey,
        database,
        body: JSON.parse(text) as OdooQuestion["body"],
      });
    }
    if (first !== "jsonrpc") return { status: 404, body: "<!DOCTYPE html>" };
    const { params } = JSON.parse(text) as { params: { method: string; args: unknown[] } };
    if (params.method === "version") return { body: { result: { server_version: version } } };
    if (params.method === "authenticate") {
      const [, login, apiKey] = params.args.map(String);
      signedIn.push(login ?? "");
      return { body: { result: authenticate(login ?? "", apiKey ?? "") } };
    }
    return asRpc(ask(questionOf(params.args)));
  };
  const server = createServer((request, response) => void answerTo(request).then((answer) => send(answer, response)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    signedIn,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface FakeOdoo extends AsyncDisposable {
  readonly url: string;
  readonly requests: OdooQuestion[];
  /** Logins, one for each time. */
  readonly signedIn: readonly string[];
}

/** `execute_kw`'s arguments: what goes first has no name there. */
function questionOf(args: readonly unknown[]): OdooQuestion {
  const [database, , apiKey, model, method] = args.map(String);
  const [first] = (args[5] ?? []) as unknown[];
  const body = {
    ...(args[6] as OdooQuestion["body"]),
    ...(first === undefined ? {} : { [method === "read" || method === "write" ? "ids" : "domain"]: first }),
  };
  return {
    protocol: "json-rpc",
    model: model ?? "",
    method: method ?? "",
    apiKey: apiKey ?? "",
    database: database ?? "",
    body,
  };
}

function asRpc(answer: Answer): Answer {
  if (typeof answer === "string" || typeof answer.body === "string") return answer;
  if ((answer.status ?? 200) < 400) return { body: { jsonrpc: "2.0", id: 1, result: answer.body } };
  return { body: { jsonrpc: "2.0", id: 1, error: { code: 200, message: "Odoo Server Error", data: answer.body } } };
}

function send(answer: Answer, response: ServerResponse): void {
  if (answer === "never") return;
  if (answer === "hang up") {
    response.destroy();
    return;
  }
  const isText = typeof answer.body === "string";
  response.writeHead(answer.status ?? 200, { "content-type": isText ? "text/html" : "application/json" });
  response.end(isText ? answer.body : JSON.stringify(answer.body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text;
}

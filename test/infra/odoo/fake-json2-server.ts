import { type IncomingMessage, type ServerResponse, createServer } from "node:http";

export interface Json2Request {
  readonly model: string;
  readonly method: string;
  readonly authorization: string;
  readonly database: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Json2Reply {
  readonly status?: number;
  readonly body: unknown;
}

/** A small server that speaks JSON-2 as Odoo 19 does: it answers with what `reply` makes of a request, and remembers all requests. */
export async function startJson2Server(
  reply: (request: Json2Request, earlier: number) => Json2Reply | "hang up" | "never",
): Promise<{ readonly url: string; readonly requests: Json2Request[]; [Symbol.asyncDispose](): Promise<void> }> {
  const requests: Json2Request[] = [];
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await readRequest(request);
    const answer = reply(asked, requests.length);
    requests.push(asked);
    if (answer === "never") return;
    if (answer === "hang up") {
      response.destroy();
      return;
    }
    const isText = typeof answer.body === "string";
    response.writeHead(answer.status ?? 200, { "content-type": isText ? "text/html" : "application/json" });
    response.end(isText ? answer.body : JSON.stringify(answer.body));
  };
  const server = createServer((request, response) => void answerTo(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<Json2Request> {
  let text = "";
  for await (const piece of request) text += String(piece);
  const [, , , model = "", method = ""] = (request.url ?? "").split("/");
  return {
    model,
    method,
    authorization: request.headers.authorization ?? "",
    database: String(request.headers["x-odoo-database"] ?? ""),
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

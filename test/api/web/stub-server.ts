import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { extname, join, normalize } from "node:path";
import type { AddressInfo } from "node:net";
import { answerFor, orders, rationale, sample, sourceDocument } from "./stub-data.ts";

/** What a test may bend while the page is open. */
export interface StubBehaviour {
  isSample: boolean;
  /** Event stream: broken off after the first statement, held open after it, or whole. */
  stream: "whole" | "breaks" | "holds";
  /** Path that answers 503 once. */
  failOnce: string | null;
  /** Questions as they were asked, with the reader. */
  readonly asked: string[];
  /** Streams that the page gave up. */
  abandoned: number;
}

export interface StubServer extends AsyncDisposable {
  readonly url: string;
  readonly behaviour: StubBehaviour;
  reset(): void;
}

const policy = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; form-action 'self'";
const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const apiKey = "gw_right";

/** Speaks the contract of the API from fixed data, and serves the built page under the strictest content policy. */
export async function startStubServer(pageFolder: string): Promise<StubServer> {
  const behaviour = freshBehaviour();
  const server = createServer((request, response) => {
    void handle(request, response, behaviour, pageFolder);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behaviour,
    reset: () => Object.assign(behaviour, freshBehaviour()),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function freshBehaviour(): StubBehaviour {
  return { isSample: true, stream: "whole", failOnce: null, asked: [], abandoned: 0 };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  behaviour: StubBehaviour,
  pageFolder: string,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://stub");
  response.setHeader("content-security-policy", policy);
  if (!url.pathname.startsWith("/v1/")) return sendFile(response, pageFolder, url.pathname);
  const body = await bodyOf(request);
  const login = loginOf(request);
  if (url.pathname === behaviour.failOnce) {
    behaviour.failOnce = null;
    return sendProblem(response, 503, "The index does not answer", "Try again in a minute.");
  }
  const route = `${request.method} ${url.pathname}`;
  if (route === "GET /v1/sample") {
    return behaviour.isSample ? send(response, 200, sample) : sendProblem(response, 404, "Not found", "No sample.");
  }
  if (route === "POST /v1/session") {
    response.setHeader("set-cookie", `login=${String(body["login"])}; HttpOnly; SameSite=Strict; Path=/`);
    return send(response, 201, sessionOf(String(body["login"])));
  }
  if (login === null) return sendProblem(response, 401, "Nobody is signed in", "Send a valid API key.");
  if (route === "GET /v1/session") return send(response, 200, sessionOf(login));
  if (route === "DELETE /v1/session") {
    response.setHeader("set-cookie", "login=; Max-Age=0; Path=/");
    return void response.writeHead(204).end();
  }
  if (route === "POST /v1/answers") return sendAnswer(response, behaviour, login, String(body["question"]));
  if (route === "POST /v1/search") return send(response, 200, { hits: [], degraded: null });
  if (route === "GET /v1/approvals") return send(response, 200, { orders: login === "emil.employee" ? [] : orders });
  if (route === "POST /v1/rationales") return send(response, 200, rationale);
  const id = decodeURIComponent(url.pathname.replace("/v1/documents/", ""));
  const found = sourceDocument(id, Number(url.searchParams.get("start")), Number(url.searchParams.get("end")));
  if (found === null) return sendProblem(response, 404, "Not found", "There is no such document that you may read.");
  return send(response, 200, found);
}

function loginOf(request: IncomingMessage): string | null {
  if (request.headers.authorization === `Bearer ${apiKey}`) return "fiona.finance";
  return /(?:^|; )login=([^;]+)/.exec(request.headers.cookie ?? "")?.[1] ?? null;
}

function sessionOf(login: string): object {
  const name = sample.logins.find((person) => person.login === login)?.name ?? login;
  return { login, name, companies: [{ id: 1, name: "Harbourline Supply Inc." }], via: "sample-login" };
}

async function sendAnswer(
  response: ServerResponse,
  behaviour: StubBehaviour,
  login: string,
  question: string,
): Promise<void> {
  behaviour.asked.push(`${login}: ${question}`);
  const answer = answerFor(login, question);
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.on("close", () => {
    if (!response.writableEnded) behaviour.abandoned += 1;
  });
  for (const statement of answer.statements) {
    const citations = answer.citations.filter((citation) => statement.citations.includes(citation.number));
    response.write(`event: statement\ndata: ${JSON.stringify({ text: statement.text, citations })}\n\n`);
    if (behaviour.stream !== "whole") break;
  }
  if (behaviour.stream === "holds") return;
  const problem = { title: "The model does not answer", detail: "Ask again later.", status: 503 };
  const [name, data] = behaviour.stream === "breaks" ? (["error", problem] as const) : (["done", answer] as const);
  response.end(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendProblem(response: ServerResponse, status: number, title: string, detail: string): void {
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ type: "about:blank", title, status, detail, code: "x", requestId: "r" }));
}

async function sendFile(response: ServerResponse, folder: string, path: string): Promise<void> {
  const file = join(folder, normalize(path === "/" ? "/index.html" : path));
  try {
    const content = await readFile(file);
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}

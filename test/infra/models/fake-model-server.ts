import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export type Behaviour = (request: ReceivedRequest, response: ServerResponse) => void | Promise<void>;

/** A real HTTP server on this machine that answers as each test says and keeps what it received. */
export class FakeModelServer implements AsyncDisposable {
  readonly received: ReceivedRequest[] = [];
  /** Resolves when a client gives up its request. */
  readonly abandoned: Promise<void>;
  behave: Behaviour = (_request, response) => void response.writeHead(501).end();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #markAbandoned: () => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.abandoned = promise;
    this.#markAbandoned = resolve;
  }

  static async start(): Promise<FakeModelServer> {
    const fake = new FakeModelServer();
    await new Promise<void>((resolve) => {
      fake.#server.listen(0, "127.0.0.1", resolve);
    });
    return fake;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("close", () => {
      if (!response.writableFinished) this.#markAbandoned();
    });
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const received = {
      path: request.url ?? "",
      authorization: request.headers.authorization,
      body: JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>,
    };
    this.received.push(received);
    await this.behave(received, response);
  }
}

/** One streamed piece, as the protocol frames it. */
export function streamedPiece(content: string): string {
  return streamedEvent({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
}

/** The regular end: a reason, the usage without a choice, the closing mark. */
export function streamedEnd(reason = "stop"): string {
  const end = streamedEvent({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
  return `${end}${streamedEvent({ choices: [], usage: { total_tokens: 3 } })}data: [DONE]\n\n`;
}

export function streamedEvent(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export function startStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

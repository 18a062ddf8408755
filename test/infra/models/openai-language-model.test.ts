import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GroundworkError } from "../../../infra/errors.ts";
import { type LanguageModelOptions, openLanguageModel } from "../../../infra/models/openai-language-model.ts";
import type { ChatMessage, LanguageModel } from "../../../infra/models/port.ts";
import {
  answerJson,
  type Behaviour,
  FakeModelServer,
  startStream,
  streamedEnd,
  streamedEvent,
  streamedPiece,
} from "./fake-model-server.ts";

const SECRET_WORDS = "the salary of Mrs Weiss";
const MESSAGES: ChatMessage[] = [
  { role: "system", content: "Answer from the sources." },
  { role: "user", content: SECRET_WORDS },
];

let server: FakeModelServer;

// The client keeps the console's functions from its first use on, so the spy must be there before.
const print = vi.spyOn(console, "error").mockImplementation(() => undefined);

afterAll(() => {
  print.mockRestore();
});

beforeEach(async () => {
  print.mockClear();
  server = await FakeModelServer.start();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

function open(options: Partial<LanguageModelOptions> = {}): LanguageModel {
  return openLanguageModel({ baseUrl: server.baseUrl, apiKey: "key-1", model: "tiny", timeoutMs: 5_000, ...options });
}

async function collect(model: LanguageModel, signal?: AbortSignal): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of model.complete(MESSAGES, signal)) pieces.push(piece);
  return pieces;
}

function stream(...parts: string[]): Behaviour {
  return (_request, response) => {
    startStream(response);
    response.end(parts.join(""));
  };
}

async function failureOf(answer: Promise<unknown>): Promise<GroundworkError> {
  const error = await answer.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GroundworkError);
  return error as GroundworkError;
}

describe("openLanguageModel", () => {
  it("yields the pieces in order and sends messages, model and key", async () => {
    server.behave = stream(streamedPiece("Two "), ": still working\n\n", streamedPiece("quotes."), streamedEnd());
    expect(await collect(open())).toEqual(["Two ", "quotes."]);
    expect(server.received).toMatchObject([
      {
        path: "/v1/chat/completions",
        authorization: "Bearer key-1",
        body: { model: "tiny", stream: true, messages: MESSAGES },
      },
    ]);
  });

  it("yields a piece before the next one is written", async () => {
    const { promise: firstPieceRead, resolve: markRead } = Promise.withResolvers<void>();
    server.behave = async (_request, response) => {
      startStream(response);
      response.write(streamedPiece("early"));
      await firstPieceRead;
      response.end(streamedPiece("late") + streamedEnd());
    };
    const pieces: string[] = [];
    for await (const piece of open().complete(MESSAGES)) {
      pieces.push(piece);
      markRead();
    }
    expect(pieces).toEqual(["early", "late"]);
  });

  it("does not count the time that the reader takes as the server's silence", async () => {
    server.behave = stream(streamedPiece("Two "), streamedPiece("quotes."), streamedEnd());
    const pieces: string[] = [];
    for await (const piece of open({ timeoutMs: 600 }).complete(MESSAGES)) {
      pieces.push(piece);
      if (pieces.length === 1) await setTimeout(700);
    }
    expect(pieces).toEqual(["Two ", "quotes."]);
  });

  it("names host and model and no secret of the address", () => {
    expect(open({ baseUrl: "https://user:secret@models.example:8443/path/v1" }).id).toBe(
      "openai-chat/models.example:8443/tiny",
    );
    expect(open({ baseUrl: null }).id).toBe("openai-chat/api.openai.com/tiny");
  });

  it.each([
    { status: 400, retryable: false },
    { status: 401, retryable: false },
    { status: 404, retryable: false },
    { status: 429, retryable: true },
    { status: 500, retryable: true },
    { status: 503, retryable: true },
  ])("reports HTTP $status once, without the server's words", async ({ status, retryable }) => {
    server.behave = (_request, response) => answerJson(response, status, { error: { message: SECRET_WORDS } });
    const error = await failureOf(collect(open()));
    expect(error).toMatchObject({ code: "model-unavailable", retryable });
    expect(`${error.message} ${String(error.cause)}`).not.toContain(SECRET_WORDS);
    expect(server.received).toHaveLength(1);
  });

  it("reports an error that the server sends inside the stream", async () => {
    server.behave = stream(streamedPiece("Two"), streamedEvent({ error: { message: "overloaded" } }));
    expect(await failureOf(collect(open()))).toMatchObject({ code: "model-unavailable", retryable: true });
  });

  it("reports a server that nobody runs", async () => {
    const model = open();
    await server[Symbol.asyncDispose]();
    expect(await failureOf(collect(model))).toMatchObject({ code: "model-unavailable", retryable: true });
  });

  it("gives up when the server accepts the request and says nothing", async () => {
    server.behave = () => undefined;
    const error = await failureOf(collect(open({ timeoutMs: 50 })));
    expect(error).toMatchObject({ code: "model-unavailable", retryable: true });
    await server.abandoned;
  });

  it("gives up when the server falls silent in the middle of its answer", async () => {
    server.behave = (_request, response) => {
      startStream(response);
      response.write(streamedPiece("Two "));
    };
    const error = await failureOf(collect(open({ timeoutMs: 50 })));
    expect(error).toMatchObject({ code: "model-unavailable", retryable: true });
    await server.abandoned;
  });

  it("reports a connection that is cut in the middle", async () => {
    server.behave = (_request, response) => {
      startStream(response);
      response.write(streamedPiece("Two "), () => response.destroy());
    };
    expect(await failureOf(collect(open()))).toMatchObject({ code: "model-unavailable", retryable: true });
  });

  it("does not take a stream without an end for an answer", async () => {
    server.behave = stream(streamedPiece("Two quotes are not"));
    expect(await failureOf(collect(open()))).toMatchObject({ code: "model-unavailable", retryable: true });
  });

  it.each([
    ["that is no JSON", `data: ${SECRET_WORDS}\n\n`],
    ["of another shape", streamedEvent({ text: "Two" })],
    ["whose pieces are no text", streamedEvent({ choices: [{ delta: { content: 5 } }] })],
    ["without any event", "<html>Welcome</html>"],
    ["that is empty", streamedEnd()],
    ["cut at its length limit", streamedPiece("Two") + streamedEnd("length")],
    ["withheld by a filter", streamedEnd("content_filter")],
  ])("calls an answer %s malformed and prints nothing of it", async (_name, text) => {
    server.behave = stream(text);
    const error = await failureOf(collect(open()));
    expect(error).toMatchObject({ code: "model-answer", retryable: false });
    expect(error.message).not.toContain(SECRET_WORDS);
    expect(print).not.toHaveBeenCalled();
  });

  it("does not follow a redirect with the messages", async () => {
    await using elsewhere = await FakeModelServer.start();
    server.behave = (_request, response) =>
      void response.writeHead(307, { location: `${elsewhere.baseUrl}/chat/completions` }).end();
    expect(await failureOf(collect(open()))).toMatchObject({ code: "model-unavailable" });
    expect(elsewhere.received).toEqual([]);
  });

  it("sends nothing when the request was already cancelled", async () => {
    expect(await failureOf(collect(open(), AbortSignal.abort()))).toMatchObject({ code: "cancelled" });
    expect(server.received).toEqual([]);
  });

  it("hangs up when the request is cancelled in the middle", async () => {
    const controller = new AbortController();
    server.behave = (_request, response) => {
      startStream(response);
      response.write(streamedPiece("Two "), () => controller.abort());
    };
    expect(await failureOf(collect(open(), controller.signal))).toMatchObject({ code: "cancelled" });
    await server.abandoned;
  });

  it("hangs up when the reader has heard enough", async () => {
    server.behave = (_request, response) => {
      startStream(response);
      response.write(streamedPiece("Two "));
    };
    for await (const piece of open().complete(MESSAGES)) {
      expect(piece).toBe("Two ");
      break;
    }
    await server.abandoned;
  });
});

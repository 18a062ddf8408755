import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEventStream, type StreamEvent } from "../../../api/web/source/read-event-stream.ts";

function streamOf(pieces: readonly Uint8Array[], onCancel: () => void = () => {}): ReadableStream<Uint8Array> {
  const left = [...pieces];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = left.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
    cancel: onCancel,
  });
}

async function eventsOf(text: string, cuts: readonly number[] = []): Promise<readonly StreamEvent[]> {
  const bytes = new TextEncoder().encode(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((one, other) => one - other);
  const pieces = ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
  const events: StreamEvent[] = [];
  for await (const event of readEventStream(streamOf(pieces))) events.push(event);
  return events;
}

describe("readEventStream", () => {
  it("reads names and data, joins data lines and skips comments, unknown fields and empty events", async () => {
    const text = ': hello\nevent: statement\ndata: {"a":\ndata: 1}\nid: 7\n\nevent: nothing\n\ndata:bare\n\n';
    expect(await eventsOf(text)).toEqual([
      { name: "statement", data: '{"a":\n1}' },
      { name: "message", data: "bare" },
    ]);
  });

  it("drops an event whose closing empty line never came", async () => {
    expect(await eventsOf("data: whole\n\nevent: done\ndata: half")).toEqual([{ name: "message", data: "whole" }]);
  });

  it("gives the same events however the bytes are cut and whichever line ends are used", async () => {
    const event = fc.record({
      name: fc.constantFrom("statement", "done", "größer 🙂"),
      data: fc.array(
        fc.string({ unit: "grapheme" }).map((line) => line.replaceAll(/[\r\n]/g, "")),
        { minLength: 1 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 5 }),
        fc.constantFrom("\n", "\r", "\r\n"),
        fc.array(fc.nat(), { maxLength: 20 }),
        async (events, lineEnd, cuts) => {
          const lines = events.flatMap(({ name, data }) => [
            `event: ${name}`,
            ...data.map((line) => `data: ${line}`),
            "",
          ]);
          const text = lines.map((line) => line + lineEnd).join("");
          expect(await eventsOf(text, cuts)).toEqual(events.map(({ name, data }) => ({ name, data: data.join("\n") })));
        },
      ),
    );
  });

  it("cancels the response when the reader stops early", async () => {
    let isCancelled = false;
    const body = streamOf([new TextEncoder().encode("data: 1\n\ndata: 2\n\n"), new Uint8Array([10])], () => {
      isCancelled = true;
    });
    for await (const event of readEventStream(body)) {
      expect(event.data).toBe("1");
      break;
    }
    expect(isCancelled).toBe(true);
  });
});

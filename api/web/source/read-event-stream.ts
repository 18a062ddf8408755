/** One event of a `text/event-stream` body. */
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

/**
 * Reads server-sent events as the HTML standard words them: any of CR, LF and CRLF ends a line, comments and unknown fields are
 * skipped, an event without data or without its closing empty line is dropped. `id` and `retry` serve reconnecting, which this page
 * never does.
 */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent, void> {
  const decoder = new TextDecoder();
  const lines = new LineSplitter();
  const events = new EventBuilder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
      for (const line of lines.push(text)) {
        const event = events.push(line);
        if (event !== null) yield event;
      }
      if (done) return;
    }
  } finally {
    // A reader that stops early tells the server so; after the end this does nothing.
    await reader.cancel().catch(() => {});
  }
}

class LineSplitter {
  #rest = "";
  #afterReturn = false;

  push(text: string): readonly string[] {
    if (text === "") return [];
    // The LF of a CRLF that was cut in two belongs to the line that has been given out already.
    const fresh = this.#afterReturn && text.startsWith("\n") ? text.slice(1) : text;
    this.#afterReturn = text.endsWith("\r");
    const lines = (this.#rest + fresh).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}

class EventBuilder {
  #name = "";
  #data: string[] = [];

  /** The event that this line completes, if it does. */
  push(line: string): StreamEvent | null {
    if (line === "") return this.#complete();
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    if (field === "data") this.#data.push(value);
    return null;
  }

  #complete(): StreamEvent | null {
    const event = { name: this.#name || "message", data: this.#data.join("\n") };
    const isEmpty = this.#data.length === 0;
    this.#name = "";
    this.#data = [];
    return isEmpty ? null : event;
  }
}

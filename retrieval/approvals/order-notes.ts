import type { CitableSpan } from "../citation.ts";
import { sentences } from "../sentences.ts";
import type { CitedLine } from "./cited-line.ts";
import { ORDER_MODEL } from "./find-order.ts";
import type { OrderFacts } from "./order-facts.ts";
import type { ReadRecords } from "./read-records.ts";
import { type CitedFact, type RecordView, textOf } from "./record-view.ts";

/** A note counts as one when it says that it is one: a message that merely asks for a justification is none. */
const JUSTIFICATION = /^(?:price )?justification\s*[:–—-]\s*\S/i;
const MITIGATION = /^mitigation(?: note| plan)?\s*[:–—-]\s*\S/i;

/**
 * What people wrote on the order: its note and the messages on it that this reader may read. States whether a justification, a
 * mitigation note and written quotes are among it.
 */
export async function orderNotes(
  order: RecordView,
  read: ReadRecords,
  facts: OrderFacts,
): Promise<readonly CitedLine[]> {
  const notes = await writtenOn(order, read);
  stateNote("order.has_justification", "justification", JUSTIFICATION, notes, facts);
  stateNote("order.has_mitigation_note", "mitigation note", MITIGATION, notes, facts);
  await stateQuotes(order, read, facts);
  return notes.map((note) => ({ text: `Written on the order: “${note.display}”`, spans: [note.span] }));
}

async function writtenOn(order: RecordView, read: ReadRecords): Promise<readonly CitedFact[]> {
  const messages = await read({
    model: "mail.message",
    facts: [
      { name: "model", value: ORDER_MODEL },
      { name: "res_id", value: order.document.recordId ?? 0 },
    ],
  });
  return [
    order.fact("note"),
    order.fact("notes"),
    ...messages.filter(isWritten).map((message) => message.fact("body")),
  ].filter((fact) => fact !== null && fact.display.trim() !== "") as readonly CitedFact[];
}

/** Odoo logs on the record as well, such as that it was created; that is nobody's note. */
function isWritten(message: RecordView): boolean {
  return message.fact("message_type")?.value !== "notification";
}

function stateNote(path: string, name: string, pattern: RegExp, notes: readonly CitedFact[], facts: OrderFacts): void {
  const spans = notes.flatMap(({ span, display }) => {
    const sentence = sentences(display).find(({ text }) => pattern.test(text));
    const offset = span.quote.length - display.length;
    return sentence === undefined ? [] : [narrowed(span, offset + sentence.start, offset + sentence.end)];
  });
  const [first] = spans;
  if (first !== undefined) facts.state(path, true, `${name}: “${first.quote}”`, spans);
  else facts.state(path, false, `no ${name} on the order`, [], `A ${name} on the order or in its messages.`);
}

function narrowed(span: CitableSpan, start: number, end: number): CitableSpan {
  return { ...span, start: span.start + start, end: span.start + end, quote: span.quote.slice(start, end) };
}

/** Quotes are the attachments of the order that are called so, and the correspondence that names the order. */
async function stateQuotes(order: RecordView, read: ReadRecords, facts: OrderFacts): Promise<void> {
  const attachments = await read({
    model: "ir.attachment",
    facts: [
      { name: "res_model", value: ORDER_MODEL },
      { name: "res_id", value: order.document.recordId ?? 0 },
    ],
  });
  const quotes = attachments.flatMap((attachment) => {
    const name = attachment.fact("name");
    return name !== null && /quot|offer/i.test(name.display) ? [name.span] : [];
  });
  const reference = order.fact("partner_ref");
  const own = quotes.length === 0 && textOf(reference) !== null && reference !== null ? [reference.span] : [];
  const spans = [...quotes, ...own];
  facts.state(
    "quotes.count",
    spans.length,
    `${spans.length} written ${spans.length === 1 ? "quote" : "quotes"} on the order`,
    spans,
    "Further written quotes on the order.",
  );
}

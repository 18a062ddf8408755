export type View = "questions" | "approvals";

/** Where the page is, as its address says: a link to it shows the same question or order. */
export interface Place {
  readonly view: View;
  /** Empty: none asked yet. */
  readonly question: string;
  /** Name of the order whose rationale is open. */
  readonly order: string | null;
  /** Login of the sample user that the link was made as. */
  readonly reader: string | null;
}

const longestQuestion = 4000;

/** Reads a location hash such as `#q=Who%20approves&as=bo.buyer`; what it does not know it ignores. */
export function readPlace(hash: string): Place {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    view: fields.get("view") === "approvals" ? "approvals" : "questions",
    question: (fields.get("q") ?? "").trim().slice(0, longestQuestion),
    order: fields.get("order") || null,
    reader: fields.get("as") || null,
  };
}

/** The hash that `readPlace` reads back as the same place. */
export function writePlace(place: Place): string {
  const fields = new URLSearchParams();
  if (place.view !== "questions") fields.set("view", place.view);
  if (place.question !== "") fields.set("q", place.question);
  if (place.order !== null) fields.set("order", place.order);
  if (place.reader !== null) fields.set("as", place.reader);
  return `#${fields}`;
}

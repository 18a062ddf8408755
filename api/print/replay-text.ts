import type { ReplayedEntry, RequestReplay } from "../replay-request.ts";

/** A past decision, made again, for a terminal. */
export function replayText({ requestId, agrees, entries }: RequestReplay): string {
  const conclusion = agrees
    ? "The decision comes out as it was recorded."
    : "The decision does not come out as it was recorded.";
  return [`Request ${requestId}`, ...entries.flatMap(entryLines), "", conclusion].join("\n");
}

function entryLines({
  at,
  action,
  login,
  via,
  outcome,
  proof,
  differences,
  sources,
}: ReplayedEntry): readonly string[] {
  const companies = proof.companies
    .map((id) => (id === proof.currentCompany ? `${id} (current)` : String(id)))
    .join(", ");
  return [
    "",
    `${at}  ${action} as ${login} (by ${via}): ${outcome}`,
    `  user       ${proof.principal.userId}, in ${proof.groups.length} groups, companies ${companies}`,
    `  policy     epoch ${proof.epoch}, for ${proof.day}`,
    `  filter     ${proof.filterHash}`,
    ...(sources.length === 0 ? ["  No source was shown."] : sources.map(sourceLine)),
    ...differences.map((difference) => `  differs    ${difference}`),
  ];
}

function sourceLine({ documentId, part, title, key, at, readable, text }: ReplayedEntry["sources"][number]): string {
  const mark = readable === null ? "unknown" : readable ? "readable" : "not readable";
  const now = title === null ? `${documentId}, which is no longer held` : `${title} (${key ?? documentId})`;
  const since =
    text === "unchanged" ? "text unchanged since" : text === "changed" ? "text changed since" : "part gone since";
  return `  ${mark.padEnd(11)}${now}, part “${part}”, checked at ${at}; ${since}`;
}

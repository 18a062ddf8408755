import type { IngestionProgress } from "../../ingest/stages/reading.ts";

const UNITS: Readonly<Record<string, string>> = {
  fetch: "items to look at",
  parse: "files to read",
  ocr: "files to recognise",
  embed: "passages to embed",
};

/** What is still to be done, in words: `1,204 items to look at, 380 passages to embed; about 40 s left`. */
export function progressText({ stages, paused }: IngestionProgress): string {
  const left = stages.filter(({ waiting, active }) => waiting + active > 0);
  if (left.length === 0) return "nothing left to do";
  const counts = left.map(({ queue, unitsLeft }) => `${unitsLeft.toLocaleString("en")} ${UNITS[queue] ?? queue}`);
  return `${counts.join(", ")}${paused ? "; paused" : timeText(left)}`;
}

/** One after the other: they share the processors. */
function timeText(left: IngestionProgress["stages"]): string {
  const seconds = left.reduce((sum, stage) => sum + (stage.secondsLeft ?? Number.NaN), 0);
  if (Number.isNaN(seconds)) return "";
  return `; about ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`} left`;
}

import type { ExplainedStep } from "../../permissions/explained-step.ts";
import type { RecordExplanation } from "../explain-record.ts";
import { wrapped } from "./wrapped.ts";

const WIDTH = 120;
/** Of the column that says yes or no. */
const MARK = 9;

/** Why a reader may or may not see a record, for a terminal: a finding a line, yes or no in front of each that decides. */
export function explanationText({
  login,
  document,
  policyTakenAt,
  day,
  notes,
  user,
  parts,
}: RecordExplanation): string {
  const head = `${document.key}: ${document.title} (${document.kind}, ${document.source})`;
  const under = `as ${login}, by the rules that Odoo had at ${policyTakenAt}, on ${day}`;
  const sections = parts.flatMap(({ model, steps, verdicts }) => {
    if (steps.length === 0) return [];
    const names = verdicts.map(({ part }) => `“${part}”`).join(", ");
    const title = `${verdicts.length === 1 ? "Part" : "Parts"} ${names}, under the rules of ${model}`;
    return ["", title, ...stepLines(steps), ...stepLines(verdicts.flatMap(({ groups }) => groups ?? []))];
  });
  const verdicts = parts.flatMap((group) => group.verdicts);
  return [
    head,
    `  ${under}`,
    ...notes.map((note) => `  ${wrapped(note, 2, WIDTH)}`),
    "",
    "User",
    ...stepLines(user),
    ...sections,
    "",
    "Verdict",
    ...verdicts.map(({ part, readable }) =>
      line(readable, 0, `Part “${part}” is ${readable ? "shown" : "not shown"} to ${login}.`),
    ),
    ...(verdicts.length === 0 ? ["  The document has no parts, so there is nothing to be shown."] : []),
    ...verdicts
      .filter(({ agrees }) => !agrees)
      .map(
        ({ part }) => `The findings on “${part}” do not come to its verdict. The verdict counts; please report this.`,
      ),
  ].join("\n");
}

/** Whether the findings came to the verdict everywhere. */
export function isSound({ parts }: RecordExplanation): boolean {
  return parts.every(({ verdicts }) => verdicts.every(({ agrees }) => agrees));
}

function stepLines(steps: readonly ExplainedStep[], depth = 0): readonly string[] {
  return steps.flatMap(({ holds, sentence, steps: inner }) => [
    line(holds, depth, sentence),
    ...stepLines(inner, depth + 1),
  ]);
}

function line(holds: ExplainedStep["holds"], depth: number, sentence: string): string {
  const mark = holds === null ? "" : holds === "unknown" ? "unknown" : holds ? "yes" : "no";
  const indent = 2 + depth * 2 + MARK;
  return `${" ".repeat(2 + depth * 2)}${mark.padEnd(MARK)}${wrapped(sentence, indent, WIDTH)}`;
}

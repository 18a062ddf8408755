import { type Summary, isAnsweredRightly } from "./summarise.ts";
import type { CaseResult } from "./run-case.ts";

const COLUMNS = [
  ["cases", "cases"],
  ["nDCG@10", "ndcg"],
  ["recall@10", "recall"],
  ["MRR", "meanReciprocalRank"],
  ["answered", "answerRate"],
  ["cited right", "citationCorrectness"],
  ["abstained", "abstention"],
  ["hidden", "abstentionWhenHidden"],
  ["leaks", "leakRate"],
] as const satisfies readonly (readonly [string, keyof Summary])[];

/** The summaries as a table, which is also Markdown. */
export function summaryTable(summaries: ReadonlyMap<string, Summary>): string {
  const rows = [...summaries].map(([name, summary]) => [name, ...COLUMNS.map(([, key]) => cell(key, summary[key]))]);
  const lines = [["", ...COLUMNS.map(([title]) => title)], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const printed = lines.map(
    (line) => `| ${line.map((text, column) => text.padStart(widths[column] ?? 0)).join(" | ")} |`,
  );
  const rule = `|${widths.map((width) => `${"-".repeat(width + 1)}:`).join("|")}|`;
  return [printed[0], rule, ...printed.slice(1)].join("\n");
}

/** What went wrong, worst first: leaks, wrong or missing answers, answers that nothing supports, poor rankings. */
export function worstCases(results: readonly CaseResult[], limit: number): readonly string[] {
  return results
    .map((result) => ({ result, fault: faultOf(result) }))
    .flatMap(({ result, fault }) => (fault === null ? [] : [{ result, ...fault }]))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, limit)
    .map(({ result, text }) => `${result.id} as ${result.login}: ${text}`);
}

function faultOf(result: CaseResult): { readonly weight: number; readonly text: string } | null {
  const [citation] = result.citations;
  const cited = citation === undefined ? "" : ` “${citation.quote.slice(0, 90)}” (${citation.title})`;
  if (result.leaks.length > 0) return { weight: 4, text: `LEAK of ${result.leaks.join(", ")}` };
  if (result.mustAnswer && !result.answered) return { weight: 3, text: "not answered" };
  if (result.mustAnswer && !isAnsweredRightly(result)) return { weight: 3, text: `answered wrongly:${cited}` };
  if (!result.mustAnswer && result.answered) return { weight: 2, text: `answered though nothing does:${cited}` };
  if (result.citations.some(({ correct }) => !correct)) return { weight: 1.5, text: "cites more than what answers" };
  const lost = 1 - (result.ranking?.ndcg ?? 1);
  return lost > 0.2 ? { weight: lost, text: `nDCG@10 ${(1 - lost).toFixed(2)}` } : null;
}

function cell(key: keyof Summary, value: number | null): string {
  if (value === null) return "–";
  return key === "cases" ? String(value) : value.toFixed(3);
}

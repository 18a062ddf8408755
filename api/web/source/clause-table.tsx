import type { VNode } from "preact";
import { CitedText } from "./cited-text.tsx";
import type { Citation, ClauseFinding } from "./contract.ts";
import { Icon, type IconName } from "./icons.tsx";

type Outcome = ClauseFinding["outcome"];

/** In the order in which they matter to a decision. */
const outcomes = {
  fails: { words: "Fails", icon: "cross", tone: "bad" },
  "cannot-tell": { words: "Cannot tell", icon: "question", tone: "open" },
  holds: { words: "Holds", icon: "check", tone: "good" },
  "does-not-apply": { words: "Does not apply", icon: "dash", tone: "quiet" },
} as const satisfies Record<Outcome, { words: string; icon: IconName; tone: string }>;

interface ClauseTableProps {
  readonly clauses: readonly ClauseFinding[];
  readonly citations: readonly Citation[];
}

/** The policy's clauses and what each says about this order. */
export function ClauseTable({ clauses, citations }: ClauseTableProps): VNode | null {
  if (clauses.length === 0) return null;
  return (
    <section class="clauses" aria-labelledby="clauses-title">
      <h2 id="clauses-title">Policy clauses</h2>
      <p class="hint">{counted(clauses)}</p>
      <table aria-labelledby="clauses-title">
        <thead>
          <tr>
            <th scope="col">Clause</th>
            <th scope="col">Outcome</th>
            <th scope="col">Finding</th>
          </tr>
        </thead>
        <tbody>
          {clauses.map((finding) => (
            <tr key={`${finding.policy} ${finding.clause}`} class={`outcome-${finding.outcome}`}>
              <th scope="row">
                <span class="clause-number">{finding.clause}</span>
                <span class="clause-policy">{finding.policy}</span>
              </th>
              <td>
                <OutcomeBadge outcome={finding.outcome} />
              </td>
              <td>
                <CitedText line={finding} citations={citations} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Says it in words and by shape; the colour only helps. */
function OutcomeBadge({ outcome }: { readonly outcome: Outcome }): VNode {
  const { words, icon, tone } = outcomes[outcome];
  return (
    <span class={`badge tone-${tone}`}>
      <Icon name={icon} />
      {words}
    </span>
  );
}

function counted(clauses: readonly ClauseFinding[]): string {
  return (Object.keys(outcomes) as Outcome[])
    .map((outcome) => ({ outcome, count: clauses.filter((finding) => finding.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${plural(outcome, count)}`)
    .join(", ");
}

function plural(outcome: Outcome, count: number): string {
  const one = outcomes[outcome].words.toLowerCase();
  if (count === 1 || outcome === "cannot-tell") return one;
  return one.replace("fails", "fail").replace("holds", "hold").replace("does", "do");
}

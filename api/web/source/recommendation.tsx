import type { ComponentChildren, VNode } from "preact";
import type { Rationale } from "./contract.ts";
import { Icon, type IconName } from "./icons.tsx";

const words = {
  "supports-approval": { title: "Supports approval", icon: "check", tone: "good" },
  "speaks-against-approval": { title: "Speaks against approval", icon: "cross", tone: "bad" },
  "needs-information": { title: "Needs information", icon: "question", tone: "open" },
} as const satisfies Record<Rationale["recommendation"], { title: string; icon: IconName; tone: string }>;

interface RecommendationProps {
  readonly rationale: Rationale;
  /** The summary. */
  readonly children: ComponentChildren;
}

/** What the findings amount to, how far they reach, and whose decision it is. */
export function RecommendationView({ rationale, children }: RecommendationProps): VNode {
  const { title, icon, tone } = words[rationale.recommendation];
  const percent = Math.round(rationale.confidence * 100);
  return (
    <section class={`recommendation tone-${tone}`} aria-label="Recommendation">
      <header>
        <h2>
          <Icon name={icon} />
          {title}
        </h2>
        <p class="confidence">
          <span id="confidence-words">
            {inWords(rationale.confidence)} confidence, {percent} %
          </span>
          <meter min={0} max={1} value={rationale.confidence} aria-labelledby="confidence-words" />
        </p>
      </header>
      <p class="summary">{children}</p>
      <p class="decides">Groundwork prepares; a person decides.</p>
    </section>
  );
}

/** Nine in ten of what was looked for could be decided: high; two in three: medium. */
function inWords(confidence: number): string {
  if (confidence >= 0.9) return "High";
  return confidence >= 0.66 ? "Medium" : "Low";
}

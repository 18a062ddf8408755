import type { ComponentChildren, VNode } from "preact";
import type { ApiProblem } from "./api-problem.ts";
import { Icon } from "./icons.tsx";

/** Something failed: what, and the way out. */
export function ProblemNotice(props: { readonly problem: ApiProblem; readonly onRetry?: () => void }): VNode {
  return (
    <div class="notice notice-problem" role="alert">
      <Icon name="info" />
      <div>
        <p class="notice-title">{props.problem.title}</p>
        <p>{props.problem.message}</p>
        {props.onRetry === undefined ? null : (
          <button type="button" class="button" onClick={props.onRetry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

/** Something that the reader should know and need not act on. */
export function InfoNotice({ children }: { readonly children: ComponentChildren }): VNode {
  return (
    <div class="notice">
      <Icon name="info" />
      <div>{children}</div>
    </div>
  );
}

/** `label` is announced; the lines only show that something comes. */
export function Loading({ label }: { readonly label: string }): VNode {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">{label}</span>
      <span class="loading-line" />
      <span class="loading-line" />
      <span class="loading-line" />
    </div>
  );
}

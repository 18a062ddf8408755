import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { SourceSpan } from "./contract.ts";

export interface OpenSource {
  /** The span in the panel; null while the panel is closed. */
  readonly opened: SourceSpan | null;
  readonly open: (span: SourceSpan) => void;
}

export const OpenSourceContext = createContext<OpenSource>({ opened: null, open: () => {} });

/** Opens the source panel from anywhere below the page. */
export function useOpenSource(): OpenSource {
  return useContext(OpenSourceContext);
}

export function isSameSpan(one: SourceSpan | null, other: SourceSpan): boolean {
  return (
    one !== null &&
    one.documentId === other.documentId &&
    one.part === other.part &&
    one.start === other.start &&
    one.end === other.end
  );
}

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SourceSpan } from "./contract.ts";
import type { OpenSource } from "./open-source.ts";

/** Below this width the panel lies over the page; the style sheet says the same. */
const narrow = "(max-width: 999px)";

export interface Panel extends OpenSource {
  /** The page behind is out of reach while this is true. */
  readonly coversPage: boolean;
  readonly close: () => void;
}

/** The source panel's state. It closes when `subject` changes: another reader may not be allowed to see what it shows. */
export function usePanel(subject: string): Panel {
  const [state, setState] = useState<{ readonly span: SourceSpan; readonly subject: string } | null>(null);
  const isNarrow = useMedia(narrow);
  const opener = useRef<Element | null>(null);
  const opened = state?.subject === subject ? state.span : null;

  const open = useCallback(
    (span: SourceSpan) => {
      opener.current = document.activeElement;
      setState({ span, subject });
    },
    [subject],
  );
  const close = useCallback(() => setState(null), []);

  useEffect(() => {
    if (opened === null) return undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape") close();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [opened]);

  // After the page can be focused again, back to the button that opened the panel.
  useEffect(() => {
    if (opened !== null || opener.current === null) return;
    if (opener.current instanceof HTMLElement && opener.current.isConnected && hasLostFocus()) opener.current.focus();
    opener.current = null;
  }, [opened]);

  return useMemo(() => ({ opened, open, close, coversPage: opened !== null && isNarrow }), [opened, open, isNarrow]);
}

function hasLostFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function useMedia(query: string): boolean {
  const list = useMemo(() => matchMedia(query), [query]);
  const [matches, setMatches] = useState(list.matches);
  useEffect(() => {
    const follow = () => setMatches(list.matches);
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, [list]);
  return matches;
}

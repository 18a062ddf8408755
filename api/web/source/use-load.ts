import { useCallback, useEffect, useState } from "preact/hooks";
import { toProblem, type ApiProblem } from "./api-problem.ts";

export interface Load<Value> {
  readonly phase: "loading" | "ready" | "failed";
  readonly value: Value | null;
  readonly problem: ApiProblem | null;
  readonly retry: () => void;
}

type Outcome<Value> = Omit<Load<Value>, "retry"> & { readonly key: string };

/**
 * Loads when `key` changes and gives up the load before it. What was loaded for another key is never returned, not for a single
 * frame: it may be another reader's.
 */
export function useLoad<Value>(key: string, load: (signal: AbortSignal) => Promise<Value>): Load<Value> {
  const [outcome, setOutcome] = useState<Outcome<Value> | null>(null);
  const [attempt, setAttempt] = useState(0);
  const attemptKey = `${attempt} ${key}`;

  useEffect(() => {
    const loading = new AbortController();
    void (async () => {
      const result = await settled(load(loading.signal));
      if (!loading.signal.aborted) setOutcome({ key: attemptKey, ...result });
    })();
    return () => loading.abort();
  }, [attemptKey]);

  const retry = useCallback(() => setAttempt((before) => before + 1), []);
  if (outcome?.key !== attemptKey) return { phase: "loading", value: null, problem: null, retry };
  return { ...outcome, retry };
}

async function settled<Value>(loading: Promise<Value>): Promise<Omit<Load<Value>, "retry">> {
  try {
    return { phase: "ready", value: await loading, problem: null };
  } catch (thrown) {
    return { phase: "failed", value: null, problem: toProblem(thrown) };
  }
}

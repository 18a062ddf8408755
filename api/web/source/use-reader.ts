import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiClient } from "./api-client.ts";
import { ApiProblem, toProblem } from "./api-problem.ts";
import type { Sample, Session } from "./contract.ts";

export interface Reader {
  readonly client: ApiClient;
  readonly phase: "starting" | "failed" | "ready";
  /** Null when this is no sample install. */
  readonly sample: Sample | null;
  readonly session: Session | null;
  /** Why starting or signing in failed. */
  readonly problem: ApiProblem | null;
  /** Login that is being signed in. */
  readonly switchingTo: string | null;
  readonly signInAs: (login: string) => Promise<void>;
  readonly signInWithKey: (apiKey: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
  readonly start: () => Promise<void>;
}

interface ReaderState {
  readonly phase: Reader["phase"];
  readonly sample: Sample | null;
  readonly session: Session | null;
  readonly problem: ApiProblem | null;
  readonly switchingTo: string | null;
}

const starting: ReaderState = { phase: "starting", sample: null, session: null, problem: null, switchingTo: null };

function signedOut(): ApiProblem {
  return new ApiProblem(401, "You are signed out", "Sign in again to go on; the question stays in the address.");
}

/** Who is reading, and how that changes. */
export function useReader(): Reader {
  const [state, setState] = useState(starting);
  const change = useCallback((part: Partial<ReaderState>) => setState((before) => ({ ...before, ...part })), []);
  const client = useMemo(() => new ApiClient(() => change({ session: null, problem: signedOut() })), []);
  const lastSignIn = useRef<Promise<unknown>>(Promise.resolve());
  const wanted = useRef<string | null>(null);

  const start = useCallback(async () => {
    setState(starting);
    try {
      const [sample, session] = await Promise.all([client.sample(), client.session()]);
      change({ phase: "ready", sample, session });
    } catch (thrown) {
      change({ phase: "failed", problem: toProblem(thrown) });
    }
  }, []);

  const settle = useCallback(async (signingIn: () => Promise<Session | null>) => {
    try {
      change({ session: await signingIn(), problem: null, switchingTo: null });
    } catch (thrown) {
      change({ problem: toProblem(thrown), switchingTo: null });
    }
  }, []);

  // One after the other: the cookie must be that of the last choice, whichever request is answered first.
  const signInAs = useCallback(async (login: string) => {
    wanted.current = login;
    change({ switchingTo: login });
    const before = lastSignIn.current;
    const own = (async () => {
      await before;
      if (wanted.current === login) await settle(() => client.signInAs(login));
    })();
    lastSignIn.current = own;
    await own;
  }, []);

  const signInWithKey = useCallback((apiKey: string) => settle(() => client.signInWithKey(apiKey)), []);
  const signOut = useCallback(
    () =>
      settle(async () => {
        await client.signOut();
        return null;
      }),
    [],
  );

  useEffect(() => void start(), []);
  return { client, ...state, signInAs, signInWithKey, signOut, start };
}

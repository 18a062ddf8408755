import { useCallback, useEffect, useState } from "preact/hooks";
import { readPlace, writePlace, type Place } from "./place.ts";

/** Goes to a changed place; `replace` leaves no step for the back button. */
export type GoTo = (change: Partial<Place>, how?: "push" | "replace") => void;

/** The address as state: follows links and the back button. */
export function usePlace(): readonly [Place, GoTo] {
  const [place, setPlace] = useState(() => readPlace(location.hash));

  useEffect(() => {
    const follow = () => setPlace(readPlace(location.hash));
    addEventListener("hashchange", follow);
    addEventListener("popstate", follow);
    return () => {
      removeEventListener("hashchange", follow);
      removeEventListener("popstate", follow);
    };
  }, []);

  const goTo = useCallback<GoTo>((change, how = "push") => {
    const next = { ...readPlace(location.hash), ...change };
    const hash = writePlace(next);
    if (hash === location.hash) return;
    if (how === "push") history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    setPlace(next);
  }, []);

  return [place, goTo];
}

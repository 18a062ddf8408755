import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Session } from "./contract.ts";
import { Icon, Logo } from "./icons.tsx";
import { writePlace, type Place } from "./place.ts";
import type { Reader } from "./use-reader.ts";

interface TopBarProps {
  readonly reader: Reader;
  readonly session: Session;
  readonly place: Place;
  readonly onSignOut: () => void;
}

/** Name, views and who is reading. */
export function TopBar({ reader, session, place, onSignOut }: TopBarProps): VNode {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => keepHeight(bar.current), []);
  return (
    <header class="top" ref={bar}>
      <div class="top-bar">
        <span class="brand">
          <Logo />
          Groundwork
        </span>
        <nav class="views" aria-label="Views">
          <a
            href={writePlace({ ...place, view: "questions" })}
            aria-current={place.view === "questions" ? "page" : undefined}
          >
            Questions
          </a>
          <a
            href={writePlace({ ...place, view: "approvals", order: null })}
            aria-current={place.view === "approvals" ? "page" : undefined}
          >
            Approvals
          </a>
        </nav>
        <div class="who">
          {reader.sample === null ? (
            <span class="who-name">{session.name}</span>
          ) : (
            <Switcher reader={reader} session={session} />
          )}
          <button type="button" class="button button-quiet" onClick={onSignOut}>
            Sign out
          </button>
        </div>
      </div>
      {reader.sample === null ? null : (
        <p class="sample-notice" role="note">
          {reader.sample.notice}
        </p>
      )}
    </header>
  );
}

/** Tells the style sheet where the source panel may begin. */
function keepHeight(bar: HTMLElement | null): (() => void) | undefined {
  if (bar === null) return undefined;
  const observer = new ResizeObserver(() => {
    document.documentElement.style.setProperty("--top-height", `${bar.offsetHeight}px`);
  });
  observer.observe(bar);
  return () => observer.disconnect();
}

function Switcher({ reader, session }: { readonly reader: Reader; readonly session: Session }): VNode {
  const logins = reader.sample?.logins ?? [];
  return (
    <label class="switcher" aria-busy={reader.switchingTo !== null}>
      <span class="switcher-label">Reading as</span>
      <span class="select">
        <select
          value={reader.switchingTo ?? session.login}
          onChange={(event) => void reader.signInAs(event.currentTarget.value)}
        >
          {logins.some((person) => person.login === session.login) ? null : (
            <option value={session.login}>{session.name}</option>
          )}
          {logins.map((person) => (
            <option key={person.login} value={person.login}>
              {person.name} · {person.role}
            </option>
          ))}
        </select>
        <Icon name="caret" />
      </span>
    </label>
  );
}

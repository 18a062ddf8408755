import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Sample } from "./contract.ts";
import { Logo } from "./icons.tsx";
import { ProblemNotice } from "./notices.tsx";
import type { Reader } from "./use-reader.ts";

/** Who is reading: one of the sample users, or the holder of an API key. */
export function SignIn({ reader }: { readonly reader: Reader }): VNode {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <main class="sign-in">
      <Logo />
      <h1 ref={title} tabIndex={-1}>
        Groundwork
      </h1>
      <p class="lead">Answers you can check, from what you may read.</p>
      {reader.problem === null ? null : <ProblemNotice problem={reader.problem} />}
      {reader.sample === null ? (
        <KeyForm onKey={reader.signInWithKey} />
      ) : (
        <People reader={reader} sample={reader.sample} />
      )}
    </main>
  );
}

function People({ reader, sample }: { readonly reader: Reader; readonly sample: Sample }): VNode {
  return (
    <>
      <p class="sample-notice" role="note">
        {sample.notice}
      </p>
      <h2>Choose who is reading</h2>
      <ul class="people">
        {sample.logins.map((person) => (
          <li key={person.login}>
            <button
              type="button"
              class="person"
              aria-busy={reader.switchingTo === person.login}
              onClick={() => void reader.signInAs(person.login)}
            >
              <span class="person-name">{person.name}</span>
              <span class="person-role">{person.role}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function KeyForm({ onKey }: { readonly onKey: (apiKey: string) => Promise<void> }): VNode {
  const [apiKey, setApiKey] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    if (apiKey.trim() !== "") void onKey(apiKey.trim());
  };
  return (
    <form class="key-form" onSubmit={submit}>
      <label for="api-key">API key</label>
      <input
        id="api-key"
        type="password"
        autocomplete="off"
        spellcheck={false}
        required
        value={apiKey}
        onInput={(event) => setApiKey(event.currentTarget.value)}
        aria-describedby="api-key-hint"
      />
      <p id="api-key-hint" class="hint">
        Kept in this page's memory only, until you close or reload it. Whoever runs Groundwork gives out keys.
      </p>
      <button type="submit" class="button button-main">
        Sign in
      </button>
    </form>
  );
}

import type { VNode } from "preact";

const paths = {
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  cross: "M5.5 5.5l9 9m0-9l-9 9",
  question: "M7.2 7.4c.3-1.7 1.5-2.6 3-2.6 1.7 0 3 1 3 2.6 0 2.2-3 2.3-3 4.6M10.2 15.2v.1",
  dash: "M5 10h10",
  external: "M8 5H5v10h10v-3M11 4.5h4.5V9M15 5l-6 6",
  caret: "M6 8l4 4 4-4",
  back: "M11.5 5l-5 5 5 5",
  info: "M10 2.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15M10 9.3v4.2M10 6.5v.1",
  stop: "M6 6h8v8H6z",
  arrow: "M4 10h12m-5-5l5 5-5 5",
} as const;

export type IconName = keyof typeof paths;

/** Always beside words that say the same. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

export function Logo(): VNode {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M7 23h18M9.5 17.5h13M12 12h8" />
    </svg>
  );
}

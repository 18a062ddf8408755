import { singleLine } from "./normalise-text.ts";

/** Files inside one file that are read. */
export const MOST_ATTACHMENTS = 100;

/** A bare file name: the last segment of a path, without what a file system or a terminal would take for more than a letter. */
export function safeName(raw: string): string {
  const last = singleLine(raw).split(/[/\\]/u).at(-1) ?? "";
  const clean = last
    .replace(/["*:<>?|]/gu, "_")
    .replace(/^\.+/u, "")
    .trim();
  const extension = /\.\w{1,8}$/u.exec(clean)?.[0] ?? "";
  return clean.length <= 120 ? clean : clean.slice(0, 120 - extension.length).toWellFormed() + extension;
}

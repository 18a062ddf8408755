/** What the worker says first: the database is open, or why it is not. */
export type PGliteGreeting = { readonly opened: true } | { readonly opened: false; readonly reason: string };

/** Sent to the worker instead of bytes: close the database and end. */
export const CLOSE = "close";

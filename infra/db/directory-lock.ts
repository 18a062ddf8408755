import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { GroundworkError } from "../errors.ts";

/** Who holds a data directory. */
export interface LockOwner {
  readonly pid: number;
  /** ISO instant. */
  readonly since: string;
  /** What the owner published for other processes, such as the address of its server; null when nothing. */
  readonly payload: unknown;
}

export interface DirectoryLock {
  /** Lets other processes of the same user read `payload`; it may hold secrets, the file is 0600. */
  publish(payload: unknown): void;
  release(): void;
}

/** An SQLite handle that nobody refers to is closed by the garbage collector, and the lock with it: these are referred to until released. */
const held = new Set<DatabaseSync>();

/** How long a start waits for another process that merely looks at the lock. Milliseconds. */
const GLANCE_MS = 200;

/**
 * Takes the data directory for this process, creating it (0700) if need be. An SQLite file's exclusive lock is what holds it: the kernel
 * frees that at the instant the process dies, however it dies, so there is nothing stale to take over or to wait for.
 * Errors: `data-directory-busy`, `configuration` when the directory cannot be written.
 */
export function lockDataDirectory(directory: string): DirectoryLock {
  const handle = open(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  try {
    handle.exec("BEGIN EXCLUSIVE");
    held.add(handle);
  } catch (error) {
    handle.close();
    if (!isBusy(error)) throw unusable(directory, error);
    throw busy(directory);
  }
  const since = new Date().toISOString();
  const publish = (payload: unknown) => {
    const unfinished = `${ownerFile(directory)}.${process.pid}`;
    writeFileSync(unfinished, JSON.stringify({ pid: process.pid, since, payload }), { mode: 0o600 });
    renameSync(unfinished, ownerFile(directory));
  };
  publish(null);
  return {
    publish,
    release() {
      if (!held.delete(handle)) return;
      rmSync(ownerFile(directory), { force: true });
      handle.close();
    },
  };
}

/** The live owner of a data directory, or null when nobody holds it. */
export function readLockOwner(directory: string): LockOwner | null {
  let glance: DatabaseSync;
  try {
    glance = new DatabaseSync(lockFile(directory), { readOnly: true });
  } catch {
    return null;
  }
  try {
    glance.exec("SELECT count(*) FROM sqlite_schema");
    return null;
  } catch (error) {
    return isBusy(error) ? readOwner(directory) : null;
  } finally {
    glance.close();
  }
}

function open(directory: string, prepare: () => void): DatabaseSync {
  try {
    prepare();
    return new DatabaseSync(lockFile(directory), { timeout: GLANCE_MS });
  } catch (cause) {
    throw unusable(directory, cause);
  }
}

function readOwner(directory: string): LockOwner | null {
  try {
    const owner: unknown = JSON.parse(readFileSync(ownerFile(directory), "utf8"));
    if (owner === null || typeof owner !== "object") return null;
    if (!("pid" in owner) || typeof owner.pid !== "number" || !("since" in owner) || typeof owner.since !== "string")
      return null;
    return { pid: owner.pid, since: owner.since, payload: "payload" in owner ? owner.payload : null };
  } catch {
    return null;
  }
}

function busy(directory: string): GroundworkError {
  const owner = readOwner(directory);
  const who = owner === null ? "another process" : `process ${owner.pid} (since ${owner.since})`;
  return new GroundworkError(
    "data-directory-busy",
    `The data directory ${directory} is in use by ${who}. Stop that process, or give this one another directory.`,
    { retryable: true },
  );
}

function unusable(directory: string, cause: unknown): GroundworkError {
  return new GroundworkError(
    "configuration",
    `The data directory ${directory} cannot be used: make sure that it can be created and written.`,
    {
      cause,
    },
  );
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    "errcode" in error &&
    typeof error.errcode === "number" &&
    (error.errcode & 0xff) === SQLITE_BUSY
  );
}

const lockFile = (directory: string) => join(directory, "lock");
const ownerFile = (directory: string) => join(directory, "owner.json");

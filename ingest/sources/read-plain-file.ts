import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { GroundworkError } from "../../infra/errors.ts";

/** `bytes` is null when there are more than the caller takes. */
export interface FileContents {
  readonly size: number;
  readonly bytes: Uint8Array | null;
}

/**
 * The contents of a plain file. Null when there is none any more: it is gone, or something else took its place since it was listed, such
 * as a symbolic link, which is never followed. Throws `unreadable-file`.
 */
export async function readPlainFile(path: string, maximumBytes: number): Promise<FileContents | null> {
  try {
    // Without waiting, for opening a named pipe waits for its other end.
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) return null;
    return { size: stats.size, bytes: stats.size > maximumBytes ? null : await file.readFile() };
  } catch (cause) {
    if (isGone(cause)) return null;
    const message = "The system does not let the file be read. Check its permissions and its disk.";
    throw new GroundworkError("unreadable-file", message, { cause });
  }
}

function isGone(error: unknown): boolean {
  // ELOOP is how a symbolic link is refused.
  return error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR", "ELOOP"].includes(String(error.code));
}

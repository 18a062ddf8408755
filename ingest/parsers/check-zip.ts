import { GroundworkError } from "../../infra/errors.ts";

/** Bytes that a document may unpack to: the libraries hold all of it in memory, several times over. */
const MAXIMUM_UNPACKED = 200 * 1024 * 1024;
const MOST_ENTRIES = 10_000;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const END_LENGTH = 22;

/**
 * Refuses archives that say that they unpack to too much, before anything is unpacked. One that lies is left to the memory limit of the
 * process. Errors: `parser-limit`, `unreadable-file`.
 */
export function checkZip(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  if (end === null)
    throw new GroundworkError(
      "unreadable-file",
      "The document is incomplete. Open it in its program, save it again and upload the copy.",
    );
  const entries = view.getUint16(end + 10, true);
  let offset = view.getUint32(end + 16, true);
  let unpacked = 0;
  for (
    let index = 0;
    index < entries && offset + 46 <= bytes.length && view.getUint32(offset, true) === DIRECTORY_ENTRY;
    index += 1
  ) {
    unpacked += view.getUint32(offset + 24, true);
    offset +=
      46 + view.getUint16(offset + 28, true) + view.getUint16(offset + 30, true) + view.getUint16(offset + 32, true);
  }
  if (unpacked > MAXIMUM_UNPACKED || entries > MOST_ENTRIES) {
    throw new GroundworkError(
      "parser-limit",
      "The document unpacks to more than 200 MB. Split it, or export the part that matters, and upload that.",
    );
  }
}

function findEnd(view: DataView): number | null {
  const earliest = Math.max(0, view.byteLength - END_LENGTH - 0xffff);
  for (let offset = view.byteLength - END_LENGTH; offset >= earliest; offset -= 1) {
    if (view.getUint32(offset, true) === DIRECTORY_END) return offset;
  }
  return null;
}

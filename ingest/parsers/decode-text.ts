/**
 * Decodes text: by byte order mark, else as the charset that the file declares, else UTF-8, else Windows-1252, which every byte fits.
 * An unknown charset counts as undeclared.
 */
export function decodeText(bytes: Uint8Array, declared?: string): string {
  const wide = wideEncoding(bytes);
  if (wide !== null) return new TextDecoder(wide).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decoderFor(declared).decode(bytes);
  }
}

function decoderFor(declared: string | undefined): TextDecoder {
  try {
    return new TextDecoder(declared === undefined || /^utf-?8$/iu.test(declared) ? "windows-1252" : declared);
  } catch {
    return new TextDecoder("windows-1252");
  }
}

const SAMPLE = 1024;

/** UTF-16 by its byte order mark, or because every second byte of Latin text is zero in it; null for anything else. */
export function wideEncoding(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const pairs = Math.floor(Math.min(bytes.length, SAMPLE) / 2);
  let high = 0;
  let low = 0;
  for (let index = 0; index < 2 * pairs; index += 2) {
    if (bytes[index] === 0) high += 1;
    if (bytes[index + 1] === 0) low += 1;
  }
  if (pairs < 2) return null;
  if (low > 0.8 * pairs && high === 0) return "utf-16le";
  return high > 0.8 * pairs && low === 0 ? "utf-16be" : null;
}

/**
 * Decodes text: by byte order mark, else as the charset that the file declares, else UTF-8, else Windows-1252, which every byte fits.
 * An unknown charset counts as undeclared.
 */
export function decodeText(bytes: Uint8Array, declared?: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
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

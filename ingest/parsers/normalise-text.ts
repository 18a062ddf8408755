// Soft hyphen, zero-width space, word joiner and its invisible kin, byte order mark; direction overrides and tag characters, which
// show nothing to a person and can smuggle instructions to a model. Joiners stay: Persian and Indic scripts need them.
const INVISIBLE =
  /[\u00AD\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]/gu;
const LINE_ENDS = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
// oxlint-disable-next-line no-control-regex -- control characters are what this removes
const CONTROLS = /[\u0000-\u0008\u000E-\u001F\u007F-\u009F]/g;
const WIDE_SPACES = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g;

/** What most text is made of and normalises to itself: recognising it is many times faster than five replacements. */
const PLAIN = /^[\n\x20-\x7E]*$/u;

/** NFC, `\n` line ends, plain spaces, no control or invisible characters, no half surrogate pairs. */
export function normaliseText(raw: string): string {
  if (PLAIN.test(raw)) return raw;
  return raw
    .toWellFormed()
    .replace(LINE_ENDS, "\n")
    .replace(CONTROLS, "")
    .replace(INVISIBLE, "")
    .replace(WIDE_SPACES, " ")
    .normalize("NFC");
}

/** One line: normalised, each run of white space a single space. */
export function singleLine(raw: string): string {
  const text = normaliseText(raw);
  if (text.length < 1000 && !/\s\s|[\t\n]/u.test(text)) return text.trim();
  return text.replace(/\s+/g, " ").trim();
}

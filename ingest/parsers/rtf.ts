import { Readable } from "node:stream";
import { Tokenize } from "rtf-stream-parser";
import { GroundworkError } from "../../infra/errors.ts";
import type { Parser } from "./port.ts";
import { addPlainText } from "./text.ts";
import { TextBuilder } from "./text-builder.ts";

/** Destinations whose text is no part of the document (RTF 1.9.1). */
const SILENT = new Set(
  (
    "fonttbl colortbl stylesheet info pict object header headerf headerl headerr footer footerf footerl footerr listtable listoverridetable " +
    "revtbl rsidtbl generator themedata colorschememapping latentstyles datastore fldinst xmlnstbl mmathPr filetbl template annotation atnid atnauthor"
  ).split(" "),
);
const SIGNS: Readonly<Record<string, string>> = {
  par: "\n",
  line: "\n",
  row: "\n",
  sect: "\n\n",
  page: "\n\n",
  tab: "\t",
  cell: " | ",
  emdash: "—",
  endash: "–",
  lquote: "‘",
  rquote: "’",
  ldblquote: "“",
  rdblquote: "”",
  bullet: "•",
  "~": " ",
  _: "-",
};
const CODE_PAGES: Readonly<Record<number, string>> = {
  932: "shift_jis",
  936: "gbk",
  949: "euc-kr",
  950: "big5",
  65001: "utf-8",
};
const DEEPEST = 1000;

interface Group {
  isSilent: boolean;
  isHidden: boolean;
  /** Characters that stand in for one of Unicode, for old programs. */
  skips: number;
}

/** Rich text: its paragraphs, rows of tables with "|" between cells. Formatting, pictures, objects and hidden text are left out. */
export const rtfParser: Parser = {
  parse: async (bytes) => {
    const builder = new TextBuilder();
    addPlainText(builder, await rtfText(bytes));
    return builder.build();
  },
};

async function rtfText(bytes: Uint8Array): Promise<string> {
  const reader = new RtfReader();
  try {
    for await (const token of Readable.from([Buffer.from(bytes)]).pipe(new Tokenize())) reader.read(token as Token);
  } catch (cause) {
    if (cause instanceof GroundworkError) throw cause;
    throw new GroundworkError(
      "unreadable-file",
      "The rich text is damaged. Open it in a word processor, save it again and upload the copy.",
      { cause },
    );
  }
  return reader.finish();
}

/** Type 0 opens a group, 1 closes it, 2 is a control word, 3 text. */
interface Token {
  readonly type: number;
  readonly word?: string;
  readonly param?: number;
  readonly data?: Buffer;
}

class RtfReader {
  readonly #pieces: string[] = [];
  readonly #groups: Group[] = [{ isSilent: false, isHidden: false, skips: 1 }];
  #bytes: Buffer[] = [];
  #codePage = 1252;
  #pending = 0;

  read(token: Token): void {
    const group = this.#groups.at(-1);
    if (token.type === 0) this.#open();
    else if (token.type === 1) {
      this.#flush();
      if (this.#groups.length > 1) this.#groups.pop();
    } else if (group === undefined || group.isSilent) return;
    else if (token.data !== undefined && (token.type === 3 || token.word === "'")) this.#add(token.data, group);
    else if (token.type === 2) this.#control(token.word ?? "", token.param, group);
  }

  finish(): string {
    this.#flush();
    // Each cell ends with its mark, also the last of a row.
    return this.#pieces.join("").replaceAll(/ \| *(?=\n|$)/gu, "");
  }

  #open(): void {
    this.#flush();
    if (this.#groups.length > DEEPEST)
      throw new GroundworkError(
        "parser-limit",
        "The file nests its groups too deeply to be read. Save it again from a word processor.",
      );
    const group = this.#groups.at(-1);
    this.#groups.push({ isSilent: false, isHidden: false, skips: 1, ...group });
  }

  #control(word: string, parameter: number | undefined, group: Group): void {
    if (word === "u" && parameter !== undefined) {
      this.#flush();
      if (!group.isHidden) this.#pieces.push(String.fromCharCode(parameter & 0xffff));
      this.#pending = group.skips;
      return;
    }
    if (word === "*" || SILENT.has(word)) group.isSilent = true;
    else if (word === "ansicpg" && parameter !== undefined) this.#codePage = parameter;
    else if (word === "uc") group.skips = parameter ?? 1;
    else if (word === "v") group.isHidden = parameter !== 0;
    else if (word === "plain") group.isHidden = false;
    const sign = SIGNS[word] ?? (word === "{" || word === "}" || word === "\\" ? word : undefined);
    if (sign === undefined) return;
    this.#flush();
    if (!group.isHidden) this.#pieces.push(sign);
  }

  #add(data: Buffer, group: Group): void {
    const skipped = Math.min(this.#pending, data.length);
    this.#pending -= skipped;
    if (!group.isHidden && skipped < data.length) this.#bytes.push(data.subarray(skipped));
  }

  /** Bytes become text together: a character of several bytes is written as several. */
  #flush(): void {
    if (this.#bytes.length === 0) return;
    const name = CODE_PAGES[this.#codePage] ?? `windows-${this.#codePage}`;
    this.#pieces.push(decoderFor(name).decode(Buffer.concat(this.#bytes)));
    this.#bytes = [];
  }
}

function decoderFor(name: string): TextDecoder {
  try {
    return new TextDecoder(name);
  } catch {
    return new TextDecoder("windows-1252");
  }
}

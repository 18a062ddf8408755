import { type AddressObject, type Attachment, type ParsedMail, simpleParser } from "mailparser";
import { GroundworkError } from "../../infra/errors.ts";
import { addHtml } from "./html-blocks.ts";
import { singleLine } from "./normalise-text.ts";
import type { ParsedAttachment, Parser } from "./port.ts";
import { MOST_ATTACHMENTS, safeName } from "./safe-name.ts";
import { TextBuilder } from "./text-builder.ts";
import { addPlainText } from "./text.ts";

/** An e-mail: who, to whom, when and about what, then its text with all that it quotes. Attachments are returned unread. */
export const emlParser: Parser = {
  parse: async (bytes) => {
    const mail = await parseMail(bytes);
    const builder = new TextBuilder();
    for (const [label, value] of headersOf(mail)) builder.add("list-item", `${label}: ${value}`);
    if (mail.text !== undefined && mail.text.trim() !== "") addPlainText(builder, mail.text);
    else if (typeof mail.html === "string") addHtml(builder, mail.html);
    const attachments = mail.attachments.filter(({ related, content }) => !related && content.length > 0);
    return builder.build({
      title: mail.subject,
      kind: "e-mail",
      attachments: attachments.slice(0, MOST_ATTACHMENTS).map(safeAttachment),
      warnings:
        attachments.length > MOST_ATTACHMENTS ? [`Only the first ${MOST_ATTACHMENTS} attachments are read.`] : [],
    });
  },
};

async function parseMail(bytes: Uint8Array): Promise<ParsedMail> {
  try {
    return await simpleParser(Buffer.from(bytes), {
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipTextLinks: true,
      skipImageLinks: true,
    });
  } catch (cause) {
    throw new GroundworkError(
      "unreadable-file",
      "The e-mail is damaged. Save it again as .eml from the mail program and upload the copy.",
      { cause },
    );
  }
}

function headersOf(mail: ParsedMail): (readonly [string, string])[] {
  const headers = [
    ["From", addresses(mail.from)],
    ["To", addresses(mail.to)],
    ["Cc", addresses(mail.cc)],
    [
      "Date",
      mail.date === undefined || Number.isNaN(mail.date.getTime())
        ? ""
        : mail.date.toISOString().slice(0, 16).replace("T", " ") + " UTC",
    ],
    ["Subject", singleLine(mail.subject ?? "")],
  ] as const;
  return headers.filter(([, value]) => value !== "");
}

function addresses(field: AddressObject | readonly AddressObject[] | undefined): string {
  const list = field === undefined ? [] : "value" in field ? [field] : field;
  return list.map(({ text }) => singleLine(text)).join(", ");
}

function safeAttachment({ filename, content }: Attachment, index: number): ParsedAttachment {
  return { name: safeName(filename ?? "") || `attachment-${index + 1}`, bytes: Uint8Array.from(content) };
}

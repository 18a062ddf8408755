import { Parser as MarkupParser } from "htmlparser2";
import { GroundworkError } from "../../infra/errors.ts";

/** An element with its prefix in its name, as office programs always write it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements and pieces of text, in order. */
  readonly content: readonly (XmlElement | string)[];
}

/** No office program nests its elements nearly so deeply; readers of trees go down by recursion. */
const DEEPEST = 400;

/**
 * The root element of an XML text. Document types and entities of the text's own are never expanded, so that nothing is fetched and
 * nothing multiplies. Errors: `parser-limit`, `unreadable-file` when there is no element.
 */
export function readXml(xml: string): XmlElement {
  const roots: (XmlElement | string)[] = [];
  const open: { content: (XmlElement | string)[] }[] = [{ content: roots }];
  const parser = new MarkupParser(
    {
      onopentag: (name, attributes) => {
        if (open.length > DEEPEST) {
          throw new GroundworkError(
            "parser-limit",
            "The file nests its elements too deeply to be read. Save it again from the program that it comes from.",
          );
        }
        const element = { name, attributes, content: [] };
        open.at(-1)?.content.push(element);
        open.push(element);
      },
      onclosetag: () => void open.pop(),
      ontext: (text) => {
        if (open.length > 1) open.at(-1)?.content.push(text);
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(xml);
  parser.end();
  const root = roots.find((node) => typeof node !== "string");
  if (root === undefined) {
    throw new GroundworkError(
      "unreadable-file",
      "A part of the document is missing or damaged. Open it in its program, save it again and upload the copy.",
    );
  }
  return root;
}

export function childrenOf(element: XmlElement): readonly XmlElement[] {
  return element.content.filter((child) => typeof child !== "string");
}

/** The first element along a path of names below this one. */
export function findPath(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  let found = element;
  for (const name of names) found = found && childrenOf(found).find((child) => child.name === name);
  return found;
}

/** All elements of that name below this one, in the order of the text. */
export function findAll(element: XmlElement, name: string): readonly XmlElement[] {
  return childrenOf(element).flatMap((child) => [...(child.name === name ? [child] : []), ...findAll(child, name)]);
}

/** The element's own text and that of all below it. */
export function textOf(element: XmlElement | undefined): string {
  if (element === undefined) return "";
  return element.content.map((child) => (typeof child === "string" ? child : textOf(child))).join("");
}

import { addTable } from "./add-table.ts";
import type { TextBuilder } from "./text-builder.ts";
import { findAll, findPath, textOf, type XmlElement } from "./xml-tree.ts";

/** Adds the values that a chart was last drawn with (DrawingML) as a table: its categories as rows, its series as columns. */
export function addChart(builder: TextBuilder, space: XmlElement, page: number | null): void {
  const title = findPath(space, "c:chart", "c:title");
  if (title !== undefined) builder.add("paragraph", findAll(title, "a:t").map(textOf).join(""), { page });
  const series = findAll(space, "c:ser");
  const categories = series.map((one) => pointsOf(findPath(one, "c:cat") ?? findPath(one, "c:xVal")));
  const values = series.map((one) => pointsOf(findPath(one, "c:val") ?? findPath(one, "c:yVal")));
  const names = series.map((one, index) => pointsOf(findPath(one, "c:tx"))[0] ?? `Series ${index + 1}`);
  const length = Math.max(0, ...values.map(({ length: count }) => count));
  const rows = Array.from({ length }, (_, row) => [
    categories[0]?.[row] ?? "",
    ...values.map((points) => points[row] ?? ""),
  ]);
  if (rows.length > 0) addTable(builder, { header: ["", ...names], rows, page });
}

function pointsOf(source: XmlElement | undefined): readonly string[] {
  return source === undefined ? [] : findAll(source, "c:pt").map((point) => textOf(findPath(point, "c:v")));
}

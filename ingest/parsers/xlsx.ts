import ExcelJs from "exceljs";
import JsZip from "jszip";
import { GroundworkError } from "../../infra/errors.ts";
import { addTable } from "./add-table.ts";
import { cellText } from "./cell-text.ts";
import { checkZip } from "./check-zip.ts";
import type { Parser } from "./port.ts";
import { TextBuilder } from "./text-builder.ts";

const MOST_ROWS = 50_000;
const MOST_COLUMNS = 256;

/** Each sheet under its name as heading, each row as "Column: value; …". Formulas count with the result that was saved with them. */
export const xlsxParser: Parser = {
  parse: async (bytes) => {
    checkZip(bytes);
    const workbook = await load(bytes);
    const builder = new TextBuilder();
    let remaining = MOST_ROWS;
    for (const sheet of workbook.worksheets) {
      const tables = tablesOf(sheet, remaining);
      if (tables.length === 0) continue;
      builder.add("heading", sheet.name, { level: 1 });
      for (const rows of tables) {
        remaining -= rows.length;
        addTable(builder, { header: null, rows });
      }
    }
    return builder.build({ title: workbook.title });
  },
};

async function load(bytes: Uint8Array): Promise<ExcelJs.Workbook> {
  try {
    const workbook = new ExcelJs.Workbook();
    // Without drawings, which exceljs stumbles over and which hold no cells. Those in VML belong to comments, and it needs them.
    const archive = await JsZip.loadAsync(bytes);
    for (const { name } of archive.file(/^xl\/drawings\/(?:_rels\/)?drawing\d+\.xml/u)) archive.remove(name);
    const lean = await archive.generateAsync({ type: "arraybuffer", compression: "STORE" });
    await workbook.xlsx.load(lean, {
      ignoreNodes: ["drawing", "picture", "legacyDrawing", "dataValidations", "conditionalFormatting", "extLst"],
    });
    return workbook;
  } catch (cause) {
    throw new GroundworkError(
      "unreadable-file",
      "The workbook is damaged. Open it in a spreadsheet program, save it again as .xlsx and upload the copy.",
      { cause },
    );
  }
}

/** The rows of a sheet, parted where rows are empty and after lines of a single cell, which are titles and notes. */
function tablesOf(sheet: ExcelJs.Worksheet, mostRows: number): string[][][] {
  const tables: string[][][] = [];
  let lastRow = 0;
  let count = 0;
  let isTable = false;
  sheet.eachRow((row, number) => {
    const cells = cellsOf(row);
    const filled = cells.filter((cell) => cell !== "").length;
    if (filled === 0) return;
    count += 1;
    if (count > mostRows) {
      throw new GroundworkError(
        "parser-limit",
        "The workbook has more than 50,000 rows. Export the part that matters and upload that.",
      );
    }
    const table = tables.at(-1);
    const continues = table !== undefined && number === lastRow + 1 && (isTable || filled === 1);
    if (continues) table.push(cells);
    else tables.push([cells]);
    isTable = filled > 1;
    lastRow = number;
  });
  return tables.map(sameWidth);
}

function cellsOf(row: ExcelJs.Row): string[] {
  const cells: string[] = [];
  row.eachCell({ includeEmpty: false }, (cell, column) => {
    // A merged cell gives its value again for each cell that it covers.
    if (column <= MOST_COLUMNS && (!cell.isMerged || cell.master === cell))
      cells[column - 1] = cellText(cell.value, cell.numFmt);
  });
  return Array.from(cells, (cell) => cell ?? "");
}

function sameWidth(rows: readonly string[][]): string[][] {
  const width = Math.max(...rows.map((row) => row.length));
  const first = Math.min(...rows.map((row) => row.findIndex((cell) => cell !== "")));
  return rows.map((row) => Array.from({ length: width - first }, (_, column) => row[first + column] ?? ""));
}

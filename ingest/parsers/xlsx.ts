import ExcelJs from "exceljs";
import JsZip from "jszip";
import { GroundworkError } from "../../infra/errors.ts";
import { addTable } from "./add-table.ts";
import { cellText } from "./cell-text.ts";
import { checkZip } from "./check-zip.ts";
import type { Parser } from "./port.ts";
import { type SheetRow, splitTables } from "./split-tables.ts";
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
      const tables = splitTables(rowsOf(sheet, remaining));
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

function rowsOf(sheet: ExcelJs.Worksheet, mostRows: number): readonly SheetRow[] {
  const rows: SheetRow[] = [];
  sheet.eachRow((row, number) => {
    const cells = cellsOf(row);
    if (cells.every((cell) => cell === "")) return;
    rows.push({ number, cells });
    if (rows.length > mostRows) {
      throw new GroundworkError(
        "parser-limit",
        "The workbook has more than 50,000 rows. Export the part that matters and upload that.",
      );
    }
  });
  return rows;
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

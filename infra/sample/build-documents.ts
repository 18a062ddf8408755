/**
 * Writes the PDF, DOCX and XLSX files of the sample company into `documents/`.
 *
 * `node infra/sample/build-documents.ts` writes all but the scanned agreement, the same bytes each time.
 * `node infra/sample/build-documents.ts --scan` makes the scan anew: it typesets the pages, has `pdftoppm`
 * (Debian: poppler-utils, fonts-liberation) draw them at 200 dpi, then skews, speckles and coarsens them
 * here and puts nothing but the pictures into the PDF. Its bytes depend on the installed fonts.
 *
 * The texts are invented; `README.md` beside this file holds the facts that they must agree with.
 */
/* oxlint-disable max-lines -- half of the file is the text of nine documents */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { mock } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { Document, HeadingLevel, Packer, Paragraph, Table, TableCell, TableRow, WidthType } from "docx";
// oxlint-disable-next-line no-restricted-imports -- writes a price list, reads no foreign file
import ExcelJS from "exceljs";
import PdfKit from "pdfkit";

const documents = join(import.meta.dirname, "documents");

/** The clock of the generated files: PDF, DOCX and XLSX all store when they were made. */
const builtAt = new Date("2026-11-20T09:00:00Z");

const voltaris = `
# Supplier Agreement SA-2025-014

Between Harbourline Supply Inc., 1400 Wharf Road, Baltimore, Maryland ("Harbourline"), for itself and for its branch Harbourline Gulf Coast, and Voltaris Components, 88 Foundry Lane, Akron, Ohio ("the Supplier").

In force from 1 February 2025 (2025-02-01) to 31 January 2027 (2027-01-31).

## 1 Scope

1.1 The Supplier sells and Harbourline buys cable, connectors, breakers, enclosures and conduit as listed in Schedule A. Other goods of the Supplier may be ordered at the price quoted in writing.

1.2 The agreement applies to each purchase order that Harbourline Supply Inc. or Harbourline Gulf Coast places while it is in force. It does not apply to Harbourline Nordic AB.

1.3 General terms of either party, printed on quotes, orders or bills, do not apply, even where nobody objects to them.

1.4 Harbourline does not promise to buy any quantity. It sends a forecast for the next three months on the first working day of each quarter.

## 2 Orders

2.1 Harbourline orders in writing. The Supplier confirms quantity, price and delivery date within two working days; an order that is not refused in that time counts as confirmed.

2.2 Harbourline may change or cancel an order free of charge up to five working days before the confirmed date, except cable that is cut to length.

2.3 Named contacts are Vera Stanton for the Supplier and Petra Alvarez for Harbourline.

## 3 Prices

3.1 The unit prices in Schedule A are in US dollars, without sales tax, with packing and with freight paid to the docks in Baltimore and Mobile for orders of 750 USD or more.

3.2 Below 750 USD the Supplier may add 45 USD of freight to an order.

3.3 Reels and spools are not returned and not charged.

## 4 Price changes

4.1 The prices in Schedule A are fixed until the agreement ends.

4.2 A unit price that is more than 2 % above the price in Schedule A is valid only with the written consent of Harbourline's purchase manager, given before the order is confirmed. Without this consent Harbourline owes the price in Schedule A.

4.3 Up to 2 % the Supplier may raise a price once in each calendar year, with 60 days' written notice and the evidence of its cost.

4.4 When the monthly average of the COMEX copper price moves by more than 15 % against that of January 2025, either party may ask for talks on the prices of cable. Until they agree, Schedule A stays in force.

4.5 When the Supplier sells the same goods in like quantities to another distributor in Maryland or Alabama at a lower price, Harbourline gets that price from the next order on.

## 5 Delivery and lead times

5.1 The lead time from the order is 7 calendar days for breakers and connectors, 14 for cable and conduit, and 21 for enclosures.

5.2 A delivery is on time when it arrives on or before the confirmed date. Part deliveries need consent.

5.3 When a delivery is more than five working days late, Harbourline may cancel the late part, or take a rebate of 1 % of its value for each full week, up to 5 %.

5.4 The Supplier keeps a safety stock of 300 spools of VOL-CB-10 and 400 spools of VOL-CB-12 for Harbourline.

5.5 Risk passes when the goods are unloaded. Shortages are claimed within ten working days, hidden ones within thirty.

## 6 Payment

6.1 Bills are paid net 45 days after the receipt of the goods or of the bill, whichever is later.

6.2 For payment within 10 days Harbourline deducts 1.5 %.

6.3 No prepayment is asked for.

6.4 Late payment bears interest of 0.5 % a month after a reminder of ten days.

## 7 Quality and warranty

7.1 The goods carry the UL listing that the catalogue names and come with the lot number on each carton.

7.2 The warranty is 24 months from delivery, and 60 months for breakers. The Supplier repairs, replaces or refunds, at Harbourline's choice, and pays for the return.

7.3 Goods that were ordered too much are taken back within 30 days, unopened, for a restocking fee of 15 %.

7.4 When three lots in twelve months fail, the Supplier has its process audited at its own cost.

## 8 Liability and insurance

8.1 Each party's liability is limited to 500,000 USD a year, except for injury, wilful acts and recalls.

8.2 The Supplier bears the cost of a recall that it or an authority orders, with the work of Harbourline's customers at cost.

8.3 The Supplier keeps product liability insurance of at least 2,000,000 USD for each event.

## 9 Confidentiality

9.1 Prices and forecasts are confidential for three years after the agreement ends. The Supplier sees its own agreement and orders in Harbourline's portal, and nothing else.

## 10 Term and termination

10.1 The agreement ends on 31 January 2027 without notice. It is renewed only in writing; the parties begin talks 120 days before.

10.2 Either party may end it with 90 days' notice in writing.

10.3 Either party may end it at once when the other is insolvent, or when a serious breach is not cured within 30 days of a warning. A competitor's taking control of a party is such a reason.

10.4 Orders that were confirmed before the end are carried out under the agreement.

## 11 Law

11.1 The law of Maryland applies. The courts of Baltimore decide, after 30 days of talks between the managing directors.

---

# Schedule A: agreed unit prices

| SKU | Description | Unit | Minimum quantity | Agreed price USD |
| VOL-CB-10 | THHN copper cable 10 AWG, 250 ft | spool | 20 | 84.00 |
| VOL-CB-12 | THHN copper cable 12 AWG, 250 ft | spool | 20 | 62.50 |
| VOL-CB-14 | THHN copper cable 14 AWG, 250 ft | spool | 20 | 48.20 |
| VOL-BR-20 | Circuit breaker 20 A | piece | 50 | 11.40 |
| VOL-BR-30 | Circuit breaker 30 A | piece | 50 | 14.10 |
| VOL-BR-60 | Circuit breaker 60 A | piece | 20 | 31.00 |
| VOL-CN-05 | Push-in connectors, box of 100 | box | 10 | 18.75 |
| VOL-CN-10 | Terminal blocks, pack of 10 | pack | 10 | 22.40 |
| VOL-EN-01 | Steel enclosure 12 x 12 x 6 in | piece | 5 | 96.00 |
| VOL-CT-25 | Conduit 25 mm, 10 ft | length | 100 | 3.15 |

A.1 The prices hold for the whole term, for any quantity from the minimum quantity on. Below the minimum quantity a line costs 5 % more.

Signed in Baltimore on 17 January 2025

Petra Alvarez, purchase manager, and Fiona Castellanos, finance director, for Harbourline Supply Inc.

Vera Stanton, sales director, for Voltaris Components
`;

const brightline = `
# Supplier Agreement SA-2024-031

Between Harbourline Supply Inc., Baltimore, Maryland ("Harbourline") and Brightline Lighting, Columbus, Ohio ("the Supplier"). In force from 1 July 2024 (2024-07-01) to 31 December 2026 (2026-12-31).

## 1 Scope

1.1 The Supplier sells LED fixtures, panels, drivers and exit signs to Harbourline as listed in section 2.

1.2 Each purchase order of Harbourline Supply Inc. falls under this agreement. General terms of either party do not apply.

## 2 Agreed unit prices

| SKU | Description | Lead time | Agreed price USD |
| BRL-HB-150 | LED high bay 150 W | 21 days | 128.00 |
| BRL-PN-40 | LED panel 40 W | 14 days | 39.50 |
| BRL-DR-60 | LED driver 60 W | 14 days | 21.00 |
| BRL-EX-01 | LED exit sign | 10 days | 33.00 |

2.1 The prices are fixed until 30 June 2025. After that the Supplier may raise a price by at most 3 % a year, with 45 days' written notice.

2.2 Freight is paid by the Supplier for orders of 2,500 USD or more.

## 3 Payment

3.1 Bills are paid net 30 days after the receipt of the goods.

3.2 For a single order above 25,000 USD the Supplier may ask for a prepayment of at most 20 %.

## 4 Delivery and penalty

4.1 The Supplier confirms a delivery date within three working days. The lead times of section 2 count from the order.

4.2 The Supplier reports a delay as soon as it knows of it, with a new date.

4.3 For each full week that a delivery is late, Harbourline may claim a penalty of 1.5 % of the value of the late goods, up to 6 % of that value. The penalty is settled by debit note.

4.4 When goods are more than two weeks late, the Supplier pays for express freight if Harbourline asks for it.

4.5 When goods are more than six weeks late, Harbourline may cancel them and buy elsewhere.

## 5 Warranty

5.1 The warranty is 60 months for fixtures and panels and 36 months for drivers, from delivery.

5.2 Faulty goods are replaced within 10 working days. The Supplier pays the freight both ways.

5.3 When more than 3 % of a lot fails within twelve months, the Supplier takes back the whole lot.

## 6 Liability

6.1 Liability is limited to 250,000 USD a year, except for injury and wilful acts. The penalty of clause 4.3 counts towards it.

## 7 Term and termination

7.1 The agreement ends on 31 December 2026. It may be renewed in writing for one year.

7.2 Harbourline may end it with 30 days' notice when less than 70 % of the deliveries of two quarters in a row were on time. Otherwise either party may end it with 90 days' notice.

7.3 The law of Ohio applies.

Columbus, 12 June 2024

Noor Haddad, for Brightline Lighting

Petra Alvarez, for Harbourline Supply Inc.
`;

const kestrel = `
# Supplier Agreement SA-2026-003

Between Harbourline Supply Inc., Baltimore, Maryland ("Harbourline") and Kestrel Fasteners, Dayton, Ohio ("the Supplier"). In force from 1 January 2026 (2026-01-01) to 31 December 2027 (2027-12-31).

## 1 Scope

1.1 The Supplier sells anchors, bolts and brackets to Harbourline Supply Inc. at the prices of section 2.

1.2 The minimum order is 1,500 USD. A smaller order is accepted with a surcharge of 60 USD.

## 2 Agreed unit prices

| SKU | Description | Unit | Agreed price USD |
| KES-AN-08 | Wedge anchor M8 | box of 100 | 27.50 |
| KES-AN-12 | Wedge anchor M12 | box of 100 | 41.00 |
| KES-BR-L2 | L bracket 2 in, zinc plated | piece | 1.90 |
| KES-HX-10 | Hex bolt M10 x 60 | box of 50 | 19.80 |

2.1 The prices are fixed until 31 December 2026. For 2027 they follow the producer price index for bolts and nuts, by at most 4 %.

2.2 From yearly purchases of 60,000 USD on, Harbourline gets a bonus of 2 %, paid each February as a credit note.

## 3 Delivery

3.1 The lead time is 10 calendar days. Orders that arrive by 11:00 may be collected in Dayton the next day.

3.2 Freight is paid by the Supplier for each order that reaches the minimum order.

3.3 The Supplier announces each delivery one working day before, with the number of pallets.

## 4 Payment

4.1 Bills are paid net 60 days after the receipt of the bill. There is no discount for early payment.

## 5 Quality and warranty

5.1 Anchors come with the test report of the lot and their ETA or ICC-ES number. Goods without papers may be refused.

5.2 The warranty is 36 months from delivery.

5.3 Full boxes that were ordered too much are taken back for a restocking fee of 10 %.

## 6 Liability

6.1 Liability is limited to 300,000 USD a year, except for injury, wilful acts and recalls.

## 7 Term and termination

7.1 The agreement ends on 31 December 2027. Either party may end it with 60 days' notice to the end of a quarter.

7.2 The law of Maryland applies.

Signed on 8 December 2025 by Petra Alvarez for Harbourline Supply Inc. and by Ruth Okonjo for Kestrel Fasteners.
`;

const polar = `
# Supplier Agreement SA-2023-008

Between Harbourline Supply Inc., Baltimore, Maryland ("Harbourline") and Polar HVAC Parts, Buffalo, New York ("the Supplier"). In force from 1 July 2023 (2023-07-01) to 30 June 2026 (2026-06-30).

## 1 Scope

1.1 The Supplier sells compressors, fan motors, filters and thermostats to Harbourline Supply Inc.

## 2 Agreed unit prices

| SKU | Description | Minimum quantity | Agreed price USD |
| POL-CP-24 | Scroll compressor 24k BTU | 4 | 412.00 |
| POL-FM-16 | Condenser fan motor, 1/6 hp | 10 | 133.00 |
| POL-TH-01 | Programmable thermostat | 20 | 58.00 |
| POL-FL-20 | Pleated filter 20 x 20 in | 100 | 6.40 |

2.1 The prices are fixed while the agreement is in force. They bind nobody after its end.

## 3 Delivery

3.1 The lead time is 28 calendar days for compressors and 12 for all other goods.

3.2 The Supplier aims at 90 % of deliveries on time. There is no penalty; the parties meet when a quarter is below 80 %.

3.3 Compressors travel upright. A tripped tilt indicator is a reason to refuse the goods.

## 4 Payment

4.1 Bills are paid net 30 days after the receipt of the goods, with 1 % for payment within 10 days.

## 5 Warranty

5.1 The warranty is 60 months for compressors, 24 months for motors and thermostats, and none for filters after installation.

5.2 The core deposit is 35 USD for a compressor. It is paid back when the old one arrives within 60 days.

## 6 Liability

6.1 Liability is limited to 200,000 USD a year, except for injury and wilful acts.

## 7 Term

7.1 The agreement ends on 30 June 2026. It is not renewed by silence, nor by orders that are placed and delivered after that day. A renewal needs the signatures of both parties.

7.2 Either party may end it with 90 days' notice.

7.3 The law of New York applies.

Signed on 9 June 2023 by Petra Alvarez for Harbourline Supply Inc. and by Grant Ellery for Polar HVAC Parts.
`;

const nordkabel = `
# Supplier Agreement SA-2025-N02

Between Harbourline Nordic AB, Gothenburg ("Harbourline Nordic") and Nordkabel AB, Falun ("the Supplier"). In force from 1 March 2025 (2025-03-01) to 28 February 2027 (2027-02-28).

## 1 Scope

1.1 The Supplier sells installation cable and cable ducts to Harbourline Nordic AB. The agreement does not apply to Harbourline Supply Inc. or to its branch.

## 2 Agreed unit prices

| SKU | Description | Unit | Agreed price EUR |
| NKB-EKK-15 | Installation cable EKK 1.5 mm², 100 m | ring | 38.00 |
| NKB-EKK-25 | Installation cable EKK 2.5 mm², 100 m | ring | 59.00 |
| NKB-RK-16 | Single conductor RK 16 mm², 50 m | ring | 112.00 |

2.1 The prices are in euro, without value added tax, and hold at a copper price of 8,900 EUR a tonne (LME, average of the month before the order).

2.2 When that average differs by more than 8 %, the price of a ring changes by 0.6 % for each full percent beyond. The change is a line of its own on the order and on the bill.

## 3 Delivery

3.1 Delivered at place (DAP) Gothenburg, Incoterms 2020. The lead time is 14 calendar days.

3.2 For a delay of more than five working days the Supplier owes 1 % of the late goods for each full week, up to 8 %.

3.3 Drums carry a deposit of 65 EUR each, paid back when they return within 12 months.

## 4 Payment

4.1 Bills are paid net 30 days after the date of the bill. Interest for late payment follows the Swedish Interest Act.

## 5 Warranty and liability

5.1 The warranty is 24 months. Cables carry the CE mark and at least fire class Dca.

5.2 Liability is limited to 150,000 EUR a year, except for gross negligence.

## 6 Term and termination

6.1 The agreement ends on 28 February 2027 and goes on for 12 months at a time unless one party ends it with three months' notice in writing.

6.2 Swedish law applies. Disputes are settled by expedited arbitration in Stockholm.

Signed in Gothenburg on 14 February 2025 by Cleo Marchetti for Harbourline Nordic AB and by Maja Sandell for Nordkabel AB.
`;

const tidewater = `
# Freight Terms TDW-FT-2025

Between Harbourline Supply Inc. and its branch Harbourline Gulf Coast ("Harbourline") and Tidewater Logistics, Norfolk, Virginia ("the Carrier"). In force from 1 June 2025 (2025-06-01) to 31 May 2027 (2027-05-31).

## 1 Services

1.1 The Carrier moves pallets between Baltimore, Mobile and Harbourline's customers and suppliers in twelve eastern and southern states.

1.2 Pickups are booked by 13:00 for the same day. The Carrier sends the tracking number within one hour.

## 2 Rates

| Lane | Rate per pallet USD | Transit |
| Baltimore to Mobile | 142.00 | 3 working days |
| Mobile to Baltimore | 128.00 | 3 working days |
| Within 150 miles of Baltimore | 58.00 | 1 working day |
| Within 150 miles of Mobile | 54.00 | 1 working day |

2.1 A fuel surcharge follows the weekly diesel index: none up to 3.60 USD a gallon, then 1 % for each 6 cents.

2.2 A lift gate costs 35 USD, a delivery by appointment 20 USD, cable reels above 1,200 pounds 75 USD each.

## 3 Waiting

3.1 Loading and unloading are free for 60 minutes. After that the Carrier charges 75 USD for each hour begun.

## 4 Damage and loss

4.1 Visible damage is written on the delivery receipt. Hidden damage is reported in writing within five calendar days.

4.2 A claim is filed within nine calendar days of the delivery, with photographs and the cost of the goods. The Carrier answers within 30 days.

4.3 The Carrier is liable up to 10 USD a pound, at most 100,000 USD a truck, unless a higher value was declared.

## 5 Payment

5.1 The Carrier bills weekly. Bills are paid net 21 days.

## 6 Term

6.1 Either party may end the terms with 60 days' notice.

Signed on 20 May 2025 by Petra Alvarez and Gail Robichaux for Harbourline and by Curtis Boone for Tidewater Logistics.
`;

const travel = `
# TRV-POL-001 Travel policy, version 3

In force from 2026-02-01. For every employee of Harbourline. Owner: Fiona Castellanos.

## 1 Before the trip

1.1 A trip needs the manager's agreement. A trip to another continent, or one that costs more than 3,000 USD, needs the finance director's as well.

1.2 First ask whether a call would do. Visits to suppliers are announced to the purchase manager, who may join other matters to them.

1.3 Flights are booked at least 14 days ahead through the travel desk, travel@harbourline.example.

## 2 Flights and trains

2.1 Economy class on all flights under six hours. From six hours on, premium economy; business class needs the finance director.

2.2 Between Baltimore, Philadelphia and New York the train is used. Second class and the quiet car are fine; first class is not paid.

2.3 One checked bag is paid from two nights on.

## 3 Cars

3.1 A rental car is of the middle class, or a van when goods are carried. The rental firm's insurance is taken, without excess.

3.2 Nobody drives more than nine hours a day, nor after an overnight flight.

## 4 Nights and meals

4.1 Hotels and meals follow the limits of FIN-POL-003, clauses 2.1 and 2.2. The receipts are claimed there.

4.2 Who stays with family or friends may bring a gift of up to 40 USD a night.

## 5 Safety

5.1 The travel insurer's emergency number is on the back of the badge. Call it first, then your manager.

5.2 Trips to places with an official travel warning need the consent of HR and of the finance director.

## 6 Days off

6.1 Who travels on a day off gets half a day back for up to five hours, and a full day beyond.
`;

const review = `
# Performance review memo 2026: Emil Jansen

HR-REV-2026-017. Confidential: HR officers only. Written by Hana Petrov after the talk on 9 October 2026. Position: operations analyst, grade H4.

## 1 Result

1.1 Overall rating: 3 of 5, "meets expectations". Last year: 4 of 5.

1.2 Strong: the new report on late receipts, which the whole purchasing team uses; patience with new colleagues.

1.3 Weak: month-end figures were late in March, June and August; two errors reached customers.

## 2 Goals until April 2027

2.1 Month-end figures on the third working day, six months in a row.

2.2 The course in data quality (24 hours), paid by Harbourline.

2.3 A deputy for the stock report is trained by the end of January.

## 3 Pay

3.1 Proposed raise: 2.1 % from 1 January 2027. Base pay then is 66,300 USD, within band H4. No bonus this year.

3.2 He asked about a move to purchasing. We look at it again after the goals are reached; no promise was made.
`;

/** Points between the margins of a letter page. */
const textWidth = 468;

type Block =
  | { type: "title" | "heading" | "text"; text: string }
  | { type: "table"; rows: string[][] }
  | { type: "page-break" };

/** Reads the small markup of the texts above: `#` title, `##` heading, `|` table row, `---` new page, else a paragraph. */
function parseBlocks(source: string): Block[] {
  return source
    .trim()
    .split(/\n{2,}/u)
    .map((part): Block => {
      if (part === "---") return { type: "page-break" };
      if (part.startsWith("## ")) return { type: "heading", text: part.slice(3) };
      if (part.startsWith("# ")) return { type: "title", text: part.slice(2) };
      if (part.startsWith("|")) return { type: "table", rows: part.split("\n").map(tableCells) };
      return { type: "text", text: part };
    });
}

function tableCells(line: string): string[] {
  return line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());
}

function titleOf(source: string): string {
  return /^# (.+)$/mu.exec(source)?.[1] ?? "";
}

function newPdf(title: string): PDFKit.PDFDocument {
  return new PdfKit({
    size: "LETTER",
    margins: { top: 72, bottom: 72, left: 72, right: 72 },
    bufferPages: true,
    info: { Title: title, Author: "Harbourline Supply Inc.", CreationDate: builtAt },
  });
}

async function pdfBytes(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  const parts: Buffer[] = [];
  pdf.end();
  for await (const part of pdf) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** `ruled`: draw the lines of tables. A scan goes without, because tesseract takes a ruled table for a picture. */
function drawBlock(pdf: PDFKit.PDFDocument, block: Block, ruled: boolean): void {
  switch (block.type) {
    case "page-break":
      pdf.addPage();
      return;
    case "title":
      pdf.font("Times-Bold").fontSize(17).text(block.text).moveDown(0.8);
      return;
    case "heading":
      // A heading never stands alone at the foot of a page.
      if (pdf.y > pdf.page.height - 130) pdf.addPage();
      pdf.moveDown(0.4).font("Times-Bold").fontSize(12.5).text(block.text).moveDown(0.4);
      return;
    case "text":
      pdf.font("Times-Roman").fontSize(11).text(block.text, { lineGap: 2 }).moveDown(0.5);
      return;
    case "table": {
      pdf.font("Times-Roman").fontSize(10);
      const columns = block.rows[0]?.map((_, index) => (index === 1 ? "*" : columnWidth(pdf, block.rows, index)));
      const border = ruled ? 1 : 0;
      pdf.table({ columnStyles: columns ?? [], defaultStyle: { padding: 4, border }, data: block.rows });
      pdf.moveDown(0.8);
    }
  }
}

/** Points that the widest cell of a column needs in the present font; the second column takes what is left. */
function columnWidth(pdf: PDFKit.PDFDocument, rows: string[][], column: number): number {
  return Math.max(...rows.map((row) => pdf.widthOfString(row[column] ?? ""))) + 12;
}

async function writtenPdf(source: string, ruled = true): Promise<Buffer> {
  const pdf = newPdf(titleOf(source));
  for (const block of parseBlocks(source)) drawBlock(pdf, block, ruled);
  const { count } = pdf.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    pdf.switchToPage(page);
    // The footer lies in the bottom margin, where pdfkit would start a new page.
    pdf.page.margins.bottom = 0;
    const footer = `${titleOf(source)}, page ${page + 1} of ${count}`;
    pdf.font("Times-Roman").fontSize(9).text(footer, 72, 738, { align: "center", width: textWidth });
  }
  return pdfBytes(pdf);
}

async function writtenDocx(source: string): Promise<Buffer> {
  const children = parseBlocks(source).map(docxBlock);
  const file = new Document({
    title: titleOf(source),
    creator: "Harbourline Supply Inc.",
    sections: [{ children }],
  });
  return Packer.toBuffer(file);
}

function docxBlock(block: Block): Paragraph | Table {
  switch (block.type) {
    case "title":
      return new Paragraph({ text: block.text, heading: HeadingLevel.HEADING_1 });
    case "heading":
      return new Paragraph({ text: block.text, heading: HeadingLevel.HEADING_2 });
    case "page-break":
      return new Paragraph({ pageBreakBefore: true });
    case "table":
      return docxTable(block.rows);
    default:
      return new Paragraph({ text: block.text, spacing: { after: 160 } });
  }
}

function docxTable(rows: string[][]): Table {
  return new Table({
    width: { size: 100, type: WidthType.PERCENTAGE },
    rows: rows.map(
      (cells, index) =>
        new TableRow({
          tableHeader: index === 0,
          children: cells.map((text) => new TableCell({ children: [new Paragraph(text)] })),
        }),
    ),
  });
}

async function priceList(): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  book.creator = "Petra Alvarez";
  book.created = builtAt;
  book.modified = builtAt;
  addVoltarisSheet(book);
  addPriceClassSheet(book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** The sheet repeats Schedule A of the agreement, so that the two cannot come apart. */
function addVoltarisSheet(book: ExcelJS.Workbook): void {
  const sheet = book.addWorksheet("Voltaris 2026");
  sheet.columns = [
    { header: "SKU", width: 13 },
    { header: "Description", width: 36 },
    { header: "Unit", width: 9 },
    { header: "Minimum quantity", width: 18 },
    { header: "Agreed price", width: 14, style: { numFmt: "#,##0.00" } },
    { header: "Currency", width: 10 },
    { header: "Valid from", width: 13, style: { numFmt: "yyyy-mm-dd" } },
    { header: "Valid until", width: 13, style: { numFmt: "yyyy-mm-dd" } },
    { header: "Agreement", width: 14 },
  ];
  sheet.getRow(1).font = { bold: true };
  const schedule = parseBlocks(voltaris).find((block) => block.type === "table");
  for (const [sku, description, unit, minimum, price] of schedule?.rows.slice(1) ?? []) {
    sheet.addRow([
      sku,
      description,
      unit,
      Number(minimum),
      Number(price),
      "USD",
      new Date("2026-01-01T00:00:00Z"),
      new Date("2026-12-31T00:00:00Z"),
      "SA-2025-014",
    ]);
  }
}

function addPriceClassSheet(book: ExcelJS.Workbook): void {
  const sheet = book.addWorksheet("Customer price classes");
  sheet.columns = [
    { header: "Price class", width: 13 },
    { header: "Given to", width: 44 },
    { header: "Discount from list", width: 18, style: { numFmt: "0.0%" } },
    { header: "Floor margin", width: 14, style: { numFmt: "0.0%" } },
    { header: "Free delivery from USD", width: 22, style: { numFmt: "#,##0" } },
  ];
  sheet.getRow(1).font = { bold: true };
  sheet.addRows([
    ["P1", "electrical contractors above 250,000 USD a year", 0.24, 0.11, 500],
    ["P2", "contractors from 60,000 to 250,000 USD a year", 0.18, 0.14, 750],
    ["P3", "schools, hospitals and public bodies", 0.15, 0.15, 500],
    ["P4", "all other trade customers", 0.08, 0.2, 1500],
    ["P5", "counter sales without an account", 0, 0.28, 0],
  ]);
}

type GreyImage = { width: number; height: number; pixels: Uint8Array };

/** Typesets the text, has it drawn at 200 dpi, ages the pictures and embeds them without a text layer. */
async function scannedPdf(source: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "scan-"));
  try {
    writeFileSync(join(folder, "typeset.pdf"), await writtenPdf(source, false));
    execFileSync("pdftoppm", ["-gray", "-r", "200", join(folder, "typeset.pdf"), join(folder, "page")]);
    const pdf = newPdf("Scan 2024-06-14 09:12");
    const pages = readdirSync(folder).filter((name) => name.endsWith(".pgm"));
    for (const [index, name] of pages.toSorted().entries()) {
      if (index > 0) pdf.addPage();
      const page = agedLikeAScan(readPgm(readFileSync(join(folder, name))), index + 1);
      pdf.image(greyPng(page), 0, 0, { width: 612, height: 792 });
    }
    return await pdfBytes(pdf);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Reads the binary greyscale format of pdftoppm: "P5 width height 255", one white space, the pixels. */
function readPgm(bytes: Buffer): GreyImage {
  const header = /^P5\s+(\d+)\s+(\d+)\s+255\s/u.exec(bytes.subarray(0, 64).toString("latin1"));
  const width = Number(header?.[1]);
  const height = Number(header?.[2]);
  return { width, height, pixels: bytes.subarray(header?.[0].length ?? 0) };
}

/** A slight skew, uneven toner and a few specks; 16 levels of grey are left, as from an office scanner. */
function agedLikeAScan(page: GreyImage, seed: number): GreyImage {
  const { width, height } = page;
  const random = seededRandom(seed);
  const pixels = new Uint8Array(width * height).fill(255);
  const skew = seed % 2 === 0 ? -0.004 : 0.005;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const ink = 255 - sample(page, x - skew * (y - height / 2), y + skew * (x - width / 2));
      const toner = ink === 0 ? 0 : (random() - 0.5) * 70;
      const speck = random() < 0.0004 ? 60 + random() * 120 : 0;
      pixels[y * width + x] = Math.max(0, Math.min(255, 255 - ink * 0.88 - toner - speck));
    }
  }
  return { width, height, pixels };
}

/** The grey between four pixels, white outside of the page. */
function sample(page: GreyImage, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const at = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= page.width || row >= page.height
      ? 255
      : (page.pixels[row * page.width + column] ?? 255);
  const upper = at(left, top) * (left + 1 - x) + at(left + 1, top) * (x - left);
  const lower = at(left, top + 1) * (left + 1 - x) + at(left + 1, top + 1) * (x - left);
  return upper * (top + 1 - y) + lower * (y - top);
}

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A PNG with four bits a pixel. */
function greyPng({ width, height, pixels }: GreyImage): Buffer {
  const lineLength = Math.ceil(width / 2) + 1;
  const lines = Buffer.alloc(lineLength * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const level = (pixels[y * width + x] ?? 255) >> 4;
      const position = y * lineLength + 1 + (x >> 1);
      lines[position] = (lines[position] ?? 0) | (x % 2 === 0 ? level << 4 : level);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 4;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [pngChunk("IHDR", header), pngChunk("IDAT", deflateSync(lines, { level: 9 })), pngChunk("IEND")];
  return Buffer.concat([signature, ...chunks]);
}

function pngChunk(name: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

const written: Record<string, () => Promise<Buffer>> = {
  "agreements/voltaris-sa-2025-014.pdf": () => writtenPdf(voltaris),
  "agreements/polar-sa-2023-008.pdf": () => writtenPdf(polar),
  "agreements/nordkabel-sa-2025-n02.pdf": () => writtenPdf(nordkabel),
  "agreements/kestrel-sa-2026-003.docx": () => writtenDocx(kestrel),
  "agreements/tidewater-freight-terms.docx": () => writtenDocx(tidewater),
  "policies/travel-policy.pdf": () => writtenPdf(travel),
  "people/performance-review-2026-emil-jansen.docx": () => writtenDocx(review),
  "prices/price-list-2026.xlsx": priceList,
};

const scanned: Record<string, () => Promise<Buffer>> = {
  "agreements/brightline-sa-2024-031.pdf": () => scannedPdf(brightline),
};

// docx and the zip inside of both office formats stamp the present time and take no other.
mock.timers.enable({ apis: ["Date"], now: builtAt });
for (const [path, build] of Object.entries(process.argv.includes("--scan") ? scanned : written)) {
  mkdirSync(dirname(join(documents, path)), { recursive: true });
  writeFileSync(join(documents, path), await build());
  process.stdout.write(`${path}\n`);
}

import { MINILM_LIKENESS } from "../../infra/models/minilm/open-minilm.ts";
import type { Embedder, LikenessScale } from "../../infra/models/port.ts";

/** Pairs that say the same in other words, and pairs that have nothing to do with each other: business prose, as it is asked and written. */
const SAME: readonly (readonly [string, string])[] = [
  ["When does the invoice have to be paid?", "Payment is due 30 days after the date of the invoice."],
  ["Who may approve an order above 5,000?", "Orders of more than 5,000 need the finance director's approval."],
  ["What happens when a delivery is late?", "For each week of delay the supplier owes a penalty of one percent."],
  ["How many days of leave does an employee get?", "Staff are entitled to 25 days of paid vacation a year."],
  ["How long is the guarantee on the pump?", "The manufacturer's warranty for pumps lasts 24 months."],
  ["Can damaged goods be sent back?", "Faulty items may be returned to the vendor within two weeks."],
  ["Where are hazardous materials kept?", "Dangerous substances are stored in hall C."],
  ["Who is the contact person at the supplier?", "Please address questions to Ms Berger, our account manager."],
];
const UNRELATED: readonly (readonly [string, string])[] = SAME.map(([question], at) => [
  question,
  SAME[(at + 3) % SAME.length]?.[1] ?? "",
]);

/** What MiniLM's cosines of these pairs come to on average. */
const MEASURED = { unrelated: 0.1514, same: 0.5622 };

/** Less between the two means nothing. */
const LEAST = 0.02;
/** No cosine comes above the first. */
const NOTHING_ALIKE: LikenessScale = { unrelated: 1, same: 2 };

const scales = new WeakMap<Embedder, Promise<LikenessScale>>();

/**
 * The cosines of this embedder that mean as much as the calibrated ones do of MiniLM: models differ in where theirs lie, some never come below
 * .7. Measured once on pairs whose meaning is known, unless the embedder states its own. Errors: those of the embedder.
 */
export function likenessScale(embedder: Embedder, signal?: AbortSignal): Promise<LikenessScale> {
  if (embedder.likeness !== undefined) return Promise.resolve(embedder.likeness);
  const known = scales.get(embedder);
  if (known !== undefined) return known;
  const measuring = measure(embedder, signal);
  scales.set(embedder, measuring);
  // What failed is measured again by the next who asks.
  measuring.catch(() => scales.delete(embedder));
  return measuring;
}

async function measure(embedder: Embedder, signal: AbortSignal | undefined): Promise<LikenessScale> {
  const texts = [...SAME, ...UNRELATED].flat();
  const vectors = await embedder.embed(texts, signal);
  const cosines = [...SAME, ...UNRELATED].map((_, at) => cosine(vectors[2 * at], vectors[2 * at + 1]));
  const same = mean(cosines.slice(0, SAME.length));
  const unrelated = mean(cosines.slice(SAME.length));
  // It cannot tell the one from the other: words alone have to.
  if (same - unrelated < LEAST) return NOTHING_ALIKE;
  const place = (value: number) =>
    unrelated + ((value - MEASURED.unrelated) / (MEASURED.same - MEASURED.unrelated)) * (same - unrelated);
  return { unrelated: place(MINILM_LIKENESS.unrelated), same: place(MINILM_LIKENESS.same) };
}

/** Of vectors of unit length. */
export function cosine(left: Float32Array | undefined, right: Float32Array | undefined): number {
  if (left === undefined || right === undefined) return 0;
  let sum = 0;
  for (let at = 0; at < left.length; at += 1) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

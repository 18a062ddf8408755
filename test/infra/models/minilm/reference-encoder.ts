import { readWeights } from "../../../../infra/models/minilm/model-package.ts";
import { type FloatTensor, readSafetensors } from "../../../../infra/models/minilm/safetensors.ts";
import { miniLm } from "../../../../infra/models/minilm/open-minilm.ts";
import { openTokenizer } from "../../../../infra/models/onnx/tokenize.ts";

type Matrix = Float64Array[];

const HEADS = 12;
const LAYERS = 6;

/**
 * MiniLM written from the paper's formulas in plain numbers: slow, without quantization, sharing no code with the graph.
 * It is what the graph is measured against.
 */
export async function openReferenceEncoder(): Promise<(text: string) => Float32Array> {
  const weights = readSafetensors(await readWeights());
  const tokenize = await openTokenizer(miniLm("unused"));
  return (text) => {
    let hidden = embed(weights, tokenize(text).ids);
    for (let layer = 0; layer < LAYERS; layer += 1) hidden = encode(weights, `encoder.layer.${layer}`, hidden);
    const mean = Float64Array.from(hidden[0] ?? [], (_, feature) => sum(hidden.map((row) => row[feature] ?? 0)));
    const length = Math.hypot(...mean);
    return Float32Array.from(mean, (component) => component / length);
  };
}

type Weights = ReadonlyMap<string, FloatTensor>;

function embed(weights: Weights, tokens: readonly number[]): Matrix {
  const [word, position, segment] = ["word", "position", "token_type"].map((kind) =>
    rowsOf(weights, `embeddings.${kind}_embeddings.weight`),
  );
  const rows = tokens.map((token, index) =>
    addRows(addRows(Float64Array.from(word?.(token) ?? []), position?.(index)), segment?.(0)),
  );
  return normalizeRows(weights, "embeddings.LayerNorm", rows);
}

function encode(weights: Weights, layer: string, hidden: Matrix): Matrix {
  const [query = [], key = [], value = []] = ["query", "key", "value"].map((role) =>
    dense(weights, `${layer}.attention.self.${role}`, hidden),
  );
  const context = dense(weights, `${layer}.attention.output.dense`, attend(query, key, value));
  const attended = normalizeRows(weights, `${layer}.attention.output.LayerNorm`, addMatrices(context, hidden));
  const wide = dense(weights, `${layer}.intermediate.dense`, attended).map((row) => row.map(gelu));
  const narrow = dense(weights, `${layer}.output.dense`, wide);
  return normalizeRows(weights, `${layer}.output.LayerNorm`, addMatrices(narrow, attended));
}

function attend(query: Matrix, key: Matrix, value: Matrix): Matrix {
  const width = (query[0]?.length ?? 0) / HEADS;
  return query.map((row) => {
    const output = new Float64Array(row.length);
    for (let start = 0; start < row.length; start += width) {
      const head = row.subarray(start, start + width);
      const scores = key.map((other) => Math.exp(dot(head, other.subarray(start, start + width)) / Math.sqrt(width)));
      const total = sum(scores);
      for (const [index, score] of scores.entries()) {
        const share = score / total;
        for (let i = start; i < start + width; i += 1) output[i] = (output[i] ?? 0) + share * (value[index]?.[i] ?? 0);
      }
    }
    return output;
  });
}

function dense(weights: Weights, name: string, input: Matrix): Matrix {
  const row = rowsOf(weights, `${name}.weight`);
  const bias = weights.get(`${name}.bias`)?.values ?? new Float32Array();
  return input.map((features) => Float64Array.from(bias, (offset, output) => offset + dot(row(output), features)));
}

function normalizeRows(weights: Weights, name: string, rows: Matrix): Matrix {
  const gain = weights.get(`${name}.weight`)?.values;
  const bias = weights.get(`${name}.bias`)?.values;
  return rows.map((row) => {
    const mean = sum(row) / row.length;
    const variance = sum(row.map((component) => (component - mean) ** 2)) / row.length;
    return row.map(
      (component, i) => ((component - mean) / Math.sqrt(variance + 1e-12)) * (gain?.[i] ?? 0) + (bias?.[i] ?? 0),
    );
  });
}

/** x * Phi(x), with Phi from the formula 7.1.26 of Abramowitz and Stegun (error below 1.5e-7). */
function gelu(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const error = Math.sign(x) * (1 - series * Math.exp(-z * z));
  return (x * (1 + error)) / 2;
}

function rowsOf(weights: Weights, name: string): (row: number) => Float32Array {
  const tensor = weights.get(name);
  const width = tensor?.shape[1] ?? 0;
  return (row) => tensor?.values.subarray(row * width, (row + 1) * width) ?? new Float32Array();
}

function dot(a: Float32Array | Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i += 1) total += (a[i] ?? 0) * (b[i] ?? 0);
  return total;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function addRows(row: Float64Array, other: ArrayLike<number> | undefined): Float64Array {
  return row.map((component, i) => component + (other?.[i] ?? 0));
}

function addMatrices(a: Matrix, b: Matrix): Matrix {
  return a.map((row, index) => addRows(row, b[index]));
}

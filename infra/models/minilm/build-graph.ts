import { GroundworkError } from "../../errors.ts";
import type { OnnxConstant, OnnxGraph, OnnxNode, OnnxPort } from "./onnx-model.ts";
import { BLOCK_SIZE, quantizeRows } from "./quantize-rows.ts";
import type { FloatTensor } from "./safetensors.ts";

/** Raise it with every change to the graph or to the quantization: cached files of other versions are not used. */
export const GRAPH_VERSION = 1;

export const HIDDEN_SIZE = 384;
const LAYERS = 6;
const HEADS = 12;
const NORMALIZATION_EPSILON = 1e-12;
/** Lets `MatMulNBits` quantize activations to 8 bits as well, which is what makes it fast on a CPU. */
const ACCURACY_LEVEL_INT8 = 4;

type Weights = ReadonlyMap<string, FloatTensor>;

/**
 * The MiniLM-L6 encoder (BERT with 6 layers, https://arxiv.org/abs/2002.10957) as a graph from token ids to the last hidden state, with
 * 8-bit matrices and Microsoft's fused operators (https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md).
 * Throws `model-unavailable` when a weight is missing.
 */
export function buildMiniLmGraph(weights: Weights): OnnxGraph {
  const builder = new GraphBuilder(weights);
  let hidden = addEmbeddings(builder);
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const prefix = `encoder.layer.${layer}`;
    const attended = addAttention(builder, prefix, hidden);
    const output = layer === LAYERS - 1 ? "last_hidden_state" : `${prefix}.hidden`;
    hidden = addFeedForward(builder, prefix, attended, output);
  }
  return {
    name: "minilm-l6",
    nodes: builder.nodes,
    constants: builder.constants,
    inputs: ["input_ids", "segment_ids", "attention_mask"].map(tokenPort),
    outputs: [{ name: hidden, type: "float", shape: ["batch", "tokens", HIDDEN_SIZE] }],
  };
}

function tokenPort(name: string): OnnxPort {
  return { name, type: "int32", shape: ["batch", "tokens"] };
}

class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];
  readonly #weights: Weights;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  /** Adds a fused operator and returns the name of its first output. */
  fused(operator: string, inputs: readonly string[], output: string, attributes: Partial<OnnxNode> = {}): string {
    this.nodes.push({ operator, domain: "com.microsoft", inputs, outputs: [output], ...attributes });
    return output;
  }

  constant(name: string, shape: readonly number[], values: Float32Array | Uint8Array): string {
    this.constants.push({ name, shape, values });
    return name;
  }

  weight(name: string): FloatTensor {
    const tensor = this.#weights.get(name);
    if (tensor !== undefined) return tensor;
    throw new GroundworkError("model-unavailable", `The embedding model lacks the weight ${name}.`);
  }

  /** Adds a weight as it is and returns its name. */
  weightConstant(name: string): string {
    const { shape, values } = this.weight(name);
    return this.constant(name, shape, values);
  }

  /** Multiplies by the 8-bit form of a matrix whose rows are output features. Its bias is left to the next operator. */
  multiply(input: string, name: string): string {
    const matrix = this.weight(`${name}.weight`);
    const [rows = 0, columns = 0] = matrix.shape;
    const { bytes, scales, blocksPerRow } = quantizeRows(matrix);
    const quantized = this.constant(`${name}.bytes`, [rows, blocksPerRow, BLOCK_SIZE], bytes);
    const scale = this.constant(`${name}.scales`, [scales.length], scales);
    return this.fused("MatMulNBits", [input, quantized, scale], `${name}.product`, {
      integers: { K: columns, N: rows, bits: 8, block_size: BLOCK_SIZE, accuracy_level: ACCURACY_LEVEL_INT8 },
    });
  }

  /** Normalizes `input + skipped + bias` over each token's features. */
  addAndNormalize(input: string, skipped: string, bias: string, norm: string, output: string): string {
    const inputs = [input, skipped, ...this.normalization(norm), this.weightConstant(bias)];
    return this.fused("SkipLayerNormalization", inputs, output, { floats: { epsilon: NORMALIZATION_EPSILON } });
  }

  normalization(name: string): string[] {
    return [this.weightConstant(`${name}.weight`), this.weightConstant(`${name}.bias`)];
  }
}

function addEmbeddings(builder: GraphBuilder): string {
  const tables = ["word", "position", "token_type"].map((kind) =>
    builder.weightConstant(`embeddings.${kind}_embeddings.weight`),
  );
  const inputs = ["input_ids", "segment_ids", ...tables, ...builder.normalization("embeddings.LayerNorm")];
  return builder.fused("EmbedLayerNormalization", inputs, "embeddings.hidden", {
    // The operator insists on a second output, a mask index that nothing reads.
    outputs: ["embeddings.hidden", "embeddings.mask_index"],
    floats: { epsilon: NORMALIZATION_EPSILON },
  });
}

function addAttention(builder: GraphBuilder, prefix: string, hidden: string): string {
  const projections = ["query", "key", "value"].map((role) => `${prefix}.attention.self.${role}`);
  const products = projections.map((name) => builder.multiply(hidden, name));
  const biases = projections.flatMap((name) => [...builder.weight(`${name}.bias`).values]);
  const bias = builder.constant(`${prefix}.attention.self.bias`, [biases.length], Float32Array.from(biases));
  const attended = builder.fused(
    "MultiHeadAttention",
    [...products, bias, "attention_mask"],
    `${prefix}.attention.context`,
    { integers: { num_heads: HEADS } },
  );
  const dense = `${prefix}.attention.output.dense`;
  const product = builder.multiply(attended, dense);
  const norm = `${prefix}.attention.output.LayerNorm`;
  return builder.addAndNormalize(product, hidden, `${dense}.bias`, norm, `${prefix}.attention.hidden`);
}

function addFeedForward(builder: GraphBuilder, prefix: string, attended: string, output: string): string {
  const widened = builder.multiply(attended, `${prefix}.intermediate.dense`);
  const bias = builder.weightConstant(`${prefix}.intermediate.dense.bias`);
  const activated = builder.fused("BiasGelu", [widened, bias], `${prefix}.intermediate.activated`);
  const narrowed = builder.multiply(activated, `${prefix}.output.dense`);
  return builder.addAndNormalize(
    narrowed,
    attended,
    `${prefix}.output.dense.bias`,
    `${prefix}.output.LayerNorm`,
    output,
  );
}

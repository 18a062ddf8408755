import protobuf from "protobufjs/light.js";

/** The part of the ONNX file format that our graph needs; field numbers as in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. */
const schema = protobuf.Root.fromJSON({
  nested: {
    Model: message({
      irVersion: ["int64", 1],
      producerName: ["string", 2],
      graph: ["Graph", 7],
      opsetImport: ["OperatorSet", 8, "repeated"],
    }),
    OperatorSet: message({ domain: ["string", 1], version: ["int64", 2] }),
    Graph: message({
      node: ["Node", 1, "repeated"],
      name: ["string", 2],
      initializer: ["Tensor", 5, "repeated"],
      input: ["ValueInfo", 11, "repeated"],
      output: ["ValueInfo", 12, "repeated"],
    }),
    Node: message({
      input: ["string", 1, "repeated"],
      output: ["string", 2, "repeated"],
      name: ["string", 3],
      opType: ["string", 4],
      attribute: ["Attribute", 5, "repeated"],
      domain: ["string", 7],
    }),
    Attribute: message({ name: ["string", 1], f: ["float", 2], i: ["int64", 3], type: ["int32", 20] }),
    Tensor: message({
      dims: ["int64", 1, "repeated"],
      dataType: ["int32", 2],
      name: ["string", 8],
      rawData: ["bytes", 9],
    }),
    ValueInfo: message({ name: ["string", 1], type: ["Type", 2] }),
    Type: message({ tensorType: ["TensorType", 1] }),
    TensorType: message({ elemType: ["int32", 1], shape: ["Shape", 2] }),
    Shape: message({ dim: ["Dimension", 1, "repeated"] }),
    Dimension: message({ dimValue: ["int64", 1], dimParam: ["string", 2] }),
  },
});

type Field = readonly [type: string, id: number, rule?: "repeated"];

function message(fields: Readonly<Record<string, Field>>): protobuf.IType {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, [type, id, rule]]) => [
        name,
        rule === undefined ? { type, id } : { type, id, rule, options: { packed: false } },
      ]),
    ),
  };
}

const elementType = { float: 1, uint8: 2, int32: 6, int64: 7 } as const;
const attributeType = { float: 1, integer: 2 } as const;

/** The operators of the ONNX standard (empty name) and Microsoft's fused ones, which onnxruntime brings along. */
type OperatorDomain = "" | "com.microsoft";

export interface OnnxNode {
  readonly operator: string;
  readonly domain: OperatorDomain;
  /** Names of values; an empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly integers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
}

export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Uint8Array;
}

export interface OnnxPort {
  readonly name: string;
  readonly type: keyof typeof elementType;
  /** A word stands for a size that each run chooses. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** The bytes of an `.onnx` file. The same graph gives the same bytes. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  const type = schema.lookupType("Model");
  const model = {
    irVersion: 8,
    producerName: "groundwork",
    graph: {
      name: graph.name,
      node: graph.nodes.map(encodeNode),
      initializer: graph.constants.map(encodeConstant),
      input: graph.inputs.map(encodePort),
      output: graph.outputs.map(encodePort),
    },
    opsetImport: [
      { domain: "", version: 17 },
      { domain: "com.microsoft", version: 1 },
    ],
  };
  return type.encode(model).finish();
}

function encodeNode(node: OnnxNode) {
  const integers = Object.entries(node.integers ?? {}).map(([name, i]) => ({ name, i, type: attributeType.integer }));
  const floats = Object.entries(node.floats ?? {}).map(([name, f]) => ({ name, f, type: attributeType.float }));
  return {
    input: node.inputs,
    output: node.outputs,
    name: node.outputs[0],
    opType: node.operator,
    attribute: [...integers, ...floats],
    domain: node.domain,
  };
}

function encodeConstant({ name, shape, values }: OnnxConstant) {
  const dataType = values instanceof Float32Array ? elementType.float : elementType.uint8;
  return { dims: shape, dataType, name, rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function encodePort({ name, type, shape }: OnnxPort) {
  const dim = shape.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: elementType[type], shape: { dim } } } };
}

/**
 * The part of ONNX's protobuf schema that networks need (onnx.proto of ONNX 1.16, IR version 8; field numbers
 * are the standard's), as a descriptor for protobufjs. Repeated numbers are packed as the standard says, which
 * for `dims` and `ints` is not at all; either form is read.
 */
import protobuf from 'protobufjs';

const field = (type: string, id: number, rule?: 'repeated') => (rule ? { type, id, rule } : { type, id });
const many = (type: string, id: number) => field(type, id, 'repeated');
const loose = (type: string, id: number) => ({ ...many(type, id), options: { packed: false } });

const root = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: field('int64', 1),
        producerName: field('string', 2),
        producerVersion: field('string', 3),
        domain: field('string', 4),
        modelVersion: field('int64', 5),
        docString: field('string', 6),
        graph: field('Graph', 7),
        opsetImport: many('OperatorSetId', 8),
        metadataProps: many('StringPair', 14),
      },
    },
    OperatorSetId: { fields: { domain: field('string', 1), version: field('int64', 2) } },
    StringPair: { fields: { key: field('string', 1), value: field('string', 2) } },
    Graph: {
      fields: {
        node: many('Node', 1),
        name: field('string', 2),
        initializer: many('Tensor', 5),
        docString: field('string', 10),
        input: many('ValueInfo', 11),
        output: many('ValueInfo', 12),
        valueInfo: many('ValueInfo', 13),
        sparseInitializer: many('SparseTensor', 15),
      },
    },
    Node: {
      fields: {
        input: many('string', 1),
        output: many('string', 2),
        name: field('string', 3),
        opType: field('string', 4),
        attribute: many('Attribute', 5),
        docString: field('string', 6),
        domain: field('string', 7),
      },
    },
    Attribute: {
      fields: {
        name: field('string', 1),
        f: field('float', 2),
        i: field('int64', 3),
        s: field('bytes', 4),
        t: field('Tensor', 5),
        g: field('Graph', 6),
        floats: loose('float', 7),
        ints: loose('int64', 8),
        strings: many('bytes', 9),
        type: field('int32', 20),
      },
    },
    Tensor: {
      fields: {
        dims: loose('int64', 1),
        dataType: field('int32', 2),
        floatData: many('float', 4),
        int32Data: many('int32', 5),
        stringData: many('bytes', 6),
        int64Data: many('int64', 7),
        name: field('string', 8),
        rawData: field('bytes', 9),
        doubleData: many('double', 10),
        uint64Data: many('uint64', 11),
        externalData: many('StringPair', 13),
        dataLocation: field('int32', 14),
      },
    },
    SparseTensor: {
      fields: { values: field('Tensor', 1), indices: field('Tensor', 2), dims: loose('int64', 3) },
    },
    ValueInfo: { fields: { name: field('string', 1), type: field('ValueType', 2) } },
    ValueType: { fields: { tensorType: field('TensorType', 1) } },
    TensorType: { fields: { elemType: field('int32', 1), shape: field('TensorShape', 2) } },
    TensorShape: { fields: { dim: many('Dimension', 1) } },
    Dimension: {
      fields: { dimValue: field('int64', 1), dimParam: field('string', 2) },
      oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
    },
  },
});

/** ONNX's ModelProto. */
export const modelType = root.lookupType('Model');

/** Values of the enum `TensorProto.DataType`, by name. */
export const dataTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const;

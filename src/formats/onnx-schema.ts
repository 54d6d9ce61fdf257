/**
 * The part of ONNX's protobuf schema that a convolutional network needs (onnx.proto of ONNX 1.16, IR version
 * 8; field numbers are the standard's), as a descriptor for protobufjs.
 */
import protobuf from 'protobufjs';

const field = (type: string, id: number, rule?: 'repeated') => (rule ? { type, id, rule } : { type, id });
const many = (type: string, id: number) => field(type, id, 'repeated');

const root = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: field('int64', 1),
        producerName: field('string', 2),
        producerVersion: field('string', 3),
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
        input: many('ValueInfo', 11),
        output: many('ValueInfo', 12),
      },
    },
    Node: {
      fields: {
        input: many('string', 1),
        output: many('string', 2),
        name: field('string', 3),
        opType: field('string', 4),
        attribute: many('Attribute', 5),
      },
    },
    Attribute: {
      fields: {
        name: field('string', 1),
        f: field('float', 2),
        i: field('int64', 3),
        ints: { ...many('int64', 8), options: { packed: false } },
        type: field('int32', 20),
      },
    },
    Tensor: {
      fields: {
        dims: { ...many('int64', 1), options: { packed: false } },
        dataType: field('int32', 2),
        name: field('string', 8),
        rawData: field('bytes', 9),
      },
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

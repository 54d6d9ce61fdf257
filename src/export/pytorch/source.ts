/**
 * From the lowered graph to a program in plain PyTorch that a person can read: a class for stem, head and each block,
 * with the layers' own names, and the weights that it loads. It imports nothing but torch.
 */
import { packageVersion } from '../../base/index.js';
import type { LoweredGraph } from '../lower/index.js';
import { list, number, text } from './names.js';
import { type Section, sectionsOf } from './sections.js';
import { SectionWriter, type Tensor } from './statements.js';

export interface PytorchProgram {
  /** `model.py`. */
  readonly source: string;
  /** By the names of the program's state dictionary. */
  readonly weights: ReadonlyMap<string, Tensor>;
}

const prelude = `import json
import struct
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn


def same_padding(x, kernel, stride, dilation=1):
    """Zeros so that every stride-th pixel is a centre; the odd one goes behind, as in TensorFlow."""
    pads = []
    for size in (x.shape[-1], x.shape[-2]):
        total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
        pads += [total // 2, total - total // 2]
    return pads


class Conv2d(nn.Conv2d):
    """A convolution with SAME padding."""

    def forward(self, x):
        pads = same_padding(x, self.kernel_size[0], self.stride[0], self.dilation[0])
        return super().forward(F.pad(x, pads))


def max_pool(x, kernel, stride):
    return F.max_pool2d(F.pad(x, same_padding(x, kernel, stride), value=float("-inf")), kernel, stride)
`;

const ending = `
def read_safetensors(path):
    """The tensors of a safetensors file of 32-bit floats, by name."""
    data = bytearray(Path(path).read_bytes())
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=begin)
        tensors[name] = values.reshape(entry["shape"]).clone()
    return tensors


def load(path=Path(__file__).with_name("weights.safetensors")):
    """The network with its weights, ready for inference."""
    model = Model()
    model.load_state_dict(read_safetensors(path))
    return model.eval()
`;

const className = ({ name }: Section): string =>
  name.startsWith('blocks.') ? `Block${name.slice('blocks.'.length)}` : name === 'stem' ? 'Stem' : 'Head';

/** @param describe what a block is, in a line. */
export function pytorchProgram(
  graph: LoweredGraph,
  describe: (block: number) => string = () => '',
): PytorchProgram {
  const weights = new Map<string, Tensor>();
  const sections = sectionsOf(graph);
  const classes = sections.map((section) => {
    const { modules, lines, weights: own } = new SectionWriter(graph, section);
    for (const [name, tensor] of own) weights.set(name, tensor);
    const block = section.nodes[0]?.block;
    const said = block === undefined ? '' : describe(block);
    const about = `${said ? `${said}: ` : ''}${sizeOf(graph, section.input)} to ${sizeOf(graph, section.output)}.`;
    return [
      `class ${className(section)}(nn.Module):`,
      `    """${about}"""`,
      '',
      '    def __init__(self):',
      '        super().__init__()',
      ...modules.map((line) => `        ${line}`),
      '',
      '    def forward(self, x):',
      ...lines.map((line) => `        ${line}`),
    ].join('\n');
  });
  const blocks = sections.filter(({ name }) => name.startsWith('blocks.'));
  const has = (name: string) => sections.some((section) => section.name === name);
  const { labels, mean, std } = graph.signature;
  const model = [
    'class Model(nn.Module):',
    `    """${graph.name.replaceAll('"', "'").replaceAll('\\\\', '/')}: images [batch, channels, height, width] to logits [batch, classes]."""`,
    '',
    '    def __init__(self):',
    '        super().__init__()',
    ...(has('stem') ? ['        self.stem = Stem()'] : []),
    `        self.blocks = nn.Sequential(${blocks.map((block) => `${className(block)}()`).join(', ')})`,
    ...(has('head') ? ['        self.head = Head()'] : []),
    '',
    '    def forward(self, x):',
    ...(graph.nodes.some(({ kind }) => kind === 'matmul') ? oneByOne : []),
    `        ${has('stem') ? 'x = self.stem(x)' : ''}`,
    '        x = self.blocks(x)',
    `        return ${has('head') ? 'self.head(x)' : 'x'}`,
  ].filter((line) => line.trim() !== '' || line === '');
  const constants = [
    '# The network reads (pixel / 255 - MEAN) / STD, by channel.',
    `MEAN = ${list(mean.map(number))}`,
    `STD = ${list(std.map(number))}`,
    '# The classes, in the order of the logits.',
    `LABELS = ${list(labels.map(text))}`,
  ].join('\n');
  const about = [
    `"""Written by mixnas ${packageVersion()}. Batch norm is folded into the convolutions.`,
    '',
    '    from model import load',
    '    logits = load()(images)',
    '"""',
    '',
  ].join('\n');
  const parts = [`${about}\n${prelude}\n\n${constants}`, ...classes, model.join('\n')];
  return { source: `${parts.join('\n\n\n')}\n\n${ending}`, weights };
}

/** The shapes within attention are written out for one image. */
const oneByOne = [
  '        if len(x) > 1:  # The shapes within attention are those of one image.',
  '            return torch.cat([self(image) for image in x.split(1)])',
];

const sizeOf = (graph: LoweredGraph, id: number): string => graph.values[id]?.shape.slice(1).join('x') ?? '';

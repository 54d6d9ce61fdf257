/** `mixnas show`: an architecture as JSON, to read, edit and give back as a file. */
import { Command } from 'commander';
import { inputHelp } from './model-file.js';
import { type Io, integer, note, printJson, printJsonText, repeated } from './terminal/index.js';

interface Options {
  readonly input?: readonly string[];
  readonly graph?: true;
  readonly resolution?: number;
  readonly classes?: number;
  readonly json?: true;
}

export function showCommand(io: Io): Command {
  return new Command('show')
    .description('print an architecture as JSON, or the layer graph made from it')
    .argument(
      '<architecture>',
      "a reference model's name, a JSON, YAML, weights, .tflite or .onnx file, or run#trial",
    )
    .option('--graph', 'the layer graph instead: every op with its inputs and shape')
    .option('--resolution <pixels>', "input height and width (default: the architecture's)", integer(1))
    .option('--classes <count>', "classes (default: the architecture's)", integer(1))
    .option('--input <shape>', inputHelp, repeated)
    .option('--json', 'print on one line')
    .addHelpText(
      'after',
      `
The JSON of an architecture is a file that every command takes. docs/network-format.md explains both forms.
Of a .tflite or .onnx file, whoever made it, the layer graph is printed.

Example:
  mixnas show mixnet-s > mine.json
  mixnas show quickstart#12 --graph --resolution 224`,
    )
    .action(async (spec: string, options: Options) => {
      const { isGraphFile, showArchitecture, showGraph, unmetAlignmentOf } = await import('../app/index.js');
      // A model file has no architecture: its layer graph is what there is to show.
      const graph = options.graph || isGraphFile(spec);
      const given = { ...options, inputs: options.input };
      const value = graph ? showGraph(spec, given) : showArchitecture(spec, given);
      if (options.json) printJson(io, value);
      else printJsonText(io, indented(value));
      if (!isGraphFile(spec)) for (const sentence of unmetAlignmentOf(spec)) note(io, sentence);
    });
}

/** JSON as a person writes it: a line for each property, and a list of plain values on one line. */
function indented(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object')) {
      return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    }
    return `[\n${value.map((item) => `${inner}${indented(item, inner)}`).join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${inner}${JSON.stringify(key)}: ${indented(item, inner)}`);
  return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${indent}}`;
}

/** `mixnas show`: an architecture as JSON, to read, edit and give back as a file. */
import { Command } from 'commander';
import { type Io, integer, printJson, printJsonText } from './terminal/index.js';

interface Options {
  readonly graph?: true;
  readonly resolution?: number;
  readonly classes?: number;
  readonly json?: true;
}

export function showCommand(io: Io): Command {
  return new Command('show')
    .description('print an architecture as JSON, or the layer graph made from it')
    .argument('<architecture>', "a reference model's name, a JSON or YAML file, a weights file, or run#trial")
    .option('--graph', 'the layer graph instead: every op with its inputs and shape')
    .option('--resolution <pixels>', "input height and width (default: the architecture's)", integer(1))
    .option('--classes <count>', "classes (default: the architecture's)", integer(1))
    .option('--json', 'print on one line')
    .addHelpText(
      'after',
      `
The JSON of an architecture is a file that every command takes. docs/network-format.md explains both forms.

Example:
  mixnas show mixnet-s > mine.json
  mixnas show quickstart#12 --graph --resolution 224`,
    )
    .action(async (spec: string, options: Options) => {
      const { showArchitecture, showGraph } = await import('../app/index.js');
      const value = options.graph ? showGraph(spec, options) : showArchitecture(spec, options);
      if (options.json) printJson(io, value);
      else printJsonText(io, indented(value));
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

/**
 * One rule names profiles: device-unit[-cores-threads]-precision. The first profiles are older than the rule; their
 * files, runs and configs keep the names they have, and both are understood.
 */
const byRule: Readonly<Record<string, string>> = {
  'galaxy-s10-gpu-fp16': 'mali-g76',
  'pixel4-gpu-fp16': 'adreno-640',
  'mi8se-gpu-fp16': 'adreno-616',
  'galaxy-a03s-gpu-fp16': 'powervr-ge8320',
  'iphone-7-gpu-fp16': 'apple-a10-gpu',
  'iphone-xs-gpu-fp16': 'apple-a12-gpu',
  'imx93-npu-int8': 'ethos-u65',
  'alif-e7-npu-int8': 'ethos-u55',
  'qcs8550-npu-fp16': 'hexagon-8gen2',
  'galaxy-s24-npu-fp16': 'hexagon-8gen3',
  'galaxy-s25-npu-fp16': 'hexagon-8elite',
};
const ofFile = new Map(Object.entries(byRule).map(([rule, file]) => [file, rule]));

/** The names of the rule that files do not have. */
export const aliasNames: readonly string[] = Object.keys(byRule);

/** The name of the file that holds the profile of this name. */
export function fileName(name: string): string {
  return byRule[name] ?? name;
}

/** What the rule calls the profile of a file. */
export function ruleName(name: string): string {
  return ofFile.get(name) ?? name;
}

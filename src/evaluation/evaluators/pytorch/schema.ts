/** The evaluator that trains in PyTorch, as a config names it. */
import { z } from 'zod';
import { heldOutSchema, recipeSchema } from '../../../training/index.js';

export const pytorchSchema = recipeSchema
  .safeExtend({
    name: z
      .literal('pytorch')
      .describe('Trains every architecture in PyTorch, with the package in `python/`; for GPUs.'),
    validation: heldOutSchema,
    python: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The Python that has `mixnas_torch`: `pip install ./python`. Default: the variable MIXNAS_PYTHON, or python3.',
      ),
    device: z
      .string()
      .regex(/^(auto|cpu|mps|cuda(:\d+)?)$/, 'expected auto, cpu, mps, cuda or cuda:1')
      .default('auto')
      .describe('`auto` is the first of CUDA, MPS and the CPU that is there.'),
    precision: z
      .enum(['float32', 'bfloat16', 'float16'])
      .default('float32')
      .describe('Mixed precision: what most ops compute in; `float16` scales the loss.'),
    compile: z.boolean().default(false).describe('Whether `torch.compile` compiles each network.'),
    threads: z
      .number()
      .int()
      .positive()
      .max(1024)
      .optional()
      .describe(
        'Threads that PyTorch computes with on a processor, which changes the last digits of its results; default: one a core, and one on workers of a fleet.',
      ),
    gpus: z
      .array(z.union([z.number().int().min(0), z.string().min(1)]))
      .min(1)
      .optional()
      .describe('GPUs by number or name, one a worker, as `CUDA_VISIBLE_DEVICES`; default: one worker.'),
    timeoutSeconds: z
      .number()
      .positive()
      .max(1e7)
      .default(86_400)
      .describe('A training that takes longer is ended, and its trial has failed.'),
  })
  .describe('Training in PyTorch, by one process a GPU that stays up.');

/** PyTorch's training with every default filled in. */
export type PytorchSpec = z.output<typeof pytorchSchema>;

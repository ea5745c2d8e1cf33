/** @file What every command that trains is told: a recipe, data, a folder, and what to start from. */
import { type Command, Option } from 'commander';
import { parseWeightedDirectory, type WeightedDirectory } from '../dataset/weighted-directory.ts';
import { UsageError } from '../errors/errors.ts';
import { type ExecutionProvider, executionProviders } from '../onnx/session.ts';
import type { Recipe } from '../training/recipe.ts';
import { readRecipe } from '../training/recipe-file-node.ts';
import type { StartingWeights } from '../training/start-node.ts';

export interface RunFlags {
  readonly recipe: string;
  readonly data: readonly string[];
  readonly out: string;
  readonly from?: string;
  readonly trunkWeights?: string;
  readonly provider: ExecutionProvider;
}

/** @param about what the command makes of the recipe, and of the folder */
export function addRunFlags(command: Command, about: { readonly recipe: string; readonly out: string }): Command {
  return command
    .requiredOption('--recipe <file>', `${about.recipe}: a file, or the name of a recipe that comes with the package`)
    .requiredOption(
      '--data <set...>',
      'DIR[:WEIGHT]: prepared data sets, and how often each photo is seen in an epoch (default 1)',
    )
    .requiredOption('--out <dir>', about.out)
    .option('--from <model>', 'start from a model directory; heads are rebuilt where the classes differ')
    .option(
      '--trunk-weights <file>',
      'start the trunk from ImageNet weights (safetensors, names of timm or torchvision)',
    )
    .addOption(
      new Option(
        '--provider <name>',
        'where steps run: webgpu takes any GPU with a Vulkan driver, cuda its own libraries',
      )
        .choices(executionProviders)
        .default('cpu'),
    );
}

export interface RunPlan {
  readonly recipe: Recipe;
  readonly data: readonly WeightedDirectory[];
  readonly out: string;
  readonly from: StartingWeights;
  readonly provider: ExecutionProvider;
}

/** @throws UsageError where the flags contradict each other; RecipeError and others for files that cannot be used */
export async function planRun(flags: RunFlags): Promise<RunPlan> {
  return {
    recipe: await readRecipe(flags.recipe),
    data: flags.data.map(parseWeightedDirectory),
    out: flags.out,
    from: await startingWeights(flags),
    provider: flags.provider,
  };
}

/** `--from` a model, `--trunk-weights` of a file, or neither. */
async function startingWeights({ from, trunkWeights }: RunFlags): Promise<StartingWeights> {
  if (from !== undefined && trunkWeights !== undefined) {
    throw new UsageError('a run starts from one set of weights', {
      where: '--from and --trunk-weights',
      cure: 'Give one of them.',
    });
  }
  if (from !== undefined) {
    const { readAnyModel } = await import('../baseline/model-node.ts');
    const { parameters, config } = (await readAnyModel(from)).model;
    return { tensors: parameters, classes: config.classes };
  }
  if (trunkWeights === undefined) return { tensors: new Map(), classes: null };
  const { readSafetensors } = await import('../weights/safetensors-node.ts');
  const { renameTensors, trunkNames } = await import('../weights/name-maps.ts');
  return { tensors: renameTensors((await readSafetensors(trunkWeights)).tensors, trunkNames), classes: null };
}

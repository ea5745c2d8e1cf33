/** @file `deepshop`: the commands, and how a process ends: 0 done, 1 something failed with a message, 2 wrong usage. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { commandCure, describeError, UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { FilterError } from '../stores/filter-error.ts';
import { type LoadEngine, log, printJson } from './command-runtime.ts';

/** In the order of the help. A command's modules are loaded when it is called, or when the help describes all. */
const commands: { readonly [name: string]: (loadEngine: LoadEngine) => Promise<Command> } = {
  demo: async (loadEngine) => (await import('./demo.ts')).demoCommand(loadEngine),
  detect: async (loadEngine) => (await import('./detect.ts')).detectCommand(loadEngine),
  index: async (loadEngine) => (await import('./index-catalogue.ts')).indexCommand(loadEngine),
  recommend: async (loadEngine) => (await import('./recommend.ts')).recommendCommand(loadEngine),
  serve: async () => (await import('./serve.ts')).serveCommand(),
  keys: async () => (await import('./keys.ts')).keysCommand(),
  events: async () => (await import('./events.ts')).eventsCommand(),
  store: async () => (await import('./store.ts')).storeCommand(),
  prepare: async () => (await import('./prepare.ts')).prepareCommand(),
  convert: async () => (await import('./convert.ts')).convertCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  train: async () => (await import('./train.ts')).trainCommand(),
  'train-vector': async () => (await import('./train-vector.ts')).trainVectorCommand(),
  calibrate: async () => (await import('./calibrate.ts')).calibrateCommand(),
  sweep: async () => (await import('./sweep.ts')).sweepCommand(),
  evaluate: async () => (await import('./evaluate.ts')).evaluateCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  export: async () => (await import('./export.ts')).exportCommand(),
  'import-weights': async () => (await import('./import-weights.ts')).importWeightsCommand(),
  studio: async () => (await import('./studio.ts')).studioCommand(),
};

/**
 * Runs one command line and sets the exit code of the process.
 *
 * @param argv as `process.argv`: the first two are passed over
 * @param loadEngine how a model directory becomes an engine
 */
export async function run(argv: readonly string[], loadEngine: LoadEngine = loadModelEngine): Promise<void> {
  // The reader of a pipe may leave early: `deepshop detect ... | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  const [name = ''] = argv.slice(2);
  const names = Object.hasOwn(commands, name) ? [name] : Object.keys(commands);
  try {
    const program = createProgram(await Promise.all(names.map((each) => commands[each](loadEngine))));
    if (name === '') program.help({ error: true });
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = reportFailure(error, argv.includes('--json'));
  }
}

function createProgram(children: readonly Command[]): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const program = new Command('deepshop')
    .description('Visual fashion search: a photo goes in, garments and similar items of a shop come out.')
    .version(version)
    // A command's options stay with it, its own subcommands' with those.
    .enablePositionalOptions();
  for (const child of children) program.addCommand(child);
  settle(program, 'deepshop --help lists the commands.');
  return program;
}

/**
 * A command that throws instead of ending the process, and whose own messages are in the form of all others. Commands that are
 * added do not inherit it.
 */
function settle(command: Command, cure: string): void {
  command.exitOverride().configureOutput({
    outputError(message, write) {
      const text = printable(
        message
          .trim()
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' '),
      );
      write(`deepshop: ${text}${text.endsWith('.') ? '' : '.'} ${cure}\n`);
    },
  });
  for (const child of command.commands) settle(child, commandCure);
}

/** Says what failed, and gives the exit code. */
function reportFailure(error: unknown, asJson: boolean): number {
  // Commander has printed its own message; help that was asked for is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const failure = describeError(error);
  log(`deepshop: ${printable(failure.message)}`);
  if (error instanceof FilterError) log(error.excerpt());
  if (error instanceof UsageError || error instanceof FilterError) return 2;
  if (process.env.DEEPSHOP_DEBUG && error instanceof Error) log(String(error.stack));
  if (asJson) printJson({ error: failure });
  return 1;
}

const loadModelEngine: LoadEngine = async (modelDirectory, options) => {
  const { openEngine } = await import('../embedding/open-engine-node.ts');
  return openEngine(modelDirectory, options);
};

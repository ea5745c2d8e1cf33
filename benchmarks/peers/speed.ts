/**
 * @file Time and memory beside PyTorch, both sides alternating in one go on the same weights and input.
 *
 *     npx tsx benchmarks/peers/speed.ts [--case NAME]... [--rounds 15] [--threads 2] [--no-arena]
 *
 * Needs a Python with torch, torchvision, timm and safetensors (`PYTHON`, default `python3`), and an otherwise idle
 * machine. Cases and their bars: speed-cases.json. Each side is a process of its own (speed.py, speed-ours.ts).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Answer, Side } from './side.ts';

interface Case {
  readonly title: string;
  readonly timeBar: number;
  readonly memoryBar: number | null;
}

/** Steps that warm up, not counted. */
const WARM_UP = 3;
/** Threads of the side that has just run stop spinning. */
const REST_MS = 300;

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '15' },
    threads: { type: 'string', default: '2' },
    'no-arena': { type: 'boolean', default: false },
  },
});
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const cases: Record<string, Case> = JSON.parse(readFileSync(here('speed-cases.json'), 'utf8'));
const arena = values['no-arena'] ? 'no-arena' : 'arena';

console.log(
  `${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(2)} at the start; ${values.threads} threads, ${arena}, ${values.rounds} rounds after ${WARM_UP}`,
);
for (const name of values.case ?? Object.keys(cases)) {
  const settings = cases[name];
  if (settings === undefined) throw new Error(`no case ${name}; there are ${Object.keys(cases).join(', ')}`);
  await measure(name, settings);
}

async function measure(name: string, { title, timeBar, memoryBar }: Case): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'deepshop-speed-'));
  const sides: Side[] = [];
  try {
    // PyTorch first: it makes the weights of both.
    const theirs = await Side.start(process.env.PYTHON ?? 'python3', [here('speed.py'), name, folder, values.threads]);
    sides.push(theirs);
    const ours = await Side.start(process.execPath, [
      '--import',
      'tsx',
      here('speed-ours.ts'),
      name,
      folder,
      values.threads,
      arena,
    ]);
    sides.push(ours);
    const [a, b]: [Answer[], Answer[]] = [[], []];
    for (let round = -WARM_UP; round < Number(values.rounds); round++) {
      // Who goes first changes every round.
      for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) {
        const answer = await side.step();
        if (round >= 0) (side === ours ? a : b).push(answer);
        await pause(REST_MS);
      }
    }
    const ratios = a.map(({ ms }, round) => ms / b[round].ms);
    const [own, other] = [a, b].map((answers) => median(answers.map(({ ms }) => ms)));
    const [memory, otherMemory] = [a, b].map((answers) => answers.at(-1)!.peakMb);
    console.log(`\n${name}: ${title}\n  ${theirs.versions}; ${ours.versions}`);
    console.log(
      `  time: ${own.toFixed(1)} against ${other.toFixed(1)} ms (medians), ${(own / other).toFixed(3)}x, median of pairs ${median(ratios).toFixed(3)}x; bar ${timeBar}x`,
    );
    const bar = memoryBar === null ? '' : `; bar ${memoryBar}x`;
    console.log(
      `  peak memory: ${memory.toFixed(0)} against ${otherMemory.toFixed(0)} MB, ${(memory / otherMemory).toFixed(2)}x${bar}`,
    );
    console.log(`  ours ${describe(a)}; theirs ${describe(b)}`);
  } finally {
    for (const side of sides) side.stop();
    rmSync(folder, { recursive: true });
  }
}

/** What a side says about its last step besides time and memory, to see that both did the same. */
function describe(answers: readonly Answer[]): string {
  const { ms: _ms, peakMb: _peak, ...facts } = answers.at(-1)!;
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(6))}`)
    .join(', ');
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((x, y) => x - y);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}

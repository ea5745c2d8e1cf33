/** @file `deepshop evaluate retrieval`: how often a search finds what is looked for, and what it confuses. */
import { Command, Option } from 'commander';
import type { DatasetPart } from '../dataset/dataset.ts';
import { UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import {
  type RankedAnswer,
  type RetrievalFigures,
  type RetrievalIntervals,
  retrievalFigureNames,
  retrievalFigures,
  retrievalIntervals,
} from '../evaluation/retrieval-metrics.ts';
import type { Difficulty } from '../retrieval/known-difficulty-node.ts';
import type { BoxMode } from '../retrieval/retrieval-test.ts';
import { plural } from '../text/plural.ts';
import { bundledModel, parsePositiveInteger, parseScore, printJson, printLine } from './command-runtime.ts';
import { addEncoderFlag, type EncoderFlag } from './encoder-flag.ts';
import { showProgress } from './progress.ts';
import { addRephotographFlags, type RephotographFlags } from './rephotograph-flags.ts';

interface Flags extends RephotographFlags, EncoderFlag {
  readonly model: string;
  readonly data?: string;
  readonly part: DatasetPart;
  readonly queries?: number;
  readonly minScore?: number;
  readonly trunkWeights?: string;
  readonly querySet?: string;
  readonly store?: string;
  readonly bootstrap: number;
}

const details = `
Without --query-set, garments of a data set with masks are photographed again and looked for among the
photos that they come from. Boxes: "given" is the labelled one on both sides; "detected" is what the model
finds, and a garment that it does not find has failed; "listed" is the same with items of the garment's
likely classes first, as recommend lists them; "whole" is the whole photo on both sides.
--trunk-weights (EfficientNet-Lite0's of ImageNet) adds what features reach that no garment was trained on:
the test is hard enough where they find 0.70 to 0.82 with the box given and at most 0.45 without. It is told
without weights too, where it was measured before for the same data sets, number of queries and seed.`;

export function evaluateRetrievalCommand(): Command {
  const command = new Command('retrieval')
    .description('recall, precision of class, mAP and nDCG of a search, on garments photographed again or a query set')
    .option('--model <dir>', 'model to measure', bundledModel);
  addEncoderFlag(command)
    .option('--data <set>', 'prepared data set with masks: the gallery, and the garments that are looked for')
    .addOption(
      new Option('--part <part>', 'side of the data sets').choices(['train', 'dev', 'val', 'all']).default('val'),
    )
    .option('--queries <n>', 'at most so many garments are looked for (default: all)', parsePositiveInteger)
    .option('--min-score <x>', "show detections from this score on (default: the model's own)", parseScore)
    .option('--trunk-weights <file>', 'ImageNet weights of EfficientNet-Lite0 (safetensors, names of timm)')
    .option('--query-set <file>', 'questions and their answers, as JSON lines, put to --store')
    .option('--store <place>', 'the store that --query-set asks')
    .option('--bootstrap <n>', 'resamples of the queries for the 95 % intervals', parsePositiveInteger, 1000);
  return addRephotographFlags(command, { seed: 'the pictures and of the resamples' })
    .addHelpText('after', details)
    .action(async (flags: Flags) => {
      const report = flags.querySet === undefined ? await measureData(flags) : await measureQuerySet(flags);
      if (flags.json) printJson(report);
      else printReport(report);
    });
}

interface Result {
  readonly descriptor: string;
  readonly box: BoxMode | null;
  /** Numbers a vector. */
  readonly dimension: number;
  readonly queries: number;
  /** Queries whose garment was not detected. */
  readonly missed: number;
  readonly figures: RetrievalFigures;
  readonly intervals: RetrievalIntervals['figures'];
}

interface Report {
  readonly gallery: string;
  readonly queries: string;
  readonly minScore: number | null;
  readonly results: readonly Result[];
  /** Of the garments photographed again and their gallery (`RephotographedTest.id`); null for a query set. */
  readonly test: string | null;
  /** What features find that no garment was trained on, now or when this test was measured before; null where it never was. */
  readonly untrained: Difficulty | null;
  /** Of a random order; null where it was not worked out. */
  readonly chance: RetrievalFigures | null;
  readonly resamples: number;
  readonly seed: number;
}

async function measureData(flags: Flags): Promise<Report> {
  const { model, data, grounds, part, queries: numQueries = null, seed, threads = 0, minScore } = flags;
  if (data === undefined) {
    throw new UsageError('evaluate retrieval needs something to look for', {
      expected: '--data DIR, or --query-set FILE with --store PLACE',
      cure: 'Give one of the two.',
    });
  }
  const [
    { openEngine },
    { openRephotographedTest, openUntrained, describersOf, untrainedName },
    { runRetrievalTest },
    { knownDifficulty },
  ] = await Promise.all([
    import('../embedding/open-engine-node.ts'),
    import('../retrieval/rephotographed-test-node.ts'),
    import('../retrieval/retrieval-test.ts'),
    import('../retrieval/known-difficulty-node.ts'),
  ]);
  const test = await openRephotographedTest({ data, part, grounds, numQueries, seed });
  const engine = await openEngine(model, { encoder: flags.encoder, threads });
  const untrained = flags.trunkWeights === undefined ? null : await openUntrained(flags.trunkWeights, threads);
  const describers = [...describersOf(engine), ...(untrained === null ? [] : [untrained])];
  const progress = showProgress('photos', test.gallery.length + test.queries.length);
  try {
    const onPhoto = (done: number) => progress.update(done);
    const outcomes = await runRetrievalTest({ ...test, engine, describers, minScore, onPhoto });
    const results = outcomes.map(({ describer, mode, dimension, answers }): Result => {
      const missed = answers.filter(({ isDetected }) => !isDetected).length;
      return { descriptor: describer, box: mode, dimension, ...measured(answers, flags), missed };
    });
    const recallOf = (mode: BoxMode) =>
      results.find(({ descriptor, box }) => descriptor === untrainedName && box === mode)!.figures['recall@1'];
    return {
      ...test.definition,
      test: test.id,
      minScore: minScore ?? null,
      results,
      untrained:
        untrained === null
          ? await knownDifficulty(test.id)
          : { given: recallOf('given'), whole: recallOf('whole'), measuredOn: null },
      chance: chanceFigures(test.gallery, test.queries),
      resamples: flags.bootstrap,
      seed,
    };
  } finally {
    progress.stop();
    await Promise.all([engine.release(), untrained?.release()]);
  }
}

async function measureQuerySet(flags: Flags): Promise<Report> {
  const { querySet: path, store: place } = flags;
  if (place === undefined || flags.data !== undefined) {
    throw new UsageError('a query set is put to a store', {
      expected: '--query-set FILE with --store PLACE, without --data',
      cure: 'Name the store whose items the query set names.',
    });
  }
  const [{ openEngine }, { openAnyStore }, { answerQuerySet, readQuerySet }] = await Promise.all([
    import('../embedding/open-engine-node.ts'),
    import('../stores/open-store-node.ts'),
    import('../retrieval/answer-query-set-node.ts'),
  ]);
  const set = await readQuerySet(path!);
  const store = await openAnyStore(place);
  try {
    const { products, rows } = await store.stats();
    const { descriptor, dimension } = store.manifest;
    const answers = await answerQuerySet(set, {
      store,
      path: path!,
      openEngine: () => openEngine(flags.model, { encoder: flags.encoder }),
    });
    return {
      gallery: `${plural(products, 'product')}, ${plural(rows, 'row')}: everything in ${place}, compared exactly, one answer a product`,
      queries: `${set.queries.length} of ${path}: ${set.header.source}`,
      test: null,
      minScore: null,
      results: [{ descriptor, box: null, dimension, missed: 0, ...measured(answers, flags) }],
      untrained: null,
      chance: null,
      resamples: flags.bootstrap,
      seed: flags.seed,
    };
  } finally {
    await store.close();
  }
}

function measured(answers: readonly RankedAnswer[], { bootstrap, seed }: Flags) {
  const { figures: intervals } = retrievalIntervals(answers, { resamples: bootstrap, seed });
  return { queries: answers.length, figures: retrievalFigures(answers), intervals };
}

/** Of a gallery in random order, one item right for each query. */
function chanceFigures(
  gallery: readonly { readonly label: string }[],
  queries: readonly { readonly label: string }[],
): RetrievalFigures {
  const count = gallery.length;
  const sumTo = (term: (place: number) => number) =>
    Array.from({ length: Math.min(10, count) }, (_, index) => term(index + 1)).reduce((sum, value) => sum + value, 0);
  const ofClass = (label: string) => gallery.filter((item) => item.label === label).length / count;
  return {
    'recall@1': 1 / count,
    'recall@5': Math.min(1, 5 / count),
    'recall@10': Math.min(1, 10 / count),
    'classPrecision@3': queries.reduce((sum, { label }) => sum + ofClass(label), 0) / queries.length,
    'mAP@10': sumTo((place) => 1 / place) / count,
    'nDCG@10': sumTo((place) => 1 / Math.log2(place + 1)) / count,
  };
}

function describeDifficulty(untrained: Difficulty | null): string {
  if (untrained === null) {
    return 'difficulty: not measured of this gallery and these queries; --trunk-weights FILE measures what untrained features find';
  }
  const { given, whole, measuredOn } = untrained;
  const when = measuredOn === null ? '' : `measured on ${measuredOn}; `;
  return `difficulty: untrained features find ${given.toFixed(3)} at first place with the box given, ${whole.toFixed(3)} without (${when}wanted: 0.70 to 0.82, at most 0.45)`;
}

function printReport({ gallery, queries, test, minScore, results, untrained, chance, resamples }: Report): void {
  printLine(printable(`gallery: ${gallery}`));
  printLine(printable(`queries: ${queries}`));
  if (test !== null) printLine(describeDifficulty(untrained));
  const shownFrom = minScore === null ? "the model's scores" : `a score of ${minScore}`;
  printLine(`detections are shown from ${shownFrom} on; a garment without one is a miss`);
  printLine();
  const header = ['descriptor, box', ...retrievalFigureNames];
  printLine(header.map((name, index) => (index === 0 ? name.padEnd(30) : name.padStart(22))).join(''));
  for (const { descriptor, box, dimension, missed, figures, intervals } of results) {
    const name = [descriptor, box].filter((part) => part !== null).join(', ');
    const cells = retrievalFigureNames.map((figure) => {
      const interval = intervals[figure];
      const within = interval === null ? '' : ` (${interval[0].toFixed(3)}-${interval[1].toFixed(3)})`;
      return `${figures[figure].toFixed(3)}${within}`.padStart(22);
    });
    printLine(`${name.padEnd(30)}${cells.join('')}  ${dimension} numbers${missed > 0 ? `, ${missed} missed` : ''}`);
  }
  if (chance !== null) {
    const cells = retrievalFigureNames.map((figure) => chance[figure].toFixed(3).padEnd(14).padStart(22));
    printLine(`${'random order'.padEnd(30)}${cells.join('')}`);
  }
  printLine(`\nin brackets 95 % intervals over the queries, ${resamples} resamples; the gallery stays as it is`);
}

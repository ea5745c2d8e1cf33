/** @file The sections of a model's card that have figures, as Markdown. */
import type { RoundedFigures } from '../benchmarks/rounded-weights.ts';
import type { Robustness } from '../src/cli/measure-robustness.ts';
import type { ScoreCalibration } from '../src/detector/detect-graph.ts';
import { frequentClassMinimum, meanOverFrequentClasses } from '../src/evaluation/evaluate-detections.ts';
import type { Interval } from '../src/evaluation/interval.ts';
import { expectedCalibrationError, fewestOfBin, lowestScore } from '../src/evaluation/reliability.ts';
import { distortions } from '../src/image/distortions.ts';
import { plural } from '../src/text/plural.ts';
import type { SetFigures } from './measure-model.ts';

const figure = (value: number) => (value < 0 ? 'no ground truth' : value.toFixed(3));
const within = (interval: Interval) =>
  interval === null ? '' : `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`;
/** One figure a data set. */
const beside = (values: readonly number[], decimals = 3) => values.map((value) => value.toFixed(decimals)).join(' / ');

/** The metrics of one data set. */
export function describeSet({ data, photos, boxes, summary, intervals, topClass, shown, reliability }: SetFigures) {
  const frequent = meanOverFrequentClasses(summary.perClass, frequentClassMinimum);
  const rows = [
    ['AP', summary.AP, intervals.numbers.AP],
    ['mAP@0.5', summary.AP50, intervals.numbers.AP50],
    ['AP@0.75', summary.AP75, intervals.numbers.AP75],
    [`AP, classes with ${frequentClassMinimum} boxes or more`, frequent.AP, intervals.frequentClasses.AP],
    [`mAP@0.5, the same classes`, frequent.AP50, intervals.frequentClasses.AP50],
  ] as const;
  const classes = summary.perClass.map(({ label, AP, AP50, groundTruths }, i) => {
    const interval = groundTruths < frequentClassMinimum ? 'too few boxes' : within(intervals.perClass[i].AP50);
    return `| ${label} | ${groundTruths} | ${figure(AP)} | ${figure(AP50)} | ${interval} |`;
  });
  const precision = shown.found / (shown.found + shown.falseAlarms);
  const recall = shown.found / (shown.found + shown.missed);
  const error = expectedCalibrationError(reliability.bins);
  return [
    `### ${data.name}, val: ${photos} photos, ${boxes} boxes`,
    '',
    '| what | figure | 95 % interval |',
    '|---|---|---|',
    ...rows.map(([what, value, interval]) => `| ${what} | ${figure(value)} | ${within(interval)} |`),
    `| class of the best detection is right | ${figure(topClass)} | |`,
    `| precision of what is shown, IoU 0.5 | ${figure(precision)} | |`,
    `| recall of what is shown, IoU 0.5 | ${figure(recall)} | |`,
    `| expected calibration error of scores from ${lowestScore} on | ${figure(error)} | |`,
    '',
    '| class | boxes | AP | AP@0.5 | 95 % interval of AP@0.5 |',
    '|---|---|---|---|---|',
    ...classes,
  ].join('\n');
}

/** The straight line over the log odds. */
export function describeCalibration({ scale, shift }: ScoreCalibration): string {
  return `log odds x ${scale} ${shift < 0 ? '-' : '+'} ${Math.abs(shift)}`;
}

/**
 * The reliability diagram and what it says.
 *
 * @param file of the diagram, beside the card
 */
export function describeReliability(sets: readonly Pick<SetFigures, 'data' | 'reliability'>[], file: string): string {
  const names = sets.map(({ data }) => data.name).join(' / ');
  const [errors, rawErrors] = (['bins', 'rawBins'] as const).map((which) =>
    beside(sets.map(({ reliability }) => expectedCalibrationError(reliability[which]))),
  );
  return [
    '### Scores',
    '',
    `Of the detections with a score near 0.7, seven in ten are to be right. Expected calibration error on val, ${names}: ${errors}; of raw scores, before calibration, ${rawErrors}.${describeFurthest(sets)} By tenth of the score:`,
    '',
    `![Reliability diagram: share of the detections that is right over their mean score, and their number, ${names}](${file})`,
  ].join('\n');
}

/** The tenth whose scores are the least true, where enough detections say so. */
function describeFurthest(sets: readonly Pick<SetFigures, 'data' | 'reliability'>[]): string {
  const tenths = sets.flatMap(({ data, reliability }) =>
    reliability.bins.flatMap(({ from, to, count, meanScore, share }) =>
      meanScore === null || share === null || count < fewestOfBin ? [] : [{ data, from, to, count, meanScore, share }],
    ),
  );
  const [furthest] = tenths.sort((a, b) => Math.abs(b.meanScore - b.share) - Math.abs(a.meanScore - a.share));
  if (furthest === undefined) return '';
  const { data, from, to, count, meanScore, share } = furthest;
  return ` Furthest off are scores of ${from} to ${to} on ${data.name}: ${meanScore.toFixed(3)} in the mean, ${share.toFixed(3)} of ${count} right.`;
}

export function describeRobustness(sets: readonly Robustness[]): string {
  const [{ distorted }] = sets;
  const rows = distorted.map(({ distortion }, row) => {
    // A drop of less than half a thousandth is none.
    const drops = sets.map((set) => Math.round(set.distorted[row].drop * 1000) / 1000 || 0);
    return `| ${distortions[distortion]} | ${beside(drops)} |`;
  });
  return [
    '## Robustness',
    '',
    `Drop of mAP@0.5 on val by \`deepshop evaluate robustness\` (seed 1), ${sets.map(({ data }) => data).join(' / ')}:`,
    '',
    '| distortion | drop |',
    '|---|---|',
    ...rows,
  ].join('\n');
}

/** Of one kind of pictures without garments. */
export interface AlarmCount {
  readonly what: string;
  readonly count: number;
  /** What was shown there, in words. */
  readonly alarms: readonly string[];
}

export function describeAlarms(counts: readonly AlarmCount[]): string {
  const sum = (of: (each: AlarmCount) => number) => counts.reduce((total, each) => total + of(each), 0);
  const each = counts.map(({ what, count, alarms }) => `${alarms.length} of ${count} ${what}`);
  const shown = counts.flatMap(({ alarms }) => alarms);
  return [
    '## False alarms',
    '',
    `Pictures without garments in which one is shown (\`benchmarks/false-alarms.ts\`): ${each.join(', ')}; ${sum(({ alarms }) => alarms.length)} of ${sum(({ count }) => count)} in all. Parts of photos may show clothes of people whom nobody labelled.${shown.length === 0 ? '' : ` Shown: ${shown.join('; ')}.`}`,
  ].join('\n');
}

/** @param data names of the data sets */
export function describeWeights(figures: readonly RoundedFigures[], data: readonly string[]): string {
  const rows = figures.map(({ bits, bytes, sets, agreement }) => {
    const cells = [
      bits === 16 ? '16, as shipped' : bits === 32 ? '32, before rounding' : '8, a scale a row',
      `${(bytes / 1e6).toFixed(1)} MB`,
      beside(
        sets.map(({ AP50 }) => AP50),
        4,
      ),
      beside(
        sets.map(({ AP }) => AP),
        4,
      ),
      agreement === null ? '' : `${agreement.mean.toFixed(4)}, ${agreement.lowest.toFixed(4)}`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const boxes = figures.find(({ agreement }) => agreement !== null)?.agreement?.boxes ?? 0;
  return [
    '## Weights',
    '',
    `Kernels in other precisions (\`benchmarks/quantisation.ts\`), val, ${data.join(' / ')}; cosine of the vectors of the same ${plural(boxes, 'box', 'boxes')} with those of 16 bits, mean and lowest:`,
    '',
    '| bits | size | mAP@0.5 | AP | cosine |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

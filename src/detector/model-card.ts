/** @file The card of a model, for people: `README.md` of its directory when its author wrote none. */
import type { PreprocessingConfig } from '../image/preprocess.ts';
import { type ParameterSpec, parameterCount } from '../nn/parameters.ts';
import type { Model } from './model-directory.ts';
import { detectorNetwork } from './network.ts';

/** Markdown. Numbers of the metrics at the first two levels become rows. */
export function describeModel(model: Model, metrics: unknown): string {
  const { name, config, preprocessing, minScore, calibration, descriptors } = model;
  const rows: CardRow[] = [
    ['classes', config.classes.map(escapeCell).join(', ')],
    ['trunk', config.trunk],
    ['parameters', describeCount(detectorNetwork(config).specs)],
    ['photos', describeSize(preprocessing)],
    ['shown from score', typeof minScore === 'number' ? String(minScore) : 'by class, see model.json'],
    ['calibration of scores', `log odds x ${calibration.scale} + ${calibration.shift}`],
    ...Object.entries(descriptors).map(
      ([descriptor, definition]): CardRow => [`space of ${descriptor}`, definition?.spaceId ?? ''],
    ),
  ];
  const intent = 'A garment detector for deep-shopping: `deepshop detect PHOTO --model DIR`.';
  return composeCard({ name, intent, rows, metrics });
}

export type CardRow = readonly [what: string, fact: string];

/** The card of any kind of model. Facts are Markdown; what comes from data in them is escaped by {@link escapeCell}. */
export function composeCard({
  name,
  intent,
  rows,
  metrics,
}: {
  readonly name: string;
  /** One sentence. */
  readonly intent: string;
  readonly rows: readonly CardRow[];
  readonly metrics: unknown;
}): string {
  const figures = numbersOf(metrics).map(([key, value]) => `| ${escapeCell(key)} | ${value} |`);
  const measured = figures.length === 0 ? [] : ['', '## Measured', '', '| what | figure |', '|---|---|', ...figures];
  return [
    `# ${escapeCell(name)}`,
    '',
    intent,
    '',
    '| what | |',
    '|---|---|',
    ...rows.map(([key, value]) => `| ${key} | ${value} |`),
    ...measured,
    '',
    'Data, licence, intended use and limits: not stated by the author.',
    '',
  ].join('\n');
}

/** `0.7 million` */
export const describeCount = (specs: readonly ParameterSpec[]): string =>
  `${(parameterCount(specs) / 1e6).toFixed(1)} million`;

/** How large a model sees photos. */
export function describeSize({ resize }: PreprocessingConfig): string {
  switch (resize.kind) {
    case 'long-side':
      return `long side ${resize.longSide}`;
    case 'squash':
      return `squashed to ${resize.side} x ${resize.side}`;
    case 'torchvision':
      return `sides ${resize.minSide} to ${resize.maxSide}`;
  }
}

function numbersOf(value: unknown, prefix = '', depth = 0): [string, string][] {
  if (typeof value === 'number') return [[prefix, String(Number(value.toPrecision(4)))]];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 2) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    numbersOf(inner, prefix === '' ? key : `${prefix}, ${key}`, depth + 1),
  );
}

/** Names come from data: they must not break out of a table or become markup. */
export function escapeCell(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').replace(/[\\|`*_<>[\]#&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

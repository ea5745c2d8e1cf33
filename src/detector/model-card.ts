/** @file The card of a model, for people: `README.md` of its directory when its author wrote none. */
import { parameterCount } from '../nn/parameters.ts';
import type { Model } from './model-directory.ts';
import { detectorNetwork } from './network.ts';

/** Markdown. Numbers of the metrics at the first two levels become rows. */
export function describeModel(model: Model, metrics: unknown): string {
  const { name, config, preprocessing, minScore, temperature, descriptors } = model;
  const { resize } = preprocessing;
  const size =
    resize.kind === 'long-side' ? `long side ${resize.longSide}` : `sides ${resize.minSide} to ${resize.maxSide}`;
  const millions = (parameterCount(detectorNetwork(config).specs) / 1e6).toFixed(1);
  const rows = [
    ['classes', config.classes.map(escapeCell).join(', ')],
    ['trunk', config.trunk],
    ['parameters', `${millions} million`],
    ['photos', size],
    ['shown from score', typeof minScore === 'number' ? String(minScore) : 'by class, see model.json'],
    ['temperature', String(temperature)],
    ...Object.entries(descriptors).map(([descriptor, definition]) => [
      `space of ${descriptor}`,
      definition?.spaceId ?? '',
    ]),
  ];
  const figures = numbersOf(metrics).map(([key, value]) => `| ${escapeCell(key)} | ${value} |`);
  const measured = figures.length === 0 ? [] : ['', '## Measured', '', '| what | figure |', '|---|---|', ...figures];
  return [
    `# ${escapeCell(name)}`,
    '',
    'A garment detector for deep-shopping: `deepshop detect PHOTO --model DIR`.',
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

function numbersOf(value: unknown, prefix = '', depth = 0): [string, string][] {
  if (typeof value === 'number') return [[prefix, String(Number(value.toPrecision(4)))]];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 2) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    numbersOf(inner, prefix === '' ? key : `${prefix}, ${key}`, depth + 1),
  );
}

/** Names come from data: they must not break out of a table or become markup. */
function escapeCell(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').replace(/[\\|`*_<>[\]#&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** @file The reliability diagram of runs beside each other, or of one model for its card. */
import { fewestOfBin, lowestScore } from '../evaluation/reliability.ts';
import type { Figure } from './figure.ts';
import { legend } from './line-chart.ts';
import { type ReliabilityCurve, reliabilityPanels } from './reliability-panels.ts';
import { type DataDescription, describeData, type ReportRun, type SetEvaluation, slug } from './report-data.ts';

export interface ReliabilityOfRun {
  readonly run: Pick<ReportRun, 'name'>;
  readonly series: number;
  readonly found: Pick<SetEvaluation, 'reliability'>;
}

/** Several runs in one diagram to compare them. */
export function reliabilityFigure(data: DataDescription, models: readonly ReliabilityOfRun[]): Figure {
  const names = models.map(({ run }) => run.name);
  const curves = models.map(({ series, found }): ReliabilityCurve => ({ series, ...found.reliability }));
  return {
    name: slug('reliability', ...names, data.name, data.part),
    title: `Whether scores mean what they say: ${names.join(', ')}`,
    data: describeData(data),
    notes: notesOn(curves),
    draw: (canvas) => {
      const top =
        models.length > 1
          ? legend(
              names,
              canvas,
              models.map(({ series }) => series),
            )
          : { height: 0, elements: '' };
      const body = reliabilityPanels([{ of: null, curves }], canvas);
      return {
        height: top.height + body.height,
        elements: `${top.elements}<g transform="translate(0 ${top.height})">${body.elements}</g>`,
      };
    },
  };
}

/** One model on several data sets, a row each: for its card. */
export function reliabilityBySet(
  name: string,
  sets: readonly { readonly data: DataDescription; readonly reliability: SetEvaluation['reliability'] }[],
): Figure {
  const rows = sets.map(({ data, reliability }) => ({
    of: data.name,
    curves: [{ series: 0, ...reliability }],
  }));
  return {
    name: 'reliability',
    title: `Whether scores mean what they say: ${name}`,
    data: sets.map(({ data }) => describeData(data)).join('; '),
    notes: notesOn(rows.flatMap(({ curves }) => curves)),
    draw: (canvas) => reliabilityPanels(rows, canvas),
  };
}

function notesOn(curves: readonly ReliabilityCurve[]): string[] {
  return [
    `Detections by tenth of their score, from ${lowestScore} on (IoU 0.5). Left, or above: across, the mean score of a tenth; up, the share of it that finds a box of its class. On the dashed line scores mean what they say; below it the model is too sure. Error: expected calibration error, the mean distance from the line, tenths weighed by their counts.`,
    'Right, or below: how many detections each tenth has.',
    ...(curves.some(({ rawBins }) => rawBins !== null)
      ? ['Thin and pale: the same with the scores that detections have before calibration (raw).']
      : []),
    ...(curves.some(({ bins }) => bins.some(({ count }) => count > 0 && count < fewestOfBin))
      ? [`Hollow: fewer than ${fewestOfBin} detections; such points move much with other photos.`]
      : []),
  ];
}

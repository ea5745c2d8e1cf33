/** @file The photos that went worst, with what is there and what was found, each box marked with what became of it. */
import type { CocoGroundTruth } from '../evaluation/coco-files.ts';
import { annotationFates, detectionVerdicts, judgeDetections } from '../evaluation/judge-detections.ts';
import type { LabelledBox } from './boxes-svg.ts';
import type { ReportRun, SetEvaluation } from './report-data.ts';

export interface WorstPhoto {
  /** Index in the data set. */
  readonly image: number;
  readonly fileName: string;
  readonly truth: readonly LabelledBox[];
  /** One a run. */
  readonly answers: readonly {
    readonly run: string;
    readonly boxes: readonly LabelledBox[];
    /** `2 missed, 1 class` */
    readonly summary: string;
    readonly errors: number;
  }[];
}

/** Dark enough for white letters; blue and orange for every colour vision. */
const markColours = { right: '#005f9e', wrong: '#b8410a', there: '#3f4855' } as const;

/**
 * Of one run: by number of errors (boxes not found and false detections from the score on), then by how sure the false
 * ones were. Of several: by how far their numbers of errors lie apart.
 */
export function worstPhotos(
  models: readonly { readonly run: Pick<ReportRun, 'name'>; readonly found: SetEvaluation }[],
  limit: number,
): WorstPhoto[] {
  const { groundTruth } = models[0].found;
  const judged = models.map(({ run, found }) => judgePhotos(run.name, found));
  const errorsOf = (image: number) => judged.map((photos) => photos[image].errors);
  const sureness = (image: number) => judged.reduce((sum, photos) => sum + photos[image].falseScores, 0);
  const order = Array.from({ length: groundTruth.numImages }, (_, image) => {
    const errors = errorsOf(image);
    const spread = Math.max(...errors) - Math.min(...errors);
    return { image, key: models.length > 1 ? spread : errors[0], total: Math.max(...errors), sure: sureness(image) };
  });
  order.sort((a, b) => b.key - a.key || b.total - a.total || b.sure - a.sure || a.image - b.image);
  return order
    .filter(({ key }) => key > 0)
    .slice(0, limit)
    .map(({ image }) => ({
      image,
      fileName: groundTruth.fileNames[image],
      truth: models.length > 1 ? boxesThere(groundTruth, image) : judged[0][image].truth,
      answers: judged.map((photos) => photos[image].answer),
    }));
}

interface JudgedPhoto {
  readonly truth: readonly LabelledBox[];
  readonly answer: WorstPhoto['answers'][number];
  readonly errors: number;
  readonly falseScores: number;
}

function judgePhotos(run: string, { groundTruth, detections, errors: { minScore } }: SetEvaluation): JudgedPhoto[] {
  const { verdicts, fates } = judgeDetections(groundTruth, detections, { minScore });
  const rowsOf = (images: Int32Array) => {
    const rows = Array.from({ length: groundTruth.numImages }, (): number[] => []);
    for (const [row, image] of images.entries()) rows[image].push(row);
    return rows;
  };
  const wanted = rowsOf(groundTruth.images);
  const found = rowsOf(detections.images);
  return wanted.map((annotations, image) => {
    const shown = found[image].filter((row) => detectionVerdicts[verdicts[row]] !== 'left out');
    const kinds = new Map<string, number>();
    let falseScores = 0;
    const boxes = shown.map((row): LabelledBox => {
      const verdict = detectionVerdicts[verdicts[row]];
      const isRight = verdict === 'found' || verdict === 'ignored';
      const score = detections.scores[row];
      const label = groundTruth.classes[detections.labels[row] - 1];
      const words = `${label} ${Math.round(score * 100)}%`;
      if (!isRight) {
        kinds.set(verdict, (kinds.get(verdict) ?? 0) + 1);
        falseScores += score;
      }
      const text = verdict === 'found' ? words : `${words}: ${verdict}`;
      return {
        ...{ box: cornersOf(detections.boxes, row), label, score, text },
        colour: isRight ? markColours.right : markColours.wrong,
      };
    });
    const truth = annotations.map((row): LabelledBox => {
      const fate = annotationFates[fates[row]];
      const label = groundTruth.classes[groundTruth.labels[row] - 1];
      if (fate === 'missed') kinds.set('missed', (kinds.get('missed') ?? 0) + 1);
      return {
        ...{ box: cornersOf(groundTruth.boxes, row), label, score: null },
        text: fate === 'ignored' ? `${label}: not judged` : fate === 'missed' ? `${label}: missed` : label,
        colour: fate === 'found' ? markColours.right : fate === 'ignored' ? markColours.there : markColours.wrong,
      };
    });
    const errors = [...kinds.values()].reduce((sum, count) => sum + count, 0);
    const summary = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'no errors';
    return { truth, answer: { run, boxes, summary, errors }, errors, falseScores };
  });
}

/** Without the judgement of a run. */
function boxesThere(groundTruth: CocoGroundTruth, image: number): LabelledBox[] {
  return [...groundTruth.images.keys()]
    .filter((row) => groundTruth.images[row] === image)
    .map((row) => {
      const label = groundTruth.classes[groundTruth.labels[row] - 1];
      const text = groundTruth.crowds[row] === 1 ? `${label}: not judged` : label;
      return { box: cornersOf(groundTruth.boxes, row), label, score: null, text, colour: markColours.there };
    });
}

function cornersOf(boxes: Float64Array, row: number): [number, number, number, number] {
  const [x, y, width, height] = boxes.subarray(row * 4, row * 4 + 4);
  return [x, y, x + width, y + height];
}

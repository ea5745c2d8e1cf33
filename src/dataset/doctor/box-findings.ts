/** @file What is wrong with boxes, once those of a wrong form and those on turned photos are put right. */
import { plural } from '../../text/plural.ts';
import type { CocoImage } from '../coco.ts';
import { clipToImage } from '../coco-boxes.ts';
import { type Corrected, fits } from './correct.ts';
import {
  type Bbox,
  type Finding,
  type FoundBox,
  type FoundPhoto,
  foundBox,
  foundPhoto,
  type Subject,
} from './finding.ts';

/**
 * Share of the photo's longer side: half a cell of the finest feature map (stride 8) of a photo shown at 384 pixels.
 * What is smaller is seldom found.
 */
const tinyShare = 4 / 384;

const boxFaults = ['box-outside', 'box-negative', 'box-overshoot', 'box-empty', 'box-tiny'] as const;
type BoxFault = (typeof boxFaults)[number];

/** What is wrong with one box, and the box as it should be where that is certain (null: no box at all). */
export function judgeBox(
  bbox: Bbox,
  image: { readonly width: number; readonly height: number },
): { fault: BoxFault | null; corrected: Bbox | null } {
  const [, , width, height] = bbox;
  if (width < 0 || height < 0) return { fault: 'box-negative', corrected: bbox };
  const inside = clipToImage(bbox, image);
  if (inside === null) return { fault: 'box-outside', corrected: bbox };
  if (inside[2] <= 0 || inside[3] <= 0) return { fault: 'box-empty', corrected: null };
  if (inside.some((value, side) => value !== bbox[side])) return { fault: 'box-overshoot', corrected: inside };
  const isTiny = Math.min(width, height) < tinyShare * Math.max(image.width, image.height);
  return { fault: isTiny ? 'box-tiny' : null, corrected: bbox };
}

interface FaultWords extends Pick<Finding, 'severity' | 'explanation' | 'cure' | 'isFixable'> {
  readonly title: (count: number) => string;
}

const words: { readonly [F in BoxFault]: FaultWords } = {
  'box-outside': {
    severity: 'error',
    title: (count) => `${plural(count, 'box', 'boxes')} far outside the photo`,
    explanation:
      'They lie further outside than rounding explains: the coordinates are for another photo, size or form.',
    cure: 'Draw them again, or remove them.',
    isFixable: false,
  },
  'box-negative': {
    severity: 'error',
    title: (count) => `${plural(count, 'box', 'boxes')} of negative width or height`,
    explanation: 'A corner is on the wrong side of the other one.',
    cure: 'Draw them again, or exchange the corners.',
    isFixable: false,
  },
  'box-overshoot': {
    severity: 'warning',
    title: (count) => `${plural(count, 'box', 'boxes')} slightly over the edge`,
    explanation: 'By at most 2 % or 2 pixels: rounding, or a loose hand.',
    cure: 'Cut them back to the photo: prepare and --fix do.',
    isFixable: true,
  },
  'box-empty': {
    severity: 'warning',
    title: (count) => `${plural(count, 'box', 'boxes')} without an area`,
    explanation: 'Width or height is 0.',
    cure: 'Remove them: prepare and --fix do.',
    isFixable: true,
  },
  'box-tiny': {
    severity: 'warning',
    title: (count) => `${plural(count, 'tiny box', 'tiny boxes')}`,
    explanation: `A side is under ${(100 * tinyShare).toFixed(1)} % of the photo's longer side: less than half a cell of what a detector sees at 384 pixels.`,
    cure: 'A slip of the mouse? Remove those; train at a larger size for the others.',
    isFixable: false,
  },
};

export function boxFindings(subjects: readonly Subject[], corrected: readonly Corrected[]): Finding[] {
  const found = new Map(boxFaults.map((fault): [BoxFault, FoundPhoto[]] => [fault, []]));
  subjects.forEach((subject, place) => {
    for (const { image, annotations } of corrected[place].photos) {
      const faults = new Map<BoxFault, FoundBox[]>();
      for (const annotation of annotations) {
        const { fault, corrected: better } = judgeBox(annotation.bbox, image);
        if (fault === null) continue;
        const box = foundBox(subject, annotation, words[fault].isFixable ? better : null);
        faults.set(fault, [...(faults.get(fault) ?? []), box]);
      }
      for (const [fault, boxes] of faults) {
        found.get(fault)!.push(foundPhoto(subject, image.file_name, { boxes, detail: describeBoxes(boxes, image) }));
      }
    }
  });
  return [...found].flatMap(([kind, photos]) => {
    const count = photos.reduce((sum, { boxes }) => sum + boxes.length, 0);
    return count === 0 ? [] : [{ ...words[kind], kind, title: words[kind].title(count), photos, classes: [], count }];
  });
}

/** The first few boxes, for people; `boxes` has all. */
function describeBoxes(boxes: readonly FoundBox[], { width, height }: CocoImage): string {
  const numbers = (box: Bbox) => `[${box.map((value) => Math.round(value * 100) / 100).join(', ')}]`;
  const shown = boxes.slice(0, 3).map(({ given }) => numbers(given));
  const rest = boxes.length - shown.length;
  return `${shown.join(' ')}${rest > 0 ? ` and ${rest} more` : ''} on ${width} x ${height}`;
}

/** Data sets whose boxes are all in another form than they claim. */
export function formFindings(subjects: readonly Subject[], corrected: readonly Corrected[]): Finding[] {
  return subjects.flatMap((subject, place): Finding[] => {
    const { form, formEvidence, photos } = corrected[place];
    if (form === 'sizes') return [];
    const { kind, claim, evidence } = formWords[form];
    const count = photos.reduce((sum, { given }) => sum + given.length, 0);
    const shown = photos.filter(({ given, image }) => given.some(({ bbox }) => !fits(bbox, image)));
    return [
      {
        kind,
        severity: 'error',
        title: `${subject.name}: ${plural(count, 'box', 'boxes')}: ${claim}`,
        explanation: evidence(formEvidence),
        cure: 'Convert them: --fix does.',
        isFixable: true,
        photos: shown.map(({ image, given, annotations }) => {
          const boxes = given.map((annotation, index) => foundBox(subject, annotation, annotations[index].bbox));
          return foundPhoto(subject, image.file_name, { boxes });
        }),
        classes: [],
        count,
      },
    ];
  });
}

const formWords = {
  corners: {
    kind: 'corners-as-sizes',
    claim: 'x1, y1, x2, y2 where x, y, width, height is meant',
    evidence: (count: number) =>
      `${plural(count, 'box', 'boxes')} would reach far beyond the photo; read as corners, they lie inside.`,
  },
  differences: {
    kind: 'sizes-as-corners',
    claim: 'x, y, width, height that were read as x1, y1, x2, y2',
    evidence: (count: number) =>
      `${plural(count, 'box has', 'boxes have')} a negative size; with x and y added back, they lie inside the photo.`,
  },
} as const;

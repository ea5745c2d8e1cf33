/** @file Examples of each class of a data set as SVG, a row a class with the labelled box on each photo: the paper's figure 3. */
import { boxElements, type LabelledBox } from './boxes-svg.ts';
import { colourOfClass } from './class-colours.ts';
import type { Inlay } from './contact-sheet.ts';
import { escapeXml, type Font, fitText, svgText } from './svg-text.ts';

export interface ClassExample {
  readonly photo: Inlay;
  /** Pixels of the drawn photo to one of the photo itself. */
  readonly photoScale: number;
  readonly box: LabelledBox['box'];
}

export interface ClassRow {
  readonly name: string;
  /** Boxes of the class in the data set. */
  readonly count: number;
  readonly examples: readonly ClassExample[];
}

/** Room for a photo, in pixels of the sheet. */
export const exampleFrame = { width: 150, height: 190 } as const;

const margin = 32;
const gap = 16;
const nameWidth = 150;
const headHeight = 72;
/** Pixels of the file to one of the sheet: sharp on dense screens. */
const density = 1.5;

/**
 * The sheet.
 *
 * @param rows one a class
 * @param columns examples that a row has room for
 */
export function classSheetSvg(
  rows: readonly ClassRow[],
  { title, columns, font }: { readonly title: string; readonly columns: number; readonly font: Font },
): string {
  const classes = rows.map(({ name }) => name);
  const width = margin + nameWidth + columns * (exampleFrame.width + gap) - gap + margin;
  const height = headHeight + rows.length * (exampleFrame.height + gap) - gap + margin;
  const head = { size: 20, font, isBold: true };
  const body = rows.flatMap(({ name, count, examples }, row) => {
    const top = headHeight + row * (exampleFrame.height + gap);
    const bold = { size: 16, font, isBold: true };
    const words = fitText(name, nameWidth - gap, bold);
    return [
      `<rect x="${margin}" y="${top + 12}" width="26" height="6" rx="3" fill="${colourOfClass(name, classes)}"/>`,
      svgText(words, { ...bold, x: margin, baseline: top + 44, fill: '#1f2430' }),
      svgText(count.toLocaleString('en-US'), { x: margin, baseline: top + 66, size: 14, font, fill: '#6b7280' }),
      ...examples.slice(0, columns).map((example, column) => {
        const left = margin + nameWidth + column * (exampleFrame.width + gap);
        return drawExample(example, { name, classes, font, left, top });
      }),
    ];
  });
  const size = `width="${Math.round(width * density)}" height="${Math.round(height * density)}" viewBox="0 0 ${width} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size}>`,
    `<rect width="${width}" height="${height}" fill="#f5f4f1"/>`,
    svgText(fitText(title, width - 2 * margin, head), { ...head, x: margin, baseline: 44, fill: '#1f2430' }),
    ...body,
    '</svg>',
  ].join('');
}

function drawExample(
  { photo, photoScale, box }: ClassExample,
  at: {
    readonly name: string;
    readonly classes: readonly string[];
    readonly font: Font;
    readonly left: number;
    readonly top: number;
  },
): string {
  const { width, height } = photo;
  const x = at.left + (exampleFrame.width - width) / 2;
  const y = at.top + (exampleFrame.height - height) / 2;
  const labelled = [{ box, label: at.name, score: null }];
  const options = { width, height, scale: photoScale, classes: at.classes, font: at.font };
  return `<g transform="translate(${x} ${y})"><image width="${width}" height="${height}" href="${escapeXml(photo.href)}" preserveAspectRatio="none"/>${boxElements(labelled, options)}</g>`;
}

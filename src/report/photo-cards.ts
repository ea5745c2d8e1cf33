/** @file The worst photos as cards: what is there, and what each run found, as pictures that share one image. */
import { boxElements, type LabelledBox } from './boxes-svg.ts';
import type { Inlay } from './contact-sheet.ts';
import { type Drawing, type Figure, round, textBlock } from './figure.ts';
import { type DataDescription, describeData, slug } from './report-data.ts';
import type { Font } from './svg-text.ts';
import type { WorstPhoto } from './worst-photos.ts';

/** A photo with its picture. */
export interface PhotoCard extends WorstPhoto {
  readonly inlay: Inlay;
  /** Pixels of the drawn photo to one of the photo itself. */
  readonly scale: number;
}

/** Room for a picture; thumbnails are made to fit. */
export const cardFrame = { width: 380, height: 420 } as const;

/** One picture of a card as elements of the size of its inlay. */
export interface CardPicture {
  readonly caption: string;
  readonly elements: string;
}

/**
 * What is there first, then one picture a run.
 *
 * @param id unique in the document: the image stands in the first picture, the others use it
 */
export function cardPictures({ inlay, scale, truth, answers }: PhotoCard, id: string, font: Font): CardPicture[] {
  const { width, height, href } = inlay;
  const image = `<image id="${id}" href="${href}" width="${round(width)}" height="${round(height)}" preserveAspectRatio="none"/>`;
  const layer = (boxes: readonly LabelledBox[]) => boxElements(boxes, { width, height, scale, classes: [], font });
  return [
    { caption: 'what is there', elements: image + layer(truth) },
    ...answers.map(({ run, summary, boxes }) => ({
      caption: `${answers.length > 1 ? `${run}: ` : 'what was found: '}${summary}`,
      elements: `<use href="#${id}"/>${layer(boxes)}`,
    })),
  ];
}

/** All cards as one sheet, for a file. */
export function photoSheet(data: DataDescription, runs: readonly string[], cards: readonly PhotoCard[]): Figure {
  return {
    name: slug('worst-photos', ...runs, data.name, data.part),
    title: `${sheetTitle(runs)}: ${runs.join(', ')}`,
    data: describeData(data),
    notes: sheetNotes(runs),
    draw: ({ width, theme, font }): Drawing => {
      const elements: string[] = [];
      let y = 0;
      for (const [index, card] of cards.entries()) {
        const pictures = cardPictures(card, `photo${index}`, font);
        const room = (width - 20 * (pictures.length - 1)) / pictures.length;
        const shrink = Math.min(1, room / card.inlay.width);
        const head = textBlock(card.fileName, { x: 0, y, room: width, size: 13, fill: theme.ink, font, isBold: true });
        elements.push(head.elements);
        const captions = pictures.map(({ caption }, place) =>
          textBlock(caption, { x: place * (room + 20), y: head.height + 2, room, size: 12, fill: theme.quiet, font }),
        );
        const top = Math.max(...captions.map(({ height }) => height)) + 6;
        for (const [place, { elements: drawn }] of pictures.entries()) {
          const at = `translate(${round(place * (room + 20))} ${round(top)}) scale(${Math.round(shrink * 1e4) / 1e4})`;
          elements.push(captions[place].elements, `<g transform="${at}">${drawn}</g>`);
        }
        y = top + card.inlay.height * shrink + 26;
      }
      return { height: Math.max(0, y - 14), elements: elements.join('') };
    },
  };
}

export function sheetTitle(runs: readonly string[]): string {
  return runs.length > 1 ? 'Photos on which the runs differ most' : 'Worst photos';
}

export function sheetNotes(runs: readonly string[]): string[] {
  return [
    runs.length > 1
      ? 'By how far the numbers of errors lie apart. Blue: right; orange: wrong, with the kind of error.'
      : 'By number of errors. Blue: found, or right; orange: not found, or wrong, with the kind of error (after TIDE). Labels may be at fault too: look before you blame the model.',
  ];
}

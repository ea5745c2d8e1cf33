/**
 * @file The contact sheet as SVG: the photo with its boxes on the left, and a row a garment on the right: its crop, then
 * the most similar items with title, price and similarity.
 */
import { plural } from '../text/plural.ts';
import { weakMatchesOnly } from '../text/weak-matches.ts';
import { boxElements, type LabelledBox } from './boxes-svg.ts';
import { colourOfClass } from './class-colours.ts';
import { escapeXml, type Font, fitText, svgText, textWidth, wrapText } from './svg-text.ts';

/** A picture that is in the drawing. */
export interface Inlay {
  /** Data URI. */
  readonly href: string;
  readonly width: number;
  readonly height: number;
}

export interface SheetItem {
  readonly title: string;
  /** Ready to print, or null. */
  readonly price: string | null;
  readonly similarity: number;
  /** Its class where that is not the garment's; null where it is, or where one of them has none. */
  readonly otherClass: string | null;
  /** Null where the picture is gone. */
  readonly picture: Inlay | null;
}

export interface SheetGarment extends LabelledBox {
  readonly wholePicture: boolean;
  /** Every item is a weak match: that is said above them, and their bars are not in the colour of the class. */
  readonly nothingSimilar: boolean;
  readonly crop: Inlay;
  readonly items: readonly SheetItem[];
}

export interface ContactSheet {
  /** Name of the photo. */
  readonly name: string;
  readonly photo: Inlay;
  /** Pixels of the drawn photo to one of the photo itself. */
  readonly photoScale: number;
  readonly garments: readonly SheetGarment[];
  readonly classes: readonly string[];
  readonly font: Font;
}

/** Room for pictures, in pixels of the sheet; thumbnails are made to fit. */
export const sheetFrames = {
  photo: { width: 440, height: 720 },
  crop: { width: 132, height: 236 },
  item: { width: 132, height: 176 },
} as const;

const ink = '#1f2430';
const quiet = '#6b7280';
const paper = '#f5f4f1';
const line = '#e5e3de';
const margin = 36;
const gap = 20;
const headHeight = 76;
const card = { width: sheetFrames.item.width + 24, height: sheetFrames.item.height + 112 };
const rowHeight = card.height + 68;
/** Room for what is said of weak matches. */
const remarkColumns = 3;
/** Pixels of the file to one of the sheet: sharp on dense screens. */
const density = 1.5;

export function contactSheetSvg(sheet: ContactSheet): string {
  const { photo, garments, font } = sheet;
  const columns = Math.max(
    1,
    ...garments.map(({ items, nothingSimilar }) => Math.max(items.length, nothingSimilar ? remarkColumns : 0)),
  );
  const rowsLeft = margin + photo.width + 2 * gap;
  const width = Math.max(760, rowsLeft + card.width + 2 * gap + columns * (card.width + gap) - gap + margin);
  const height = headHeight + Math.max(photo.height, garments.length * rowHeight - 32) + margin;
  const right = width - margin;
  const small = { size: 13, font };
  const count = garments.some(({ wholePicture }) => wholePicture)
    ? 'no garment found: similar to the whole picture'
    : plural(garments.length, 'garment');
  const body = [
    `<rect width="${width}" height="${height}" fill="${paper}"/>`,
    svgText('Deep Shopping', { x: margin, baseline: 46, size: 22, fill: ink, font, isBold: true }),
    svgText(fitText(`${sheet.name} · ${count}`, right - margin - 240, small), {
      ...small,
      x: right,
      baseline: 45,
      fill: quiet,
      anchor: 'end',
    }),
    inlay(photo, { x: margin, y: headHeight, width: photo.width, height: photo.height, radius: 14, id: 'photo' }),
    `<g transform="translate(${margin} ${headHeight})">`,
    boxElements(
      garments.filter(({ wholePicture }) => !wholePicture),
      { width: photo.width, height: photo.height, scale: sheet.photoScale, classes: sheet.classes, font },
    ),
    '</g>',
    ...garments.map((garment, index) =>
      garmentRow(garment, sheet, { x: rowsLeft, y: headHeight + index * rowHeight, right, index }),
    ),
  ];
  const size = `width="${Math.round(width * density)}" height="${Math.round(height * density)}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${body.join('')}</svg>`;
}

function garmentRow(
  garment: SheetGarment,
  { classes, font }: ContactSheet,
  { x, y, right, index }: { x: number; y: number; right: number; index: number },
): string {
  const colour = colourOfClass(garment.label, classes);
  const bold = { size: 15, font, isBold: true };
  const name = fitText(garment.label ?? 'whole picture', 320, bold);
  const chipWidth = textWidth(name, bold) + 24;
  const score = garment.score === null ? '' : `${Math.round(garment.score * 100)} % sure`;
  const top = y + 36;
  const parts = [
    `<rect x="${x}" y="${y}" width="${chipWidth}" height="26" rx="13" fill="${colour}"/>`,
    svgText(name, { ...bold, x: x + 12, baseline: y + 18.5, fill: '#ffffff' }),
    svgText(score, { x: x + chipWidth + 12, baseline: y + 18.5, size: 13, fill: quiet, font }),
    `<rect x="${x}" y="${top}" width="${card.width}" height="${card.height}" rx="14" fill="#ffffff" stroke="${colour}" stroke-width="2"/>`,
    inlay(garment.crop, {
      x: x + 12,
      y: top + 12,
      width: card.width - 24,
      height: sheetFrames.crop.height,
      radius: 8,
      id: `crop${index}`,
    }),
  ];
  parts.push(svgText('in your photo', { x: x + 12, baseline: top + card.height - 14, size: 13, fill: quiet, font }));
  const itemsLeft = x + card.width + 2 * gap;
  if (garment.nothingSimilar) {
    const remark = { size: 14, font };
    const left = Math.max(itemsLeft, x + chipWidth + 12 + textWidth(score, { size: 13, font }) + gap);
    parts.push(
      svgText(fitText(weakMatchesOnly.en, right - left, remark), { ...remark, x: left, baseline: y + 18.5, fill: ink }),
    );
  }
  if (garment.items.length === 0) {
    parts.push(svgText('No items to show.', { x: itemsLeft, baseline: top + 28, size: 14, fill: quiet, font }));
  }
  garment.items.forEach((item, column) => {
    parts.push(
      itemCard(item, {
        x: itemsLeft + column * (card.width + gap),
        y: top,
        colour: garment.nothingSimilar ? quiet : colour,
        classes,
        font,
        id: `item${index}-${column}`,
      }),
    );
  });
  if (index > 0) parts.push(`<rect x="${x}" y="${y - 18}" width="${right - x}" height="1" fill="${line}"/>`);
  return parts.join('');
}

function itemCard(
  item: SheetItem,
  {
    x,
    y,
    colour,
    classes,
    font,
    id,
  }: { x: number; y: number; colour: string; classes: readonly string[]; font: Font; id: string },
): string {
  const left = x + 12;
  const room = card.width - 24;
  const pictureTop = y + 12;
  const textTop = pictureTop + sheetFrames.item.height + 22;
  const title = { size: 13, font };
  const lines = wrapText(item.title, room, 2, title);
  const bottom = y + card.height - 16;
  const share = Math.max(0, Math.min(1, item.similarity));
  return [
    `<rect x="${x}" y="${y}" width="${card.width}" height="${card.height}" rx="14" fill="#ffffff" stroke="${line}"/>`,
    item.picture === null
      ? `<rect x="${left}" y="${pictureTop}" width="${room}" height="${sheetFrames.item.height}" rx="8" fill="${paper}"/>` +
        svgText('no picture', { x: left + 30, baseline: pictureTop + 92, size: 13, fill: quiet, font })
      : inlay(item.picture, { x: left, y: pictureTop, width: room, height: sheetFrames.item.height, radius: 8, id }),
    item.otherClass === null ? '' : classMark(item.otherClass, { x: left, y: pictureTop, room, classes, font }),
    ...lines.map((text, index) => svgText(text, { ...title, x: left, baseline: textTop + index * 17, fill: ink })),
    svgText(item.price ?? '', { x: left, baseline: bottom - 14, size: 14, fill: ink, font, isBold: true }),
    svgText(item.similarity.toFixed(2), {
      x: left + room,
      baseline: bottom - 14,
      size: 13,
      fill: quiet,
      font,
      anchor: 'end',
    }),
    `<rect x="${left}" y="${bottom - 5}" width="${room}" height="5" rx="2.5" fill="${line}"/>`,
    `<rect x="${left}" y="${bottom - 5}" width="${Math.round(room * share * 10) / 10}" height="5" rx="2.5" fill="${colour}"/>`,
  ].join('');
}

/** The class of an item that is no garment of the row's class, on its picture's corner. */
function classMark(
  label: string,
  { x, y, room, classes, font }: { x: number; y: number; room: number; classes: readonly string[]; font: Font },
): string {
  const style = { size: 11, font, isBold: true };
  const name = fitText(label, room - 14, style);
  return (
    `<rect x="${x}" y="${y}" width="${textWidth(name, style) + 14}" height="18" rx="9" fill="${colourOfClass(label, classes)}"/>` +
    svgText(name, { ...style, x: x + 7, baseline: y + 13, fill: '#ffffff' })
  );
}

/** A picture in the middle of its room, with round corners. */
function inlay(
  { href, width, height }: Inlay,
  room: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly radius: number;
    readonly id: string;
  },
): string {
  const place = `x="${room.x + (room.width - width) / 2}" y="${room.y + (room.height - height) / 2}" width="${width}" height="${height}"`;
  return `<clipPath id="${room.id}"><rect ${place} rx="${room.radius}"/></clipPath><image ${place} href="${escapeXml(href)}" preserveAspectRatio="none" clip-path="url(#${room.id})"/>`;
}

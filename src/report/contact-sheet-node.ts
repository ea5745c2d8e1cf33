/** @file Makes a contact sheet from an answered photo: reads the items' pictures, crops the garments, draws. */
import { basename } from 'node:path';
import { readPhoto } from '../image/decode-node.ts';
import type { Photo } from '../image/photo.ts';
import type { GarmentAnswer } from '../retrieval/recommend.ts';
import type { SimilarItem } from '../retrieval/similar-items.ts';
import { contactSheetSvg, type SheetGarment, type SheetItem, sheetFrames } from './contact-sheet.ts';
import { availableFont, renderSheet, thumbnail } from './render-node.ts';

/** What a sheet shows of an answer. */
export interface SheetAnswer
  extends Pick<GarmentAnswer, 'box' | 'label' | 'score' | 'wholePicture' | 'nothingSimilar'> {
  readonly items: readonly Pick<SimilarItem, 'title' | 'similarity' | 'row'>[];
}

/**
 * The sheet as JPEG.
 *
 * @param onMissing is told of each item's picture that cannot be read; the item is shown without it
 */
export async function renderContactSheet(
  { photo, file }: { readonly photo: Photo; readonly file: string },
  answers: readonly SheetAnswer[],
  classes: readonly string[],
  onMissing: (picture: string) => void = () => {},
): Promise<Buffer> {
  const drawn = await thumbnail(photo, sheetFrames.photo);
  const garments: SheetGarment[] = [];
  for (const { items, ...answer } of answers) {
    const crop = await thumbnail(photo, sheetFrames.crop, answer.box);
    garments.push({
      ...answer,
      crop,
      items: await Promise.all(items.map((item) => drawItem(item, answer.label, onMissing))),
    });
  }
  const font = await availableFont();
  const photoScale = drawn.width / photo.width;
  return renderSheet(contactSheetSvg({ name: basename(file), photo: drawn, photoScale, garments, classes, font }));
}

async function drawItem(
  { title, similarity, row }: SheetAnswer['items'][number],
  label: string | null,
  onMissing: (picture: string) => void,
): Promise<SheetItem> {
  const { price, currency, file } = row.attributes;
  // The picture may have gone since it was indexed.
  const photo = typeof file === 'string' ? await readPhoto(file).catch(() => null) : null;
  if (photo === null && typeof file === 'string') onMissing(file);
  return {
    title,
    similarity,
    otherClass: label === null || row.label === label ? null : row.label,
    price: typeof price === 'number' ? formatPrice(price, typeof currency === 'string' ? currency : null) : null,
    picture: photo === null ? null : await thumbnail(photo, sheetFrames.item),
  };
}

/** `19.90 EUR`, or the bare number where the feed names no currency. */
export function formatPrice(price: number, currency: string | null): string {
  return currency === null ? price.toFixed(2) : `${price.toFixed(2)} ${currency}`;
}

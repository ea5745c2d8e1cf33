/** @file Makes a sheet of examples of each class: reads their photos, draws. */
import { readPhoto } from '../image/decode-node.ts';
import { type ClassExample, classSheetSvg, exampleFrame } from './class-sheet.ts';
import { availableFont, renderSheet, thumbnail } from './render-node.ts';

export interface ExampleRow {
  readonly name: string;
  /** Boxes of the class in the data set. */
  readonly count: number;
  /** Boxes are in pixels of the upright photo. */
  readonly examples: readonly { readonly photoPath: string; readonly box: ClassExample['box'] }[];
}

/** The sheet as JPEG; a class without examples keeps its row, so that its absence is seen. */
export async function renderClassSheet(rows: readonly ExampleRow[], title: string): Promise<Buffer> {
  const columns = Math.max(1, ...rows.map(({ examples }) => examples.length));
  const drawn = [];
  for (const { name, count, examples } of rows) {
    drawn.push({ name, count, examples: await Promise.all(examples.map(drawExample)) });
  }
  return renderSheet(classSheetSvg(drawn, { title, columns, font: await availableFont() }));
}

async function drawExample({ photoPath, box }: ExampleRow['examples'][number]): Promise<ClassExample> {
  const photo = await readPhoto(photoPath);
  const inlay = await thumbnail(photo, exampleFrame);
  return { photo: inlay, photoScale: inlay.width / photo.width, box };
}

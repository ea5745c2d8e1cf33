/** @file Writes a report into a folder: each figure as SVG and PNG, Table 2 as Markdown too, and the page. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { asWriteError } from '../files/file-error.ts';
import { readPhoto } from '../image/decode-node.ts';
import type { Report, Section } from './compose-report.ts';
import { type Figure, figureSvg, lightTheme } from './figure.ts';
import { cardFrame, type PhotoCard, photoSheet } from './photo-cards.ts';
import { availableFont, thumbnail } from './render-node.ts';
import { reportPage } from './report-page.ts';
import { tableFigure, tableMarkdown } from './table-two.ts';

/** Width of a figure as a file. */
const fileWidth = 900;

/**
 * Writes everything and returns the names of the files, the page first. Other files of the folder stay.
 *
 * @param pathsOf where the photos of a section are, by their index in the data set
 */
export async function writeReport(
  folder: string,
  report: Report,
  pathsOf: (section: Section) => readonly string[],
): Promise<string[]> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw asWriteError(error, folder);
  });
  const cards: PhotoCard[][] = [];
  for (const section of report.sections) cards.push(await drawCards(section, pathsOf(section)));
  const sheets = report.sections.flatMap(({ models, data }, index) =>
    cards[index].length === 0
      ? []
      : [
          photoSheet(
            data,
            models.map(({ run }) => run.name),
            cards[index],
          ),
        ],
  );
  const figures = [
    ...(report.rows.length === 0 ? [] : [tableFigure(report.rows)]),
    ...report.figures,
    ...report.sections.flatMap((section) => section.figures),
  ];
  const files = new Map<string, string | Uint8Array>();
  files.set('index.html', reportPage({ report, cards }));
  if (report.rows.length > 0) files.set('table-2.md', tableMarkdown(report.rows));
  for (const figure of figures) await addFigure(files, figure, 2);
  // Photos gain nothing from more pixels than they have.
  for (const sheet of sheets) await addFigure(files, sheet, 1);
  for (const [name, content] of files) await writeFileAtomically(join(folder, name), content);
  return [...files.keys()];
}

/** @param density pixels of the PNG to one of the drawing */
async function addFigure(files: Map<string, string | Uint8Array>, figure: Figure, density: number): Promise<void> {
  const canvas = { width: fileWidth, theme: lightTheme };
  files.set(`${figure.name}.svg`, figureSvg(figure, { ...canvas, font: 'system' }));
  const drawn = figureSvg(figure, { ...canvas, font: await availableFont() });
  // Our own drawing, whose photos may exceed the parser's 10 MB.
  const png = sharp(Buffer.from(drawn), { density: 72 * density, unlimited: true }).png();
  files.set(`${figure.name}.png`, await png.toBuffer());
}

/** A photo that is gone since is left out. */
async function drawCards({ worst }: Section, paths: readonly string[]): Promise<PhotoCard[]> {
  const cards: PhotoCard[] = [];
  for (const photo of worst) {
    const picture = await readPhoto(paths[photo.image]).catch(() => null);
    if (picture === null) continue;
    const inlay = await thumbnail(picture, cardFrame);
    cards.push({ ...photo, inlay, scale: inlay.width / picture.width });
  }
  return cards;
}

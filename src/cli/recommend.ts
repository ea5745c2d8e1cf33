/** @file `deepshop recommend`: photos in, their garments and the most similar items of a store out. */
import { dirname } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { mapEdges } from '../boxes/boxes.ts';
import { describeError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { readPhoto } from '../image/decode-node.ts';
import { formatPrice, renderContactSheet } from '../report/contact-sheet-node.ts';
import { openStore } from '../retrieval/exact-store-node.ts';
import { type GarmentAnswer, recommendForPhoto } from '../retrieval/recommend.ts';
import { requireSpace } from '../retrieval/store-manifest-node.ts';
import {
  bundledModel,
  describeFailure,
  type LoadEngine,
  log,
  markFailed,
  parsePositiveInteger,
  printJson,
  printLine,
  rounded,
} from './command-runtime.ts';
import { createOutputFolder } from './output-files.ts';

interface Flags {
  readonly store: string;
  readonly model: string;
  readonly top: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function recommendCommand(loadEngine: LoadEngine): Command {
  return new Command('recommend')
    .description("find the garments in photos, and a store's items most similar to each")
    .argument('<photo...>', 'JPEG, PNG, WebP or AVIF files')
    .requiredOption('--store <dir>', 'store made by deepshop index')
    .option('--model <dir>', 'model directory', bundledModel)
    .option('--top <n>', 'items a garment', parsePositiveInteger, 3)
    .option('--out <dir>', 'write a contact sheet a photo into this folder')
    .option('--json', 'print one JSON document')
    .action(async (files: readonly string[], flags: Flags) => {
      const store = await openStore(flags.store);
      const { descriptor } = store.manifest;
      const engine = await loadEngine(flags.model);
      requireSpace(store.manifest, engine.space(descriptor), flags.store);
      const folder = flags.out === undefined ? undefined : createOutputFolder(flags.out);
      const missing = new Set<string>();
      const photos: object[] = [];
      for (const file of files) {
        try {
          const photo = await readPhoto(file);
          const answers = await recommendForPhoto(photo, { engine, store, descriptor, top: flags.top });
          const bytes =
            folder && (await renderContactSheet({ photo, file }, answers, engine.classes, (path) => missing.add(path)));
          if (bytes) log(`wrote ${printable(await folder.write(file, '-similar.jpg', bytes))}`);
          if (!flags.json) printAnswers(file, answers);
          photos.push({ file, width: photo.width, height: photo.height, garments: answers.map(asJson) });
        } catch (error) {
          const failure = { file, error: describeError(error) };
          if (!flags.json) log(describeFailure(file, failure.error.message));
          photos.push(failure);
          markFailed();
        }
      }
      if (missing.size > 0) log(describeMissing([...missing], flags.store));
      if (flags.json) printJson({ photos });
    });
}

/** A shop's folder that was moved: where its pictures were when they were indexed. */
function describeMissing(pictures: readonly string[], store: string): string {
  const folders = [...new Set(pictures.map((path) => dirname(path)))].sort();
  const where = folders.slice(0, 3).join(', ') + (folders.length > 3 ? ` and ${folders.length - 3} other folders` : '');
  const count = pictures.length === 1 ? '1 picture of an item was' : `${pictures.length} pictures of items were`;
  return printable(
    `${count} not found; looked in ${where}. If the shop was moved, run deepshop index on it again with --store ${store}.`,
  );
}

/** The answers as people read them. */
export function printAnswers(file: string, answers: readonly GarmentAnswer[]): void {
  printLine(pc.bold(printable(file)));
  for (const { label, score, wholePicture, items } of answers) {
    if (wholePicture) printLine('  no garment found; similar to the whole picture:');
    else printLine(`  ${pc.cyan(printable(label ?? ''))}${score === null ? '' : pc.dim(`  ${score.toFixed(2)}`)}`);
    if (items.length === 0) printLine('    the store has no items');
    for (const { id, title, similarity, row } of items) {
      const { price, currency } = row.attributes;
      const cost = typeof price === 'number' ? formatPrice(price, typeof currency === 'string' ? currency : null) : '';
      printLine(`    ${similarity.toFixed(3)}  ${printable(title)}  ${printable(cost)}  ${pc.dim(printable(id))}`);
    }
  }
}

function asJson({ box, label, score, wholePicture, items }: GarmentAnswer) {
  return {
    box: mapEdges(box, (edge) => rounded(edge, 3)),
    label,
    score: score === null ? null : rounded(score, 6),
    wholePicture,
    items: items.map((item) => ({
      id: item.id,
      title: item.title,
      label: item.label,
      similarity: rounded(item.similarity, 6),
      image: item.image,
    })),
  };
}

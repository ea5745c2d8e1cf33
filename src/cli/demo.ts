/** @file `deepshop demo`, also `npm start`: a drawn shop is indexed and a photo answered, on this machine. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { printable } from '../errors/printable.ts';
import { readPhoto } from '../image/decode-node.ts';
import { renderContactSheet } from '../report/contact-sheet-node.ts';
import { renderAnnotatedPhoto } from '../report/render-node.ts';
import { recommendForPhoto } from '../retrieval/recommend.ts';
import { openAnyStore } from '../stores/open-store-node.ts';
import { StoreError } from '../stores/store-error.ts';
import { demoCatalogue } from '../studio/catalogue.ts';
import { catalogueCsv, writeDemoCatalogue, writeDemoQuery } from '../studio/catalogue-node.ts';
import { bundledModel, type LoadEngine, log, printLine } from './command-runtime.ts';
import { indexSource } from './index-catalogue.ts';
import { printAnswers } from './print-answers.ts';
import { showProgress } from './progress.ts';

/** The demo shop's seed and size, as the studio draws them by default. */
const shop = { seed: 1, count: 300 } as const;
/** Where the demo keeps what it draws, under the working directory. */
const folder = join('.deepshop', 'demo');

interface Flags {
  readonly model: string;
}

export function demoCommand(loadEngine: LoadEngine): Command {
  return new Command('demo')
    .description('draw a shop, index it, and answer a photo')
    .option('--model <dir>', 'model directory', bundledModel)
    .action(async ({ model }: Flags) => {
      const started = performance.now();
      // Loaded once, at the latest when the shop is drawn.
      let loaded: ReturnType<LoadEngine> | undefined;
      const loadOnce: LoadEngine = (directory) => {
        loaded ??= loadEngine(directory);
        return loaded;
      };
      const engine = await loadOnce(model);
      const catalogue = await drawShop();
      const store = join(folder, 'store');
      await indexShop(catalogue, store, model, loadOnce);

      const file = join(folder, 'query.jpg');
      await writeDemoQuery(file, { seed: shop.seed, items: demoCatalogue(shop.seed, shop.count) });
      const photo = await readPhoto(file);
      const opened = await openAnyStore(store);
      const answers = await recommendForPhoto(photo, { engine, store: opened, descriptor: 'garment' }, { top: 3 });
      printAnswers(file, answers);

      const annotated = join(folder, 'query-garments.jpg');
      const sheet = join(folder, 'query-similar.jpg');
      const boxes = answers.filter(({ wholePicture }) => !wholePicture);
      await writeFile(annotated, await renderAnnotatedPhoto(photo, boxes, engine.classes));
      await writeFile(sheet, await renderContactSheet({ photo, file }, answers, engine.classes));
      printLine();
      printLine(`annotated picture  ${pc.underline(printable(annotated))}`);
      printLine(`contact sheet      ${pc.underline(printable(sheet))}`);
      log(pc.dim(`done in ${((performance.now() - started) / 1000).toFixed(1)} s`));
      log(
        pc.dim('your own shop: npx deepshop index FOLDER --store DIR, then npx deepshop recommend PHOTO --store DIR'),
      );
    });
}

/** Draws the catalogue unless the same one lies there; its CSV is written last. */
async function drawShop(): Promise<string> {
  await mkdir(folder, { recursive: true });
  const csv = join(folder, 'catalogue.csv');
  const wanted = catalogueCsv(demoCatalogue(shop.seed, shop.count));
  if ((await readFile(csv, 'utf8').catch(() => '')) === wanted) return csv;
  const progress = showProgress('drawing the shop', shop.count);
  try {
    await writeDemoCatalogue(folder, { ...shop, onProgress: (done) => progress.update(done) });
  } finally {
    progress.stop();
  }
  return csv;
}

/** The demo's own store may be of an older model: it is then made anew. */
async function indexShop(source: string, store: string, model: string, loadEngine: LoadEngine): Promise<void> {
  const index = () => indexSource(source, { store, model, descriptor: 'garment', loadEngine });
  try {
    await index();
  } catch (error) {
    if (!(error instanceof StoreError) || !['space', 'version', 'kind', 'corrupt'].includes(error.reason)) throw error;
    await rm(store, { recursive: true, force: true });
    await index();
  }
}

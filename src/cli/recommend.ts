/** @file `deepshop recommend`: photos or items in, garments and the most similar items of a store out. */
import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { BoxTuple } from '../boxes/boxes.ts';
import { describeError, UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { readPhoto } from '../image/decode-node.ts';
import type { Photo } from '../image/photo.ts';
import { renderContactSheet } from '../report/contact-sheet-node.ts';
import type { AnswerOptions } from '../retrieval/answer-garment.ts';
import type { SearchedStore } from '../retrieval/garment-query.ts';
import {
  type GarmentAnswer,
  recommendForBox,
  recommendForPhoto,
  recommendLikeItems,
  recommendLook,
} from '../retrieval/recommend.ts';
import { fieldNames, typeOfField } from '../stores/filter.ts';
import { openAnyStore } from '../stores/open-store-node.ts';
import { parseFilter } from '../stores/parse-filter.ts';
import { StoreError } from '../stores/store-error.ts';
import { requireEngine } from '../stores/store-manifest-node.ts';
import type { OpenedStore, VectorStore } from '../stores/vector-store.ts';
import { didYouMean } from '../text/near-name.ts';
import { plural } from '../text/plural.ts';
import { answerAsJson } from './answers-json.ts';
import { bundledModel, describeFailure, type LoadEngine, log, markFailed, printJson } from './command-runtime.ts';
import { addEncoderFlag } from './encoder-flag.ts';
import { createOutputFolder } from './output-files.ts';
import { printAnswers } from './print-answers.ts';

/** Items are compared with one another and explained one by one: more would take minutes. */
const maxTop = 1000;

interface Flags {
  readonly store?: string;
  readonly model: string;
  readonly encoder?: string;
  readonly top: number;
  readonly offset: number;
  readonly filter?: string;
  readonly box?: BoxTuple;
  readonly like: readonly string[];
  readonly not: readonly string[];
  readonly look?: boolean;
  readonly diverse?: boolean;
  readonly anyCategory?: boolean;
  readonly exact?: boolean;
  readonly facet: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

export function recommendCommand(loadEngine: LoadEngine): Command {
  const command = new Command('recommend')
    .description("find the garments in photos, and a store's items most similar to each")
    .argument('[photo...]', 'JPEG, PNG, WebP or AVIF files; none with --like alone')
    .option('--store <place>', 'store made by deepshop index: a folder, or opensearch://HOST:PORT/NAME (required)')
    .option('--model <dir>', 'model directory', bundledModel);
  return addEncoderFlag(command)
    .option('--top <n>', `items a garment, at most ${maxTop}`, parseTop, 3)
    .option('--offset <n>', 'items to pass over first: the next page', parseOffset, 0)
    .option('--filter <expr>', 'only items of which this holds, e.g. \'price <= 50 and brand in ("Acme", "Böhm")\'')
    .option('--box <x1,y1,x2,y2>', 'only what is in this box of the one photo, in its pixels', parseBox)
    .option('--like <id>', 'more like this item; may be repeated', gather, [])
    .option('--not <id>', 'less like this item; may be repeated', gather, [])
    .option('--look', 'shop the look: no product for two garments')
    .option('--diverse', 'fewer items that are alike')
    .option('--any-category', 'do not put items of the same class first')
    .option('--exact', 'compare every item, whatever index there is')
    .option('--facet <field>', 'count the values of this field too; may be repeated', gather, [])
    .option('--out <dir>', 'write a contact sheet a photo into this folder')
    .option('--json', 'print one JSON document')
    .action(async (files: readonly string[], flags: Flags) => {
      checkUse(files, flags);
      const place = requireStore(flags.store);
      const store = await openAnyStore(place);
      try {
        await answerAll(files, flags, { store, place, loadEngine });
      } finally {
        await store.close();
      }
    });
}

async function answerAll(
  files: readonly string[],
  flags: Flags,
  {
    store,
    place,
    loadEngine,
  }: { readonly store: OpenedStore; readonly place: string; readonly loadEngine: LoadEngine },
): Promise<void> {
  const options = answerOptions(flags, store);
  const engine = await loadEngine(flags.model, { encoder: flags.encoder });
  const space = requireEngine(store.manifest, engine, place);
  if (files.length === 0) {
    const { like, not } = flags;
    const answer = await recommendLikeItems(store, { like, not }, { ...options, calibration: space.calibration });
    const heading = [`like ${like.join(', ')}`, ...(not.length === 0 ? [] : [`not ${not.join(', ')}`])].join('; ');
    if (flags.json) printJson({ photos: [{ file: null, like, not, garments: [answerAsJson(answer)] }] });
    else printAnswers(heading, [answer], printedOf(flags));
    return;
  }
  const missing = await answerPhotos(files, flags, { engine, store, descriptor: space.descriptor }, options);
  if (missing.size > 0) log(describeMissing([...missing], place));
}

const printedOf = ({ facet, filter }: Flags) => ({ facets: facet, isFiltered: filter !== undefined });

/** Not a required option: whoever has no store yet is told how to make one. */
function requireStore(store: string | undefined): string {
  if (store !== undefined) return store;
  throw new UsageError('there is no store to look in', {
    expected: '--store DIR',
    got: 'none',
    cure: 'Make one of your shop with deepshop index FOLDER --store DIR, or of a drawn one with deepshop demo: .deepshop/demo/store.',
  });
}

/** What no store and no photo needs to be read for. */
function checkUse(files: readonly string[], { box, like, not, look, out }: Flags): void {
  const cure = 'deepshop recommend --help names them all.';
  if (files.length === 0) {
    if (like.length === 0) {
      const got = not.length > 0 ? '--not alone' : 'neither';
      throw new UsageError('nothing to be similar to', { expected: 'a photo or --like ID', got, cure });
    }
    const flag = box !== undefined ? '--box' : look ? '--look' : out !== undefined ? '--out' : undefined;
    if (flag !== undefined)
      throw new UsageError(`${flag} is about a photo`, { expected: 'a photo', got: '--like alone', cure });
  }
  if (box !== undefined && files.length > 1)
    throw new UsageError('--box is about one photo', { expected: 'one', got: String(files.length), cure });
}

/** @throws UsageError for a facet, FilterError for a filter, that the store has no field for */
function answerOptions(flags: Flags, { config: { schema } }: VectorStore): AnswerOptions {
  const { top, offset, diverse, facet, filter, anyCategory, exact } = flags;
  const unknown = facet.find((field) => typeOfField(field, schema) === undefined);
  if (unknown !== undefined) {
    throw new UsageError('a facet of a field that items do not have', {
      where: '--facet',
      expected: `one of ${fieldNames(schema).join(', ')}`,
      got: unknown,
      cure:
        didYouMean(unknown, fieldNames(schema)) ?? 'Fields of your own are kept by deepshop index with --attribute.',
    });
  }
  return {
    ...{ top, offset, isDiverse: diverse, facets: facet },
    search: { filter: filter === undefined ? undefined : parseFilter(filter, schema), anyCategory, exact },
  };
}

/**
 * One photo after the other; one that fails is reported in its place.
 *
 * @returns pictures of items that are gone
 */
async function answerPhotos(
  files: readonly string[],
  flags: Flags,
  searched: SearchedStore,
  options: AnswerOptions,
): Promise<ReadonlySet<string>> {
  const folder = flags.out === undefined ? undefined : createOutputFolder(flags.out);
  const missing = new Set<string>();
  const draw = (photo: Photo, file: string, answers: readonly GarmentAnswer[]) =>
    renderContactSheet({ photo, file }, answers, searched.engine.classes, (path) => missing.add(path));
  const photos: object[] = [];
  for (const file of files) {
    try {
      const photo = await readPhoto(file);
      const answers = await answerPhoto(photo, flags, searched, options);
      const beyond = flags.box && describeBeyond(flags.box, photo, answers);
      if (beyond) log(printable(`${file}: ${beyond}`));
      const bytes = folder && (await draw(photo, file, answers));
      if (bytes) log(`wrote ${printable(await folder.write(file, '-similar.jpg', bytes))}`);
      if (!flags.json) printAnswers(file, answers, printedOf(flags));
      photos.push({ file, width: photo.width, height: photo.height, garments: answers.map(answerAsJson) });
    } catch (error) {
      // What was asked for is wrong for every photo.
      if (error instanceof StoreError && ['item', 'field', 'query', 'search', 'unavailable'].includes(error.reason))
        throw error;
      const failure = { file, error: describeError(error) };
      if (!flags.json) log(describeFailure(file, failure.error.message));
      photos.push(failure);
      markFailed();
    }
  }
  if (flags.json) printJson({ photos });
  return missing;
}

async function answerPhoto(
  photo: Photo,
  { box, look, like, not }: Flags,
  searched: SearchedStore,
  options: AnswerOptions,
): Promise<readonly GarmentAnswer[]> {
  const asked = { ...options, examples: { like, not } };
  // In a drawn box there is one garment: nothing comes twice.
  if (box !== undefined) return [await recommendForBox(photo, box, searched, asked)];
  return look ? recommendLook(photo, searched, asked) : recommendForPhoto(photo, searched, asked);
}

/** A slip in a number, or pixels of another size of the photo: what was cut off is told. Undefined where nothing was. */
function describeBeyond(
  asked: BoxTuple,
  { width, height }: Photo,
  [answer]: readonly GarmentAnswer[],
): string | undefined {
  if (answer === undefined || asked.every((edge, index) => edge === answer.box[index])) return undefined;
  return `--box ${asked.join(',')} reaches beyond the ${width} x ${height} pixels of the photo; looked in ${answer.box.join(',')}`;
}

/** A shop's folder that was moved: where its pictures were when they were indexed. */
function describeMissing(pictures: readonly string[], store: string): string {
  const folders = [...new Set(pictures.map((path) => dirname(path)))].sort();
  const where =
    folders.slice(0, 3).join(', ') + (folders.length > 3 ? ` and ${plural(folders.length - 3, 'other folder')}` : '');
  const count = plural(pictures.length, 'picture of an item was', 'pictures of items were');
  return printable(
    `${count} not found; looked in ${where}. If the shop was moved, run deepshop index on it again with --store ${store}.`,
  );
}

/** `--box X1,Y1,X2,Y2` */
function parseBox(text: string): BoxTuple {
  const edges = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [x1, y1, x2, y2] = edges;
  if (edges.length === 4 && edges.every(Number.isFinite) && x2! > x1! && y2! > y1!) return [x1!, y1!, x2!, y2!];
  throw new InvalidArgumentError('expected x1,y1,x2,y2 in pixels, left and top before right and bottom.');
}

/** `--top N` */
function parseTop(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0 && value <= maxTop) return value;
  throw new InvalidArgumentError(`expected a whole number from 1 to ${maxTop}; --offset shows what follows.`);
}

/** `--offset N` */
function parseOffset(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('expected a whole number.');
}

/** `--like ID --like ID` */
function gather(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** @file Names that a format cannot give back: refused before anything is written, so that nothing is lost or led astray. */
import type { CocoCategory, CocoImage } from '../coco.ts';
import { DatasetError, type DatasetErrorCode, listFaults } from '../dataset-error.ts';
import { leadsOutside, pictureEndings, plainPath, stemOf } from '../file-name.ts';
import { parseXml, xmlText } from './xml.ts';

type Images = readonly Pick<CocoImage, 'file_name'>[];

/** Names of photos become places in the folder that is written. */
export function refuseNamesOutside(images: Images, where: string): void {
  refuse('dataset-file-name', 'file names lead out of the folder of photos', where, {
    expected: 'names of photos within their folder',
    faults: images.filter(({ file_name }) => leadsOutside(file_name)).map(({ file_name }) => JSON.stringify(file_name)),
    cure: 'Rename the photos; deepshop doctor --fix leaves such labels out.',
  });
}

/** Photos whose labels would be one file, or whose name ends a line. */
export function refuseClashes(images: Images, where: string): void {
  const seen = new Map<string, string>();
  const faults: string[] = [];
  for (const { file_name } of images) {
    const stem = stemOf(plainPath(file_name));
    const other = seen.get(stem);
    if (other !== undefined) faults.push(`${other} and ${file_name}`);
    if (/\p{Cc}/u.test(file_name)) faults.push(JSON.stringify(file_name));
    seen.set(stem, file_name);
  }
  refuse('dataset-name-clash', 'photos would share a file of labels', where, {
    expected: 'names that differ before their ending, without line ends',
    faults,
    cure: 'Rename the photos, or convert to COCO.',
  });
}

/** A YOLO set has no list of its photos: they are known by their endings. */
export function refuseEndings(images: Images, where: string): void {
  const isKnown = (name: string) => pictureEndings.some((ending) => name.toLowerCase().endsWith(ending));
  refuse('dataset-file-name', 'photos would not be taken for photos', where, {
    expected: `names that end in ${pictureEndings.join(', ')}`,
    faults: images.filter(({ file_name }) => !isKnown(file_name)).map(({ file_name }) => JSON.stringify(file_name)),
    cure: 'Rename the photos, or convert to COCO or VOC.',
  });
}

/** Text of XML has no control characters, and spaces around it are not its own. */
export function refuseVocClasses(categories: readonly CocoCategory[], where: string): void {
  const comesBack = (name: string) => parseXml(`<name>${xmlText(name)}</name>`, where).text === name;
  refuse('dataset-name-clash', 'class names would come back as others', where, {
    expected: 'names without control characters or spaces around them',
    faults: categories.filter(({ name }) => !comesBack(name)).map(({ name }) => JSON.stringify(name)),
    cure: 'Rename the classes with deepshop prepare --relabel, or convert to COCO or YOLO.',
  });
}

function refuse(
  code: DatasetErrorCode,
  summary: string,
  where: string,
  { expected, faults, cure }: { readonly expected: string; readonly faults: readonly string[]; readonly cure: string },
): void {
  if (faults.length > 0) throw new DatasetError(code, summary, { where, expected, got: listFaults(faults), cure });
}

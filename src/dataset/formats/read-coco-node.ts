/** @file A COCO file with its photos, as labelled photos whose boxes are not yet judged. */
import { parseCocoForm } from '../coco.ts';
import type { LabelledSet } from '../labelled-set.ts';
import { readText } from './read-text-node.ts';

/** @param images folder that the file names start from */
export async function readCocoSet(annotations: string, images: string): Promise<LabelledSet> {
  const given = parseCocoForm(await readText(annotations), annotations);
  return { format: 'coco', where: annotations, images, given, sides: null, hasOwnSizes: false, faults: [] };
}

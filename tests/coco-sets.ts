/** @file For tests: COCO files in one step, as commands take them in several. */
import { parseCocoForm } from '../src/dataset/coco.ts';
import { type CheckedCoco, checkBoxes } from '../src/dataset/coco-boxes.ts';
import { readCocoSet } from '../src/dataset/formats/read-coco-node.ts';
import { type PrepareOptions, type PrepareReport, prepareLabelled } from '../src/dataset/prepare-node.ts';

/** Form and boxes of the text of a COCO file. */
export function parseCoco(text: string, where: string): CheckedCoco {
  return checkBoxes(parseCocoForm(text, where), where);
}

/** Prepares a data set from a COCO file and the folder that its file names start from. */
export async function prepareCoco(
  options: PrepareOptions & { readonly annotations: string; readonly images: string },
): Promise<PrepareReport> {
  return prepareLabelled(await readCocoSet(options.annotations, options.images), options);
}

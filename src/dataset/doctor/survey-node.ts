/** @file Looks at every photo of a data set: its sizes, its orientation, its print; or why it cannot be read. */
import { join } from 'node:path';
import { eachAbreast } from '../../concurrency/each-abreast.ts';
import { type PhotoGist, readPhotoGist } from '../../image/decode-node.ts';
import { ImageError } from '../../image/image-error.ts';
import { type PhotoPrint, printOf, printSide } from '../../image/perceptual-hash.ts';
import type { GivenAnnotation } from '../coco.ts';
import { leadsOutside } from '../file-name.ts';
import type { LabelledSet, PhotoFault } from '../labelled-set.ts';
import type { Subject } from './finding.ts';

export interface SurveyedPhoto extends Omit<PhotoGist, 'pixels'> {
  readonly print: PhotoPrint;
}

/** Photos decoded at a time. */
const abreast = 8;

export async function surveySet(name: string, set: LabelledSet, onPhoto: () => void = () => {}): Promise<Subject> {
  const survey: (SurveyedPhoto | PhotoFault)[] = [];
  await eachAbreast(set.given.images, abreast, async ({ file_name }, index) => {
    survey[index] = await surveyPhoto(set.images, file_name);
    onPhoto();
  });
  const annotationsOf = new Map<number, GivenAnnotation[]>(set.given.images.map(({ id }) => [id, []]));
  for (const annotation of set.given.annotations) annotationsOf.get(annotation.image_id)?.push(annotation);
  const classNames = new Map(set.given.categories.map(({ id, name: className }) => [id, className]));
  return { name, set, survey, annotationsOf, classNames };
}

async function surveyPhoto(images: string, fileName: string): Promise<SurveyedPhoto | PhotoFault> {
  if (leadsOutside(fileName)) {
    return { fileName, code: 'dataset-file-name', message: 'the name leads out of the folder of photos' };
  }
  try {
    const { pixels, ...sizes } = await readPhotoGist(join(images, fileName), printSide);
    return { ...sizes, print: printOf(pixels) };
  } catch (error) {
    if (error instanceof ImageError) return { fileName, code: error.code, message: error.message };
    throw error;
  }
}

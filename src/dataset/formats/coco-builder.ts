/** @file Puts together a COCO file from what other formats say about their photos; ids count from 1. */
import type { CocoImage, GarmentFacts, GivenAnnotation, GivenCoco } from '../coco.ts';
import type { CocoBox } from './voc.ts';

export interface BuiltObject {
  /** Id of its category. */
  readonly categoryId: number;
  readonly bbox: CocoBox;
  readonly isCrowd?: boolean;
  readonly facts?: GarmentFacts;
}

export interface CocoBuilder {
  addPhoto(image: Omit<CocoImage, 'id'> & { readonly file_name: string }, objects: readonly BuiltObject[]): void;
  build(categories: GivenCoco['categories']): GivenCoco;
}

export function cocoBuilder(): CocoBuilder {
  const images: GivenCoco['images'] = [];
  const annotations: GivenAnnotation[] = [];
  return {
    addPhoto(image, objects) {
      const id = images.length + 1;
      images.push({ ...image, id } as CocoImage);
      for (const { categoryId, bbox, isCrowd = false, facts = {} } of objects) {
        annotations.push({
          id: annotations.length + 1,
          image_id: id,
          category_id: categoryId,
          bbox: [...bbox],
          iscrowd: isCrowd ? 1 : 0,
          ...facts,
        } as GivenAnnotation);
      }
    },
    build: (categories) => ({ images, annotations, categories }),
  };
}

/** @file An engine whose boxes an encoder of its own describes besides: the descriptor `external`. */
import type { BoxTuple } from '../boxes/boxes.ts';
import type { Photo } from '../image/photo.ts';
import type { VectorSpace } from './descriptor.ts';
import type { OpenedEngine } from './model-engine.ts';

/** An image encoder that was opened. */
export interface Encoder {
  /** Path of its `encoder.json`. */
  readonly path: string;
  readonly space: VectorSpace;
  /** @returns one `[dimension]` float32 vector a box, in order */
  encode(photo: Photo, boxes: readonly BoxTuple[]): Promise<readonly Float32Array[]>;
  release(): Promise<void>;
}

/** Boxes, classes and scores are the engine's; so are its own descriptors. */
export function withEncoder(engine: OpenedEngine, encoder: Encoder): OpenedEngine {
  return {
    ...engine,
    encoder: encoder.path,
    space: (descriptor) => (descriptor === 'external' ? encoder.space : engine.space(descriptor)),
    async analyse(photo, { descriptor, minScore }) {
      if (descriptor !== 'external') return engine.analyse(photo, { descriptor, minScore });
      const found = await engine.detect(photo, { minScore });
      const vectors = await encoder.encode(
        photo,
        found.map(({ box }) => box),
      );
      return {
        detections: found.map((detection, index) => ({ ...detection, vector: vectors[index] })),
        whole: async () => (await encoder.encode(photo, [[0, 0, photo.width, photo.height]]))[0],
        embed: (boxes) => encoder.encode(photo, boxes),
      };
    },
    embedBoxes: (photo, boxes, descriptor) =>
      descriptor === 'external' ? encoder.encode(photo, boxes) : engine.embedBoxes(photo, boxes, descriptor),
    async release() {
      await Promise.all([engine.release(), encoder.release()]);
    },
  };
}

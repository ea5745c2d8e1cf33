/**
 * @file Photos that were sent, in memory and nowhere else: for a while, so that a box can be moved without sending the photo
 * again, and no longer. Their bytes are kept as they came, and the pixels of those that were used last.
 */
import type { PhotoWithin } from '../image/decode-node.ts';
import type { GarmentQuery } from '../retrieval/garment-query.ts';
import { ApiError } from './api-error.ts';

/** A photo, and what was found in it. */
export interface KnownPhoto {
  readonly id: string;
  /** Of the file. */
  readonly bytes: Uint8Array;
  readonly upright: PhotoWithin['upright'];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /**
   * Every garment in it, found once, when somebody asks first; boxes in pixels of the decoded photo, which may be smaller than
   * the upright one. What could not be found is looked for again.
   */
  garmentsBy(find: () => Promise<readonly GarmentQuery[]>): Promise<readonly GarmentQuery[]>;
}

export interface PhotoLimits {
  readonly keepMs: number;
  /** Of files that are kept, and of what was found in them. */
  readonly maxBytes: number;
  /** Of decoded photos that are kept. */
  readonly maxDecodedBytes: number;
}

/** What a photo takes beside its file, and a garment beside its vector; measured: 0.9 to 1.7 kB, and 1.1 to 1.5 kB. */
const overheadBytes = 2048;

export class PhotoMemory {
  readonly #limits: PhotoLimits;
  readonly #now: () => number;
  readonly #newId: () => string;
  /** By age. */
  readonly #photos = new Map<string, { readonly known: KnownPhoto; numBytes: number }>();
  /** By last use. */
  readonly #decoded = new Map<string, PhotoWithin>();
  #numBytes = 0;
  #numDecodedBytes = 0;

  constructor(
    limits: PhotoLimits,
    { newId, now = Date.now }: { readonly newId: () => string; readonly now?: () => number },
  ) {
    this.#limits = limits;
    this.#newId = newId;
    this.#now = now;
  }

  get numPhotos(): number {
    return this.#photos.size;
  }

  /** Of files, of what was found in them, and of decoded photos. */
  get numBytes(): number {
    return this.#numBytes + this.#numDecodedBytes;
  }

  add(bytes: Uint8Array, decoded: PhotoWithin): KnownPhoto {
    this.forgetExpired();
    const id = this.#newId();
    let garments: Promise<readonly GarmentQuery[]> | undefined;
    const found = async (find: () => Promise<readonly GarmentQuery[]>) => {
      try {
        const all = await find();
        this.#grow(
          id,
          all.reduce((sum, { vector }) => sum + vector.byteLength + overheadBytes, 0),
        );
        return all;
      } catch (error) {
        garments = undefined;
        throw error;
      }
    };
    const known: KnownPhoto = {
      id,
      // A small file may be a view of much more.
      bytes: bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice(),
      upright: decoded.upright,
      expiresAt: this.#now() + this.#limits.keepMs,
      garmentsBy: (find) => {
        garments ??= found(find);
        return garments;
      },
    };
    this.#photos.set(id, { known, numBytes: 0 });
    this.#grow(id, bytes.length + overheadBytes);
    this.keepDecoded(id, decoded);
    return known;
  }

  #grow(id: string, numBytes: number): void {
    const photo = this.#photos.get(id);
    if (photo === undefined) return;
    photo.numBytes += numBytes;
    this.#numBytes += numBytes;
    // The one that grows stays, however large it is: it is being asked about.
    for (const oldest of this.#photos.keys()) {
      if (this.#numBytes <= this.#limits.maxBytes || oldest === id) break;
      this.#forget(oldest);
    }
  }

  /** @throws ApiError `photo-expired`: forgotten, or never there, which nobody can tell apart any more */
  get(id: string): KnownPhoto {
    this.forgetExpired();
    const known = this.#photos.get(id)?.known;
    if (known !== undefined) return known;
    throw new ApiError('photo-expired', 'the photo was forgotten', {
      where: 'photoId',
      expected: `the id of a photo that was sent in the last ${Math.round(this.#limits.keepMs / 60_000)} minutes`,
      got: id,
      cure: 'Send the photo again; the answer has a new id.',
    });
  }

  /** The pixels of a photo, if they are still there. */
  decodedOf(id: string): PhotoWithin | undefined {
    const decoded = this.#decoded.get(id);
    if (decoded === undefined) return undefined;
    this.#decoded.delete(id);
    this.#decoded.set(id, decoded);
    return decoded;
  }

  keepDecoded(id: string, decoded: PhotoWithin): void {
    if (!this.#photos.has(id)) return;
    this.#dropDecoded(id);
    this.#decoded.set(id, decoded);
    this.#numDecodedBytes += decoded.photo.pixels.length;
    for (const oldest of this.#decoded.keys()) {
      if (this.#numDecodedBytes <= this.#limits.maxDecodedBytes || oldest === id) break;
      this.#dropDecoded(oldest);
    }
  }

  /** To be called now and then too: what nobody asks about must go as well. */
  forgetExpired(): void {
    const now = this.#now();
    for (const [id, { known }] of this.#photos) {
      if (known.expiresAt > now) break;
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.#numBytes -= this.#photos.get(id)?.numBytes ?? 0;
    this.#photos.delete(id);
    this.#dropDecoded(id);
  }

  #dropDecoded(id: string): void {
    this.#numDecodedBytes -= this.#decoded.get(id)?.photo.pixels.length ?? 0;
    this.#decoded.delete(id);
  }
}

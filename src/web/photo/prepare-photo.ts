/** @file A photo made ready on the device, in the app and in the widget: upright, no larger than the network needs, and without metadata such as the place. */

export interface DrawnPhoto {
  readonly canvas: HTMLCanvasElement;
  /** JPEG. */
  readonly blob: Blob;
}

export interface PreparedPhoto {
  /** JPEG. */
  readonly blob: Blob;
  /** For `<img>`; revoked by whoever takes another photo. */
  readonly address: string;
  readonly width: number;
  readonly height: number;
}

/** The server makes larger photos smaller before the network sees them; docs/serving.md. */
const longSide = 1280;
/** No loss that the network sees: the studio's own pictures have 88. */
const quality = 0.9;

/** The file is none that this browser can decode. */
export class UnreadablePhotoError extends Error {}

/** Sides of at most 1,280 pixels, in proportion; a photo is not made larger. */
export function fitSize({ width, height }: { readonly width: number; readonly height: number }) {
  const scale = Math.min(1, longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** @throws UnreadablePhotoError */
export async function preparePhoto(file: Blob): Promise<PreparedPhoto> {
  const { canvas, blob } = await drawPhoto(file);
  return { blob, address: URL.createObjectURL(blob), width: canvas.width, height: canvas.height };
}

/** @throws UnreadablePhotoError */
export async function drawPhoto(file: Blob): Promise<DrawnPhoto> {
  const bitmap = await decode(file);
  try {
    const { width, height } = fitSize(bitmap);
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    if (context === null) throw new UnreadablePhotoError('no canvas');
    context.imageSmoothingQuality = 'high';
    // Transparent pictures lie on white, as on the server.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (blob === null) throw new UnreadablePhotoError('the canvas gave no picture');
    return { canvas, blob };
  } finally {
    bitmap.close();
  }
}

async function decode(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (cause) {
    throw new UnreadablePhotoError('the file is no picture that this browser can read', { cause });
  }
}

/** @file A photo made ready for the search: upright, small, and without metadata such as the place where it was taken. */

export interface WidgetPhoto {
  readonly canvas: HTMLCanvasElement;
  /** JPEG. */
  readonly file: Blob;
}

/** What the server would make it anyway. */
const maxSide = 1280;

/** Null for what the browser cannot read. */
export async function preparePhoto(file: Blob): Promise<WidgetPhoto | null> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null);
  if (bitmap === null) return null;
  const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const encoded = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
  return encoded === null ? null : { canvas, file: encoded };
}

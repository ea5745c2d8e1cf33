/** @file Whether a box was ever dragged on this device: then nobody needs to be told that it can be. */

const place = 'deepshop-dragged';

/** Storage may be forbidden. */
export function readDragged(storage: Pick<Storage, 'getItem'>): boolean {
  try {
    return storage.getItem(place) === 'yes';
  } catch {
    return false;
  }
}

/** Storage may be full or forbidden: then it is told again on the next page. */
export function writeDragged(storage: Pick<Storage, 'setItem'>): void {
  try {
    storage.setItem(place, 'yes');
  } catch {}
}

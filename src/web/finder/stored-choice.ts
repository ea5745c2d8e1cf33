/** @file Whether garments are to be found on this device, kept on this device. */

const place = 'deepshop-on-device';

/** Storage may be forbidden. */
export function readChoice(storage: Pick<Storage, 'getItem'>): boolean {
  try {
    return storage.getItem(place) === 'yes';
  } catch {
    return false;
  }
}

/** Storage may be full or forbidden: then the choice lasts as long as the page. */
export function writeChoice(storage: Pick<Storage, 'setItem'>, isChosen: boolean): void {
  try {
    storage.setItem(place, isChosen ? 'yes' : 'no');
  } catch {}
}

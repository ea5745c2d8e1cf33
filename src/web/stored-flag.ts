/** @file A yes or no that is kept on this device. */

/** Whether garments are to be found on this device. */
export const onDevice = 'deepshop-on-device';
/** Whether a box was ever dragged: then nobody needs to be told that it can be. */
export const boxDragged = 'deepshop-dragged';

type Flag = typeof onDevice | typeof boxDragged;

/** Storage may be forbidden: then no. */
export function readFlag(storage: Pick<Storage, 'getItem'>, flag: Flag): boolean {
  try {
    return storage.getItem(flag) === 'yes';
  } catch {
    return false;
  }
}

/** Storage may be full or forbidden: then what is written lasts as long as the page. */
export function writeFlag(storage: Pick<Storage, 'setItem'>, flag: Flag, isSet: boolean): void {
  try {
    storage.setItem(flag, isSet ? 'yes' : 'no');
  } catch {}
}

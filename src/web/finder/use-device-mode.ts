/** @file Whether garments are found on this device, for components. */
import { useEffect, useSyncExternalStore } from 'react';
import type { ShopState } from '../state/shop-state.ts';
import type { DeviceState } from './device-mode.ts';
import { deviceMode } from './page-device.ts';

/**
 * @param isOnline what the server offers is asked for once, and again when the connection is back
 * @param numTries or with whatever else failed
 */
export function useDeviceMode({ isOnline, numTries }: Pick<ShopState, 'isOnline' | 'numTries'>): DeviceState {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a try is a reason to ask again
  useEffect(() => {
    if (isOnline || deviceMode.read().isChosen) void deviceMode.start();
  }, [isOnline, numTries]);
  return useSyncExternalStore(deviceMode.subscribe, deviceMode.read);
}

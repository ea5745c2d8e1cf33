/** @file Whether garments are found on this device, for components. */
import { useEffect, useSyncExternalStore } from 'react';
import type { DeviceState } from './device-mode.ts';
import { deviceMode } from './page-device.ts';

/** @param isOnline what the server offers is asked for once, and again when the connection is back */
export function useDeviceMode(isOnline: boolean): DeviceState {
  useEffect(() => {
    if (isOnline || deviceMode.read().isChosen) void deviceMode.start();
  }, [isOnline]);
  return useSyncExternalStore(deviceMode.subscribe, deviceMode.read);
}

/** @file The state, what changes it, and the words, for every component. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useReducer, useRef } from 'react';
import { createClient } from '../../client/client.ts';
import { createEventQueue, type EventQueue } from '../events/event-queue.ts';
import { readFavourites, writeFavourites } from '../favourites/stored-favourites.ts';
import type { DeviceState } from '../finder/device-mode.ts';
import { deviceFinder, deviceMode } from '../finder/page-device.ts';
import { createServerFinder } from '../finder/server-finder.ts';
import { useDeviceMode } from '../finder/use-device-mode.ts';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';
import { reduceShop, type ShopAction, startState } from './shop-reducer.ts';
import type { ShopState } from './shop-state.ts';
import { useAsks } from './use-asks.ts';
import { addressOf, placeOf, type View } from './view.ts';

interface Shop {
  readonly state: ShopState;
  readonly dispatch: (action: ShopAction) => void;
  readonly takePhoto: (file: Blob | PreparedPhoto) => void;
  /** To the empty start; what is being looked for in the photo is called off. */
  readonly leavePhoto: () => void;
  readonly go: (view: View) => void;
  readonly events: EventQueue;
  readonly device: DeviceState;
}

export const client = createClient({ url: '' });
/** As long-lived as the page: it tells what waits when that is left. */
const events = createEventQueue({ url: '' });
const serverFinder = createServerFinder(client);
const chooseFinder = () => (deviceMode.read().isChosen ? deviceFinder : serverFinder);

const ShopContext = createContext<Shop | null>(null);

export function useShop(): Shop {
  const shop = useContext(ShopContext);
  if (shop === null) throw new Error('outside of ShopProvider');
  return shop;
}

export function ShopProvider({ children }: { readonly children: ReactNode }) {
  const [state, dispatch] = useReducer(reduceShop, null, () =>
    startState(placeOf(window.location), readFavourites(window.localStorage), navigator.onLine),
  );
  const { takePhoto, leavePhoto } = useAsks(state, dispatch, client, chooseFinder);
  const device = useDeviceMode(state);
  const go = useCallback((view: View) => {
    dispatch({ type: 'went', view });
    window.scrollTo(0, 0);
  }, []);
  useAddress(state, dispatch);
  useEffect(() => writeFavourites(window.localStorage, state.favourites), [state.favourites]);
  useEffect(() => {
    const change = () => dispatch({ type: 'connection changed', isOnline: navigator.onLine });
    window.addEventListener('online', change);
    window.addEventListener('offline', change);
    return () => {
      window.removeEventListener('online', change);
      window.removeEventListener('offline', change);
    };
  }, []);
  const shop = useMemo(
    () => ({ state, dispatch, takePhoto, leavePhoto, go, events, device }),
    [state, takePhoto, leavePhoto, go, device],
  );
  return <ShopContext value={shop}>{children}</ShopContext>;
}

/** Pages have entries of their own in the history; filters change the entry. */
function useAddress({ view, filter }: ShopState, dispatch: (action: ShopAction) => void): void {
  const shownView = useRef(view);
  useEffect(() => {
    const address = addressOf({ view, filter });
    if (address === window.location.pathname + window.location.search) shownView.current = view;
    else if (shownView.current === view) window.history.replaceState(null, '', address);
    else window.history.pushState(null, '', address);
    shownView.current = view;
  }, [view, filter]);
  useEffect(() => {
    const back = () => dispatch({ type: 'came back', place: placeOf(window.location) });
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, [dispatch]);
}

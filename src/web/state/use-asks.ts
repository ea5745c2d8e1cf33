/** @file Sends the questions that a state has and lacks answers to, and takes photos to the finder. */
import { useCallback, useEffect, useRef } from 'react';
import { ApiFailure, type Client } from '../../client/client.ts';
import type { GarmentFinder } from '../finder/garment-finder.ts';
import { type PreparedPhoto, preparePhoto } from '../photo/prepare-photo.ts';
import { failureOf } from '../results/failure-kind.ts';
import { type Ask, wantedAsks } from './asks.ts';
import type { ShopAction } from './shop-reducer.ts';
import type { Garment, ShopState } from './shop-state.ts';

type Dispatch = (action: ShopAction) => void;

/** Boxes that are being dragged are asked about when they rest. */
const restMs = 250;

/**
 * @param chooseFinder asked for each photo anew; who has found its garments describes its boxes too: a photo that was to stay on
 *   the device stays there, whatever is chosen for the next
 * @returns `takePhoto` takes any file, or a photo that was prepared before; `leavePhoto` ends what is going on about it
 */
export function useAsks(state: ShopState, dispatch: Dispatch, shop: Client, chooseFinder: () => GarmentFinder) {
  const photoWork = useRef(new AbortController());
  const photoFinder = useRef<GarmentFinder | null>(null);
  const renewal = useRef<Promise<string | null> | null>(null);
  const { stage } = state;
  const prepared = stage.step === 'found' ? stage.photo : null;
  const photoId = stage.step === 'found' ? stage.photo.photoId : null;

  const find = useCallback(
    async (photo: PreparedPhoto, finder: GarmentFinder, signal: AbortSignal) => {
      dispatch({ type: 'photo prepared', prepared: photo });
      try {
        const found = await finder.find(photo, signal);
        if (!signal.aborted) dispatch({ type: 'garments found', prepared: photo, found });
      } catch (error) {
        if (!signal.aborted) dispatch({ type: 'photo failed', failure: failureOf(error), prepared: photo });
      }
    },
    [dispatch],
  );

  /** What still comes about the photo before is not heard. */
  const beginAnew = useCallback(() => {
    photoWork.current.abort();
    photoWork.current = new AbortController();
    renewal.current = null;
    return photoWork.current.signal;
  }, []);

  const leavePhoto = useCallback(() => {
    beginAnew();
    dispatch({ type: 'photo left' });
  }, [dispatch, beginAnew]);

  const takePhoto = useCallback(
    async (file: Blob | PreparedPhoto) => {
      const signal = beginAnew();
      const finder = chooseFinder();
      photoFinder.current = finder;
      dispatch({ type: 'photo taken' });
      try {
        const photo = file instanceof Blob ? await preparePhoto(file) : file;
        if (!signal.aborted) await find(photo, finder, signal);
      } catch (error) {
        if (!signal.aborted) dispatch({ type: 'photo failed', failure: failureOf(error), prepared: null });
      }
    },
    [dispatch, find, chooseFinder, beginAnew],
  );

  useEffect(() => {
    const { signal } = photoWork.current;
    /** The server has forgotten the photo: it is sent again, once for all that ask. */
    const renew = (photo: PreparedPhoto, finder: GarmentFinder) => {
      renewal.current ??= finder.find(photo, signal).then((found) => {
        dispatch({ type: 'photo remembered anew', photoId: found.photoId });
        return found.photoId;
      });
      return renewal.current;
    };
    const send = async ({ request, needsPhoto }: Ask) => {
      if (!needsPhoto || photoId === null || prepared === null) return await shop.search(request);
      try {
        return await shop.search({ ...request, photoId }, signal);
      } catch (error) {
        const finder = photoFinder.current;
        if (!(error instanceof ApiFailure) || error.code !== 'photo-expired' || finder === null) throw error;
        const renewed = await renew(prepared, finder).finally(() => {
          renewal.current = null;
        });
        if (renewed === null) throw error;
        return await shop.search({ ...request, photoId: renewed }, signal);
      }
    };
    const ask = async (each: Ask) => {
      dispatch({ type: 'asked', key: each.key });
      try {
        const answer = await send(each);
        if (!each.needsPhoto || !signal.aborted) dispatch({ type: 'answered', key: each.key, answer });
      } catch (error) {
        if (!each.needsPhoto || !signal.aborted)
          dispatch({ type: 'answer failed', key: each.key, failure: failureOf(error) });
      }
    };
    // A photo that the server never saw is asked about by vectors alone.
    const canAsk = ({ needsPhoto }: Ask) => !needsPhoto || photoId !== null;
    const missing = wantedAsks(state).filter((each) => state.answers[each.key] === undefined && canAsk(each));
    if (missing.length === 0) return;
    const hasBox = missing.some(({ request }) => request.box !== undefined);
    const timer = setTimeout(() => missing.forEach(ask), hasBox ? restMs : 0);
    return () => clearTimeout(timer);
  }, [state, dispatch, shop, prepared, photoId]);

  const { garments } = state;
  const isOnDevice = prepared !== null && prepared.spaceId !== null;
  useEffect(() => {
    const bare = garments.filter(({ description, trouble }) => description === null && trouble === null);
    const finder = photoFinder.current;
    if (!isOnDevice || prepared === null || finder === null || bare.length === 0) return;
    const { signal } = photoWork.current;
    const describe = async ({ id, box }: Garment) => {
      try {
        const described = await finder.describe(prepared, box, signal);
        if (!signal.aborted) dispatch({ type: 'box described', id, box, described });
      } catch (error) {
        if (!signal.aborted) dispatch({ type: 'box not described', id, box, failure: failureOf(error) });
      }
    };
    const timer = setTimeout(() => bare.forEach(describe), restMs);
    return () => clearTimeout(timer);
  }, [garments, isOnDevice, prepared, dispatch]);

  return { takePhoto, leavePhoto };
}

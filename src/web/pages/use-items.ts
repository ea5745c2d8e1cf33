/** @file Items of the shop by their ids, as an address names them. */
import { useEffect, useRef, useState } from 'react';
import { ApiFailure, type Item } from '../../client/client.ts';
import { failureOf } from '../results/failure-kind.ts';
import { client, useShop } from '../state/shop-context.tsx';
import type { Failure, ItemBrief } from '../state/shop-state.ts';

export type Items =
  | { readonly step: 'asked' }
  | { readonly step: 'failed'; readonly failure: Failure }
  /** Those that the shop still has. */
  | { readonly step: 'answered'; readonly items: readonly ItemBrief[] };

/** Asked for again, where they failed, with whatever else failed. */
export function useItems(ids: readonly string[]): Items {
  const [items, setItems] = useState<Items>({ step: 'asked' });
  const { numTries } = useShop().state;
  /** The ids that `items` answer. */
  const answered = useRef<string | null>(null);
  const key = JSON.stringify(ids);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a try is a reason to ask again
  useEffect(() => {
    if (answered.current === key) return;
    // Those before are shown no longer: an address that is come back to is asked for again.
    answered.current = null;
    const stop = new AbortController();
    setItems({ step: 'asked' });
    const names: readonly string[] = JSON.parse(key);
    Promise.all(names.map((id) => readItem(id, stop.signal))).then(
      (found) => {
        if (stop.signal.aborted) return;
        answered.current = key;
        setItems({ step: 'answered', items: found.filter((each) => each !== null) });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setItems({ step: 'failed', failure: failureOf(error) });
      },
    );
    return () => stop.abort();
  }, [key, numTries]);
  return items;
}

async function readItem(id: string, signal: AbortSignal): Promise<ItemBrief | null> {
  try {
    return asBrief(id, await client.call('getItem', { params: { id }, signal }));
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 'store-item') return null;
    throw error;
  }
}

/** @param id may be a variant's, whose picture is then shown */
function asBrief(id: string, { title, attributes, pictures }: Item): ItemBrief {
  const text = (name: string) => (typeof attributes[name] === 'string' ? attributes[name] : null);
  const picture = pictures.find(({ variant }) => variant === id) ?? pictures[0];
  const price = typeof attributes.price === 'number' ? attributes.price : null;
  return {
    id,
    title,
    price,
    image: picture?.image ?? null,
    currency: text('currency'),
    url: text('url'),
    brand: text('brand'),
  };
}

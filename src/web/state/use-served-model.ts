/** @file What the shop's server says of its model and itself, asked for once. */
import { useEffect, useState } from 'react';
import type { ModelAnswer } from '../../api/model.ts';
import { client, useShop } from './shop-context.tsx';

/** What the page shows of it. */
type Served = Pick<ModelAnswer, 'photoMinutes'> & { readonly labels: readonly string[] };

let asked: Promise<Served> | null = null;

/** Null until it is known; asked for again with whatever else failed. */
export function useServedModel(): Served | null {
  const { numTries } = useShop().state;
  const [served, setServed] = useState<Served | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a try is a reason to ask again
  useEffect(() => {
    let isGone = false;
    asked ??= client
      .call('getModel', {})
      .then(({ classes, photoMinutes }) => ({ photoMinutes, labels: classes.map(({ label }) => label) }));
    const own = asked;
    own.then(
      (answer) => {
        if (!isGone) setServed(answer);
      },
      () => {
        // Whoever needs it next asks again.
        if (asked === own) asked = null;
      },
    );
    return () => {
      isGone = true;
    };
  }, [numTries]);
  return served;
}

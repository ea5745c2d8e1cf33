/** @file What the shop's server says of its model and itself, asked for once. */
import { useEffect, useState } from 'react';
import type { ModelAnswer } from '../../api/model.ts';
import { client } from './shop-context.tsx';

/** What the page shows of it. */
type Served = Pick<ModelAnswer, 'photoMinutes'> & { readonly labels: readonly string[] };

let asked: Promise<Served> | null = null;

/** Null until it is known. */
export function useServedModel(): Served | null {
  const [served, setServed] = useState<Served | null>(null);
  useEffect(() => {
    let isGone = false;
    asked ??= client
      .call('getModel', {})
      .then(({ classes, photoMinutes }) => ({ photoMinutes, labels: classes.map(({ label }) => label) }));
    asked.then(
      (answer) => {
        if (!isGone) setServed(answer);
      },
      () => {
        // Who needs it next tries again.
        asked = null;
      },
    );
    return () => {
      isGone = true;
    };
  }, []);
  return served;
}

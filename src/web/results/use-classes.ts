/** @file The classes that the shop's model knows, asked for once. */
import { useEffect, useState } from 'react';
import { client } from '../state/shop-context.tsx';

let asked: Promise<readonly string[]> | null = null;

export function useClasses(): readonly string[] {
  const [classes, setClasses] = useState<readonly string[]>([]);
  useEffect(() => {
    let isGone = false;
    asked ??= client.call('getModel', {}).then((model) => model.classes.map(({ label }) => label));
    asked.then(
      (labels) => {
        if (!isGone) setClasses(labels);
      },
      () => {
        // The next garment tries again; until then its kind is as it was found.
        asked = null;
      },
    );
    return () => {
      isGone = true;
    };
  }, []);
  return classes;
}

/** @file What was shown last, while nothing newer has come. */
import { useRef } from 'react';

/** @param isWaiting whether `value` is only what is there so far */
export function useLastShown<T>(value: T, isWaiting: boolean): T {
  const last = useRef(value);
  if (!isWaiting) last.current = value;
  return last.current;
}

/** @file What is empty, slow or wrong, with what to do about it. */
import { type ReactNode, useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Failure } from './state/shop-state.ts';
import { useWords } from './words/words-context.tsx';

interface NoticeProps {
  readonly failure: Failure;
  readonly onRetry?: () => void;
  /** Where the device failed: to have the server do it. */
  readonly onServer?: () => void;
}

export function Notice({ failure, onRetry, onServer }: NoticeProps) {
  const { words, failure: tell } = useWords();
  return (
    <div className="notice" role="alert">
      <p>{tell(failure)}</p>
      <div className="notice-actions">
        {onRetry !== undefined && (
          <Button className="second-button" onPress={onRetry}>
            {words.again}
          </Button>
        )}
        {onServer !== undefined && (
          <Button className="second-button" onPress={onServer}>
            {words.device.useServer}
          </Button>
        )}
      </div>
    </div>
  );
}

export function Empty(props: { readonly title: string; readonly cure: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{props.title}</h2>
      <p>{props.cure}</p>
      {props.children}
    </div>
  );
}

/** From here on a wait is one that needs a word. */
const slowMs = 5000;

/** What is being waited for. */
export function Pending({ what, children }: { readonly what: string; readonly children?: ReactNode }) {
  return (
    <p className="waiting">
      <span className="dots" aria-hidden="true" />
      {what} {children}
    </p>
  );
}

/** What is being waited for, with a word where it takes long. */
export function Waiting({ what }: { readonly what: string }) {
  const { words } = useWords();
  const isSlow = useSlowness(true);
  return (
    <Pending what={what}>
      <span role="status">{isSlow && words.slow}</span>
    </Pending>
  );
}

/** The word alone, beside what was there before. */
export function SlowWord({ isWaiting }: { readonly isWaiting: boolean }) {
  const { words } = useWords();
  const isSlow = useSlowness(isWaiting);
  return <div role="status">{isSlow && <p className="remark">{words.slow}</p>}</div>;
}

function useSlowness(isWaiting: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!isWaiting) return;
    const timer = setTimeout(() => setSlow(true), slowMs);
    return () => clearTimeout(timer);
  }, [isWaiting]);
  return isSlow;
}

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
  const { words, say } = useWords();
  return (
    <div className="notice" role="alert">
      <p>{say(words.failures[failure.kind], { code: failure.code })}</p>
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

export function Waiting({ what }: { readonly what: string }) {
  const { words } = useWords();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), slowMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className="waiting">
      <span className="dots" aria-hidden="true" />
      {what} {isSlow && words.slow}
    </p>
  );
}

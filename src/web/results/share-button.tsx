/** @file Shares items by an address that holds their ids and the filter, and nothing of the photo. */
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Icon } from '../icon.tsx';
import { useShop } from '../state/shop-context.tsx';
import { addressOf, type View } from '../state/view.ts';
import { useWords } from '../words/words-context.tsx';

export function ShareButton({
  place,
  className = 'quiet-button',
}: {
  readonly place: View;
  readonly className?: string;
}) {
  const { state } = useShop();
  const { words, say } = useWords();
  const [outcome, setOutcome] = useState('');
  const share = async () => {
    const link = new URL(addressOf({ view: place, filter: state.filter }), window.location.href).href;
    const isTouch = window.matchMedia('(pointer: coarse)').matches;
    if (isTouch && navigator.share !== undefined) {
      // Closed again by the shopper: nothing is to be said.
      await navigator.share({ url: link, title: words.appName }).catch(() => {});
      return;
    }
    const isCopied = await copy(link);
    setOutcome(isCopied ? words.linkCopied : say(words.linkIs, { link }));
  };
  return (
    <span className="share">
      <Button className={className} onPress={() => void share()}>
        <Icon name="share" />
        {words.share}
      </Button>
      <span role="status" className="share-outcome">
        {outcome}
      </span>
    </span>
  );
}

/** Pages without HTTPS have no clipboard. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

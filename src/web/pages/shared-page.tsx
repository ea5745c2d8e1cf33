/** @file A list of items that someone has sent: their ids stand in the address. */
import { Empty, Notice, Waiting } from '../notice.tsx';
import { PhotoButtons } from '../photo/photo-buttons.tsx';
import { BriefCard } from '../results/item-card.tsx';
import { useShop } from '../state/shop-context.tsx';
import { useWords } from '../words/words-context.tsx';
import { useItems } from './use-items.ts';

export function SharedPage({ items: ids }: { readonly items: readonly string[] }) {
  const { go, dispatch } = useShop();
  const { words } = useWords();
  const items = useItems(ids);
  return (
    <div className="page">
      <h1>{words.sharedItems}</h1>
      {items.step === 'asked' && <Waiting what={words.searching} />}
      {items.step === 'failed' && <Notice failure={items.failure} onRetry={() => dispatch({ type: 'tried again' })} />}
      {items.step === 'answered' && items.items.length === 0 && (
        <Empty title={words.sharedGone} cure={words.sharedGoneCure} />
      )}
      {items.step === 'answered' && (
        <div className="grid">
          {items.items.map((brief) => (
            <BriefCard key={brief.id} brief={brief} onOpen={() => go({ page: 'similar', like: [brief.id], not: [] })} />
          ))}
        </div>
      )}
      <div className="page-foot">
        <p className="hint">{words.intro}</p>
        <PhotoButtons />
      </div>
    </div>
  );
}

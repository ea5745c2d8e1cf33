/** @file Items similar to one, or to several and less to others; what is shared when one item is. */

import { Notice } from '../notice.tsx';
import { FilterBar } from '../results/filter-bar.tsx';
import { ItemPicture, SaveButton } from '../results/item-card.tsx';
import { ItemList } from '../results/item-list.tsx';
import { ShareButton } from '../results/share-button.tsx';
import { ShopLink } from '../results/shop-link.tsx';
import { failureFor } from '../state/asks.ts';
import { useShop } from '../state/shop-context.tsx';
import type { ItemBrief } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';
import { useItems } from './use-items.ts';

interface Props {
  readonly like: readonly string[];
  readonly not: readonly string[];
}

export function SimilarPage({ like, not }: Props) {
  const { state, dispatch } = useShop();
  const { words } = useWords();
  const liked = useItems(like);
  return (
    <div className="page">
      {liked.step === 'answered' && liked.items.length === 0 ? (
        <Notice failure={{ kind: 'gone', code: 'store-item' }} />
      ) : (
        <>
          {liked.step === 'failed' && failureFor(state, null) === null && (
            <Notice failure={liked.failure} onRetry={() => dispatch({ type: 'tried again' })} />
          )}
          <div className="examples">
            {liked.step === 'answered' && liked.items.map((brief) => <Example key={brief.id} brief={brief} />)}
          </div>
          <h1>{words.similarTo}</h1>
          <FilterBar />
          <ItemList subject={null} key={[...like, '-', ...not].join(' ')} />
        </>
      )}
    </div>
  );
}

/** What the list is similar to, with its own way to the shop. */
function Example({ brief }: { readonly brief: ItemBrief }) {
  const { words, price } = useWords();
  return (
    <article className="example">
      <ItemPicture image={brief.image} width={640} />
      <div>
        <p className="card-brand">{brief.brand}</p>
        <h2>{brief.title}</h2>
        <p className="price">{brief.price === null ? words.noPrice : price(brief.price, brief.currency)}</p>
        <div className="details-actions">
          <ShopLink url={brief.url} />
          <ShareButton place={{ page: 'similar', like: [brief.id], not: [] }} className="second-button" />
        </div>
      </div>
      <SaveButton brief={brief} />
    </article>
  );
}

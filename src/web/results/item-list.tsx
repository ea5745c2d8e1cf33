/** @file The pages of one list: items, what is being waited for, what failed, and the next page. */
import { Button } from 'react-aria-components';
import type { SimilarItem } from '../../client/client.ts';
import { Empty, Notice, SlowWord, Waiting } from '../notice.tsx';
import { failureFor, pagesFor, progressFor, type Subject } from '../state/asks.ts';
import { isFiltered, noFilter } from '../state/filter-choice.ts';
import { useShop } from '../state/shop-context.tsx';
import { useWords } from '../words/words-context.tsx';
import { ItemCard } from './item-card.tsx';
import { useLastShown } from './use-last-shown.ts';

export function ItemList({ subject }: { readonly subject: Subject }) {
  const { state, dispatch } = useShop();
  const { words, count } = useWords();
  const progress = progressFor(state, subject);
  const pages = pagesFor(state, subject);
  const failure = failureFor(state, subject);
  const isWaiting = progress.some((each) => each === undefined || each.step === 'asked');
  // While a filter or a box is being changed, what was there stays and is dimmed.
  const shown = useLastShown(pages, isWaiting && pages.length === 0);
  const items = shown.flatMap(({ items: each, queryId }) => each.map((item) => ({ item, queryId })));
  // Those of the garment's own kind come first.
  const numOwn = shown.at(0)?.ofKind ?? 0;
  // A garment's list stands under its kind, another under the title of its page.
  const Heading = subject === null ? 'h2' : 'h3';
  const last = shown.at(-1);
  const hasMore = last !== undefined && items.length < last.total;
  const notice = failure !== null && <Notice failure={failure} onRetry={() => dispatch({ type: 'tried again' })} />;
  // Where a later page failed, those before it stay.
  if (failure !== null && pages.length === 0) return notice;
  if (shown.length === 0) return <Waiting what={words.searching} />;
  if (items.length === 0 && !isWaiting)
    return (
      <Empty title={words.nothing} cure={words.nothingCure}>
        {isFiltered(state.filter) && (
          <Button className="second-button" onPress={() => dispatch({ type: 'filtered', filter: noFilter })}>
            {words.clearFilters}
          </Button>
        )}
      </Empty>
    );
  return (
    <>
      <SlowWord isWaiting={isWaiting && pages.length === 0} />
      {shown[0].nothingSimilar && <p className="remark">{words.nothingSimilar}</p>}
      <Grid items={items.slice(0, numOwn)} first={0} subject={subject} isWaiting={isWaiting} />
      {items.length > numOwn && (
        <>
          <Heading className="other-kinds">{words.otherKinds}</Heading>
          <Grid items={items.slice(numOwn)} first={numOwn} subject={subject} isWaiting={isWaiting} />
        </>
      )}
      {last !== undefined && last.hidden > 0 && <p className="remark">{count(words.hidden, last.hidden)}</p>}
      {isWaiting && pages.length > 0 && <Waiting what={words.searching} />}
      {notice}
      {hasMore && !isWaiting && failure === null && (
        <Button className="second-button more" onPress={() => dispatch({ type: 'more wanted' })}>
          {words.showMore}
        </Button>
      )}
    </>
  );
}

interface GridProps {
  readonly items: readonly { readonly item: SimilarItem; readonly queryId: string }[];
  /** Place of the first of them in the list. */
  readonly first: number;
  readonly subject: Subject;
  readonly isWaiting: boolean;
}

function Grid({ items, first, subject, isWaiting }: GridProps) {
  if (items.length === 0) return null;
  return (
    <div className="grid" aria-busy={isWaiting}>
      {items.map(({ item, queryId }, index) => (
        <ItemCard
          key={`${queryId} ${item.id}`}
          item={item}
          queryId={queryId}
          position={first + index}
          garment={subject?.id ?? null}
        />
      ))}
    </div>
  );
}

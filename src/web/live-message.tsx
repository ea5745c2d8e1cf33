/** @file What screen readers are told when something has come about that others see. */
import { failureFor, pagesFor, subjectsOf } from './state/asks.ts';
import { useShop } from './state/shop-context.tsx';
import { useWords } from './words/words-context.tsx';

export function LiveMessage() {
  return (
    <p className="only-read" role="status" aria-live="polite">
      {useMessage()}
    </p>
  );
}

function useMessage(): string {
  const { state, device } = useShop();
  const { words, say, count, label } = useWords();
  const { stage, garments } = state;
  if (state.view.page === 'search') {
    if (stage.step === 'preparing') return words.preparing;
    if (stage.step === 'finding') return words.finding;
    if (stage.step === 'failed') return say(words.failures[stage.failure.kind], { code: stage.failure.code });
    if (stage.step === 'none' && device.isChosen && device.model.step === 'loading') return words.device.download;
    if (stage.step === 'none' && device.isChosen && device.model.step === 'ready') return words.device.ready;
  }
  const found = count(words.garmentsFound, garments.length);
  const [subject, ...others] = subjectsOf(state);
  if (subject === undefined) return '';
  if (others.length > 0) return found;
  const [page] = pagesFor(state, subject);
  // A notice says by itself what failed.
  if (page === undefined) return failureFor(state, subject) === null ? words.searching : '';
  const name = subject?.label ?? null;
  const items = count(words.itemsFound, page.ofKind);
  return name === null ? items : `${label(name)}: ${items}`;
}

/** @file The way from an item to the page that sells it; of the demo shop, the word that there is none. */
import { Icon } from '../icon.tsx';
import { useWords } from '../words/words-context.tsx';
import { isExamplePage, productPage } from './product-page.ts';

export function ShopLink({ url }: { readonly url: string | null }) {
  const { words } = useWords();
  const page = productPage(url);
  if (page !== null)
    return (
      <a className="main-button" href={page} target="_blank" rel="noopener noreferrer">
        {words.toShop}
        <Icon name="out" />
      </a>
    );
  return isExamplePage(url) ? <p className="hint">{words.exampleShop}</p> : null;
}

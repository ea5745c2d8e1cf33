/** @file Starts the app in the page. */
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { ShopProvider } from './state/shop-context.tsx';
import { WordsProvider } from './words/words-context.tsx';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no #app');
createRoot(root).render(
  <WordsProvider>
    <ShopProvider>
      <App />
    </ShopProvider>
  </WordsProvider>,
);

// Offline use is a gift: where the browser has no service workers, or no HTTPS, all else works.
navigator.serviceWorker?.register('/service-worker.js').catch(() => {});

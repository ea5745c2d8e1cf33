/** @file The frame of every page: header, what is said to screen readers, and the page that the address names. */
import { lazy, Suspense, useEffect } from 'react';
import { AppHeader } from './app-header.tsx';
import { LiveMessage } from './live-message.tsx';
import { FavouritesPage } from './pages/favourites-page.tsx';
import { SearchPage } from './pages/search-page.tsx';
import { SharedPage } from './pages/shared-page.tsx';
import { SimilarPage } from './pages/similar-page.tsx';
import { useIncomingPhoto } from './photo/use-incoming-photo.ts';
import { ItemSheet } from './results/item-sheet.tsx';
import { useShop } from './state/shop-context.tsx';
import { useWords } from './words/words-context.tsx';

/** Shoppers never load it. */
const AdminPage = lazy(async () => ({ default: (await import('./admin/admin-page.tsx')).AdminPage }));

export function App() {
  const { state, takePhoto } = useShop();
  const { words } = useWords();
  const isDraggedOver = useIncomingPhoto(takePhoto);
  const { view } = state;
  const title = {
    search: words.start,
    favourites: words.favourites,
    similar: words.similarTo,
    shared: words.sharedItems,
    admin: words.admin.title,
  }[view.page];
  useEffect(() => {
    document.title = `${title} · ${words.appName}`;
  }, [title, words]);
  return (
    <>
      <a className="skip" href="#content">
        {words.skip}
      </a>
      <AppHeader />
      {!state.isOnline && <p className="offline-bar">{words.offline}</p>}
      <main id="content" tabIndex={-1}>
        {view.page === 'search' && <SearchPage />}
        {view.page === 'favourites' && <FavouritesPage />}
        {view.page === 'similar' && <SimilarPage like={view.like} not={view.not} />}
        {view.page === 'shared' && <SharedPage items={view.items} />}
        {view.page === 'admin' && (
          <Suspense>
            <AdminPage />
          </Suspense>
        )}
      </main>
      <ItemSheet />
      {isDraggedOver && <div className="drop-veil">{words.dropHere}</div>}
      <LiveMessage />
    </>
  );
}

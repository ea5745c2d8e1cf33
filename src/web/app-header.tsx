/** @file The header: home, what was saved, the language, settings. */
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Icon } from './icon.tsx';
import { SettingsButton } from './settings-button.tsx';
import { noFilter } from './state/filter-choice.ts';
import { useShop } from './state/shop-context.tsx';
import { addressOf, type View } from './state/view.ts';
import { isLanguage, languages } from './words/languages.ts';
import { useWords } from './words/words-context.tsx';

export function AppHeader() {
  const { state, leavePhoto } = useShop();
  const { words, language, speak } = useWords();
  const startAnew = () => {
    leavePhoto();
    window.scrollTo(0, 0);
  };
  return (
    <header className="header">
      {/* From another page, back to the photo; from the photo, to the empty start. */}
      <PageLink view={{ page: 'search' }} className="wordmark" onStay={startAnew}>
        <Icon name="mark" />
        <span>{words.appName}</span>
      </PageLink>
      <nav>
        <PageLink view={{ page: 'favourites' }} className="quiet-button">
          <Icon name={state.favourites.length > 0 ? 'heart-full' : 'heart'} />
          <span className="nav-word">{words.favourites}</span>
          {state.favourites.length > 0 && <span className="badge">{state.favourites.length}</span>}
        </PageLink>
        <MenuTrigger>
          <Button className="quiet-button" aria-label={`${words.language}: ${languages[language].name}`}>
            <Icon name="globe" />
            <span className="nav-word">{languages[language].name}</span>
          </Button>
          <Popover className="popover" placement="bottom end">
            <Menu
              className="menu"
              aria-label={words.language}
              selectionMode="single"
              selectedKeys={[language]}
              onAction={(key) => {
                if (typeof key === 'string' && isLanguage(key)) speak(key);
              }}
            >
              {Object.entries(languages).map(([code, { name }]) => (
                <MenuItem key={code} id={code} className="menu-item" textValue={name}>
                  <span lang={code}>{name}</span>
                </MenuItem>
              ))}
            </Menu>
          </Popover>
        </MenuTrigger>
        <SettingsButton />
      </nav>
    </header>
  );
}

/** A link that the browser can open in a new tab, and that stays in the app otherwise. */
export function PageLink(props: {
  readonly view: View;
  readonly className: string;
  /** Instead of going where one already is. */
  readonly onStay?: () => void;
  readonly children: React.ReactNode;
}) {
  const { state, go } = useShop();
  const isHere = state.view.page === props.view.page;
  return (
    <a
      href={addressOf({ view: props.view, filter: noFilter })}
      className={props.className}
      aria-current={isHere ? 'page' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        if (isHere && props.onStay !== undefined) props.onStay();
        else go(props.view);
      }}
    >
      {props.children}
    </a>
  );
}

/** @file The widget's style sheet. It is adopted as an object, so that a page's policy against inline styles does not matter. */

const css = `
:host { all: initial; display: inline-block; }
:host([hidden]) { display: none; }
:host([floating]) { position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: var(--deep-shopping-layer, 9999); }

/* Rules of the page for all elements win over those of the host: what the host hands on ends here. */
.root {
  all: initial; display: block;
  --accent: var(--deep-shopping-accent, #17181c);
  --on-accent: var(--deep-shopping-on-accent, #fff);
  --surface: var(--deep-shopping-surface, #fff);
  --raised: var(--deep-shopping-raised, #f4f4f2);
  --text: var(--deep-shopping-text, #17181c);
  --muted: var(--deep-shopping-muted, #5b5d66);
  --line: var(--deep-shopping-line, #dedfe3);
  --radius: var(--deep-shopping-radius, 14px);
  font: 400 16px/1.45 var(--deep-shopping-font, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  color: var(--text);
  color-scheme: light;
}
.root[data-theme="dark"] {
  --accent: var(--deep-shopping-accent, #f3f3f0);
  --on-accent: var(--deep-shopping-on-accent, #17181c);
  --surface: var(--deep-shopping-surface, #1b1c20);
  --raised: var(--deep-shopping-raised, #292a30);
  --text: var(--deep-shopping-text, #f3f3f0);
  --muted: var(--deep-shopping-muted, #b3b5bd);
  --line: var(--deep-shopping-line, #3d3f47);
  color-scheme: dark;
}

*, *::before, *::after { box-sizing: border-box; }
button { font: inherit; color: inherit; cursor: pointer; }
p, h2, h3, ul { margin: 0; padding: 0; font: inherit; }
[hidden] { display: none !important; }
:focus-visible { outline: 3px solid var(--deep-shopping-focus, #2f6fed); outline-offset: 2px; }
.icon { inline-size: 22px; block-size: 22px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.button, .launch {
  display: inline-flex; align-items: center; justify-content: center; gap: 10px;
  min-block-size: 48px; padding: 10px 20px; border-radius: 999px; border: 1px solid var(--line);
  background: var(--surface); color: var(--text); font-weight: 600; text-decoration: none;
}
.button:hover { background: var(--raised); }
.launch, .button.primary { background: var(--accent); color: var(--on-accent); border-color: transparent; }
.launch:hover, .button.primary:hover { background: var(--accent); opacity: .9; }
:host([floating]) .launch { box-shadow: 0 6px 24px #0004; }

dialog {
  inline-size: min(1040px, 100vw - 48px); block-size: min(760px, 100dvh - 48px); max-inline-size: none; max-block-size: none;
  padding: 0; border: 0; border-radius: calc(var(--radius) + 6px); overflow: hidden;
  background: var(--surface); color: var(--text); box-shadow: 0 24px 80px #0006;
}
dialog[open] { display: flex; flex-direction: column; }
dialog[data-state="start"], dialog[data-state="failed"] { inline-size: min(560px, 100vw - 48px); block-size: fit-content; }
dialog::backdrop { background: #0a0b0e99; }
.top { display: flex; align-items: center; gap: 12px; padding-block: 12px; padding-inline: 24px 12px; flex: none; }
.top h2 { flex: 1; min-inline-size: 0; font-size: 18px; font-weight: 650; letter-spacing: -.01em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.top .button { min-block-size: 40px; padding: 6px 16px; font-size: 15px; flex: none; }
.round { display: grid; place-items: center; inline-size: 44px; block-size: 44px; border-radius: 50%; border: 0; background: none; }
.round:hover { background: var(--raised); }

.start { padding: 4px 24px 28px; display: grid; gap: 20px; }
.drop {
  display: grid; gap: 22px; justify-items: center; text-align: center; padding: 36px 20px 28px;
  border: 1.5px dashed var(--line); border-radius: var(--radius);
}
.drop.over { border-color: var(--accent); background: var(--raised); }
.drop > .icon { inline-size: 52px; block-size: 52px; stroke-width: 1.1; color: var(--muted); }
.intro { font-size: 17px; max-inline-size: 30ch; text-wrap: balance; }
.choices { display: flex; flex-wrap: wrap; gap: 12px; justify-content: center; }
.hint { font-size: 14px; color: var(--muted); text-wrap: balance; }
.privacy { font-size: 14px; color: var(--muted); text-align: center; }
.choices .from-camera { display: none; }
@media (pointer: coarse) { .choices .from-camera { display: inline-flex; } .drop .hint { display: none; } }
.alert { padding: 14px 18px; border-radius: var(--radius); background: var(--raised); font-weight: 550; text-align: center; }

.body { flex: 1; min-block-size: 0; display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); border-block-start: 1px solid var(--line); }
.look { display: flex; flex-direction: column; gap: 14px; align-items: center; justify-content: center; padding: 20px; background: var(--raised); min-block-size: 0; min-inline-size: 0; }
.photo { position: relative; min-block-size: 0; max-inline-size: 100%; border-radius: var(--radius); overflow: hidden; direction: ltr; }
.photo canvas { display: block; max-inline-size: 100%; max-block-size: min(560px, 100dvh - 240px); inline-size: auto; block-size: auto; }
.photo.busy::after {
  content: ""; position: absolute; inset: 0; background: linear-gradient(100deg, #fff0 40%, #fff8 50%, #fff0 60%) 0 0 / 300% 100%;
  animation: sweep 1.6s linear infinite;
}
@keyframes sweep { from { background-position: 150% 0; } to { background-position: -50% 0; } }
@media (prefers-reduced-motion: reduce) { .photo.busy::after { animation: none; background: #fff6; } }
.box { position: absolute; padding: 0; border: 0; border-radius: 10px; background: none; min-inline-size: 24px; min-block-size: 24px; box-shadow: inset 0 0 0 1.5px #fffc; }
.box::after {
  content: ""; position: absolute; inset: 50% auto auto 50%; inline-size: 16px; block-size: 16px; translate: -50% -50%; border-radius: 50%;
  background: #fff; box-shadow: 0 0 0 1px #0003, 0 1px 6px #0008;
}
.box:hover { background: #ffffff2e; }
.box[aria-pressed="true"] { box-shadow: inset 0 0 0 3px #fff, 0 0 0 2px #17181c, inset 0 0 0 4px #17181c; }
.box[aria-pressed="true"]::after { background: #17181c; box-shadow: 0 0 0 4px #fff, 0 1px 6px #0008; inline-size: 10px; block-size: 10px; }

.found { display: flex; flex-direction: column; min-block-size: 0; min-inline-size: 0; }
.chips { display: flex; gap: 8px; padding: 16px 20px 4px; overflow-x: auto; flex: none; scrollbar-width: none; }
.chip { flex: none; min-block-size: 40px; padding: 6px 16px; border-radius: 999px; border: 1px solid var(--line); background: var(--surface); font-weight: 550; font-size: 15px; }
.chip:hover { background: var(--raised); }
.chip[aria-pressed="true"] { background: var(--accent); color: var(--on-accent); border-color: transparent; }
.list { flex: 1; overflow-y: auto; padding: 12px 20px 24px; overscroll-behavior: contain; }
.count { color: var(--muted); font-size: 14px; padding-block-end: 12px; }
.items { list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 20px 16px; }
.others { margin-block: 28px 14px; padding-block-start: 18px; border-block-start: 1px solid var(--line); font-weight: 600; }
.item { display: block; color: inherit; text-decoration: none; border-radius: var(--radius); }
.picture { position: relative; display: block; aspect-ratio: 4 / 5; border-radius: var(--radius); overflow: hidden; background: var(--raised); }
.picture img { display: block; inline-size: 100%; block-size: 100%; object-fit: cover; transition: scale .2s; }
a.item:hover img { scale: 1.03; }
.missing { display: grid; place-items: center; block-size: 100%; color: var(--muted); font-size: 13px; }
.tag { position: absolute; inset-block-start: 8px; inset-inline-start: 8px; padding: 2px 9px; border-radius: 999px; background: #fff; color: #17181c; font-size: 12px; font-weight: 600; }
.name { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; margin-block-start: 8px; font-size: 15px; line-height: 1.35; }
a.item:hover .name { text-decoration: underline; }
.price { display: block; margin-block-start: 2px; font-weight: 650; font-size: 15px; }
.nothing { padding: 40px 12px; text-align: center; color: var(--muted); }
.ghost .picture, .ghost .line { animation: pulse 1.4s ease-in-out infinite alternate; }
.ghost .line { display: block; block-size: 12px; margin-block-start: 10px; border-radius: 6px; background: var(--raised); inline-size: 80%; }
.ghost .line + .line { inline-size: 35%; }
@keyframes pulse { to { opacity: .45; } }
@media (prefers-reduced-motion: reduce) { .ghost * { animation: none !important; } }

@media (max-width: 719px) {
  dialog, dialog[data-state="start"], dialog[data-state="failed"] {
    inline-size: 100vw; border-radius: calc(var(--radius) + 6px) calc(var(--radius) + 6px) 0 0; margin-block: auto 0; margin-inline: 0;
  }
  dialog { block-size: calc(100dvh - 20px); }
  .top { padding-inline: 16px 8px; gap: 4px; }
  .top h2 { font-size: 17px; }
  .body { display: block; overflow-y: auto; overscroll-behavior: contain; }
  .look { padding: 12px 16px; }
  .photo canvas { max-block-size: 40dvh; }
  .found { display: block; }
  .chips { position: sticky; inset-block-start: 0; z-index: 1; background: var(--surface); padding: 12px 16px; }
  .list { overflow: visible; padding: 4px 16px 28px; }
  .items { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 18px 12px; }
}
`;

/** Made once a page, when it is first used. */
export function widgetStyle(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

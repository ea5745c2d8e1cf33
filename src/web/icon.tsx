/** @file The app's icons: strokes on a grid of 24, in the colour of the text. */

const strokes = {
  mark: 'M3 8V4h4M21 8V4h-4M3 16v4h4M21 16v4h-4M10.5 9.2a1.7 1.7 0 1 1 2.1 1.6c-.5.2-.6.4-.6.9v.5l5 3.3H7l5-3.3',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01',
  heart: 'M12 20s-8-4.8-8-10.5A4.4 4.4 0 0 1 12 7a4.4 4.4 0 0 1 8 2.5C20 15.200 12 20 12 20z',
  'heart-full': 'M12 20s-8-4.8-8-10.5A4.4 4.4 0 0 1 12 7a4.4 4.4 0 0 1 8 2.5C20 15.200 12 20 12 20z',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  settings: 'M4 8h8M18 8h2M15 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 16h2M12 16h8M9 19a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  share: 'M12 15V4M8 7l4-4 4 4M5 12v8h14v-8',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  frame: 'M4 8V4h4M20 8V4h-4M4 16v4h4M20 16v4h-4M12 9v6M9 12h6',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  chevron: 'M7 10l5 5 5-5',
  out: 'M9 5h10v10M19 5L6 18',
} as const;

export type IconName = keyof typeof strokes;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" data-full={name.endsWith('-full') || undefined}>
      <path d={strokes[name]} />
    </svg>
  );
}

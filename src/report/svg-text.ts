/**
 * @file Text in SVG: escaped, measured without a font at hand, and drawn from our own dots where the machine has no font.
 * Names come from data and may hold anything.
 */
import { dotGlyphs } from './dot-glyphs.ts';

/** `system`: the machine's sans-serif. `dots`: letters of 5 x 7 squares, for machines without fonts. */
export type Font = 'system' | 'dots';

export interface TextStyle {
  /** Left end, or what `anchor` says. */
  readonly x: number;
  /** The line that letters stand on. */
  readonly baseline: number;
  /** Height of a line of text in pixels. */
  readonly size: number;
  readonly fill: string;
  readonly font: Font;
  readonly isBold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
}

const families = "'Inter', 'Noto Sans', 'DejaVu Sans', 'Liberation Sans', 'Helvetica Neue', Arial, sans-serif";

/** Text that is safe in XML text and attributes; characters that XML or a screen cannot show become U+FFFD. */
export function escapeXml(text: string): string {
  return legible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** One line of text as SVG. */
export function svgText(text: string, style: TextStyle): string {
  const { x, baseline, size, fill, font, isBold = false, anchor = 'start' } = style;
  if (font === 'dots') {
    const left = x - shareOfWidth[anchor] * textWidth(text, { size, font, isBold });
    return `<path d="${dotPath(text, left, baseline, size)}" fill="${fill}"/>`;
  }
  const weight = isBold ? ' font-weight="bold"' : '';
  const end = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${round(x)}" y="${round(baseline)}" font-family="${families}" font-size="${round(size)}"${weight}${end} fill="${fill}">${escapeXml(text)}</text>`;
}

const shareOfWidth = { start: 0, middle: 0.5, end: 1 } as const;

/** How wide a line becomes at most: by the widest of the families, so that text stays in its frame. */
export function textWidth(
  text: string,
  { size, font, isBold = false }: Pick<TextStyle, 'size' | 'font' | 'isBold'>,
): number {
  const characters = [...legible(text)];
  if (font === 'dots') return Math.max(0, characters.length * 6 - 1) * (size / dotsPerLine);
  const ems = characters.reduce((sum, character) => sum + emsOf(character), 0);
  return ems * size * (isBold ? 1.1 : 1);
}

/** The text, cut with an ellipsis where it is wider than the room. */
export function fitText(text: string, room: number, style: Pick<TextStyle, 'size' | 'font' | 'isBold'>): string {
  if (textWidth(text, style) <= room) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('').trimEnd()}…`, style) > room) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Lines of whole words; the last one is cut where the text goes on. */
export function wrapText(
  text: string,
  room: number,
  numLines: number,
  style: Pick<TextStyle, 'size' | 'font' | 'isBold'>,
): string[] {
  const words = legible(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  const lines: string[] = [];
  while (words.length > 0 && lines.length < numLines - 1) {
    let line = words.shift()!;
    while (words.length > 0 && textWidth(`${line} ${words[0]}`, style) <= room) line += ` ${words.shift()}`;
    lines.push(fitText(line, room, style));
  }
  if (words.length > 0) lines.push(fitText(words.join(' '), room, style));
  return lines;
}

/** Control and invisible characters and lone surrogates replaced. */
function legible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu, (character) =>
    /[\t\n\r]/.test(character) ? ' ' : '\uFFFD',
  );
}

/** Widths in DejaVu Sans, rounded up by group; letters that are not listed count as wide ones. */
function emsOf(character: string): number {
  if (/[ijlI'.,:;|!]/.test(character)) return 0.34;
  if (/[ frt()[\]{}/\\"-]/.test(character)) return 0.42;
  if (/[mwMW@%&…]/.test(character)) return 0.99;
  if (/[a-z0-9$€£?*_]/.test(character)) return 0.64;
  if (/[A-Z]/.test(character)) return 0.73;
  if (/\p{Script=Latin}|\p{Script=Greek}|\p{Script=Cyrillic}/u.test(character)) return 0.75;
  return 1.1;
}

/** A line is seven dots of letter, one above and two below. */
const dotsPerLine = 10;

function dotPath(text: string, left: number, baseline: number, size: number): string {
  const dot = size / dotsPerLine;
  const plain = legible(text).normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
  const squares: string[] = [];
  [...plain].forEach((character, index) => {
    const rows = dotGlyphs[character] ?? dotGlyphs['\uFFFD'];
    [...rows].forEach((digit, row) => {
      const bits = Number.parseInt(digit, 32);
      for (let column = 0; column < 5; column++) {
        if ((bits & (16 >> column)) === 0) continue;
        const x = left + (index * 6 + column) * dot;
        squares.push(`M${round(x)} ${round(baseline - (7 - row) * dot)}h${round(dot)}v${round(dot)}h-${round(dot)}z`);
      }
    });
  });
  return squares.join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

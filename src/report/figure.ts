/**
 * @file What a figure is: words and a drawing that fits any width, in any theme. The files beside it draw the figures.
 *
 * Drawn here rather than by a chart library: text goes through `svg-text.ts`, so that a machine without fonts shows letters
 * too, and one drawing serves a phone, a wide screen and both themes (docs/decisions/0007-figures-by-hand.md).
 */
import { escapeXml, type Font, svgText, wrapText } from './svg-text.ts';

/** Colours by what they mean. In the page they are CSS variables, so that one drawing is light and dark. */
export interface Theme {
  readonly paper: string;
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  /** Of runs, in order; the first is also the one of heat maps. */
  readonly series: readonly string[];
}

/** From the colours of Okabe and Ito, told apart by people of every colour vision; 3:1 and more on the paper. */
export const lightTheme: Theme = {
  paper: '#ffffff',
  ink: '#1b1f27',
  quiet: '#59616d',
  line: '#dde1e7',
  series: ['#0072b2', '#d55e00', '#00815e', '#a8518a', '#8a6d00', '#4b5563'],
};

export const darkTheme: Theme = {
  paper: '#161a20',
  ink: '#eceef2',
  quiet: '#a6aebb',
  line: '#363d48',
  series: ['#56b4e9', '#f0903c', '#2fc79a', '#e09ac6', '#e0c341', '#aab2bf'],
};

/** The page says what the variables are. */
export const pageTheme: Theme = {
  paper: 'var(--paper)',
  ink: 'var(--ink)',
  quiet: 'var(--quiet)',
  line: 'var(--line)',
  series: lightTheme.series.map((_, index) => `var(--series-${index})`),
};

/** Shapes that tell runs apart without colour. */
export const markers = ['circle', 'square', 'triangle', 'diamond'] as const;

export interface Canvas {
  readonly width: number;
  readonly theme: Theme;
  readonly font: Font;
}

/** SVG elements from the top left corner on, and how far down they reach. */
export interface Drawing {
  readonly height: number;
  readonly elements: string;
}

export interface Figure {
  /** Stem of its files. */
  readonly name: string;
  readonly title: string;
  /** Data set, split, number of photos and boxes. */
  readonly data: string;
  /** How to read it; what is missing and why. */
  readonly notes: readonly string[];
  readonly draw: (canvas: Canvas) => Drawing;
}

/** Below this there is room for one column. */
export const narrowWidth = 560;

/** The drawing alone, for a page that has the words. */
export function drawingSvg(figure: Figure, canvas: Canvas, attributes = ''): string {
  const { height, elements } = figure.draw(canvas);
  return svgOf(elements, canvas.width, height, attributes);
}

/** Drawing and words, for a file of its own. */
export function figureSvg(figure: Figure, { width, theme, font }: Canvas): string {
  const margin = 28;
  const room = width - 2 * margin;
  const head = textBlock(figure.title, { x: margin, y: margin, room, size: 20, fill: theme.ink, font, isBold: true });
  const data = textBlock(figure.data, { x: margin, y: head.height + 4, room, size: 13, fill: theme.quiet, font });
  const top = data.height + 18;
  const body = figure.draw({ width: room, theme, font });
  let bottom = top + body.height + 14;
  const notes: string[] = [];
  for (const note of figure.notes) {
    const block = textBlock(note, { x: margin, y: bottom, room, size: 12.5, fill: theme.quiet, font });
    notes.push(block.elements);
    bottom = block.height + 3;
  }
  const height = bottom + margin - 8;
  return svgOf(
    [
      `<title>${escapeXml(figure.title)}</title>`,
      rectangle({ x: 0, y: 0, width, height }, `fill="${theme.paper}"`),
      head.elements,
      data.elements,
      `<g transform="translate(${margin} ${round(top)})">${body.elements}</g>`,
      ...notes,
    ].join(''),
    width,
    height,
  );
}

function svgOf(elements: string, width: number, height: number, attributes = ''): string {
  const size = `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}${attributes}>${elements}</svg>`;
}

/** Lines of text; `height` is where the next thing may begin. */
export function textBlock(
  text: string,
  {
    x,
    y,
    room,
    ...style
  }: {
    readonly x: number;
    readonly y: number;
    readonly room: number;
    readonly size: number;
    readonly fill: string;
    readonly font: Font;
    readonly isBold?: boolean;
  },
): Drawing {
  const leading = style.size * 1.45;
  const lines = wrapText(text, room, 12, style);
  const elements = lines.map((line, index) =>
    svgText(line, { ...style, x, baseline: y + index * leading + style.size }),
  );
  return { height: y + lines.length * leading, elements: elements.join('') };
}

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function rectangle({ x, y, width, height }: Frame, paint: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" ${paint}/>`;
}

export function segment(x1: number, y1: number, x2: number, y2: number, paint: string): string {
  return `<path d="M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}" fill="none" ${paint}/>`;
}

/** A mark of a run at a point. */
export function marker(kind: (typeof markers)[number], x: number, y: number, radius: number, paint: string): string {
  const [left, right, top, bottom] = [x - radius, x + radius, y - radius, y + radius].map(round);
  switch (kind) {
    case 'circle':
      return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" ${paint}/>`;
    case 'square':
      return `<path d="M${left} ${top}H${right}V${bottom}H${left}Z" ${paint}/>`;
    case 'triangle':
      return `<path d="M${round(x)} ${top}L${right} ${bottom}H${left}Z" ${paint}/>`;
    case 'diamond':
      return `<path d="M${round(x)} ${top}L${right} ${round(y)}L${round(x)} ${bottom}L${left} ${round(y)}Z" ${paint}/>`;
  }
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

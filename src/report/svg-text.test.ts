import { expect, test } from 'vitest';
import { escapeXml, fitText, svgText, textWidth, wrapText } from './svg-text.ts';

const style = { size: 10, font: 'system' } as const;

test('markup, control characters and halves of characters become harmless text', () => {
  expect(escapeXml(`<b a="1">'&`)).toBe('&lt;b a=&quot;1&quot;&gt;&#39;&amp;');
  expect(escapeXml('a\u0000\u001b\u202e\ud800b\tc')).toBe('a\ufffd\ufffd\ufffd\ufffdb c');
  expect(escapeXml('Größe 日本 👗')).toBe('Größe 日本 👗');
});

test('a text that is too wide is cut with an ellipsis, between characters', () => {
  expect(fitText('tee', 100, style)).toBe('tee');
  const cut = fitText('👗👗👗👗👗👗', 40, style);
  expect(cut).toMatch(/^(👗)+…$/u);
  expect(textWidth(cut, style)).toBeLessThanOrEqual(40);
});

test('lines are whole words, and the last one says that there was more', () => {
  const lines = wrapText('Striped silk pleated midi skirt in grey', 100, 2, style);
  expect(lines).toEqual(['Striped silk', expect.stringMatching(/^pleated.*…$/)]);
  for (const line of lines) expect(textWidth(line, style)).toBeLessThanOrEqual(100);
  expect(wrapText('', 100, 2, style)).toEqual([]);
});

test('without a font, letters are squares: T is a bar on a stem', () => {
  const dots = svgText('T', { x: 0, baseline: 7, size: 10, fill: '#000', font: 'dots' });
  expect(dots.match(/M\d+ \d+/g)).toHaveLength(5 + 6);
  expect(dots).toContain('M0 0h1v1h-1z');
  expect(svgText('é', { x: 0, baseline: 7, size: 10, fill: '#000', font: 'dots' })).toBe(
    svgText('E', { x: 0, baseline: 7, size: 10, fill: '#000', font: 'dots' }),
  );
});

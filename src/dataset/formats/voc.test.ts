import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVoc, writeVoc } from './voc.ts';

const size = { width: 60, height: 40 };

function file(box: string, rest = ''): string {
  return `<annotation><filename>a.jpg</filename><size><width>60</width><height>40</height><depth>3</depth></size>
    <object><name>coat</name>${rest}<bndbox>${box}</bndbox></object></annotation>`;
}
const corners = '<xmin>1</xmin><ymin>2</ymin><xmax>10</xmax><ymax>4</ymax>';

describe('Pascal VOC', () => {
  it('counts pixels from 1 and holds the last one: pixel 1 to 10 is the stretch from 0 to 10', () => {
    expect(parseVoc(file(corners), 'a.xml')).toEqual({
      fileName: 'a.jpg',
      size,
      objects: [{ name: 'coat', bbox: [0, 1, 10, 3], difficult: false }],
    });
  });

  it('reads the box of the object and not those of its parts', () => {
    const part =
      '<part><name>head</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>6</xmax><ymax>6</ymax></bndbox></part>';
    expect(parseVoc(file(corners, `${part}<difficult>1</difficult>`), 'a.xml').objects).toEqual([
      { name: 'coat', bbox: [0, 1, 10, 3], difficult: true },
    ]);
  });

  it('takes zeros for a size that is not known', () => {
    expect(parseVoc(file(corners).replace('>60<', '>0<'), 'a.xml').size).toBeNull();
  });

  it.each([
    ['another document', '<svg/>', /expected <annotation>; got <svg>/],
    [
      'a box that is missing',
      '<annotation><object><name>a</name></object></annotation>',
      /<bndbox> in object 1; got none/,
    ],
    ['an edge that is missing', file('<xmin>1</xmin>'), /a number in <ymin> of object 1; got nothing/],
    ['an edge that is no number', file(corners.replace('>10<', '>ten<')), /<xmax> of object 1; got "ten"/],
    ['a class without a name', file(corners).replace('coat', ' '), /a class in <name> of object 1/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseVoc(text, 'a.xml')).toThrow(message);
  });

  it.each([
    ['outside', [-10, 50, 20, 8]],
    ['inside out', [20, 4, -6, 9]],
  ] as const)('writes a box that lies %s as it is, for the doctor to find', (_, bbox) => {
    const text = writeVoc({ fileName: 'a.jpg', size, objects: [{ name: 'coat', bbox, difficult: false }] });
    expect(parseVoc(text, 'a.xml').objects[0].bbox).toEqual(bbox);
  });

  it('gives whole pixels back exactly, and other edges to half a pixel', () => {
    const edge = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        edge,
        edge,
        edge,
        edge,
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.boolean(),
        (a, b, c, d, text, difficult) => {
          const name = `n${text}n`;
          const [x1, x2] = [Math.min(a, b) * 60, Math.max(a, b) * 60];
          const [y1, y2] = [Math.min(c, d) * 40, Math.max(c, d) * 40];
          fc.pre(x2 - x1 >= 1 && y2 - y1 >= 1);
          const given = { name, bbox: [x1, y1, x2 - x1, y2 - y1] as const, difficult };
          const once = parseVoc(writeVoc({ fileName: 'in/a&b.jpg', size, objects: [given] }), 'a');
          expect(once).toMatchObject({ fileName: 'a&b.jpg', size, objects: [{ name, difficult }] });
          const [x, y, width, height] = once.objects[0].bbox;
          for (const [got, wanted] of [
            [x, x1],
            [y, y1],
            [x + width, x2],
            [y + height, y2],
          ] as const) {
            expect(Math.abs(got - wanted)).toBeLessThanOrEqual(0.5);
          }
          const twice = parseVoc(writeVoc({ fileName: 'a.jpg', size, objects: once.objects }), 'a');
          expect(twice.objects).toEqual(once.objects);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});

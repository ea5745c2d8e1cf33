import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml, xmlText } from './xml.ts';

describe('XML', () => {
  it('is a tree of elements with their own text', () => {
    const text =
      '\uFEFF<?xml version="1.0"?><!-- x --><a b="1" c=\'2\'> one <b/><c>x &lt;&#38;&#x41; <![CDATA[<raw>]]></c></a>\n';
    expect(parseXml(text, 'a.xml')).toEqual({
      name: 'a',
      text: 'one',
      children: [
        { name: 'b', text: '', children: [] },
        { name: 'c', text: 'x <&A <raw>', children: [] },
      ],
    });
  });

  it.each([
    [
      'a document type',
      '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
      /no document type.*got "<!DOCTYPE a.*Remove the <!DOCTYPE/,
    ],
    ['an entity of its own', '<a>\n&x;</a>', /a\.xml, line 1: .*&amp;.*got "&x;"/],
    ['half an entity', '<a>A&B</a>', /got "&"/],
    ['a number that is no character', '<a>&#0;</a>', /&#0;/],
    ['a file cut short', '<a>\n<b>', /line 2: .*expected <\/b>; got the end of the file\. Is the file cut short\?/],
    ['ends that cross', '<a><b></a></b>', /expected <\/b>; got <\/a/],
    ['two documents', '<a/><b/>', /<b> after the end/],
    ['text around the document', 'x<a/>', /text outside/],
    ['nothing', ' \n', /an empty file/],
    ['no element', '<!-- x -->', /no element/],
    ['a comment without an end', '<a><!-- ', /a comment without an end/],
    ['a comment that is cut short behind the document', '<a/>\n<!-- x', /line 2: .*expected -->; got a comment/],
    ['CDATA without an end', '<a><![CDATA[x]]', /CDATA without an end/],
    ['an instruction without an end', '<?xml version="1.0"', /an instruction without an end/],
    ['a tag that is cut short', '<a b="1"', /the end of the file within a tag/],
    ['a document type in small letters, cut short', '<!doc', /no document type/],
    ['a bare "<"', '<a>1 < 2</a>', /a bare "<"/],
    ['an end that is none', '<a></a b></a>', /expected <\/a>; got <\/a b>/],
    ['a name that is none', '<a><-b/></a>', /expected an element; got "<-b/],
    ['attributes without values', '<a b>', /the end of <a>/],
    ['a deep nest', '<a>'.repeat(100), /at most 64 levels/],
    ['JSON', '{}', /text outside/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseXml(text, 'a.xml')).toThrow(message);
  });

  it('takes time by the length of the file, though all of it is one line', () => {
    // By its square it would be minutes, and the test out of time.
    expect(parseXml(`<a>${'<??>'.repeat(4_000_000)}</a>`, 'a.xml')).toEqual({ name: 'a', text: '', children: [] });
  });

  it('refuses more characters than a label file has', () => {
    expect(() => parseXml(`<a>${' '.repeat(1 << 24)}</a>`, 'a.xml')).toThrow(/at most 16777216 characters/);
  });

  it('gives any text back that XML can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parseXml(`<a>${xmlText(text)}</a>`, 'a').text).toBe(text.trim());
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('ends on any input, with a tree or a DatasetError', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      'a',
      '<a>',
      '</a>',
      '&',
      ';',
      '#',
      '"',
      '=',
      '<!',
      '--',
      '<![CDATA[',
      ']]>',
      '<?',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        try {
          parseXml(parts.join(''), 'a');
        } catch (error) {
          expect(error).toMatchObject({ code: 'dataset-not-xml' });
        }
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});

import { expect, test } from 'vitest';
import { expectReadOnce, hostileLength } from '../../tests/hostile-length.ts';
import { readXmlItems } from './feed-xml.ts';

async function* pieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 65_536) yield text.slice(at, at + 65_536);
}

/** As many as fit into one record. */
const many = (text: string) => text.repeat((hostileLength - 100) / text.length);

test.each([
  ['names of spaces', `<rss${many(' xmlns:a')}></rss>`],
  ['spaces after a name of a space', `<rss xmlns:a${many(' ')}></rss>`],
  ['a name of a space', `<rss xmlns:${many('a')} ></rss>`],
  ['values of spaces', `<rss${many(' xmlns:a="\'"')}></rss>`],
  ['addresses', `<rss><item><link${many(' href')}/></item></rss>`],
  ['spaces after an address', `<rss><item><link href${many(' ')}/></item></rss>`],
  ['slashes', `<rss><item><b${many('/')}></item></rss>`],
  ['ampersands', `<rss><item><a>${many('&')}</a></item></rss>`],
  ['beginnings of references', `<rss><item><a>${many(`&${'a'.repeat(32)}`)}</a></item></rss>`],
  ['bare "<"', `<rss><item>${many('<')}</item></rss>`],
  ['elements', `<rss><item>${many('<a/>')}</item></rss>`],
  ['pieces of CDATA', `<rss><item><a>${many('<![CDATA[x]]>')}</a></item></rss>`],
  ['comments', `<rss>${many('<!---->')}</rss>`],
])('%s, very many, are read once', async (_, text) => {
  await expectReadOnce(async () => {
    for await (const item of readXmlItems(pieces(text), 'feed.xml', { maxRecord: hostileLength }))
      expect(item).toBeDefined();
  });
});

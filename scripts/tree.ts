/** @file The tree of source files, each with the first sentence of its header. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const folders = ['src', 'scripts', 'benchmarks', 'tests'];

/** Markdown. @param root of the repository */
export function describeTree(root: string): string {
  const lines = [
    '# The tree',
    '',
    'Written by `npx tsx scripts/write-tree.ts` from the headers; tests beside a file are left out.',
    '',
  ];
  for (const folder of folders) {
    const files = sourceFiles(join(root, folder));
    const directories = [...new Set(files.map((file) => relative(root, join(file, '..'))))].sort();
    for (const directory of directories) {
      lines.push(`## ${directory}/`, '', '| file | |', '|---|---|');
      for (const file of files.filter((path) => relative(root, join(path, '..')) === directory)) {
        lines.push(`| \`${relative(join(root, directory), file)}\` | ${firstSentence(readFileSync(file, 'utf8'))} |`);
      }
      lines.push('');
    }
  }
  return lines.join('\n');
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .sort();
}

/** Of the `@file` header; empty where there is none. */
function firstSentence(source: string): string {
  const header = /@file ([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
  const text = header.replace(/\s*\n\s*\*?\s*/g, ' ').trim();
  const sentence = /^.*?[.:](?=\s|$)/.exec(text)?.[0] ?? text;
  return sentence.replace(/[.:]$/, '').replaceAll('|', '\\|');
}

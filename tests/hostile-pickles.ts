/** @file Pickles that no reader should obey, from a seed: each with what its refusal must name. Nothing here is ever run by Python. */
import { Random } from '../src/random/random.ts';

export interface HostilePickle {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the message must say. */
  readonly names: RegExp;
}

const text = (characters: string): number[] => [...new TextEncoder().encode(characters)];
const op = (letter: string): number => letter.charCodeAt(0);
const STOP = op('.');

/** A short string, in one of the ways that the protocols know. */
function string(random: Random, value: string): number[] {
  const bytes = text(value);
  const ways = [
    () => [op('X'), bytes.length, 0, 0, 0, ...bytes],
    () => [0x8c, bytes.length, ...bytes],
    () => [op('U'), bytes.length, ...bytes],
    () => [op('S'), ...text(`'${value}'\n`)],
    () => [op('V'), ...text(`${value}\n`)],
  ];
  return ways[random.below(ways.length)]();
}

/** The import of a name, by its line or from the stack. */
function importOf(random: Random, module: string, name: string): number[] {
  if (random.below(2) === 0) return [op('c'), ...text(`${module}\n${name}\n`)];
  return [...string(random, module), ...string(random, name), 0x93];
}

const tupleOf = (random: Random, item: number[]): number[] =>
  random.below(2) === 0 ? [...item, 0x85] : [op('('), ...item, op('t')];

/** What a pickle that runs something imports. */
const imports: readonly (readonly [module: string, name: string])[] = [
  ['os', 'system'],
  ['posix', 'system'],
  ['nt', 'system'],
  ['os', 'popen'],
  ['os', 'execv'],
  ['builtins', 'eval'],
  ['builtins', 'exec'],
  ['builtins', 'getattr'],
  ['builtins', '__import__'],
  ['builtins', 'open'],
  ['builtins', 'compile'],
  ['__builtin__', 'eval'],
  ['__builtin__', 'execfile'],
  ['subprocess', 'Popen'],
  ['subprocess', 'check_output'],
  ['socket', 'create_connection'],
  ['importlib', 'import_module'],
  ['runpy', 'run_path'],
  ['pickle', 'loads'],
  ['types', 'CodeType'],
  ['types', 'FunctionType'],
  ['functools', 'partial'],
  ['operator', 'attrgetter'],
  ['copyreg', '_reconstructor'],
  ['shutil', 'rmtree'],
  ['webbrowser', 'open'],
  ['torch', 'load'],
  ['torch.hub', 'load'],
  ['torch._utils', '_rebuild_qtensor'],
  ['torch.storage', '_load_from_bytes'],
  ['numpy', 'load'],
  ['numpy.core.multiarray', 'fromfile'],
  ['numpy.testing._private.utils', 'runstring'],
  ['_codecs', 'decode'],
  ['collections', 'defaultdict'],
  ['__torch__.evil', 'Module'],
  // Attributes of what may be imported.
  ['collections', 'OrderedDict.__reduce__'],
  ['numpy', 'dtype.__class__'],
  ['torch._utils', '_rebuild_tensor_v2.__globals__'],
];

const escaped = (name: string): string => name.replace(/[.\\[\](){}*+?^$|]/g, '\\$&');

/** Forms of the same attack: what comes before it and what it does with the name. */
const forms: readonly ((random: Random, module: string, name: string) => number[])[] = [
  // name('command')
  (random, module, name) => [
    ...importOf(random, module, name),
    ...tupleOf(random, string(random, 'id')),
    op('R'),
    STOP,
  ],
  // In the middle of an honest dict.
  (random, module, name) => [
    ...[op('}'), ...string(random, 'conv1.weight'), op('K'), 1, op('s'), ...string(random, 'x')],
    ...[...importOf(random, module, name), ...tupleOf(random, string(random, 'id')), op('R'), op('s'), STOP],
  ],
  // As an argument of what may be called.
  (random, module, name) => [
    ...importOf(random, 'collections', 'OrderedDict'),
    ...tupleOf(random, [...importOf(random, module, name), ...tupleOf(random, string(random, 'id')), op('R')]),
    ...[op('R'), STOP],
  ],
  // Left on the stack below an honest value.
  (random, module, name) => [
    ...[...importOf(random, module, name), ...tupleOf(random, string(random, 'id')), op('R'), op('0'), op('}'), STOP],
  ],
  // Remembered first.
  (random, module, name) => [
    ...importOf(random, module, name),
    op('q'),
    7,
    op('0'),
    op('h'),
    7,
    op(')'),
    op('R'),
    STOP,
  ],
  // As the class of an object.
  (random, module, name) => [...importOf(random, module, name), op(')'), 0x81, op('}'), op('b'), STOP],
  (_random, module, name) => [op('('), op('i'), ...text(`${module}\n${name}\n`), STOP],
  (random, module, name) => [op('('), ...importOf(random, module, name), ...string(random, 'id'), op('o'), STOP],
];

const allowed = (module: string, name: string): number[] => [op('c'), ...text(`${module}\n${name}\n`)];
const uint32 = (value: number): number[] => [
  value & 255,
  (value >> 8) & 255,
  (value >> 16) & 255,
  (value >>> 24) & 255,
];

/** Attacks that import nothing, or only what may be imported. */
const others: readonly (readonly [name: string, bytes: readonly number[], names: RegExp])[] = [
  ['a state for a tuple', [op(')'), op('}'), op('b'), STOP], /__setstate__ of a tuple/],
  [
    'a state for an imported name',
    [...allowed('collections', 'OrderedDict'), op('}'), op('b'), STOP],
    /__setstate__ of collections\.OrderedDict/,
  ],
  [
    'a state that is no dict',
    [...allowed('collections', 'OrderedDict'), op(')'), op('R'), op('K'), 1, op('b'), STOP],
    /__setstate__ of a dict/,
  ],
  ['a call of a dict', [op('}'), op(')'), op('R'), STOP], /calls what is no function: a dict/],
  ['a call of text', [op('U'), 2, ...text('id'), op(')'), op('R'), STOP], /calls what is no function: "id"/],
  [
    'a call of a storage',
    [...allowed('torch', 'FloatStorage'), op('K'), 9, 0x85, op('R'), STOP],
    /torch\.FloatStorage/,
  ],
  ['a call of ndarray', [...allowed('numpy', 'ndarray'), op(')'), op('R'), STOP], /numpy\.ndarray/],
  [
    'an object of an allowed name',
    [...allowed('numpy', 'dtype'), op(')'), 0x81, STOP],
    /makes an object of a class: numpy\.dtype/,
  ],
  [
    'an object with keywords',
    [...allowed('numpy', 'dtype'), op(')'), op('}'), 0x92, STOP],
    /makes an object of a class: numpy\.dtype/,
  ],
  [
    'dtype of objects',
    [...allowed('numpy', 'dtype'), op('U'), 2, ...text('O8'), 0x85, op('R'), STOP],
    /numpy\.dtype\("O8"\)/,
  ],
  [
    'a dtype with fields',
    [
      ...allowed('numpy', 'dtype'),
      op('U'),
      2,
      ...text('f4'),
      0x85,
      op('R'),
      op('('),
      op('K'),
      3,
      op('U'),
      1,
      op('<'),
      op('N'),
      op(')'),
      op('t'),
      op('b'),
      STOP,
    ],
    /numpy\.dtype with fields/,
  ],
  [
    'another encoding',
    [...allowed('_codecs', 'encode'), op('U'), 1, op('x'), op('U'), 3, ...text('rot'), 0x86, op('R'), STOP],
    /_codecs\.encode\(\.\.\., "rot"\)/,
  ],
  [
    'bytes of a huge length',
    [...allowed('builtins', 'bytes'), op('J'), 255, 255, 255, 127, 0x85, op('R'), STOP],
    /builtins\.bytes/,
  ],
  ['a persistent id', [op('U'), 4, ...text('/etc'), op('Q'), STOP], /persistent id "\/etc"/],
  [
    'a persistent id by line',
    [op('P'), ...text('file:///etc/passwd\n'), STOP],
    /persistent id "file:\/\/\/etc\/passwd"/,
  ],
  [
    'a persistent id that is a tuple',
    [op('U'), 6, ...text('module'), 0x85, op('Q'), STOP],
    /persistent id a tuple of 1/,
  ],
  ['an extension', [0x82, 7, STOP], /extension 7/],
  ['a wide extension', [0x84, 1, 0, 1, 0, STOP], /extension 65537/],
  ['a set', [0x8f, STOP], /set/],
  ['a frozen set', [op('('), op('K'), 1, 0x91, STOP], /frozenset/],
  ['a buffer beside the file', [0x97, STOP], /a buffer beside the file/],
  ['a dict as a key', [op('}'), op('}'), op('K'), 1, op('s'), STOP], /a key that is no text or number: a dict/],
  ['items of a tuple', [op(')'), op('K'), 1, op('a'), STOP], /appends to what is no list: a tuple/],
  ['an import by numbers', [op('K'), 1, op('K'), 2, 0x93, STOP], /imports by no name/],
  ['an empty file', [], /ends too early/],
  ['no end', [op('}')], /ends too early/],
  ['an end without a value', [STOP], /stack underflow/],
  ['a value below the mark', [op('K'), 1, op('('), op('0'), op('2'), op('('), op('2'), STOP], /stack underflow/],
  ['a mark that is not open', [op('K'), 1, op('t'), STOP], /closes what it did not open/],
  ['a memory of nothing', [op('h'), 3, STOP], /recalls value 3/],
  ['an unknown instruction', [0xff, STOP], /unknown instruction; got 0xff at byte 0/],
  ['a protocol to come', [0x80, 9, STOP], /protocol 9/],
  ['text of 4 GB', [op('X'), ...uint32(0xffffffff), 1, 2, STOP], /4294967295 bytes more/],
  ['bytes of 8 EB', [0x8e, 255, 255, 255, 255, 255, 255, 255, 127, STOP], /absurd length/],
  ['a string of a negative length', [op('T'), 255, 255, 255, 255, STOP], /negative length/],
  ['an integer of 2 GB', [0x8b, 255, 255, 255, 127, STOP], /an integer of more bytes beyond the limit/],
  [
    'an integer of a long line',
    [op('I'), ...text(`${'9'.repeat(5000)}\n`), STOP],
    /a line of more characters beyond the limit/,
  ],
  ['text that is not UTF-8', [op('X'), 1, 0, 0, 0, 0xff, STOP], /not UTF-8/],
  ['marks without end', [...Array<number>(5000).fill(op('(')), STOP], /nesting beyond the limit/],
  ['tuples in tuples', [op(')'), ...Array<number>(5000).fill(0x85), STOP], /nesting beyond the limit/],
  [
    'lists in lists',
    [...Array<number>(150).fill(op(']')), ...Array<number>(149).fill(op('a')), STOP],
    /nesting beyond the limit/,
  ],
];

/** Many values out of few bytes: each doubling holds the one before twice. */
function bombs(): HostilePickle[] {
  const doubling = Array.from({ length: 200 }, () => [op('2'), 0x86]).flat();
  const waiting = new Uint8Array(1_100_000).fill(op('N'));
  const remembering = new Uint8Array(5 * 1_000_002 + 1);
  remembering[0] = op('N');
  for (let index = 0; index <= 1_000_000; index++) remembering.set([op('r'), ...uint32(index * 3)], 1 + 5 * index);
  const letters = 1 << 20;
  const encode = [...allowed('_codecs', 'encode'), op('h'), 0, op('U'), 6, ...text('latin1'), 0x86, op('R')];
  const encoding = [op('X'), ...uint32(letters), ...Array<number>(letters).fill(op('a')), op('q'), 0];
  for (let count = 0; count < 40; count++) encoding.push(...encode);
  const pair = [op('K'), 1, op('K'), 2, 0x86, op('q'), 0, op('0'), op(']'), op('q'), 1, op('(')];
  const copying = [...pair, ...Array.from({ length: 5000 }, () => [op('h'), 0]).flat(), op('e')];
  const copy = [...allowed('collections', 'OrderedDict'), op('h'), 1, 0x85, op('R')];
  for (let count = 0; count < 80; count++) copying.push(...copy);
  return [
    {
      name: 'a tuple doubled two hundred times',
      bytes: Uint8Array.from([op(')'), ...doubling, STOP]),
      names: /nesting beyond/,
    },
    {
      name: 'a megabyte that is copied again and again',
      bytes: Uint8Array.from([...encoding, STOP]),
      names: /memory for copies .* beyond the limit/,
    },
    {
      name: 'dicts of one list again and again',
      bytes: Uint8Array.from([...copying, STOP]),
      names: /memory for copies .* beyond the limit/,
    },
    { name: 'a million values waiting', bytes: waiting, names: /values waiting beyond the limit/ },
    { name: 'a million memories', bytes: remembering, names: /remembered values beyond the limit/ },
  ];
}

/** At least `count` of them. The same seed gives the same. */
export function hostilePickles(count: number, seed: number): HostilePickle[] {
  const random = new Random(seed);
  const fixed = others.map(([name, bytes, names]) => ({ name, bytes: Uint8Array.from(bytes), names }));
  const pickles = [...fixed, ...bombs()];
  for (let index = 0; pickles.length < count || index < imports.length * 2; index++) {
    const [module, name] = imports[index % imports.length];
    const form = forms[random.below(forms.length)];
    const protocol = random.below(3) === 0 ? [] : [0x80, 2 + random.below(4)];
    pickles.push({
      name: `${module}.${name} (${index})`,
      bytes: Uint8Array.from([...protocol, ...form(random, module, name)]),
      names: new RegExp(`(import|object of a class).*: ${escaped(`${module}.${name}`)}`),
    });
  }
  return pickles;
}

// SPDX-License-Identifier: Apache-2.0
// label: files, names, sizes and refusals. That scanners read the pictures is tests/node/labels.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { IssuingKey } from './brand.mjs';
import { run, runJson, temporary } from './tool.mjs';

const key = new IssuingKey('plant-a');
const gtin = '09506000134352';
const unit = (serial, lot = 'L24A0917') => ({ gtin, lot, serial });
const quoted = (field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
const row = (id, url = key.url(id)) => [url, id.gtin, id.lot ?? '', id.serial].map(quoted).join(',');
const sheet = (...rows) => `${['url,gtin,lot,serial', ...rows].join('\n')}\n`;
const url = key.url(unit('7K3M9Q2XBT4H'));

function fileWith(text) {
  const path = join(temporary(), 'run.labels.csv');
  writeFileSync(path, text);
  return path;
}

describe('a CSV becomes a file a label', () => {
  const serials = ['A1', 'A2', 'a/b', '..x', '%', '"', ',', '00001', '1'];
  const csv = fileWith(sheet(...serials.map((serial) => row(unit(serial)))));
  const names = ['A1', 'A2', 'a%2Fb', '..x', '%25', '%22', '%2C', '00001', '1'].map((s) => `${gtin}_${s}`);

  for (const [format, suffix] of [['svg', '.svg'], ['png', '.png'], ['terminal', '.txt']]) {
    test(`${format}, with names that are safe`, () => {
      const dir = join(temporary(), 'deep', 'labels');
      const { code, answer, stderr } = runJson(['label', csv, '--format', format, '-o', dir]);
      assert.equal(code, 0, stderr);
      assert.equal(answer.labels, serials.length);
      assert.equal(answer.modules, 49);
      assert.deepEqual(readdirSync(dir).sort(), names.map((name) => name + suffix).sort());
    });
  }

  test('again: nothing is written, nothing is lost', () => {
    const dir = temporary();
    assert.equal(run(['label', csv, '-o', dir]).code, 0);
    rmSync(join(dir, `${names[3]}.svg`));
    const times = () => Object.fromEntries(readdirSync(dir).map((name) => [name, statSync(join(dir, name)).mtimeMs]));
    const before = times();
    const { code, answer, stderr } = runJson(['label', csv, '-o', dir]);
    assert.equal(code, 0);
    assert.equal(answer.unchanged, serials.length - 1);
    assert.match(stderr, /9 labels in .*8 of them there already/);
    const { [`${names[3]}.svg`]: made, ...rest } = times();
    assert.ok(made);
    assert.deepEqual(rest, before);
  });

  test('other content is never overwritten', () => {
    const dir = temporary();
    const path = join(dir, `${gtin}_A2.svg`);
    writeFileSync(path, 'precious');
    const { code, answer } = runJson(['label', csv, '-o', dir]);
    assert.equal(code, 5);
    assert.match(answer.error.text, /A2\.svg.*not overwritten/);
    assert.equal(readFileSync(path, 'utf8'), 'precious');
    assert.equal(existsSync(join(dir, `${gtin}_A1.svg`)), true);
    assert.equal(readdirSync(dir).length, 2);
  });

  for (const [label, args, expected] of [
    ['from the third on', ['--from', '3'], names.slice(2)],
    ['only two', ['--count', '2'], names.slice(0, 2)],
    ['two from the third on', ['--from', '3', '--count', '2'], names.slice(2, 4)],
    ['more than there are', ['--from', '8', '--count', '100'], names.slice(7)],
  ]) {
    test(label, () => {
      const dir = temporary();
      const { code, answer } = runJson(['label', csv, '-o', dir, ...args]);
      assert.equal(code, 0);
      assert.equal(answer.labels, expected.length);
      assert.deepEqual(readdirSync(dir).sort(), expected.map((name) => `${name}.svg`).sort());
    });
  }

  test('from beyond the last: not found', () => {
    assert.equal(run(['label', csv, '-o', temporary(), '--from', '10']).code, 3);
  });

  test('from stdin, with CRLF', () => {
    const dir = temporary();
    const done = run(['label', '-', '-o', dir], { input: readFileSync(csv, 'utf8').replaceAll('\n', '\r\n') });
    assert.equal(done.code, 0, done.stderr);
    assert.equal(readdirSync(dir).length, serials.length);
  });

  test('to the terminal, one below the other', () => {
    const { code, stdout } = run(['label', csv, '--format', 'terminal', '--count', '2']);
    assert.equal(code, 0);
    assert.deepEqual(stdout.match(/\(21\) .*/g), ['(21) A1', '(21) A2']);
  });
});

describe('a CSV is refused', () => {
  const good = row(unit('A1'));
  const rows = [
    ['an empty file', '', 1, /no label/],
    ['only its heading', 'url,gtin,lot,serial\n', 1, /no label/],
    ['no heading', `${good}\n`, 1, /:1: the first line/],
    ['columns in another order', `gtin,url,lot,serial\n${good}\n`, 1, /:1:/],
    ['a byte order mark', `\ufeff${sheet(good)}`, 1, /:1:/],
    ['semicolons', sheet(good.replaceAll(',', ';')), 1, /:2: not a row/],
    ['three columns', sheet(good.replace(/,A1$/, '')), 1, /:2: not a row/],
    ['five columns', sheet(`${good},x`), 1, /:2: not a row/],
    ['an empty line', sheet(good, '', row(unit('A2'))), 1, /:3: not a row/],
    ['a quote that does not end', sheet(`${good}"`), 1, /:2: not a row/],
    ['a field over two lines', sheet(good.replace('L24A0917', '"L24\nA0917"')), 1, /:2: not a row/],
    ['a line of 2000 bytes', sheet(`${good}${'x'.repeat(2000)}`), 1, /:2: longer/],
    ['a NUL', sheet(good.replace('L24A', 'L24\0')), 1, /:2:/],
    ['a URL without signature', sheet(row(unit('A1'), key.url(unit('A1')).replace(/\?.*/, ''))), 1, /:2: .*no signature/],
    ['a URL with a wrong check digit', sheet(good.replaceAll(gtin, '09506000134353')), 1, /:2: .*check digit/],
    ['a URL that is none', sheet(row(unit('A1'), 'A1')), 1, /:2: not the URL of a label/],
    ['a GTIN that a spreadsheet changed', sheet(good.replace(`,${gtin},`, ',9.506E+12,')), 1, /:2: gtin "9.506E\+12".*spreadsheet/],
    ['a GTIN that lost its zero', sheet(good.replace(`,${gtin},`, `,${gtin.slice(1)},`)), 1, /:2: gtin.*spreadsheet/],
    ['a serial that lost its zeros', sheet(row(unit('00001')).replace(/,00001$/, ',1')), 1, /:2: serial "1"/],
    ['another lot than the URL', sheet(good.replace(',L24A0917,', ',L24A0918,')), 1, /:2: lot/],
    ['blanks around a field', sheet(good.replace(',L24A0917,', ', L24A0917,')), 1, /:2: lot " L24A0917"/],
  ];
  for (const [label, text, code, says] of rows) {
    test(label, () => {
      const done = runJson(['label', fileWith(text), '-o', temporary()]);
      assert.equal(done.code, code, done.stdout);
      assert.match(done.answer.error.text, says);
    });
  }

  test('a later row: what comes before it is printed', () => {
    const dir = temporary();
    const done = run(['label', fileWith(sheet(good, row(unit('A2')), 'x')), '-o', dir]);
    assert.equal(done.code, 1);
    assert.match(done.stderr, /:4: /);
    assert.equal(readdirSync(dir).length, 2);
  });

  test('what is not there, and what is no file', () => {
    assert.equal(run(['label', '/nowhere/run.labels.csv', '-o', temporary()]).code, 3);
    assert.notEqual(run(['label', temporary(), '-o', temporary()]).code, 0);
  });
});

describe('one URL', () => {
  test('is an SVG on stdout unless told otherwise, in exact millimetres', () => {
    const { code, stdout, stderr } = run(['label', url]);
    assert.equal(code, 0);
    // 49 + 2 x 4 modules of 0.40 mm; two lines of caption are 6 modules each
    assert.match(stdout, /^<svg [^>]*width="22\.8mm" height="27\.6mm" viewBox="0 0 57 69">/);
    assert.match(stdout, />\(21\) 7K3M9Q2XBT4H<\/text>/);
    assert.match(stderr, /^49 x 49 modules of 0\.4 mm: 19\.6 mm wide, 22\.8 mm with its quiet zone$/m);
  });

  test('without a caption it is a square', () => {
    const { stdout } = run(['label', url, '--no-caption', '--module-mm', '0.33']);
    assert.match(stdout, /width="18\.81mm" height="18\.81mm" viewBox="0 0 57 57">/);
    assert.doesNotMatch(stdout, /<text/);
  });

  test('as PNG says what the printer will make of it', () => {
    const file = join(temporary(), 'label.png');
    const { code, answer, stderr } = runJson(['label', url, '--format', 'png', '--module-mm', '0.33', '-o', file]);
    assert.equal(code, 0);
    // 0.33 mm at 300 dpi are 3.9 dots: 4 dots are 4 x 25.4 / 300 mm
    assert.equal(answer.module_mm, 0.3387);
    assert.equal(answer.symbol_mm, 16.595);
    assert.match(stderr, /0\.33 mm was asked for; the nearest at 300 dots per inch is 0\.338667 mm/);
    assert.match(stderr, /warning: .*0\.396/);
    const png = readFileSync(file);
    assert.equal(png.readUInt32BE(16), 57 * 4);
    assert.equal(png.indexOf('pHYs') > 0 && png.readUInt32BE(png.indexOf('pHYs') + 4), 11811);
  });

  for (const [label, size, says] of [
    ['too small for phones', '0.25', /warning: .*phones/],
    ['too small for checkouts', '0.35', /warning: .*GS1/],
    ['large enough', '0.40', null],
  ]) {
    test(`${label}: ${says ? 'a' : 'no'} warning`, () => {
      const { stderr } = run(['label', url, '--module-mm', size]);
      if (says) assert.match(stderr, says);
      else assert.doesNotMatch(stderr, /warning/);
    });
  }

  test('is printed with its host in capitals', () => {
    const terminal = run(['label', url, '--format', 'terminal']).stdout;
    assert.equal(run(['label', url.replace('ID.EXAMPLE.COM', 'id.example.com'), '--format', 'terminal']).stdout, terminal);
    assert.notEqual(run(['label', key.url(unit('OTHER')), '--format', 'terminal']).stdout, terminal);
  });

  test('in a terminal has its own colours, and none with NO_COLOR', () => {
    const coloured = run(['label', url, '--format', 'terminal']).stdout;
    const plain = run(['label', url, '--format', 'terminal'], { env: { NO_COLOR: '1' } }).stdout;
    const dark = run(['label', url, '--format', 'terminal', '--dark-text'], { env: { NO_COLOR: '1' } }).stdout;
    assert.match(coloured, /\x1b\[/);
    assert.doesNotMatch(plain + dark, /\x1b/);
    const inverse = { ' ': '█', '█': ' ', '▀': '▄', '▄': '▀' };
    const inverted = plain.split('\n').slice(0, -2).map((line) => [...line].map((c) => inverse[c]).join(''));
    assert.deepEqual(dark.split('\n').slice(0, -2), inverted);
    assert.equal(run(['label', url, '--format', 'terminal'], { env: { NO_COLOR: '' } }).stdout, coloured);
  });

  test('is not written over another file', () => {
    const file = join(temporary(), 'label.svg');
    writeFileSync(file, 'precious');
    assert.equal(run(['label', url, '-o', file]).code, 5);
    assert.equal(readFileSync(file, 'utf8'), 'precious');
  });

  for (const [label, args, code] of [
    ['a URL without signature', [url.replace(/\?.*/, '')], 1],
    ['a URL with half a signature', [url.slice(0, -10)], 1],
    ['a URL with two signatures', [`${url}&S=${key.token(unit('7K3M9Q2XBT4H'))}`], 1],
    ['a URL of another kind', ['https://example.com/'], 1],
    ['an unknown format', [url, '--format', 'gif'], 2],
    ['modules of 0.09 mm', [url, '--module-mm', '0.09'], 2],
    ['modules of 5.1 mm', [url, '--module-mm', '5.1'], 2],
    ['modules of no size', [url, '--module-mm', 'nan'], 2],
    ['modules with a unit', [url, '--module-mm', '0.4mm'], 2],
    ['modules of 4e-1 mm', [url, '--module-mm', '4e-1'], 2],
    ['modules of . mm', [url, '--module-mm', '.'], 2],
    ['71 dots per inch', [url, '--dpi', '71'], 2],
    ['dots per inch with a fraction', [url, '--dpi', '300.5'], 2],
    ['modules of less than a dot', [url, '--format', 'png', '--module-mm', '0.1', '--dpi', '72'], 1],
    ['a picture for a wall', [url, '--format', 'png', '--module-mm', '5', '--dpi', '2400'], 1],
    ['the label number 0', [url, '--from', '0'], 2],
    ['JSON and picture both on stdout', [url, '--json'], 2],
    ['a CSV without a directory', [fileWith(sheet(row(unit('A1'))))], 2],
    ['a directory that is a file', [fileWith(sheet(row(unit('A1')))), '-o', fileWith('x')], 1],
    ['a file in a directory that is not there', [url, '-o', '/nowhere/label.svg'], 3],
  ]) {
    test(`refuses ${label}`, () => {
      const done = run(['label', ...args]);
      assert.equal(done.code, code, done.stdout.slice(0, 200) + done.stderr);
      assert.match(done.stdout + done.stderr, /assay: |"error"/);
    });
  }
});

test('a directory that cannot be made', () => {
  const dir = temporary();
  mkdirSync(join(dir, 'a'));
  writeFileSync(join(dir, 'a', 'b'), '');
  const done = run(['label', fileWith(sheet(row(unit('A1')))), '-o', join(dir, 'a', 'b', 'c')]);
  assert.equal(done.code, 3);
});

describe('sheets and rolls', () => {
  const csv = fileWith(sheet(...Array.from({ length: 20 }, (_, i) => row(unit(`S${i}`)))));
  const own = ['--columns', '2', '--rows', '3', '--label', '60x40'];

  test('a dry run says how many sheets, what is too small, and writes nothing', () => {
    const dir = temporary();
    const { code, answer, stderr } = runJson(['label', csv, '--format', 'pdf', '--sheet', 'avery-l7651', '--module-mm', '0.3',
      '--start-at', '60', '--copies', '4', '-o', join(dir, 'run.pdf'), '--dry-run']);
    assert.equal(code, 0);
    // 59 + 20 x 4 = 139 labels are 3 sheets of 65
    assert.deepEqual([answer.labels, answer.sheets, answer.dry_run], [20, 3, true]);
    assert.match(answer.warning, /0\.33 .*phones/);
    assert.match(stderr, /20 labels, 4 of each, on 3 sheets; nothing was written/);
    assert.match(stderr, /warning: modules of 0\.3 mm: /);
    assert.deepEqual(readdirSync(dir), []);
    assert.equal(run(['label', csv, '--format', 'zpl', '--label', '50x25', '--dry-run']).stdout, '');
  });

  for (const format of ['pdf', 'zpl']) {
    test(`${format} is never overwritten`, () => {
      const path = join(temporary(), `run.${format}`);
      writeFileSync(path, 'precious');
      const { code, answer } = runJson(['label', csv, '--format', format, ...(format === 'pdf' ? own : ['--label', '50x25']), '-o', path]);
      assert.equal(code, 5);
      assert.match(answer.error.text, /not overwritten/);
      assert.equal(readFileSync(path, 'utf8'), 'precious');
    });

    test(`${format}: RUN and RUN.${format} are the same file; others may read it`, () => {
      const base = join(temporary(), 'run');
      const measures = format === 'pdf' ? own : ['--label', '50x25'];
      assert.equal(run(['label', csv, '--format', format, ...measures, '-o', base]).code, 0);
      assert.equal(statSync(`${base}.${format}`).mode & 0o777, 0o644);
      assert.equal(run(['label', csv, '--format', format, ...measures, '-o', `${base}.${format}`]).code, 5);
    });

    test(`${format} of one URL goes to stdout`, () => {
      const measures = format === 'pdf' ? own : ['--label', '50x25'];
      const { code, stdout } = run(['label', url, '--format', format, ...measures]);
      assert.equal(code, 0);
      assert.match(stdout, format === 'pdf' ? /^%PDF-1/ : /^\^XA[^]*\^XZ\n$/);
    });
  }

  test('a row that is broken leaves no file', () => {
    const dir = temporary();
    const bad = fileWith(sheet(row(unit('A1')), 'x'));
    assert.equal(run(['label', bad, '--format', 'pdf', ...own, '-o', join(dir, 'run.pdf')]).code, 1);
    assert.deepEqual(readdirSync(dir), []);
  });

  for (const [label, args, code, says] of [
    ['an unknown sheet', ['--sheet', 'avery-l9999'], 2, /no sheet "avery-l9999"; there are .*avery-l7163/],
    ['no sheet at all', [], 2, /needs --sheet/],
    ['half of an own sheet', ['--label', '60x40', '--columns', '2'], 2, /needs --sheet/],
    ['a known sheet with own measures', ['--sheet', 'l7163', '--rows', '6'], 2, /--sheet and --rows/],
    ['zero columns', ['--columns', '0', '--rows', '3', '--label', '60x40'], 2, /0 columns/],
    ['a sheet that is too wide', ['--columns', '4', '--rows', '3', '--label', '60x40', '--margin-left', '0'], 2, /4 columns reach to 240\.00 mm/],
    ['a sheet that is too high', ['--columns', '1', '--rows', '8', '--label', '60x40', '--margin-top', '0'], 2, /8 rows reach to 320\.00 mm/],
    ['labels that overlap', [...own, '--pitch', '59x40'], 2, /overlap/],
    ['a start beyond the sheet', ['--sheet', 'l7163', '--start-at', '15'], 2, /a sheet has 1 to 14/],
    ['a start at 0', ['--sheet', 'l7163', '--start-at', '0'], 2, /a sheet has 1 to 14/],
    ['no copies', ['--sheet', 'l7163', '--copies', '0'], 2, /0 copies/],
    ['a shift off the page', ['--sheet', 'l7163', '--shift-x=-5'], 2, /leave the page/],
    ['a shift in words', ['--sheet', 'l7163', '--shift-x', 'left'], 2, /--shift-x "left"/],
    ['a shift of -- mm', ['--sheet', 'l7163', '--shift-x=--1'], 2, /--shift-x/],
    ['a page of one side', [...own, '--page', '210'], 2, /--page "210"/],
    ['a page in inches', [...own, '--page', '8.5inx11in'], 2, /--page/],
    ['a label with a sign', ['--columns', '2', '--rows', '3', '--label', '-60x40'], 2, /--label/],
    ['a code that does not fit', ['--sheet', 'l4731'], 1, /22\.8 mm .* 25\.4 x 10 mm: take a module of at most 0\.175 mm/],
    ['text that does not fit', ['--columns', '2', '--rows', '3', '--label', '23x23'], 1, /no room for readable text .*--no-caption/],
  ]) {
    test(`PDF refuses ${label}`, () => {
      const dir = temporary();
      const done = runJson(['label', csv, '--format', 'pdf', ...args, '-o', join(dir, 'run.pdf')]);
      assert.equal(done.code, code, done.stdout + done.stderr);
      assert.match(done.answer.error.text, says);
      assert.deepEqual(readdirSync(dir), []);
    });
  }

  for (const [label, args, code, says] of [
    ['no label size', [], 2, /needs --label/],
    ['a printer of 301 dpi', ['--label', '50x25', '--dpi', '301'], 2, /203, 300 or 600/],
    ['none across', ['--label', '50x25', '--across', '0'], 2, /across/],
    ['a label of nothing', ['--label', '0x25'], 2, /label/],
    ['modules of less than a dot', ['--label', '50x25', '--dpi', '203', '--module-mm', '0.05'], 2, /module/],
    ['a code that does not fit', ['--label', '20x20', '--dpi', '203', '--module-mm', '0.375'], 1, /does not fit a label/],
  ]) {
    test(`ZPL refuses ${label}`, () => {
      const done = runJson(['label', csv, '--format', 'zpl', ...args, '-o', join(temporary(), 'run.zpl')]);
      assert.equal(done.code, code, done.stdout + done.stderr);
      assert.match(done.answer.error.text, says);
    });
  }

  test('a dry run is for sheets and rolls', () => {
    assert.equal(run(['label', csv, '--dry-run', '-o', temporary()]).code, 2);
  });
});

describe('cards', () => {
  const good = `${gtin},S1,7K3M9Q2XBT`;
  const cards = (...rows) => `gtin,serial,claim_code\n${rows.join('\n')}\n`;
  const print = (text, ...args) => {
    const dir = temporary();
    return { dir, ...runJson(['--data', '/nowhere', 'cards', fileWith(text), '-o', join(dir, 'cards.pdf'), ...args]) };
  };

  test('are for their printer alone, and never overwritten', () => {
    const { dir, code, answer } = print(cards(good, `${gtin},S2,7K3M9Q2XB0`));
    assert.equal(code, 0);
    assert.deepEqual([answer.cards, answer.sheets, answer.warning], [2, 1, '']);
    assert.equal(statSync(join(dir, 'cards.pdf')).mode & 0o777, 0o600);
    assert.equal(run(['--data', '/nowhere', 'cards', fileWith(cards(good)), '-o', join(dir, 'cards')]).code, 5);
  });

  test('from the second on', () => {
    assert.equal(print(cards(good, `${gtin},S2,7K3M9Q2XB0`), '--from', '2').answer.cards, 1);
    assert.equal(print(cards(good), '--from', '2').code, 3);
  });

  test('a dry run writes nothing', () => {
    const { dir, code, stderr } = print(cards(good), '--dry-run');
    assert.equal(code, 0);
    assert.match(stderr, /1 card, on 1 sheet; nothing was written/);
    assert.deepEqual(readdirSync(dir), []);
  });

  for (const [label, text, says] of [
    ['an empty file', '', /no card/],
    ['only its heading', 'gtin,serial,claim_code\n', /no card/],
    ['the labels instead', sheet(row(unit('A1'))), /:1: the first line is not gtin,serial,claim_code/],
    ['a GTIN that a spreadsheet changed', cards('9.506E+12,S1,7K3M9Q2XBT'), /:2: its gtin/],
    ['no serial', cards(`${gtin},,7K3M9Q2XBT`), /:2: its serial/],
    ['a serial of 21 characters', cards(`${gtin},${'1'.repeat(21)},7K3M9Q2XBT`), /:2: its serial/],
    ['a claim code that is short', cards(good, `${gtin},S2,7K3M9Q2XB`), /:3: its claim_code/],
    ['a claim code with an O', cards(`${gtin},S1,7K3M9Q2XBO`), /:2: its claim_code/],
    ['a claim code in small letters', cards(`${gtin},S1,7k3m9q2xbt`), /:2: its claim_code/],
    ['four columns', cards(`${good},x`), /:2: not a row/],
  ]) {
    test(`refuse ${label}, without telling a code`, () => {
      const { dir, code, answer, stdout, stderr } = print(text);
      assert.equal(code, 1, stdout);
      assert.match(answer.error.text, says);
      assert.doesNotMatch(stdout + stderr, /7K3M9|7k3m9/);
      assert.deepEqual(readdirSync(dir), []);
    });
  }

  for (const [label, args, code] of [
    ['a picture', ['--format', 'svg'], 2],
    ['an address with a path', ['--base-url', 'https://id.example.com/x'], 2],
    ['a name that no font has', ['--title', 'สว่าน'], 1],
    ['a name without end', ['--title', 'x'.repeat(200)], 1],
    ['a stamp', ['--page', '50x50', '--columns', '1', '--rows', '1', '--label', '20x10'], 1],
  ]) {
    test(`refuse ${label}`, () => {
      const done = print(cards(good), ...args);
      assert.equal(done.code, code, done.stdout);
      assert.doesNotMatch(done.stdout + done.stderr, /7K3M9/);
    });
  }
});

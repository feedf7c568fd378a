// SPDX-License-Identifier: Apache-2.0
// Our links, held against two implementations that are not ours: BWIPP (bwip-js), which carries
// the GS1 Syntax Dictionary and validates the content of a Digital Link symbol, and GS1's own
// JavaScript toolkit (in digital-link.js), which takes a link apart and writes the canonical one.
// ASSAY_READING_TOOL is the program of tests/identify/reading_tool.c.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import bwipjs from 'bwip-js/node'
import digitalLink from 'digital-link.js'

const Toolkit = createRequire(import.meta.url)(
  'digital-link.js/lib/GS1DigitalLinkCompressionPrototype/GS1DigitalLinkToolkit.js')

const tool = process.env.ASSAY_READING_TOOL
assert.ok(tool, 'ASSAY_READING_TOOL names the program that reads codes')

const GTIN = '09506000134352'
const HOST = 'https://ID.EXAMPLE.COM'
const TOKEN = 'AGDG5355M6CH4J4PGZZB53JTRSSZTAKKFMJGMIL4XUWALF52I3FCKTTSWRX7QF32K5PJHX3W3QW5WPU5' +
  'MO7BFV2ZXRLSZVB4OGU32V3HXUGOUNID'
const UNIT = `${HOST}/01/${GTIN}/21/7K3M`

// GS1 General Specifications, figure 7.11-1.
const SET = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

const unit = (serial, lot = '', variant = '', gtin = GTIN) => ({ gtin, variant, lot, serial })

const identities = [
  unit('7K3M9Q2XBT4H'),
  unit('7K3M9Q2XBT4H', 'L24A0917'),
  unit('7K3M', 'L1', '2A'),
  unit('7K3M', '', '2A'),
  unit('00001'),
  unit('1'),
  unit('12345', 'ABC1', '', '09520123456788'), // the example of the Digital Link standard
  unit('...'),
  unit('%2F', '%', '%25'),
  unit('21', '10', '22'),
  unit('a/21/b', '01/', '/'),
  unit('+', '&S=', '?'),
  ...[0, 20, 40, 60].map((at) => unit(SET.slice(at, at + 20))),
  unit(SET.slice(80), SET.slice(0, 20), SET.slice(20, 40)),
  unit(SET.slice(40, 60), SET.slice(60, 80), SET.slice(62)),
  unit('"'.repeat(20), '<'.repeat(20), '>'.repeat(20)),
  ...[...SET].filter((c) => c !== '.').map((c) => unit(c)),
]

// RFC 3986: all but the unreserved characters, written here by itself.
const escape = (value) => value.replace(/[^A-Za-z0-9\-._~]/g,
  (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
const values = ({ gtin, variant, lot, serial }) =>
  [['01', gtin], ['22', variant], ['10', lot], ['21', serial]].filter(([, value]) => value)
const path = (id) => values(id).map(([ai, value]) => `/${ai}/${escape(value)}`).join('')
const elements = (id) => `]Q3${values(id).map(([ai, value]) => ai + value).join('\x1d')}`

function read(codes) {
  const lines = execFileSync(tool, { input: `${codes.join('\n')}\n`, encoding: 'utf8' }).split('\n')
  assert.equal(lines.length, codes.length + 1)
  return codes.map((_, i) => {
    const [kind, error, gtin, variant, lot, serial, canonical] = lines[i].split('\t')
    return { kind, error, canonical, id: { gtin, variant, lot, serial } }
  })
}

function bwippAccepts(text) {
  try {
    return bwipjs.raw({ bcid: 'gs1dlqrcode', text, eclevel: 'M' }).length > 0
  } catch (error) {
    assert.match(String(error), /bwipp\.GS1/, text) // refused for its content, for nothing else
    return false
  }
}

// Its pattern of the 82 characters leaves out : ; < = > ? and so cannot be asked about values.
const toolkit = Object.assign(new Toolkit(), { verifySyntax: () => {} })

function toolkitReads(link) {
  const found = toolkit.extractFromGS1digitalLink(link).GS1
  return { gtin: found['01'], variant: found[22] ?? '', lot: found[10] ?? '', serial: found[21] }
}

// It leaves the quotation mark as it is, which RFC 3986 does not allow in a URI.
const toolkitCanonical = (id) =>
  toolkit.buildGS1digitalLink(Object.fromEntries(values(id)), false, '', {}).replaceAll('"', '%22')

describe('a link that we print', () => {
  const links = identities.map((id) => `${HOST}${path(id)}?S=${TOKEN}`)
  const fromLinks = read(links)
  const fromElements = read(identities.map(elements))
  for (const [i, id] of identities.entries()) {
    test(JSON.stringify([id.variant, id.lot, id.serial]), () => {
      const canonical = `https://id.gs1.org${path(id)}`
      assert.deepEqual(fromLinks[i], { kind: 'digital_link', error: 'ok', canonical, id })
      assert.deepEqual(fromElements[i], { kind: 'element_string', error: 'ok', canonical, id })
      assert.ok(bwippAccepts(links[i]), 'BWIPP refuses it')
      assert.deepEqual(toolkitReads(links[i]), id)
      assert.deepEqual(toolkitReads(canonical), id)
      assert.equal(toolkitCanonical(id), canonical)
    })
  }

  test('covers the 82 characters in serials', () => {
    const used = new Set(identities.flatMap(({ serial }) => [...serial]))
    assert.equal(SET.length, 82)
    assert.deepEqual([...SET].filter((c) => !used.has(c)), [])
  })

  test('is valid by the grammar of digital-link.js', () => {
    for (const id of identities.filter(({ serial, lot }) => /^[0-9A-Z]+$/.test(serial + lot)))
      assert.ok(digitalLink.DigitalLink(`${HOST}${path(id)}?S=${TOKEN}`).isValid(), id.serial)
  })
})

const refusedByBoth = {
  'wrong check digit': `${HOST}/01/09506000134353/21/7K3M`,
  'GTIN of 15 digits': `${HOST}/01/009506000134352/21/7K3M`,
  'letter in the GTIN': `${HOST}/01/0950600013435A/21/7K3M`,
  'serial before lot': `${HOST}/01/${GTIN}/21/7K3M/10/L1`,
  'lot before variant': `${HOST}/01/${GTIN}/10/L1/22/2A/21/7K3M`,
  'two serials': `${HOST}/01/${GTIN}/21/7K3M/21/7K3N`,
  'no product': `${HOST}/21/7K3M`,
  'empty serial': `${HOST}/01/${GTIN}/21/?S=${TOKEN}`,
  'serial of 21': `${HOST}/01/${GTIN}/21/ABCDEFGHIJKLMNOPQRSTU`,
  'lot of 21': `${HOST}/01/${GTIN}/10/ABCDEFGHIJKLMNOPQRSTU/21/1`,
  'not of the 82 characters': `${HOST}/01/${GTIN}/21/7K%243M`,
  'escaped space': `${HOST}/01/${GTIN}/21/7K%203M`,
  'escaped NUL': `${HOST}/01/${GTIN}/21/7K3M%00`,
  'escape that is none': `${HOST}/01/${GTIN}/21/7K%4G3M`,
  'trailing slash': `${UNIT}/?S=${TOKEN}`,
  'short names': `${HOST}/gtin/${GTIN}/ser/7K3M`,
  'mixed-case scheme': `Https://ID.EXAMPLE.COM/01/${GTIN}/21/7K3M`,
  'another scheme': `ftp://ID.EXAMPLE.COM/01/${GTIN}/21/7K3M`,
  'no path': `${HOST}?S=${TOKEN}`,
  'lot in the query': `${UNIT}?10=L1`,
  'variant in the query': `${UNIT}?22=2A`,
  'serial in the query': `${HOST}/01/${GTIN}?21=7K3M`,
  'unknown AI': `${UNIT}?999=1`,
  'another identifier as attribute': `${UNIT}?02=${GTIN}`,
  'AI that is no attribute': `${UNIT}?8200=x`,
  'AI without a value': `${UNIT}?17=`,
  'expiry of five digits': `${UNIT}?17=26112`,
  'letter in an expiry': `${UNIT}?17=26112A`,
  'weight with six decimals': `${UNIT}?3106=000195`,
  'internal value of 91': `${UNIT}?99=${'A'.repeat(91)}`,
  'space in an attribute': `${UNIT}?240=A+B`,
}

describe('a broken link', () => {
  const names = Object.keys(refusedByBoth)
  const readings = read(Object.values(refusedByBoth))
  for (const [i, name] of names.entries()) {
    test(name, () => {
      assert.equal(readings[i].kind, 'none')
      assert.notEqual(readings[i].error, 'ok')
      assert.ok(!bwippAccepts(refusedByBoth[name]), 'BWIPP accepts it')
    })
  }
})

const acceptedByBoth = {
  'capital scheme': `HTTPS://ID.EXAMPLE.COM/01/${GTIN}/21/7K3M`,
  http: `http://localhost:8080/01/${GTIN}/21/7K3M`,
  expiry: `${UNIT}?17=261122&S=${TOKEN}`,
  'made on': `${UNIT}?S=${TOKEN}&11=260101`,
  'expiry at the end of a month': `${UNIT}?17=261100`,
  'net weight': `${UNIT}?3103=000195`,
  origin: `${UNIT}?422=276`,
  'secondary serial': `${UNIT}?250=A%2FB`,
  internal: `${UNIT}?99=ABC&98=XYZ`,
  'escaped character': `${HOST}/01/${GTIN}/21/%37K3M`,
  'plus in the path': `${HOST}/01/${GTIN}/21/7+3`,
  'extension parameters': `${UNIT}?utm_source=box&S=${TOKEN}&print`,
}

describe('a link of others', () => {
  const readings = read(Object.values(acceptedByBoth))
  for (const [i, [name, link]] of Object.entries(acceptedByBoth).entries()) {
    test(name, () => {
      assert.equal(readings[i].error, 'ok')
      assert.ok(bwippAccepts(link), 'BWIPP refuses it')
      assert.deepEqual(readings[i].id, toolkitReads(link))
    })
  }
})

// Where others guess or look away, a label is refused: one printed by us never looks like this.
const refusedByUs = {
  'two identifiers': `${HOST}/01/${GTIN}/21/AAAA/01/${GTIN}/21/BBBB`,
  'a stem': `${HOST}/shop/01/${GTIN}/21/7K3M`,
  'GTIN-13': `${HOST}/01/9506000134352/21/7K3M`,
  fragment: `${UNIT}#S=${TOKEN}`,
  'the same GTIN in the query': `${UNIT}?01=${GTIN}`,
  'signature twice': `${UNIT}?S=${TOKEN}&S=${TOKEN}`,
  'empty parameters': `${UNIT}?&&S=${TOKEN}&`,
  'user in front of the host': `https://id.example.com@ID.EXAMPLE.COM/01/${GTIN}/21/7K3M`,
}

describe('we are stricter', () => {
  const readings = read(Object.values(refusedByUs))
  for (const [i, [name, link]] of Object.entries(refusedByUs).entries()) {
    test(name, () => {
      assert.ok(bwippAccepts(link))
      assert.equal(readings[i].kind, 'none')
    })
  }
})

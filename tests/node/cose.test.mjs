// SPDX-License-Identifier: Apache-2.0
// A label is a COSE_Sign1 with detached payload: @auth0/cose reads the 80 bytes that our C code
// makes, and verifies them with the canonical link as payload and the context as external AAD.
// ASSAY_TOKEN_TOOL is the program of tests/crypto/token_tool.c.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, createPublicKey } from 'node:crypto'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'

// Its ES module build does not load in Node 18.
const { Algorithms, COSEKey, Headers, Sign1 } = createRequire(import.meta.url)('@auth0/cose')

const tool = process.env.ASSAY_TOKEN_TOOL
assert.ok(tool, 'ASSAY_TOKEN_TOOL names the program that makes tokens')

const context = Buffer.from('assay/serial/v1')
const link = 'https://id.gs1.org/01/09506000134352'
const seeds = [
  '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  '00'.repeat(32),
  'ff'.repeat(32),
]
const links = [
  `${link}/21/7K3M9Q2XBT4H`,
  `${link}/10/L24A0917/21/7K3M9Q2XBT4H`,
  `${link}/22/2A/10/A%2FB%25/21/%2F%22%3C%3E`,
  `${link}/22/${'%25'.repeat(20)}/10/${'%2F'.repeat(20)}/21/${'%3C'.repeat(20)}`,
]

function issue(seed, text) {
  const lines = execFileSync(tool, [seed, text], { encoding: 'utf8' }).trim().split('\n')
  const answer = Object.fromEntries(lines.map((line) => line.split(' ')))
  const bytes = (name) => Buffer.from(answer[name], 'hex')
  return { token: answer.token, publicKey: bytes('public_key'), kid: bytes('kid'), cose: bytes('cose') }
}

const jwk = (publicKey) => ({ kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') })
const keyObject = (publicKey) => createPublicKey({ key: jwk(publicKey), format: 'jwk' })

const verify = (cose, publicKey, detachedPayload, externalAAD = context) =>
  Sign1.decode(cose).verify(keyObject(publicKey), {
    externalAAD, detachedPayload, algorithms: [Algorithms.EdDSA],
  })

const cases = seeds.flatMap((seed) => links.map((text) => ({ seed, text, payload: Buffer.from(text) })))

describe('the COSE object of a label', () => {
  for (const { seed, text, payload } of cases) {
    test(`verifies: ${seed.slice(0, 4)} ${text.slice(link.length)}`, async () => {
      const label = issue(seed, text)
      assert.equal(label.cose.length, 80)
      const decoded = Sign1.decode(label.cose)
      assert.equal(decoded.payload, null)
      assert.deepEqual(Buffer.from(decoded.protectedHeaders.get(Headers.KeyID)), label.kid)
      assert.equal(decoded.protectedHeaders.get(Headers.Algorithm), Algorithms.EdDSA)
      assert.equal(decoded.unprotectedHeaders.size, 0)
      await verify(label.cose, label.publicKey, payload)
    })
  }

  const { cose, publicKey } = issue(seeds[0], links[0])
  const payload = Buffer.from(links[0])
  const other = issue(seeds[1], links[0])
  const changed = (at) => {
    const copy = Buffer.from(cose)
    copy[at] ^= 1
    return copy
  }
  const refused = {
    'another link': [cose, publicKey, Buffer.from(links[1])],
    'another context': [cose, publicKey, payload, Buffer.from('assay/manifest/v1')],
    'no context': [cose, publicKey, payload, Buffer.alloc(0)],
    'another key': [cose, other.publicKey, payload],
    'another kid': [changed(8), publicKey, payload],
    'another R': [changed(16), publicKey, payload],
    'another S': [changed(48), publicKey, payload],
  }
  for (const [label, args] of Object.entries(refused)) {
    test(`is refused with ${label}`, async () => {
      await assert.rejects(verify(...args), { code: 'ERR_COSE_SIGNATURE_VERIFICATION_FAILED' })
    })
  }
})

describe('the kid', () => {
  for (const seed of seeds) {
    test(`is a COSE Key Thumbprint: ${seed.slice(0, 4)}`, () => {
      const { kid, publicKey } = issue(seed, links[0])
      const coseKey = COSEKey.fromJWK(jwk(publicKey)).encode()
      const thumbprint = createHash('sha256').update(coseKey).digest()
      assert.deepEqual(kid, thumbprint.subarray(0, 5))
    })
  }
})

describe('the tool', () => {
  for (const [label, args, status] of [
    ['no arguments', [], 2],
    ['a short seed', ['00', links[0]], 2],
    ['a link that is too short', [seeds[0], 'https://id.gs1.org/01/0'], 1],
    ['a link that is too long', [seeds[0], 'x'.repeat(256)], 1],
  ]) {
    test(`refuses ${label}`, () => {
      assert.throws(() => execFileSync(tool, args, { stdio: 'pipe' }), { status })
    })
  }
})

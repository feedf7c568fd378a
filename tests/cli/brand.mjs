// SPDX-License-Identifier: Apache-2.0
// Keys, labels and keysets made without any of our code: Node's Ed25519 over bytes written out by
// hand. What the tool says about them is held against what is known here.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';

const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const privateKey = (seed) =>
  createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
const publicKey = (key) => createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
const seedOf = (text) => createHash('sha256').update(text).digest();

function toBase32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.match(/.{5}/g).map((five) => base32[parseInt(five, 2)]).join('');
}

const escaped = (value) =>
  [...value].map((c) => (/[A-Za-z0-9._~-]/.test(c) ? c
    : `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)).join('');

export function pathOf({ gtin, variant, lot, serial }) {
  const parts = [['01', gtin], ['22', variant], ['10', lot], ['21', serial]];
  return parts.filter(([, value]) => value).map(([ai, value]) => `/${ai}/${escaped(value)}`).join('');
}

export const canonicalOf = (identity) => `https://id.gs1.org${pathOf(identity)}`;

export class IssuingKey {
  constructor(name, entry = {}) {
    this.name = name;
    this.private = privateKey(seedOf(`serials of ${name}`));
    this.public = publicKey(this.private);
    this.manifestPublic = publicKey(privateKey(seedOf(`manifests of ${name}`)));
    const coseKey = Buffer.concat([Buffer.from('a301012006215820', 'hex'), this.public]);
    this.kid = createHash('sha256').update(coseKey).digest().subarray(0, 5);
    this.entry = {
      organisation: 'Example Brand',
      gtin_prefixes: '0950600',
      not_before: '2020-01-01T00:00:00Z',
      not_after: '2030-01-01T00:00:00Z',
      status: 'active',
      ...entry,
    };
  }

  token(identity) {
    const payload = Buffer.from(canonicalOf(identity));
    const signed = Buffer.concat([
      Buffer.from('846a5369676e6174757265314aa201270445', 'hex'), this.kid,
      Buffer.from([0x4f]), Buffer.from('assay/serial/v1'), Buffer.from([0x58, payload.length]), payload,
    ]);
    return toBase32(Buffer.concat([Buffer.from([1]), this.kid, sign(null, signed, this.private)]));
  }

  url(identity, base = 'https://ID.EXAMPLE.COM') {
    return `${base}${pathOf(identity)}?S=${this.token(identity)}`;
  }

  ini() {
    const lines = Object.entries(this.entry).map(([name, value]) => `${name} = ${value}`);
    return [`[key ${this.kid.toString('hex')}]`, `name = ${this.name}`,
      `public_key = ${this.public.toString('hex')}`,
      `manifest_key = ${this.manifestPublic.toString('hex')}`, ...lines, ''].join('\n');
  }
}

export const keysetIni = (keys, version = 1) =>
  `[keyset]\nversion = ${version}\n\n${keys.map((key) => key.ini()).join('\n')}`;

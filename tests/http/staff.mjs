// SPDX-License-Identifier: Apache-2.0
// Callers of every role, and requests in their name.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { must } from './world.mjs';

export const staffRoles = ['service', 'retailer', 'issuer', 'operator', 'auditor', 'admin'];

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const crockford = (bytes) => [...bytes].map((byte) => alphabet[byte & 31]).join('');

// The first 20 bits of SHA-256 as four characters.
function check(text) {
  const bits = createHash('sha256').update(text).digest().readUInt32BE(0) >>> 12;
  return [15, 10, 5, 0].map((shift) => alphabet[(bits >>> shift) & 31]).join('');
}

const withCheck = (text) => text + check(text);
export const ownerSecret = () => withCheck(`owner_${crockford(randomBytes(26))}`);
export const unknownKey = () => withCheck(`assay_${crockford(randomBytes(8))}_${crockford(randomBytes(26))}`);
export const checkIsRight = (key) => withCheck(key.slice(0, -4)) === key;

export class Staff {
  constructor(gateway, data) {
    this.gateway = gateway;
    this.data = data;
    this.admin = must('credential', 'new', '--role', 'admin', '--data', data).trim();
  }

  // {status, headers, text, json}; `body` is sent as JSON unless it is a string.
  async call(key, method, path, body, headers = {}) {
    const given = { ...headers };
    if (key) given.authorization = `Bearer ${key}`;
    if (body !== undefined) given['content-type'] ??= 'application/json';
    const answer = await fetch(this.gateway.base + path, {
      method, headers: given, body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '') && text !== '';
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  // A new credential's key; its id is characters 6 to 14.
  async key(role, more = {}) {
    const made = await this.call(this.admin, 'POST', '/v1/credentials',
      { role, name: `a ${role}`, organisation: `${role} house`, ...more });
    assert.equal(made.status, 201, made.text);
    return made.json.key;
  }

  event(key, row, headers) {
    return this.call(key, 'POST', '/v1/events', row, headers);
  }
}

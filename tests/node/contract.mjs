// SPDX-License-Identifier: Apache-2.0
// The OpenAPI document as a contract: what a gateway answers is held against it by ajv, and what of
// it was never answered is known at the end.
import assert from 'node:assert/strict';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const prefix = '#/components/schemas/';

// The schemas alone, so that ajv may be strict about every word in them.
function compiler(document) {
  const ajv = new Ajv2020.default({ strict: true, strictRequired: false, allErrors: true });
  addFormats.default(ajv);
  const moved = (value) => JSON.parse(JSON.stringify(value).replaceAll(prefix, 'assay:/schemas#/$defs/'));
  ajv.addSchema({ $id: 'assay:/schemas', $defs: moved(document.components.schemas) });
  return { ajv, compile: (schema) => ajv.compile(moved(schema)) };
}

const mediaOf = (type) => (type ?? '').split(';')[0].trim().toLowerCase();

function bodyOf(media, text) {
  if (media === 'application/json') return JSON.parse(text);
  return media === 'application/x-www-form-urlencoded' ? Object.fromEntries(new URLSearchParams(text)) : text;
}

export class Contract {
  constructor(document) {
    this.document = document;
    this.compiler = compiler(document);
    this.validators = new Map();
    this.seen = new Set();
    this.operations = Object.entries(document.paths).flatMap(([template, item]) =>
      Object.entries(item).map(([method, operation]) => this.operation(template, method, operation)));
    // A word is nearer than a parameter: /v1/transfers/redeem before /v1/transfers/{id}.
    this.operations.sort((a, b) => a.parameters.length - b.parameters.length);
  }

  resolve(value) {
    if (value.$ref === undefined) return value;
    return value.$ref.slice(2).split('/').reduce((at, name) => at[name], this.document);
  }

  operation(template, method, operation) {
    const parts = template.split('/').map((part) => (/^\{.*\}$/.test(part) ? '[^/]+' : part.replaceAll('.', '\\.')));
    return {
      template,
      method: method.toUpperCase(),
      name: `${method.toUpperCase()} ${template}`,
      pattern: new RegExp(`^${parts.join('/')}$`),
      parameters: template.match(/\{[a-z]+\}/g) ?? [],
      roles: operation['x-roles'],
      inputs: (operation.parameters ?? []).map((one) => this.resolve(one)),
      body: operation.requestBody?.content,
      responses: Object.fromEntries(Object.entries(operation.responses)
        .map(([status, response]) => [status, this.resolve(response)])),
    };
  }

  find(method, path) {
    return this.operations.find((one) => one.method === method && one.pattern.test(path));
  }

  validate(schema, value, what) {
    const key = JSON.stringify(schema);
    if (!this.validators.has(key)) this.validators.set(key, this.compiler.compile(schema));
    const valid = this.validators.get(key);
    assert.ok(valid(value), `${what}: ${this.compiler.ajv.errorsText(valid.errors)}: ${JSON.stringify(value)?.slice(0, 600)}`);
  }

  // Throws when the answer is not one that the document promises. `other`: the catch-all is meant.
  check(request, answer, { other = false } = {}) {
    const url = new URL(request.path, 'http://localhost');
    const operation = request.operation ?? this.find(request.method, url.pathname);
    assert.ok(operation, `${request.method} ${url.pathname} is not described`);
    const what = `${operation.name} ${answer.status}`;
    const response = operation.responses[other ? 'default' : answer.status];
    assert.ok(response, `${what} is not described: ${answer.text.slice(0, 300)}`);
    const media = mediaOf(answer.headers.get('content-type'));
    const content = response.content?.[media];
    if (response.content === undefined) assert.deepEqual([media, answer.text], ['', ''], `${what} has a body`);
    else assert.ok(content, `${what}: ${media} is not described: ${answer.text.slice(0, 300)}`);
    if (content) this.validate(content.schema, media.endsWith('json') ? JSON.parse(answer.text) : answer.text, what);
    if (media === 'text/html') assert.match(answer.text, /^<!doctype html>/i, what);
    if (media === 'application/problem+json') assert.equal(JSON.parse(answer.text).status, answer.status, what);
    this.checkHeaders(response, answer, what);
    if (answer.status < 400) this.checkRequest(operation, url, request, what);
    if (!other) this.seen.add(`${what} ${media}`);
  }

  checkHeaders(response, answer, what) {
    for (const [name, header] of Object.entries(response.headers ?? {})) {
      const { required, schema } = this.resolve(header);
      const value = answer.headers.get(name);
      if (value === null) assert.ok(!required, `${what} without ${name}`);
      else this.validate(schema, schema.type === 'integer' ? Number(value) : value, `${what}: ${name}`);
    }
  }

  // What a gateway took has to be what the document says that it takes.
  checkRequest(operation, url, request, what) {
    const known = (where) => operation.inputs.filter((one) => one.in === where).map((one) => one.name.toLowerCase());
    for (const name of url.searchParams.keys())
      assert.ok(known('query').includes(name.toLowerCase()), `${what}: ?${name} is not described`);
    for (const name of Object.keys(request.headers))
      if (['if-match', 'if-none-match', 'idempotency-key', 'accept-language'].includes(name))
        assert.ok(known('header').includes(name), `${what}: ${name} is not described`);
    if (request.body === undefined) return;
    const media = mediaOf(request.headers['content-type']);
    assert.ok(operation.body?.[media], `${what}: a body of ${media} is not described`);
    const { schema } = operation.body[media];
    this.validate(schema, bodyOf(media, request.body), `${what}: the request`);
  }

  // Everything that the document promises: "GET /v1/units 200 text/csv".
  promised() {
    return this.operations.flatMap((operation) => Object.entries(operation.responses)
      .filter(([status]) => status !== 'default')
      .flatMap(([status, response]) => Object.keys(response.content ?? { '': '' }).map((media) => `${operation.name} ${status} ${media}`)))
      .sort();
  }

  // Every example in it, with the schema that it is an example of.
  examples() {
    const found = [];
    const walk = (value, at) => {
      if (value === null || typeof value !== 'object') return;
      if (Array.isArray(value.examples) && !at.endsWith('/properties'))
        for (const example of value.examples) found.push({ at, schema: value, example });
      for (const [name, inner] of Object.entries(value)) if (name !== 'examples') walk(inner, `${at}/${name}`);
    };
    walk(this.document.components, '/components');
    walk(this.document.paths, '/paths');
    return found;
  }
}

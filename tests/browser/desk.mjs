// SPDX-License-Identifier: Apache-2.0
// A desk as tests sit at it: a gateway with sold units, a browser, and the page of a member of staff.
import { signIn, startBrowser, visit } from './browser.mjs';
import { Demo } from './demo.mjs';

export const patience = 30_000;

export class Shop {
  // With `units` that were sold; `args` are the browser's.
  static async start(units, args = []) {
    const shop = new Shop();
    [shop.demo, shop.browser] = await Promise.all([Demo.start(units), startBrowser(args)]);
    return shop;
  }

  async stop() {
    await this.browser.close();
    await this.demo.stop();
  }

  link(unit) {
    return this.demo.origin + unit.path;
  }

  async record(unit) {
    const answer = await fetch(`${this.demo.origin}/v1/units/${unit.gtin}/${unit.serial}`, { headers: { authorization: `Bearer ${this.demo.key('retailer')}` } });
    return answer.json();
  }

  // A desk of its own, signed in; what goes wrong on it is a failure unless it is awaited. `prepare`
  // is given the browser's context before the page is opened.
  async desk(t, { key = this.demo.key('retailer'), path = '/retail', in: where = this.browser, prepare, ...options } = {}) {
    const context = await where.newContext({ locale: 'en', viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options });
    t.after(() => context.close());
    await signIn(context, this.demo.origin, key);
    await prepare?.(context);
    const visited = await visit(context, this.demo.origin, { path });
    visited.page.setDefaultTimeout(patience);
    visited.context = context;
    return visited;
  }
}

export const lines = (page) => page.locator('#lines > li');
export const newest = (page, outcome) => page.locator(`#lines > li.${outcome}:first-child`);
export const hasFocus = (page) => page.evaluate(() => document.activeElement?.id);
export async function type(page, code, end = 'Enter') {
  await page.keyboard.insertText(code);
  await page.keyboard.press(end);
}
export const total = (page, name, count) => page.locator(`[data-total=${name}]`, { hasText: new RegExp(`^${count}$`) }).waitFor();

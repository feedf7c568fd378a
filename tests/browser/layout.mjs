// SPDX-License-Identifier: Apache-2.0
// What a person would see go wrong with a page's layout. These functions run inside the page, so
// each holds everything that it uses.

// Sideways scrolling, what sticks out or is cut off, and targets too small for a finger.
export function layoutFindings(dense = false) {
  const found = [];
  const room = document.documentElement.clientWidth;
  for (const details of document.querySelectorAll('details')) details.open = true;

  const name = (element) => {
    const words = element.textContent.trim().replace(/\s+/g, ' ').slice(0, 40);
    return `<${element.localName}${element.className ? ` class="${element.getAttribute('class')}"` : ''}> ${words}`;
  };
  const style = (element) => getComputedStyle(element);
  const isForReadersOnly = (element) => style(element).clipPath !== 'none' || style(element).clip !== 'auto';
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && !isForReadersOnly(element);
  // A table may scroll in a frame of its own, and so does what is typed into a field.
  const isField = (element) => element.matches('input, textarea, select');
  const scrolls = (element) => isField(element) || ['auto', 'scroll'].includes(style(element).overflowX);
  const isInFrame = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (scrolls(up) || isForReadersOnly(up)) return true;
    }
    return false;
  };
  const isOutside = (box, left, right) => box.width > 0 && (box.left < left - 1 || box.right > right + 1);

  const scroller = document.scrollingElement;
  if (scroller.scrollWidth > scroller.clientWidth) {
    found.push(`scrolls sideways: ${scroller.scrollWidth} px of content in ${scroller.clientWidth}`);
  }
  const shown = [...document.body.querySelectorAll('*')].filter((element) => isShown(element) && !isInFrame(element));
  for (const element of shown.filter((each) => !each.closest('svg') || each.localName === 'svg')) {
    if (isOutside(element.getBoundingClientRect(), 0, room)) found.push(`sticks out of the screen: ${name(element)}`);
    const isCut = ['hidden', 'clip'].includes(style(element).overflowX) && style(element).textOverflow !== 'ellipsis';
    if (isCut && !isField(element) && element.scrollWidth > element.clientWidth + 1) found.push(`is cut off: ${name(element)}`);
  }

  // Letters that leave the box that they belong to, though the box itself is where it should be.
  const range = document.createRange();
  for (const element of shown.filter((each) => !style(each).display.startsWith('inline') && !scrolls(each))) {
    const box = element.getBoundingClientRect();
    for (const child of element.childNodes) {
      if (child.nodeType !== Node.TEXT_NODE || !child.data.trim()) continue;
      range.selectNodeContents(child);
      if ([...range.getClientRects()].some((line) => isOutside(line, box.left, box.right))) {
        found.push(`text leaves its box: ${name(element)}`);
      }
    }
  }

  // WCAG 2.5.8: 24 by 24 px, save a link within a sentence. On the dense pages of staff a smaller one
  // will do when a circle of 24 px around its middle touches no other target.
  const isInSentence = (element) => style(element).display === 'inline' &&
    element.parentElement.textContent.trim().length > element.textContent.trim().length;
  const around = (element) => (element.matches('[type=checkbox], [type=radio]') ? element.closest('label') ?? element : element);
  const targets = shown.filter((each) => each.matches('a[href], button, input:not([type=hidden]), select, textarea, summary'))
    .map((element) => ({ element, box: around(element).getBoundingClientRect() }));
  const isSmall = ({ box }) => Math.min(box.width, box.height) < 23.5;
  const middle = ({ box }) => ({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
  const distance = (point, { left, right, top, bottom }) => Math.hypot(
    Math.max(left - point.x, 0, point.x - right), Math.max(top - point.y, 0, point.y - bottom));
  const hasRoom = (target) => targets.every((other) => {
    if (other === target) return true;
    const { x, y } = middle(other);
    const apart = isSmall(other) ? distance(middle(target), { left: x, right: x, top: y, bottom: y }) - 12 : distance(middle(target), other.box);
    return apart >= 11.5;
  });
  for (const target of targets.filter(isSmall)) {
    if (isInSentence(target.element) || (dense && hasRoom(target))) continue;
    const { width, height } = target.box;
    found.push(`target of ${width.toFixed()} × ${height.toFixed()} px: ${name(target.element)}`);
  }
  return found;
}

// What must be seen without scrolling: `selectors` are of elements that have to be there.
export function belowFirstScreen(selectors) {
  return selectors.flatMap((selector) => {
    const element = [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
    if (!element) return [`nothing on the page is ${selector}`];
    const { bottom } = element.getBoundingClientRect();
    return bottom > innerHeight ? [`${selector} ends at ${bottom.toFixed()} px, below the first screen`] : [];
  });
}

"""What can be read of a page: the contrast of each text that is seen, and each word that is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

LEAST_CONTRAST: Final = 4.5

# The texts of what a selector names; of a chart's marks only those that a text can lie upon.
_CONTRAST: Final = """
selector => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const cache = new Map();
  const rgba = text => {
    if (!cache.has(text)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = "#000";
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      cache.set(text, [r, g, b, a / 255]);
    }
    return cache.get(text);
  };
  const over = (top, under) =>
    [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const luminance = colour => {
    const [r, g, b] = colour.slice(0, 3).map(part => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faded = (colour, share) => [...colour.slice(0, 3), colour[3] * share];
  const grounds = new Map();
  const ground = element => {
    if (!element) { return [255, 255, 255, 1]; }
    if (!grounds.has(element)) {
      const own = rgba(getComputedStyle(element).backgroundColor);
      grounds.set(element, own[3] === 1 ? own : over(own, ground(element.parentElement)));
    }
    return grounds.get(element);
  };
  const opacity = element => {
    let share = 1;
    for (let at = element; at; at = at.parentElement) { share *= +getComputedStyle(at).opacity; }
    return share;
  };
  const marks = new Map();
  const upon = (element, x, y, colour) => {
    const chart = element.closest(".svg-container");
    if (!chart) { return colour; }
    if (!marks.has(chart)) {
      const shapes = chart.querySelectorAll("rect.bg, .bars path, .shapelayer path, .annotation rect");
      marks.set(chart, [...shapes].map(shape => {
        const style = getComputedStyle(shape);
        const fill = style.fill === "none" ? [0, 0, 0, 0] : rgba(style.fill);
        const share = fill[3] * +style.fillOpacity * opacity(shape);
        return [shape.getBoundingClientRect(), faded(fill, share / (fill[3] || 1)), shape];
      }));
    }
    for (const [box, fill, shape] of marks.get(chart)) {
      const before = shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (before && box.left <= x && x <= box.right && box.top <= y && y <= box.bottom) {
        colour = over(fill, colour);
      }
    }
    return colour;
  };
  const texts = [];
  for (const root of document.querySelectorAll(selector)) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      const parent = node.parentElement;
      if (!node.textContent.trim() || parent.closest("script, style, option, noscript")) { continue; }
      if (!parent.checkVisibility({visibilityProperty: true, opacityProperty: true})) { continue; }
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      const holder = parent.getBoundingClientRect();
      if (box.width < 2 || box.height < 2 || holder.width < 2 || holder.height < 2) { continue; }
      const style = getComputedStyle(parent);
      const drawn = parent instanceof SVGElement;
      const colour = rgba(drawn ? style.fill : style.color);
      const share = (drawn ? +style.fillOpacity : 1) * opacity(parent);
      const below = upon(parent, box.left + box.width / 2, box.top + box.height / 2, ground(parent));
      const [low, high] = [luminance(over(faded(colour, share), below)), luminance(below)]
        .sort((a, b) => a - b);
      texts.push([node.textContent.trim().slice(0, 60), (high + 0.05) / (low + 0.05), drawn,
        `${drawn ? style.fill : style.color} on ${below.slice(0, 3).map(Math.round)}: `
        + `${parent.tagName}.${parent.className.baseVal ?? parent.className}`]);
    }
  }
  return texts;
}
"""

# A word may end a line at a hyphen or a stroke; what is longer than a column ever is may be cut.
_CUT: Final = """
selector => {
  const cut = [];
  for (const cell of document.querySelectorAll(selector)) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      if (!node.parentElement.checkVisibility() || node.parentElement.closest("svg")) { continue; }
      for (const word of node.textContent.matchAll(/[^\\s\\-–—/_\\u200b]+/g)) {
        if (word[0].length > 30) { continue; }
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const boxes = [...range.getClientRects()].filter(box => box.width > 0.5);
        if (boxes.length > 1 && Math.abs(boxes[0].top - boxes.at(-1).top) > 4) {
          cut.push(`${word[0]} (${cell.closest("table").className}: ${cell.className})`);
        }
      }
    }
  }
  return cut;
}
"""


def faint(page: Page, selector: str) -> tuple[list[str], int, int]:
    """The texts below the least contrast, each once; how many texts there are, and in charts."""
    texts: list[list[Any]] = page.evaluate(_CONTRAST, selector)
    below = {
        f"{ratio:.2f} {text!r}: {why}" for text, ratio, _, why in texts if ratio < LEAST_CONTRAST
    }
    return sorted(below), len(texts), sum(drawn for _, _, drawn, _ in texts)


def cut_words(page: Page, root: str = "") -> list[str]:
    """The words of table cells that go on in the next line, each once."""
    cells = f"{root} .bench :is(td, th)"
    return sorted(set(page.evaluate(_CUT, cells)))

// Colours that can be read on each other, whatever brand colour a site chooses. A colour is [r, g, b], each 0 to 1.
export function parse(css) {
  const numbers = (css.match(/-?\d*\.?\d+(?:e[-+]?\d+)?/gi) || []).slice(0, 3).map(Number);
  if (numbers.length < 3) return [0, 0, 0];
  return numbers.map((value) => Math.min(1, Math.max(0, css.startsWith("rgb") ? value / 255 : value)));
}

const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

export const mix = (one, other, share) => one.map((value, place) => value * (1 - share) + other[place] * share);
// To whole eighths of a bit, as a screen shows it: what was computed is then what is measured.
export const css = (colour) => `rgb(${colour.map((value) => Math.round(value * 255)).join(", ")})`;
const shown = (colour) => parse(css(colour));

const BLACK = [0, 0, 0];
const WHITE = [1, 1, 1];
export const readableOn = (ground) => (contrast(WHITE, ground) >= contrast(BLACK, ground) ? WHITE : BLACK);

// The colour, or the nearest darker or lighter one that stands out from every ground by the ratio.
export function outstanding(colour, grounds, ratio) {
  const far = readableOn(grounds[0]);
  for (let share = 0; share <= 1; share += 0.04) {
    const tried = shown(mix(colour, far, share));
    if (grounds.every((ground) => contrast(tried, ground) >= ratio)) return tried;
  }
  return far;
}

// All that follows from an accent on a theme's two grounds.
export function palette(accent, ground, paper) {
  const tint = shown(mix(paper, accent, 0.1));
  const fill = outstanding(accent, [ground, paper], 3.05);
  return {
    fill: css(fill),
    "on-fill": css(readableOn(fill)),
    ink: css(outstanding(accent, [paper, ground, tint], 4.6)),
    tint: css(tint),
  };
}

import type { Frame } from './cpu-profile.ts';

const ROW = 18;
/** Narrower frames cannot be seen and only make the file large, in percent of the width. */
const LEAST_WIDTH = 0.05;

/**
 * A flame graph as one HTML file that needs nothing else: a click on a frame makes it as wide as the page,
 * one on the ground goes back.
 */
export function flameGraph(title: string, root: Frame): string {
  const boxes: string[] = [];
  let depth = 0;
  const draw = (frame: Frame, left: number, level: number): void => {
    const width = (frame.totalMs / root.totalMs) * 100;
    if (width < LEAST_WIDTH) return;
    depth = Math.max(depth, level);
    boxes.push(box(frame, left, width, level));
    let childLeft = left;
    for (const child of [...frame.children.values()].sort((a, b) => b.totalMs - a.totalMs)) {
      draw(child, childLeft, level + 1);
      childLeft += (child.totalMs / root.totalMs) * 100;
    }
  };
  draw(root, 0, 0);
  return page(escaped(title), boxes, (depth + 1) * ROW);
}

function box({ name, place, selfMs, totalMs }: Frame, left: number, width: number, level: number): string {
  const label = escaped(place === '' ? name : `${name} ${place}`);
  const times = `${totalMs.toFixed(0)} ms, ${selfMs.toFixed(0)} ms itself`;
  const style = `left:${left.toFixed(3)}%;width:${width.toFixed(3)}%;top:${level * ROW}px;background:${colour(place, name)}`;
  return `<div data-left="${left.toFixed(3)}" data-width="${width.toFixed(3)}" style="${style}" title="${label}: ${times}">${label}</div>`;
}

/** Ours, libraries, Node, V8: told apart at a glance. */
function colour(place: string, name: string): string {
  if (place.startsWith('src/')) return '#f2b36b';
  if (place.startsWith('node:')) return '#a9d18e';
  if (place !== '') return '#9dc3e6';
  return name === '(garbage collector)' ? '#e08283' : '#d0d0d0';
}

function page(title: string, boxes: readonly string[], height: number): string {
  return `<!doctype html><meta charset="utf-8"><title>${title}</title>
<style>
  body { font: 12px/1.4 sans-serif; margin: 16px }
  #graph { position: relative; height: ${height}px; overflow: hidden }
  #graph div { position: absolute; height: ${ROW - 1}px; overflow: hidden; white-space: nowrap; box-sizing: border-box;
    border-right: 1px solid #fff; padding: 0 2px; cursor: pointer; font-size: 11px; line-height: ${ROW - 1}px }
</style>
<h1>${title}</h1>
<p>Width is CPU time. Orange: LMS; blue: libraries; green: Node; red: garbage collection. Click to zoom; click the ground to go back.</p>
<div id="graph">${boxes.join('\n')}</div>
<script>
  const boxes = [...document.querySelectorAll('#graph div')];
  const zoom = (at, width) => boxes.forEach((box) => {
    box.style.left = ((box.dataset.left - at) / width) * 100 + '%';
    box.style.width = (box.dataset.width / width) * 100 + '%';
  });
  document.getElementById('graph').onclick = ({ target }) =>
    target.dataset.width ? zoom(+target.dataset.left, +target.dataset.width) : zoom(0, 100);
</script>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

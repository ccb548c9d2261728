const PLACE = /\{([^{}]+)\}/g;

/** What is wrong with a template; undefined if nothing is. */
export type TemplateProblem = 'no address' | 'no place';

/** Looks at a template of addresses such as `https://trace.example/trace/{trace_id}`. */
export function problemOfTemplate(template: string): TemplateProblem | undefined {
  // What stands in braces is a value later: here it only has to leave an address.
  if (webAddress(template.replace(PLACE, 'x')) === undefined) return 'no address';
  return template.search(PLACE) === -1 ? 'no place' : undefined;
}

/**
 * The address that a template makes of the values of an entry. Undefined: one of them is lacking, or it would be no
 * address of a page.
 */
export function traceLink(
  template: string,
  valueOf: (name: string) => string | undefined,
): string | undefined {
  if (problemOfTemplate(template) !== undefined) return undefined;
  const values = new Map(
    [...template.matchAll(PLACE)].map(([place, name = '']) => [place, valueOf(name.trim()) ?? '']),
  );
  if ([...values.values()].includes('')) return undefined;
  return webAddress(
    template.replace(PLACE, (place) => encodeURIComponent((values.get(place) ?? '').toWellFormed())),
  );
}

/** An address of a page, or undefined: no `javascript:`, no `data:`. */
function webAddress(text: string): string | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.href : undefined;
}

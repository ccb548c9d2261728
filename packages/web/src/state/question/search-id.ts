const MAX_SLUG = 48;

/** The id that a search of this name has: always the same, and another one for another name. */
export function searchId(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, MAX_SLUG);
  return slug === name ? slug : `${slug}${slug === '' ? '' : '-'}${hashOf(name)}`;
}

/** FNV-1a, 32 bits: enough to tell names apart that a person gave. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36);
}

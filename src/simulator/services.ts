const NATO_ALPHABET = [
  ...[
    'alpha',
    'bravo',
    'charlie',
    'delta',
    'echo',
    'foxtrot',
    'golf',
    'hotel',
    'india',
    'juliett',
    'kilo',
    'lima',
    'mike',
  ],
  ...[
    'november',
    'oscar',
    'papa',
    'quebec',
    'romeo',
    'sierra',
    'tango',
    'uniform',
    'victor',
    'whiskey',
    'xray',
    'yankee',
    'zulu',
  ],
];

/** That many names for simulated services: `alpha`, `bravo`, … `zulu`, `alpha-2`, and so on. */
export function serviceNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const name = NATO_ALPHABET[index % NATO_ALPHABET.length] ?? '';
    const round = Math.floor(index / NATO_ALPHABET.length) + 1;
    return round === 1 ? name : `${name}-${String(round)}`;
  });
}

// journeys: the promises that the hub makes, as its design words them.

/** Each is the title of the stories that tell it. */
export const promises = [
  '202 means kept',
  'one effect',
  'no transmission goes backwards',
  'no component blocks another',
  'starts with nothing',
  'the same code grows',
] as const;
export type PromiseName = (typeof promises)[number];

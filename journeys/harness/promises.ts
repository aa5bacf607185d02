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

/** What users of other programs suffer from on the way to SdI; none of it may happen here. */
export const sufferings = [
  'a status stuck at sent',
  'a reader that one odd mail stops',
  'a correction that destroys the history',
  'duplicates after an unsure send',
] as const;

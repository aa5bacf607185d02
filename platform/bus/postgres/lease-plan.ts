// platform: which partitions a member takes or lets go, so that all members end with fair shares and none moves needlessly.

/** What a member knows when it plans. */
export interface LeaseView {
  /** Members that live, itself among them. */
  readonly members: number;
  /** Its place among them, from 0. */
  readonly rank: number;
  /** All partitions of the topic. */
  readonly partitions: number;
  /** Those that it holds, and is not letting go of. */
  readonly held: readonly number[];
  /** Those that nobody alive holds. */
  readonly free: readonly number[];
}

/** What it does next. */
export interface LeasePlan {
  readonly take: readonly number[];
  readonly release: readonly number[];
}

/**
 * Plans a member's next step. Shares differ by one at most; the members that joined first have the larger ones.
 * @param view the group as the member sees it
 */
export function planLeases(view: LeaseView): LeasePlan {
  const { members, rank, partitions, held, free } = view;
  if (members <= 0) return { take: [], release: [] };
  const share = Math.floor(partitions / members) + (rank < partitions % members ? 1 : 0);
  if (held.length > share) return { take: [], release: [...held].sort((a, b) => a - b).slice(share) };
  // Members that see the same free partitions begin at different ones, so that they do not reach for the same.
  const start = Math.floor((rank * free.length) / members);
  const turned = [...free.slice(start), ...free.slice(0, start)];
  return { take: turned.slice(0, share - held.length), release: [] };
}

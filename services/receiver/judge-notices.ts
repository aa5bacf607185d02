// receiver: judges SdI's signature on the notices of a file, where the settings ask for it.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import type { NoticeSignatureResult } from '@staffetta/fatturapa/notices/notice-signature.ts';
import { namedFindings, type FoundNotice } from '@staffetta/fatturapa/notices/read-notices.ts';
import { verifyNotice } from '@staffetta/fatturapa/notices/verify-notice.ts';

/** The words of NOTICE_SIGNATURES. */
export const noticeSignatureModes = ['off', 'warn', 'require'] as const;

/** Whether signatures are judged, and who counts as SdI. */
export interface NoticePolicy {
  readonly mode: (typeof noticeSignatureModes)[number];
  /** PEM; empty where the mode is off. */
  readonly trust: readonly string[];
}

/** What was found. */
export interface JudgedNotices {
  /** The worst of all; absent where nothing was judged. */
  readonly signature?: NoticeSignatureResult;
  /** Errors are a reason to refuse the file under `require`. */
  readonly findings: readonly DocumentFinding[];
}

const fromWorst: readonly NoticeSignatureResult[] = ['broken', 'absent', 'untrusted', 'valid'];

/**
 * Judges them.
 * @param notices of one file
 * @param policy as the settings say
 * @param at when they came
 */
export function judgeNotices(notices: readonly FoundNotice[], { mode, trust }: NoticePolicy, at: Date): JudgedNotices {
  if (mode === 'off') return { findings: [] };
  const judged = notices.map((found) => ({ found, verdict: verifyNotice(found, { trust, at }) }));
  const worst = fromWorst.find((result) => judged.some(({ verdict }) => verdict.result === result));
  const findings = judged.flatMap(({ found, verdict }) => namedFindings(verdict.findings, found.file));
  return { ...(worst !== undefined && { signature: worst }), findings };
}

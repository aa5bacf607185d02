// dbmanager: the rule that decides whether a file is signed before it goes out. Pure.
import type { FileKind } from '@staffetta/fatturapa/file-kind.ts';
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import type { SignFormat } from '@staffetta/flow/messages.ts';

/** What the settings say about signing. */
export interface SigningRule {
  /** Whether there is a key to sign with. */
  readonly signs: boolean;
  readonly format: SignFormat;
  /** Whether invoices to private parties (FPR12, FSM10) are signed too. */
  readonly private: boolean;
  /** Whether a file that should be signed and cannot be is refused; else it goes out as it is. */
  readonly refuses: boolean;
  /** The largest file that SdI takes (00003). */
  readonly bytesMax: number;
}

/** A file, as far as the rule needs to know it. */
export interface FileToJudge {
  readonly size: number;
  readonly kind: FileKind;
  /** One, but for archives. */
  readonly documents: readonly {
    readonly name?: string;
    readonly envelope?: { readonly versione?: string };
    readonly signatures: readonly unknown[];
  }[];
}

/** What is to be done: sign it so, or refuse it, or neither. */
export interface SignatureNeed {
  readonly format?: SignFormat;
  readonly finding?: DocumentFinding;
}

/** More than a signature with a chain of certificates adds, in either format. */
const signatureBytesMax = 16_384;

const noKey: DocumentFinding = {
  code: 'SIGNATURE_MISSING',
  severity: 'error',
  message: {
    it: 'La fattura verso la pubblica amministrazione (FPA12) deve essere firmata: il file non lo è, e qui non è configurata alcuna chiave di firma.',
    en: 'An invoice to a public body (FPA12) must be signed: this file is not, and no signing key is configured here.',
  },
  fix: {
    it: "Inviare il file già firmato (.xml.p7m in CAdES, o .xml in XAdES), oppure chiedere al gestore dell'hub di configurare una chiave di firma (impostazione SIGNER_PKCS12, SIGNER_PKCS11_MODULE o SIGNER_REMOTE_URL).",
    en: 'Send the file signed already (.xml.p7m in CAdES, or .xml in XAdES), or ask whoever runs the hub to configure a signing key (setting SIGNER_PKCS12, SIGNER_PKCS11_MODULE or SIGNER_REMOTE_URL).',
  },
};

function unsignedInArchive(name: string): DocumentFinding {
  return {
    code: 'SIGNATURE_MISSING',
    severity: 'error',
    value: name,
    message: {
      it: `Nell'archivio la fattura "${name}" verso la pubblica amministrazione (FPA12) non è firmata.`,
      en: `In the archive the invoice "${name}" to a public body (FPA12) is not signed.`,
    },
    fix: {
      it: "Firmare ogni file prima di metterlo nell'archivio, oppure inviarlo da solo: viene firmato qui.",
      en: 'Sign each file before it is packed, or send it on its own: it is then signed here.',
    },
  };
}

function tooLargeSigned(bytes: number, bytesMax: number): DocumentFinding {
  return {
    code: '00003',
    severity: 'error',
    message: {
      it: `Il file ha ${bytes} byte: con la firma può superare i ${bytesMax} che SdI accetta.`,
      en: `The file has ${bytes} bytes: with its signature it may exceed the ${bytesMax} that SdI takes.`,
    },
    fix: { it: 'Dividere il lotto o togliere allegati.', en: 'Split the lot or drop attachments.' },
  };
}

function needOfArchive({ documents }: FileToJudge): SignatureNeed {
  const unsigned = documents.find((one) => one.envelope?.versione === 'FPA12' && one.signatures.length === 0);
  return unsigned ? { finding: unsignedInArchive(unsigned.name ?? '') } : {};
}

function needOfDocument({ size, documents: [document] }: FileToJudge, rule: SigningRule): SignatureNeed {
  const versione = document?.envelope?.versione;
  const toPublicBody = versione === 'FPA12';
  const wanted = toPublicBody || (rule.private && versione !== undefined);
  if (!wanted || (document?.signatures.length ?? 0) > 0) return {};
  if (!rule.signs) return toPublicBody ? { finding: noKey } : {};
  return size + signatureBytesMax > rule.bytesMax
    ? { finding: tooLargeSigned(size, rule.bytesMax) }
    : { format: rule.format };
}

/**
 * Decides whether a file is to be signed. What is signed already passes as it is; an archive is never signed itself, only the
 * files in it are, by whoever packs it.
 * @param file an internal file that is right otherwise
 * @param rule what the settings say
 */
export function signatureNeed(file: FileToJudge, rule: SigningRule): SignatureNeed {
  const needs = { xml: needOfDocument, p7m: () => ({}), zip: needOfArchive } as const;
  const need: SignatureNeed = needs[file.kind](file, rule);
  return need.finding && !rule.refuses ? {} : need;
}

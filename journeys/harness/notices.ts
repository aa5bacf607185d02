// journeys: SdI's notices as it would write them about a file that it got.
import { noticeFileName } from '@staffetta/fatturapa/notices/notice-name.ts';
import type { NoticeKind } from '@staffetta/fatturapa/notices/notice-kinds.ts';
import { writeNotice, type NewNotice } from '@staffetta/fatturapa/notices/write-notice.ts';

/** A notice's file. */
export interface NoticeFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const received = { DataOraRicezione: '2026-11-25T10:00:00.000+01:00' } as const;
const handedOver = { ...received, DataOraConsegna: '2026-11-25T10:05:00.000+01:00' } as const;

/** What SdI knows of a file that it got: it numbers the notices about it. */
export class SdiFile {
  readonly fileName: string;
  readonly sdiId: string;
  readonly #hash: string;
  #count = 0;

  /**
   * @param fileName as it was mailed
   * @param hash SHA-256 in hexadecimal, which B2B notices carry
   * @param sdiId the id that SdI gives it
   */
  constructor(fileName: string, hash: string, sdiId: string) {
    this.fileName = fileName;
    this.#hash = hash;
    this.sdiId = sdiId;
  }

  #head() {
    this.#count += 1;
    return { IdentificativoSdI: this.sdiId, NomeFile: this.fileName, MessageId: `${this.sdiId}${this.#count}` };
  }

  #file(notice: NewNotice, kind: NoticeKind): NoticeFile {
    return { name: noticeFileName(this.fileName, kind, this.#count), bytes: writeNotice(notice) };
  }

  /** RC between private parties. */
  delivered(): NoticeFile {
    const object = { ...this.#head(), ...handedOver, Hash: this.#hash };
    return this.#file({ family: 'B2B', kind: 'RC', object }, 'RC');
  }

  /** MC between private parties. */
  undelivered(): NoticeFile {
    const object = { ...this.#head(), ...received, DataMessaADisposizione: '2026-11-25', Hash: this.#hash };
    return this.#file({ family: 'B2B', kind: 'MC', object }, 'MC');
  }

  /** NS between private parties, with these codes. */
  discarded(...codes: string[]): NoticeFile {
    const Errore = codes.map((Codice) => ({ Codice, Descrizione: `testo di ${Codice}`, Suggerimento: '' }));
    const object = { ...this.#head(), ...received, ListaErrori: { Errore }, Hash: this.#hash };
    return this.#file({ family: 'B2B', kind: 'NS', object }, 'NS');
  }

  /** RC of a public body. */
  deliveredToOffice(): NoticeFile {
    return this.#file({ family: 'PA', kind: 'RC', object: { ...this.#head(), ...handedOver } }, 'RC');
  }

  /** NE: the public body accepts (EC01) or refuses (EC02). */
  answered(Esito: 'EC01' | 'EC02', Descrizione: string): NoticeFile {
    const EsitoCommittente = { IdentificativoSdI: this.sdiId, Esito, Descrizione };
    return this.#file({ family: 'PA', kind: 'NE', object: { ...this.#head(), EsitoCommittente } }, 'NE');
  }

  /** DT: it did not answer in time. */
  deadlinePassed(): NoticeFile {
    return this.#file({ family: 'PA', kind: 'DT', object: this.#head() }, 'DT');
  }
}

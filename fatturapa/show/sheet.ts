// fatturapa: the layout of a shown invoice as data: HTML, PDF and the terminal draw the same sections in the same order.

/** The languages in which invoices are shown. */
export type Lang = 'it' | 'en';

/** A label with what stands under it. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** The figure that the eye should find first. */
  readonly strong?: boolean;
}

/** A box of facts with a name on top: a party. */
export interface Card {
  readonly title: string;
  readonly name: string;
  readonly lines: readonly string[];
  readonly facts: readonly Fact[];
}

/** One field of a table: its text, and smaller lines under it. */
export interface Cell {
  readonly text: string;
  readonly more?: readonly string[];
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align: 'start' | 'end';
  /** How much of the width it takes, compared with the other columns. */
  readonly share: number;
}

/** An attachment as it is listed; its bytes are fetched apart (`attachmentOf`). */
export interface AttachmentItem {
  /** From 1, counted over all bodies of the file. */
  readonly index: number;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  /** In words, for example `12,3 kB`. */
  readonly size: string;
}

interface Titled {
  /** Names the section within its sheet, for anchors. */
  readonly id: string;
  readonly title: string;
}

/** Boxes side by side. */
export interface CardsSection extends Titled {
  readonly kind: 'cards';
  readonly cards: readonly Card[];
}

/** Labels and values in a grid; `totals` are set apart at the right. */
export interface FactsSection extends Titled {
  readonly kind: 'facts' | 'totals';
  readonly facts: readonly Fact[];
}

/** Rows under heads; the first column names the row. */
export interface TableSection extends Titled {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Paragraphs. */
export interface NotesSection extends Titled {
  readonly kind: 'notes';
  readonly notes: readonly string[];
}

/** Attachments, which the drawing may link. */
export interface AttachmentsSection extends Titled {
  readonly kind: 'attachments';
  readonly columns: readonly Column[];
  readonly items: readonly AttachmentItem[];
}

/** A part of a sheet. */
export type Section = CardsSection | FactsSection | TableSection | NotesSection | AttachmentsSection;

/** One body of a file, ready to be drawn. */
export interface Sheet {
  readonly lang: Lang;
  /** The document's type in words. */
  readonly type: string;
  /** For example `n. 123 del 22/11/2026`. */
  readonly reference: string;
  /** Type, number, date and supplier in one line: a window's title, a PDF's metadata. */
  readonly title: string;
  readonly supplier: string;
  /** `YYYY-MM-DD`, or undefined where the document has no date that can be read. */
  readonly isoDate: string | undefined;
  /** What is owed, the first thing that a reader looks for. */
  readonly total: Fact | undefined;
  /** For example `Documento 2 di 5`; empty where the file has one body. */
  readonly position: string;
  readonly sections: readonly Section[];
  /** That this is no tax document. */
  readonly courtesy: string;
}

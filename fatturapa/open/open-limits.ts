// fatturapa: how far a file may go when it is opened, unless a caller says otherwise.
import { documentBytesMax } from '../document-bytes-max.ts';
import type { OpenLimits } from './opened-file.ts';

/** SdI's own 5 MB for documents and archives (00003); the others are wider than any honest file and narrow enough to hold in memory. */
export const openLimits: OpenLimits = {
  documentBytesMax,
  archiveBytesMax: documentBytesMax,
  inflatedBytesMax: 6 * documentBytesMax,
  entriesMax: 1000,
  ratioMax: 200,
  depthMax: 5,
};

// gateway: the ways that lead on from an invoice of its own REST. Pure.

/**
 * Gives the links of an invoice.
 * @param invoice as it is answered
 */
export function linksOf({ number }: Readonly<Record<string, unknown>>): Record<string, string> {
  const self = `/api/invoices/${String(number)}`;
  return {
    self,
    history: `${self}/history`,
    transmissions: `${self}/transmissions`,
    xml: `${self}/document?format=xml`,
    pdf: `${self}/document?format=pdf`,
    html: `${self}/document?format=html`,
    original: `${self}/document?format=original`,
  };
}

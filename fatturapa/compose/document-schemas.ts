// fatturapa: the shapes that a JSON document may have, by name, for the API's page.
import { jsonSchemaOfDocument } from '../schema/json-schema.ts';
import { ordinary } from '../schema/ordinary.ts';
import { simplified } from '../schema/simplified.ts';
import { jsonSchemaOfShape } from './shape-schema.ts';
import { shortInvoice } from './short-invoice.ts';
import { profile } from './short-party.ts';

/**
 * Name → JSON Schema: the shorter shape and the two of the model. They describe; the judgement is `readJsonDocument`, which takes what is
 * reckoned as absent and is kinder about numbers.
 */
export function documentSchemas(): Record<
  'shortInvoice' | 'FatturaElettronica' | 'FatturaElettronicaSemplificata',
  object
> {
  return {
    shortInvoice: jsonSchemaOfShape(shortInvoice),
    FatturaElettronica: jsonSchemaOfDocument(ordinary),
    FatturaElettronicaSemplificata: jsonSchemaOfDocument(simplified),
  };
}

/** The shape of a fiscal profile as JSON Schema. */
export function profileSchema(): object {
  return jsonSchemaOfShape(profile);
}

/** A short invoice, for examples. */
export const exampleDocument = {
  customer: {
    name: 'Studio Neri Associati',
    vatNumber: 'IT11223344554',
    address: { street: 'Viale dei Campioni 7', postcode: '20121', city: 'Milano', province: 'MI' },
  },
  lines: [
    { description: 'Manutenzione impianto, novembre 2026', quantity: 3, unit: 'ore', price: '45.50', vatRate: 22 },
  ],
} as const;

// fatturapa: where our verdict on the public samples differs from their manifest's, and why; a test keeps it true, a page shows it.

/** One reason for which our verdict differs. */
export interface Disagreement {
  /** SdI's code, found by us and not named by the manifest. */
  readonly code: string;
  /** Why we find it all the same. */
  readonly because: string;
  /** Paths below `sdi/samples`. */
  readonly files: readonly string[];
}

const gobl = [
  'gobl/invoice-credit-note',
  'gobl/invoice-hotel-complex',
  'gobl/invoice-irpef',
  'gobl/invoice-simple-rounding',
  'gobl/invoice-simple-with-pec',
  'gobl/invoice-simple',
  'gobl/v2/invoice-fund-contribution-mixed-retention',
  'gobl/v2/invoice-hotel-complex',
  'gobl/v2/invoice-reverse-charge',
  'gobl/v2/invoice-simple-rounding',
] as const;
const dummySupplier = [
  'ade/IT01234567890_FPA01',
  'ade/IT01234567890_FPA03',
  'ade/IT01234567890_FPR02',
  'fephp/IT01234567890_Attachment',
  'govway/IT01234567890_12001',
  'govway/IT01234567890_12003',
  'govway/IT01234567890_12007',
  'govway/IT01234567890_12012',
  'govway/IT01234567890_12014',
  'govway/v2/IT01234567890_13001',
  'govway/v3/IT01234567890_13001',
] as const;
const signedXml = [...gobl, 'govway/v2/IT01234567890_13001', 'govway/v3/IT01234567890_13001'] as const;

function invoices(...names: readonly string[]): string[] {
  return names.map((name) => `invoices/${name}.xml`);
}

/** Every difference; the manifest's rules are those of a simple check of ordinary invoices, unsigned, and of the supplier alone. */
export const disagreements: readonly Disagreement[] = [
  {
    code: '00300',
    because:
      'The check digit of IdTrasmittente is wrong (the dummy 01234567890, or 00123456789). The manifest looks at the supplier alone.',
    files: invoices(
      ...dummySupplier,
      ...gobl,
      'gobl/invoice-reverse-charge',
      'gobl/invoice-zero-price',
      'fephp/ESEMPIO_NDC_SEMPL',
    ),
  },
  {
    code: '00301',
    because:
      "The supplier's VAT number has a wrong check digit; the manifest judges no simplified invoices by content.",
    files: invoices('fephp/ESEMPIO_FT_SEMPL_2', 'fephp/ESEMPIO_NDC_SEMPL', 'govway/v3/IT01234567890_13001'),
  },
  {
    code: '00302',
    because: "The supplier's tax code has a wrong check digit; the manifest does not look at tax codes.",
    files: invoices('fephp/ESEMPIO_NDC_SEMPL'),
  },
  {
    code: '00305',
    because: "The customer's VAT number has a wrong check digit; the manifest does not look at customers.",
    files: invoices('fephp/ESEMPIO_FT_SEMPL_2', 'fephp/ESEMPIO_NDC_SEMPL'),
  },
  {
    code: '00306',
    because:
      "The customer's tax code has a wrong check digit (09876543210, 03333333333); the manifest does not look at customers.",
    files: invoices(...dummySupplier, 'fephp/ESEMPIO_NDC_SEMPL'),
  },
  {
    code: '00418',
    because: 'The credit note is dated before the invoice that it corrects (DataFR).',
    files: invoices('fephp/ESEMPIO_NDC_SEMPL'),
  },
  {
    code: '00460',
    because: 'The simplified invoice is over 400 euros, and the regime is not one that may exceed them.',
    files: invoices('govway/v3/IT01234567890_13001'),
  },
  {
    code: '00471',
    because:
      'Supplier and customer are the same subject in a TD01, which SdI has refused since 2021; the files are made for tests of receivers.',
    files: invoices(
      'oca/IT03297040366_00005',
      'oca/IT06363391001_00001',
      'oca/IT06363391001_00003',
      'oca/IT06363391001_00015',
      'oca/v2/IT06363391001_00002',
    ),
  },
  {
    code: '00475',
    because:
      "The TD20 names the customer by tax code alone; its IdFiscaleIVA must stand. The manifest's check does not know this rule.",
    files: invoices('govway/ITHVQWPH73P42H501Y_00023'),
  },
  {
    code: '00102',
    because:
      'The XAdES signature does not fit the file, which was laid out anew after signing (xmlsec1 says the same); the manifest does not judge signatures.',
    files: invoices(...signedXml),
  },
  {
    code: '00100',
    because:
      "The signer's certificate has expired since; the manifest does not judge signatures. Judged as of the day of signing it is valid.",
    files: [
      ...invoices(...signedXml),
      'signed/fenet/IT02182030391_31.xml.p7m',
      'signed/oca/IT01234567890_FPR03.xml.p7m',
      'signed/oca/IT01234567890_FPR04.base64.xml.p7m',
    ],
  },
];

-- dbmanager: which invoice owns a document number (SdI 00404), and the indexes by which documents are searched.

-- A number is the supplier's for a year; a credit note may share it with an invoice (domain: TD04, TD08). The owner is looked up
-- when the number is asked for again: one that was refused, discarded or deleted owns nothing any more.
CREATE TABLE dbmanager.issued_number (
  supplier text NOT NULL,
  year integer NOT NULL,
  number text NOT NULL,
  family text NOT NULL CHECK (family IN ('invoice', 'creditNote')),
  invoice_id uuid NOT NULL,
  issued_on date NOT NULL,
  PRIMARY KEY (supplier, year, number, family)
);

INSERT INTO dbmanager.issued_number (supplier, year, number, family, invoice_id, issued_on)
SELECT DISTINCT ON (1, 2, 3, 4) left(upper(d.supplier_id), 60), extract(year FROM d.issued_on)::integer, left(d.number, 60),
  CASE WHEN d.document_type IN ('TD04', 'TD08') THEN 'creditNote' ELSE 'invoice' END, d.invoice_id, d.issued_on
FROM dbmanager.document d JOIN dbmanager.invoice i USING (invoice_id)
WHERE i.kind = 'internal' AND i.deleted_at IS NULL
  AND i.status NOT IN ('INTERNAL_INVOICE_INVALID', 'INTERNAL_INVOICE_DISCARDED')
  AND d.supplier_id IS NOT NULL AND d.issued_on IS NOT NULL AND d.number IS NOT NULL
ORDER BY 1, 2, 3, 4, i.created_at, i.invoice_number;

-- The words of a name, for searches by their beginnings; punctuation only parts them, so that "S.r.l." is three words everywhere.
CREATE FUNCTION dbmanager.name_words(name text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN to_tsvector('simple'::regconfig, translate(coalesce(name, ''), '.,;:&/\-_''"()+@#*', '                  '));

CREATE INDEX document_names ON dbmanager.document
  USING gin (dbmanager.name_words(coalesce(supplier_name, '') || ' ' || coalesce(customer_name, '')));
-- Rows are cut to 60 characters where they are made, but older ones hold whatever a wild document said, and an entry of an index
-- has at most 2704 bytes.
CREATE INDEX document_supplier ON dbmanager.document (left(supplier_id, 60), issued_on);
CREATE INDEX document_customer ON dbmanager.document (left(customer_id, 60), issued_on);
CREATE INDEX document_number ON dbmanager.document (left(number, 60));
CREATE INDEX document_issued ON dbmanager.document (issued_on);

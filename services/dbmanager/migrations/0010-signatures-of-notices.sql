-- dbmanager: what became of SdI's signature on a notice at the door.
-- Of an archive the worst of its notices; NULL where it was not judged (NOTICE_SIGNATURES=off, notices of before).
ALTER TABLE dbmanager.notice
  ADD COLUMN signature text CHECK (signature IN ('valid', 'untrusted', 'broken', 'absent'));

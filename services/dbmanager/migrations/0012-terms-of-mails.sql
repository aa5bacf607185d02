-- dbmanager: terms of the law count from when SdI's mail was certified, not from when a hub that was down has read it.
ALTER TABLE dbmanager.outcome ADD COLUMN counts_from timestamptz;

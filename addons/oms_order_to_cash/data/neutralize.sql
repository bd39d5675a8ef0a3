-- A copy of a database asks nobody what the original has asked or will ask.
UPDATE oms_outbox SET state = 'cancelled', next_try = NULL WHERE state IN ('queued', 'calling', 'answered', 'unsure');

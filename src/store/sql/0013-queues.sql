-- Queues: what was sent longest ago first, and one procedure of a state. Each order is an index's own.
CREATE INDEX dossier_by_sent ON dossier (sent_at, id) WHERE sent_at > 0;
CREATE INDEX dossier_by_state_sent ON dossier (state, sent_at, id) WHERE sent_at > 0;
CREATE INDEX dossier_by_procedure ON dossier (procedure, created_at, id);
CREATE INDEX dossier_by_state_procedure ON dossier (state, procedure, created_at, id);
CREATE INDEX dossier_by_state_procedure_sent ON dossier (state, procedure, sent_at, id) WHERE sent_at > 0;
CREATE INDEX dossier_by_state_procedure_due ON dossier (state, procedure, due_at, id) WHERE clock IN ('runs', 'stands');

-- Those of a branch are narrowed within the index of paths alone.
DROP INDEX dossier_by_path;
DROP INDEX dossier_by_path_due;
CREATE INDEX dossier_by_path ON dossier (path, created_at, id, state, procedure);
CREATE INDEX dossier_by_path_due ON dossier (path, due_at, id, state, procedure, clock) WHERE clock IN ('runs', 'stands');
CREATE INDEX dossier_by_path_sent ON dossier (path, sent_at, id, state, procedure) WHERE sent_at > 0;

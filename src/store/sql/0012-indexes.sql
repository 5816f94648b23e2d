-- Searching organisations by part of their name reads this index alone, newest first, and rows only of what is found.
CREATE INDEX organisation_by_words ON organisation (created_at, id, folded, path);

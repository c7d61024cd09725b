-- A change of state alone: what a command writes but for its event.
\set a random(1, 2000)
update organizations set updated_at = now(), event_sequence = event_sequence + 1 where slug = 'load-' || :a;

-- What is dead and what is tried again is found and counted without walking through what is parked, which may be a million.
create index dead_letters_state on dead_letters (consumer, source, state, turn);

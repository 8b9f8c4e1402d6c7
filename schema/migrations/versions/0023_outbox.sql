select 1; -- filled below

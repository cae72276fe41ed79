"""Pages for people: each is rendered from values by a pure function; `static` is served as it is."""

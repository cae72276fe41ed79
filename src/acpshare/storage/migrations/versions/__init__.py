"""The migrations, oldest first. `pre` runs before the new code starts, `post` after the old code has gone."""

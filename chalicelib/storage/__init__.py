"""How we remember: keys, the one table, one store per aggregate."""

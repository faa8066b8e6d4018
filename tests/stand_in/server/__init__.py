"""HTTP: one door for the API, one for GraphQL, one for the pages that people look at."""

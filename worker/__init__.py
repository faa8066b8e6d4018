"""The jobs: fetch, review, plan, publish."""

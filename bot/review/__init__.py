"""What is said on a pull request, and where: pure, from a snapshot and a review to a plan."""

"""The simulated bank link: API, hosted page and signed webhook."""

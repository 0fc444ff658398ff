"""The simulated ERP: the posting protocol of docs/SPRUCE.md over documents and a general ledger."""

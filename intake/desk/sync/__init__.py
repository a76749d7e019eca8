"""Other systems are told what happens: sent to their endpoints, or fetched by them from the feed (docs/sync.md).

The chain of events is the outbox: what is public of it is written in the transaction that does the thing, and ids are
in the order of commits. Fan-out makes one delivery of each for every endpoint; sending tries each until it is taken.
"""

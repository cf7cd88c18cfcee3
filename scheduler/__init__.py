"""How an article reaches people. Read in this order:

`rounds` is the day: what is done when. `collect` pulls articles; `selection` says what goes out, where, when and why;
`publish` brings it out; `deliver` sends one post to one place, and writes down how it ended; `fanout` takes it to the
readers. All that decides is pure; all that waits or talks is given from outside.

- Sources: `source`, `directory`, `rhythm`, `readings`, `trial`, `same_story`, `noticing`, `wording`, `drafting`.
- Channels: `slots`, `turns`, `lineup`, `outages`, `waiting`, `together`, `follow_ups`, `pinning`, `cards`.
- Readers: `mailing`, `belt`, `circular`, `digests`, `digesting`, `following`, `moving`, `ageing`.
- Speed and trouble: `pace`, `paced`, `breaker`, `alerts`, `leader`, `jobs`.
- What nobody told the outcome of: `reconcile`, `evidence`, `scene`, `decisions`, `private_doubts`.
- Afterwards: `corrections`, `retracting`, `storytelling`, `clicking`, `statistics`, `reports`.
- The editors: `desk`, `queueing`, `drafts`.
"""

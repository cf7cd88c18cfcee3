# The queue in the editors' hands.

queue-heading = { $pages ->
    [1] **{ $count ->
        [one] { $count } article waits
       *[other] { $count } articles wait
    }**
   *[other] **{ $count } articles wait**, page { $page } of { $pages }
}
queue-empty = Nothing waits. How the sources are: /status
queue-entry = { $number }. **{ $time }** { $channel }
queue-shown = Shown
queue-gone = This article waits no more: it is out, or was left out. What waits: /queue
queue-old = Somebody was faster, or this button is old. This is how it is now.
queue-not-yours = This channel is not in your hands. Who may: ask an owner.
queue-result = { $result ->
    [same] It is so already.
    [taken] { $who } is on it.
    [gone] This article waits no more.
   *[old] Somebody was faster. This is how it is now.
}
queue-done = { $verb ->
    [up] Moved up by { $by }.
    [down] Moved down by { $by }.
    [hold] Held by { $by }.
    [release] Released by { $by }.
    [skip] Will be left out in 10 seconds, says { $by }.
    [now] Goes out in 10 seconds, says { $by }.
    [undo] Undone by { $by }.
    [at] Time set by { $by }.
    [embargo] Embargo set by { $by }.
    [silent] Silent now, says { $by }.
    [loud] With a sound now, says { $by }.
    [pin] Will be pinned, says { $by }.
    [unpin] Will not be pinned, says { $by }.
    [words] New words by { $by }.
    [take] { $by } is on it.
    [leave] { $by } is no longer on it.
    [approve] Approved by { $by }.
   *[reject] Rejected by { $by }.
}
card-goes = **{ $channel }**: { $time } ({ $why })
card-waits = **{ $channel }**: no time yet
card-held = Held by { $who }
card-drops = Will be left out in a moment
card-now = Goes out in a moment
card-embargo = Not before { $time }
card-draft = Draft: { $have } of { $need } approvals
card-taken = { $who } is on it
card-silent = Silent
card-pinned = Will be pinned
card-edited = In the editors' words
verb = { $verb ->
    [up] ▲
    [down] ▼
    [hold] Hold
    [release] Release
    [skip] Leave out
    [now] Post now
    [undo] Undo
    [time] Time
    [to] Channel
    [edit] Words
    [more] More
    [view] Preview
    [silent] Silent
    [loud] With sound
    [pin] Pin
    [unpin] Don't pin
    [take] I'm on it
    [leave] Leave it
    [approve] Approve
   *[why] Reject
}
button-queue = Queue
button-back = Back
time-how = When? In your own words: /hold { $key } 18:30, and it goes not before.
when = { $kind ->
    [hour] In an hour
    [hours] In 3 hours
    [evening] At 18:00
   *[morning] Tomorrow 9:00
}
not-before = { $kind ->
    [hours] Not for 3 hours
   *[morning] Not before tomorrow 9:00
}
when-usual = In its turn
channel-which = Which channel instead?
channel-none = There is no other channel in your hands.
moved-to = moved to { $channel }
reject-why = Why? In your own words: /reject { $key } and the reason.
reason = { $reason ->
    [duplicate] a duplicate
    [topic] not our subject
    [facts] facts to be checked
   *[later] too early
}
queue-edit-how = Answer this message with a new lead, or begin a line with “headline:”. Or: /edit { $key } headline: …
edit-how = Like this: /edit KEY headline: New headline, or /edit KEY wall lead: New lead for one channel. Keys are on the cards in /queue
edit-length = A headline may have up to { $headline } characters and must not be empty, a lead up to { $lead }.
moment-how = A time such as 18:30, tomorrow 9:00 or +2h
order-how = Name the article: /{ $command } and its key, address or id. What waits: /queue
draft-none = It is no draft: nothing to decide.
command-hold = hold an article, or until a time
command-skip = leave an article out
command-edit = new words for an article
command-approve = approve a draft; without a name: all drafts
command-reject = reject a draft

# What admins are told. **Stars** make a run bold. One thought a sentence, and what to do next.

## Status

status = **Depeche { $version }** up { $days ->
    [0] { $hours } h { $minutes } min
   *[other] { $days } d { $hours } h { $minutes } min
}
status-problems = **What is wrong**
status-sources = **Sources**
status-source = ✓ { $name }: read { $succeeded }
status-source-unread = · { $name }: not read yet
status-source-failing = ✕ { $name }: { $error } (in a row: { $failures }), last success { $succeeded }
status-more-problems = { "  " } – and { $count } more
status-more = …and { $count } more
status-channels = **Channels**
status-channel = { $name } ({ $place }): { $waiting } waiting, next { $next }, last { $last }
status-oldest = { "   " }– the oldest undelivered: since { $since }
status-put-off = { "   " }– { $platform } asked to wait until { $until }
status-breakers = **Circuit breakers:** { $count ->
    [0] all closed
   *[other] { $names }
}
status-breaker = { $name }, open until { $until }
status-readers = **Readers:** { $counts }
status-platform = { $platform ->
    [telegram] Telegram
    [vk] VK
   *[other] { $platform }
} { $count }
status-posts = **Posts:** { $counts }
status-count = { $state } { $count }
status-unconfirmed = { $count ->
    [0] Unconfirmed: 0
   *[other] **Unconfirmed: { $count }.** Decide about them: /unconfirmed
}
never = —
slot-state = { $state ->
    [claimed] being sent
    [sent] sent
    [deferred] deferred
    [refused] refused
    [unconfirmed] unconfirmed
   *[skipped] skipped
}

## Alerts

alert = **Something is wrong**
alert-over = **Over again**
alert-status = How everything is: /status
alert-do = { $kind ->
    [store] Nothing is posted until the state can be written again; then it goes on by itself.
    [moved] Please change it in the settings; until then I forward to the new one.
    [queue] Please look at /queue: approve, post or skip what waits, or give the channel more slots.
    [source] I keep trying, with growing pauses. Please open the address in a browser.
    [captcha] Please open the link now: it holds for five minutes. After that I try again and send a new one if need be.
    [token] Please put a valid key into .env and restart me. Posts wait until then.
    [rights] Please mend this; posts wait, and go out by themselves afterwards.
    [flood] I wait and try again by myself. Posting less often helps.
    [network] I keep trying. Please check the network if this lasts.
   *[other] Please have a look.
}

## Queue

now-line = **{ $channel }**: { $state }
now-none = There is nothing to send now. What is waiting: /queue

## Corrections and retractions

could-not-correct = **{ $headline }** was corrected, but its post in { $channel } can't be edited from here. Please edit it by hand:
could-not-retract = **{ $headline }** was retracted, but its post in { $channel } can't be removed from here. Please remove it by hand:
could-not-why = The reason: { $why }
retract-how = Name the article: /retract its address, id or key, and a reason if you like.
retract-unknown = I don't know an article { $name }. Give its address, id or key; the last ones: /latest
retract-ask = **Take this article back everywhere?** There is no way back.
retract-stands = Stands:{ " " }
retract-waits = Waiting to go out: { $channels }.
retract-left = Taken out of the queue: { $channels }.
retract-not = Good, the article stays.
retract-not-notice = Nothing was retracted
retract-used = This button was used before, or is too old. How the article stands: /retract and its address.
retract-done = **Retracted** by { $by }. It will not be sent again.
retract-done-notice = Retracted
retract-fate = { $fate ->
    [removed] **Removed:**
    [marked] **Replaced by a note:**
    [later] **Still to be removed, without you:**
   *[stands] **Could not be removed, please do it by hand:**
}
retract-line = –{ " " }
retract-readers = Readers' messages: { $counts }.
retract-count = { $fate ->
    [removed] { $count } removed
    [marked] { $count } replaced by a note
    [later] { $count } still there
   *[stands] { $count } out of reach
}

## Why

why-how = Name the article: its address, its key, or the link of a post. For example: /why https://t.me/digest/512
why-unknown = I know no article “{ $name }”. Give its address, its key, or the link of a post.
story-collected = Collected { $time } from { $source }
story-same-as = ; another source told this story before: /why { $key }
story-place = **{ $place }:**
story-due = due { $time } ({ $why })
due-why = { $kind ->
    [slot] schedule { $schedule }
    [now] asked for by /now
    [asked] asked for by an editor
    [evergreen] an empty slot, it may return
    [breaking] breaking news
    [set] time set by an editor
    [put] put off before
   *[other] at once
}
story-planned = goes out { $time }
story-waiting = waits in the queue
story-asked-to-wait = { $platform } asked to wait { $wait }
story-sent = sent { $time }
story-number = , message { $number }
story-attempt = { $state ->
    [claimed] being sent since { $time }
    [deferred] { $time } put off until { $until }: { $reason }
    [refused] { $time } refused: { $reason }
    [unconfirmed] { $time } sent without an answer: { $reason }
   *[other] { $time } skipped: { $reason }
}
story-readers = Readers: { $counts }
story-nothing = No channel has decided about it yet.
reason-found = found in its place
reason-absent = surely not there
reason-not-repeated = may have arrived, so it was not repeated
reason-repeated = may have arrived; repeated under the same number
reason-taken-back = the article was taken back meanwhile
reason-admin-there = an admin found it there
reason-admin-again = an admin had it sent again
reason-admin-drop = an admin decided not to send it
seconds = { $count } s
minutes = { $count } min
platform = { $platform ->
    [telegram] Telegram
    [vk] VK
   *[other] { $platform }
}

## Doubts

doubt = **I don't know whether this post is out.** Please look whether it is there, and press a button.
doubt-where = Decide in your private chat with me: /unconfirmed
button-there = It is there
button-again = Send again
button-leave = Drop
unconfirmed = { $count ->
    [one] **{ $count } post without confirmation.** Please look whether it is there.
   *[other] **{ $count } posts without confirmation.** Please look whether they are there.
}
unconfirmed-more = …and { $count } more. Decide these, and I'll show the next.
unconfirmed-none = Everything is confirmed: nothing to decide.
doubt-decided = { $choice ->
    [there] Good, the post is there.
    [again] Sending it again.
   *[other] Good, it stays unsent.
}
doubt-decided-notice = Done
doubt-decided-before = This is decided already. What is left: /unconfirmed
doubts-left = Left to decide: { $count }. Show: /unconfirmed

# Sentences for readers and admins. **Stars** make a run bold. One thought a sentence, and what to do next.

## Greeting

hello = Hello!
welcome =
    Hello! I send you new articles on the subjects you choose.
    Subscribe to tags, and every article that carries them comes here.
welcome-choose = Press a tag or type your own: /subscribe Science, Gardens
tags-none = There are no popular tags yet. Type your own: /subscribe Science
not-understood =
    I don't understand. I only know commands.
    Choose tags: /tags
    See all I can do: /help
failed = Something broke, and we know already. Please try again a little later.
group-admins-only = In a group only the bot's admins do this. Write to me in private, and the subscriptions are yours.

## Help

help = **What I can do**
help-line = /{ $command } — { $description }
help-admin = **For admins**
help-hint = { $platform ->
    [vk] You can leave out the slash: “subscribe Science”, “my tags”, “help”.
   *[other] For example: /subscribe Science, Gardens
}
command-start = start again
command-help = what I can do
command-tags = popular tags
command-subscribe = subscribe to tags
command-unsubscribe = unsubscribe from tags
command-mytags = my subscriptions
command-latest = latest articles, of a tag if you like
command-language = language: ru or en
command-forget = erase all I keep about you
command-status = how the bot is doing
command-queue = what goes out within a day
command-now = send the next article now
command-why = what became of an article, and why
command-unconfirmed = posts without confirmation
command-retract = take an article back everywhere

## Buttons

button-tags = Tags
button-help = Help
button-drop = ✕ { $tag }
button-stop = Unsubscribe: { $tag }
button-drop-all = Unsubscribe from all
button-follow = Subscribe: { $tag }
button-forget = Yes, erase
button-retract = Yes, retract
button-keep = No, keep
button-stale = This button is too old. Open the list again: /tags
page = Page { $page } of { $pages }

## Tags

tags = **Popular tags.** Press one to subscribe; yours have a tick.
tag-count = { $label } · { $count }
tag-count-ticked = ✓ { $label } · { $count }
quoted-tag = “{ $tag }”
mytags = { $count ->
    [one] **You have { $count } subscription:** { $tags }.
   *[other] **You have { $count } subscriptions:** { $tags }.
}
mytags-drop = Press a tag to unsubscribe. To add one: /subscribe Science
mytags-none = You have no subscriptions yet. Choose a tag or type your own: /subscribe Science

## Subscribing

subscribe-how = Type tags with commas between them: /subscribe Science, Gardens
subscribed = { $count ->
    [one] Done! You are subscribed to the tag **{ $tags }**. New articles come here.
   *[other] Done! You are subscribed to the tags **{ $tags }**. New articles come here.
}
subscribed-already = { $count ->
    [one] You had the tag { $tags } already.
   *[other] You had these tags already: { $tags }.
}
subscribed-unseen = { $count ->
    [one] The tag { $tags } has not been seen yet. As soon as an article has it, I will send it.
   *[other] These tags have not been seen yet: { $tags }. As soon as articles have them, I will send them.
}
subscribed-notice = Subscribed
subscribed-notice-not = Nothing changed
tag-too-long = A tag can have { $limit ->
    [one] { $limit } character
   *[other] { $limit } characters
} at most. Please make it shorter.
tags-limit = I can't keep more than { $limit ->
    [one] { $limit } tag
   *[other] { $limit } tags
}, so these were not added: { $tags }. Drop some you don't need: /unsubscribe
unsubscribed = { $count ->
    [one] Done! You are unsubscribed from the tag **{ $tags }**.
   *[other] Done! You are unsubscribed from the tags **{ $tags }**.
}
unsubscribed-not = { $count ->
    [one] You were not subscribed to the tag { $tags }.
   *[other] You were not subscribed to these tags: { $tags }.
}
unsubscribed-notice = Unsubscribed

subscriptions-off = Subscriptions are switched off. New articles appear in the channel; I can show the last ones: /latest

## Reading

because = { $count ->
    [one] By your tag { $tags }
   *[other] By your tags { $tags }
}
latest = **Latest articles**
latest-tag = **Latest articles with the tag “{ $tag }”**
latest-none = There are no articles yet. Please look in a little later.
latest-none-tag = There are no articles with the tag “{ $tag }” yet. Subscribe and the first one comes here, or choose another tag.
moment = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}, { $hour }

## Language and data

language-name = English
language-choose = Which language shall I speak? Press or type: /language en
language-set = I speak English now. What I can do: /help
language-set-notice = Speaking English
forget-ask = { $count ->
    [0] Erase all I keep about you?
    [one] Erase all I keep about you, with { $count } subscription?
   *[other] Erase all I keep about you, with { $count } subscriptions?
} There is no way back.
forgotten = All is erased. To come back, type /start
forgotten-notice = Erased
forget-not = Good, everything stays as it was.
forget-not-notice = Nothing was erased

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
    [source] I keep trying, with growing pauses. Please open the address in a browser.
    [captcha] Please open the link now: it holds for five minutes. After that I try again and send a new one if need be.
    [token] Please put a valid key into .env and restart me. Posts wait until then.
    [rights] Please mend this; posts wait, and go out by themselves afterwards.
    [flood] I wait and try again by myself. Posting less often helps.
    [network] I keep trying. Please check the network if this lasts.
   *[other] Please have a look.
}

## Queue

queue = { $count ->
    [one] **{ $count } article goes out within { $hours } h**
   *[other] **{ $count } articles go out within { $hours } h**
}
queue-line = **{ $time }** { $channel }
queue-more = …and { $count } more
queue-none = Nothing is planned within { $hours } h. How the sources are: /status
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
story-place = **{ $place }:**
story-due = due { $time } ({ $why })
due-why = { $kind ->
    [slot] schedule { $schedule }
    [now] asked for by /now
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

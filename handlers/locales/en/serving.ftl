# When and how readers are served.

command-digest = when to send: at once or in a digest
command-quiet = quiet hours: when to be silent
command-pause = take a break
command-resume = end the break
digest-line = { $kind ->
    [now] At once: { $many }
    [hourly] Every hour: { $many }
    [weekly] Every week, { $day ->
        [0] on Monday
        [1] on Tuesday
        [2] on Wednesday
        [3] on Thursday
        [4] on Friday
        [5] on Saturday
       *[other] on Sunday
    } at { $at }: { $many }
   *[other] Every day at { $at }: { $many }
}
subscriptions = { $count ->
    [one] { $count } subscription
   *[other] { $count } subscriptions
}
digest-next = { $kind ->
    [now] New subscriptions: at once
    [hourly] New subscriptions: every hour
    [weekly] New subscriptions: every week, { $day ->
        [0] on Monday
        [1] on Tuesday
        [2] on Wednesday
        [3] on Thursday
        [4] on Friday
        [5] on Saturday
       *[other] on Sunday
    } at { $at }
   *[other] New subscriptions: every day at { $at }
}
subscribed-way = { $kind ->
    [hourly] They come once an hour, as you chose. To change that: /digest
    [weekly] They come once a week, as you chose. To change that: /digest
   *[other] They come once a day, as you chose. To change that: /digest
}
digest-none = You have no subscriptions yet: /subscribe Science
digest-details = Time zone: { $zone }; { $silent ->
    [1] without a sound
   *[other] with a sound
}; { $form ->
    [headline] headlines only
   *[other] with a summary
}{ $cap ->
    [0] .
   *[other] ; at most { $cap } a day at once.
}
digest-how =
    Press or type: /digest daily 9:00
    For one subscription: /digest weekly fri Science
    Also: /digest cap 10, /digest zone Berlin
digest-set = **Done! Now it is so:**
digest-set-notice = Done
digest-wrong = { $about ->
    [cap] How many articles a day shall come at once? Type a number from 1 to { $most }: /digest cap 10
    [zone] I don't know this time zone. Type a city or a distance: /digest zone Berlin or /digest zone UTC+3
   *[time] There is no such time. Type, for example: /digest daily 9:00
}
digest-not-subscribed = I don't understand “{ $tag }”: you have no such subscription. Your subscriptions: /mytags
button-way = { $kind ->
    [now] At once
    [hourly] Every hour
    [weekly] Every week
   *[other] Every day
}
button-sound = { $silent ->
    [1] With a sound
   *[other] Without a sound
}
button-form = { $form ->
    [headline] Headlines only
   *[other] With a summary
}
quiet-how = In quiet hours I say nothing, and send it all together afterwards. Type when: /quiet 22:00-07:00
quiet-wrong = I don't see from which hour to which to be quiet. Type, for example: /quiet 22:00-07:00
quiet-is = Quiet hours: from { $start } to { $end } ({ $zone }). To change them: /quiet 22:00-07:00
quiet-set = Done! From { $start } to { $end } ({ $zone }) I say nothing, and send what there was afterwards.
quiet-off = There are no quiet hours any more: new articles come at any time.
quiet-off-notice = No quiet hours
button-quiet-off = No quiet hours
pause-wrong = I don't see for how long. Press or type, for example: /pause 3 days
pause-how = For how long shall I be silent? Press or type: /pause 3 days
button-pause = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
pause-set = A break until { $until }. Then I send what there was. To end it sooner: /resume
pause-set-notice = A break
button-resume = End the break
resume-done = I am back. What there was comes now.
resume-notice = The break is over
resume-not = There is no break: new articles come. To take one: /pause
snooze-how = Type which subscription shall rest for a week: /snooze Science
snooze-set = “{ $tag }” rests until { $until }.
snooze-over = “{ $tag }” comes again.
button-wake = Bring back: { $tag }
button-snooze = A week without: { $tag }
button-why = Why?
button-digest = When to send
not-subscribed = You have no subscription “{ $tag }”. Your subscriptions: /mytags
because-nothing = None of your subscriptions brings this article now. Your subscriptions: /mytags
because-why = { $count ->
    [one] It came by your subscription { $tags }.
   *[other] It came by your subscriptions { $tags }.
}
because-way = { $kind ->
    [now] Such articles come at once.
    [hourly] Such articles come every hour.
    [weekly] Such articles come every week.
   *[other] Such articles come every day.
}
digest-heading = { $kind ->
    [hourly] This hour
    [daily] Your digest of the day
    [weekly] Your digest of the week
   *[other] While you were away
}
digest-more = { $count ->
    [one] And { $count } more article: /latest
   *[other] And { $count } more articles: /latest
}

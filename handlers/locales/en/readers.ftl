# What readers are told. **Stars** make a run bold. One thought a sentence, and what to do next.

## Greeting

hello = Hello!
welcome =
    Hello! I send you new articles on the subjects you choose.
    Subscribe to tags, and every article that carries them comes here.
welcome-choose = Press a tag or type your own: /subscribe Science, Gardens
tags-none = There are no popular tags yet. Type your own: /subscribe Science
not-understood =
    I don't understand. I only know commands, for example: { $platform ->
        [vk] “subscribe Science” or “search trains”.
       *[other] /subscribe Science or /search trains
    }
    Choose tags: /tags
    See all I can do: /help
failed = Something broke, and we know already. Please try again a little later.

## Help

help = **What I can do**
help-line = /{ $command } — { $description }
help-admin = **For admins**
help-hint = { $platform ->
    [vk] { $private ->
        [1] You can leave out the slash: “subscribe Science & !sport”, “search trains”, “my tags”, “help”.
       *[0] For example: /subscribe Science & !sport. Instead of the slash you can call me by the community's name.
    }
   *[other] For example: /subscribe Science, France & !sport. Or type @ and my name in any chat to share an article.
}
command-start = start again
command-help = what I can do
command-tags = all subjects: popular, by letter, countries, outlets
command-subscribe = subscribe: a tag or a query
command-unsubscribe = unsubscribe
command-mytags = my subscriptions
command-latest = latest articles, of a tag if you like
command-language = which language to speak: English or Russian
command-export = all I keep about you, as a file
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

quoted-tag = “{ $tag }”
mytags = { $count ->
    [one] **You have { $count } subscription:** { $tags }.
   *[other] **You have { $count } subscriptions:** { $tags }.
}
mytags-drop = Press one to unsubscribe. To add one: /subscribe Science
mytags-way = { $kind ->
    [hourly] once an hour
    [weekly] once a week
   *[other] once a day
}
mytags-rests = rests until { $until }
mytags-none = You have no subscriptions yet. Choose a tag or type your own: /subscribe Science

## Subscribing

subscribe-how = Type tags with commas between them: /subscribe Science, Gardens
subscribed = { $what ->
    [query] Done! You are subscribed to the query **{ $tags }**. New articles come here.
    [names] Done! You are subscribed to **{ $tags }**. New articles come here.
    [tag] Done! You are subscribed to the tag **{ $tags }**. New articles come here.
   *[tags] Done! You are subscribed to the tags **{ $tags }**. New articles come here.
}
subscribed-already = You had this already: { $tags }.
subscribed-notice = Subscribed
subscribed-notice-not = Nothing changed
tag-too-long = A tag can have { $limit ->
    [one] { $limit } character
   *[other] { $limit } characters
} at most. Please make it shorter.
tags-limit = I can't keep more than { $limit ->
    [one] { $limit } subscription
   *[other] { $limit } subscriptions
}, so these were not added: { $tags }. Drop some you don't need: /unsubscribe
unsubscribed = Done! You are unsubscribed from **{ $tags }**.
unsubscribed-not = You were not subscribed to this: { $tags }.
unsubscribed-notice = Unsubscribed

subscriptions-off = Subscriptions are switched off. New articles appear in the channel; I can show the last ones: /latest

## Reading

because = { $count ->
    [one] By your subscription { $tags }
   *[other] By your subscriptions { $tags }
}
latest = **Latest articles**
latest-tag = **Latest articles with the tag “{ $tag }”**
latest-query = **Latest articles for the query “{ $tag }”**
latest-none-query = There are no articles for the query “{ $tag }” yet. Subscribe and the first one comes here, or choose a tag.
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
language-choose = Which language shall I speak? Press or type: /language English
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

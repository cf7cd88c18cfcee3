# Searching the archive, here and from other chats.

command-search = find articles by words
search-how = Type what to look for: /search elections France
search-found = { $count ->
    [one] **{ $count } article found: { $words }**
   *[other] **{ $count } articles found: { $words }**
}
search-none = Nothing was found for “{ $words }”. Try fewer words, or choose a subject: /tags
search-stale = I have forgotten this search. Please repeat it: /search and the words
inline-follow = Subscribe: { $tag }
inline-open = Open the chat with the bot
inline-nothing = Nothing was found. Open the chat with the bot
inline-subscribe = Subscribe: { $tag }
inline-week = { $count ->
    [one] { $count } article this week
   *[other] { $count } articles this week
}

## Help in groups

help-group = What the group gets is for its admins to say. For subscriptions of your own write to me in private.
help-group-admin = You decide what this group gets. Its other members can read the lists and search.
